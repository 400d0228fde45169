"""ListBuckets: what a request asks for, and the page that answers it.

Source: the documentation of ListBuckets (GetService).
"""

import re
from collections.abc import Mapping

from drift.emulator.refusal import RefusedError
from drift.emulator.request import Request
from drift.emulator.store import Store
from drift.live.listing import page_body
from drift.live.source import Answer, Tag

_PARAMETERS = frozenset(("prefix", "marker", "max-keys", "tag-key", "tag-value"))
_PART = re.compile(r"[a-z0-9-]{0,63}")
_NUMBER = re.compile(r"[0-9]{1,4}")
_DEFAULT = "100"


def is_list_buckets(request: Request) -> bool:
    """Return whether the request is for the list, and for nothing that the emulator has not."""
    names = {name for name, _ in request.query}
    return not request.bucket and len(names) == len(request.query) and names <= _PARAMETERS


def page(request: Request, store: Store) -> Answer:
    """Return the page that is asked for; raise `RefusedError` for values that it cannot have."""
    asked = dict(request.query)
    prefix, marker = _part(asked, "prefix"), _part(asked, "marker")
    most = _most(asked.get("max-keys", _DEFAULT))
    buckets = [one for one in store.buckets(_tag(asked)) if one.name.startswith(prefix)]
    return Answer(200, page_body(buckets, marker=marker, most=most))


def _part(asked: Mapping[str, str], name: str) -> str:
    text = asked.get(name, "")
    if not _PART.fullmatch(text):
        raise RefusedError("InvalidArgument", f"The {name} can be no part of a bucket's name.")
    return text


def _most(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= 1000:
        raise RefusedError("InvalidArgument", "The max-keys is no number from 1 to 1000.")
    return int(text)


def _tag(asked: Mapping[str, str]) -> Tag | None:
    if ("tag-key" in asked) != ("tag-value" in asked):
        message = "The emulator takes tag-key and tag-value together, or neither."
        raise RefusedError("InvalidArgument", message)
    return Tag(asked["tag-key"], asked["tag-value"]) if "tag-key" in asked else None
