"""Secrets that this process holds, and their removal from all that it shows."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape as escape_xml

MASK = "***"

SHORTEST = 8
"""The shortest secret that is masked, in characters.

A shorter string occurs by chance in names and words, which nobody could read any more. No service
gives out keys so short.
"""

VARIABLES = (
    "OSS_ACCESS_KEY_ID",
    "OSS_ACCESS_KEY_SECRET",
    "OSS_SESSION_TOKEN",
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "ALIBABACLOUD_ACCESS_KEY_ID",
    "ALIBABACLOUD_ACCESS_KEY_SECRET",
    "ALIBABACLOUD_SECURITY_TOKEN",
    "ALICLOUD_ACCESS_KEY_ID",
    "ALICLOUD_ACCESS_KEY_SECRET",
    "ALICLOUD_ACCESS_KEY",
    "ALICLOUD_SECRET_KEY",
    "ALICLOUD_SECURITY_TOKEN",
    "DRIFT_COMMENT_TOKEN",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITLAB_TOKEN",
    "CI_JOB_TOKEN",
    "GITEE_TOKEN",
    "CODEUP_TOKEN",
    "YUNXIAO_ACCESS_TOKEN",
)
"""The environment variables that hold a key or a token, whether or not this run uses it."""

_SIGNATURE_LENGTH = 64
_SIGNATURE = re.compile(rf"[0-9A-Fa-f]{{{_SIGNATURE_LENGTH}}}")
"""A signature of a request, or the digest in a string to sign: each request has its own."""


class _Held(NamedTuple):
    """The secrets, and every form in which they may come back, the longest first."""

    secrets: frozenset[str] = frozenset()
    forms: tuple[str, ...] = ()

    @property
    def shortest(self) -> int:
        """The length of the shortest form; it is the last."""
        return len(self.forms[-1])


_held = _Held()


def begin(environ: Mapping[str, str]) -> None:
    """Forget the secrets of an earlier run, and hold those of the environment."""
    forget()
    hold(*(environ.get(name, "").strip() for name in VARIABLES))


def forget() -> None:
    """Hold no secret any more."""
    global _held  # noqa: PLW0603 - a traceback is masked too, and nobody can hand it anything
    _held = _Held()


def hold(*secrets: str | None) -> None:
    """Mask these from now on in all that is shown; those that are too short are passed over."""
    global _held  # noqa: PLW0603
    new = {secret for secret in secrets if secret and len(secret) >= SHORTEST}
    if not new <= _held.secrets:
        every = _held.secrets | new
        forms = {form for secret in every for form in _forms(secret) if len(form) >= SHORTEST}
        _held = _Held(every, tuple(sorted(forms, key=lambda form: (-len(form), form))))


def masked(text: str) -> str:
    """Return `text` with each held secret replaced, in whatever form it stands there."""
    for form in _held.forms:
        if form in text:
            text = text.replace(form, MASK)
    return text


def masked_value(value: str) -> str:
    """Return one value masked; as a whole if blanks or line breaks divide a secret in it."""
    if not _held.forms or len(value) < _held.shortest:
        return value
    clean = masked(value)
    bare = "".join(clean.split())
    return clean if bare == clean or masked(bare) == bare else MASK


def repeats_secret(text: str) -> bool:
    """Return whether a text holds a secret, or what looks like the signature of a request."""
    if len(text) >= _SIGNATURE_LENGTH and _SIGNATURE.search(text):
        return True
    return masked_value(text) != text


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as the formats write it that it may pass through."""
    yield secret
    in_json = json.dumps(secret)[1:-1]
    yield from (in_json, in_json.replace("/", r"\/"), in_json.replace("##", r"#\u0023"))
    yield from (escape(secret), *(escape_xml(secret, quotes) for quotes in _QUOTES))
    for safe in ("", "/", "/+="):
        quoted = quote(secret, safe=safe)
        yield from (quoted, re.sub("%..", lambda found: found[0].lower(), quoted))
    yield from _in_base64(secret.encode())


_QUOTES: tuple[dict[str, str], ...] = ({}, {'"': "&quot;"}, {'"': "&#34;", "'": "&#39;"})
"""How quotes are written in XML, beside the ways of HTML."""


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what base64 makes of a secret that stands anywhere in what is encoded."""
    for offset in range(3):
        encoded = b64encode(b"\0" * offset + secret).decode()
        start = -(-offset * 8 // 6)
        end = (offset + len(secret)) * 8 // 6
        certain = encoded[start:end]
        yield from (certain, certain.replace("+", "-").replace("/", "_"))
