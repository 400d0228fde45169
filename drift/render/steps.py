"""What has to be changed of a bucket, in words."""

import json
from collections.abc import Iterable
from itertools import groupby

from drift.plan import Change, ResourceChange
from drift.render.excuse import needed
from drift.settings.english import listed

_MOST_VALUES = 6


def steps(resource: ResourceChange) -> tuple[str, ...]:
    """Return each step that is needed, such as `TLS/TLSVersion: remove "TLSv1.0" and "TLSv1.1"`.

    It is raw text: what shows it makes it `visible`, as its pieces could join into a command.
    """
    return done(needed(resource))


def done(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return what the changes do, in the words of `steps`; raw text, too."""
    return tuple(
        f"{_member(path)}: {_done(action, [*alike])}"
        for (path, action), alike in groupby(changes, key=_path_and_action)
    )


def short(text: str, longest: int = 120) -> str:
    """Return `text`, cut where it is longer than so many characters."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _path_and_action(change: Change) -> tuple[str, str]:
    return change.path, change.action


def _member(path: str) -> str:
    """Return a JSON pointer without the name of the document, which its resource has already."""
    return short("/".join(path.split("/")[2:]) or path)


def _done(action: str, changes: list[Change]) -> str:
    if action == "update":
        return listed([f"update {_value(one.before)} to {_value(one.after)}" for one in changes])
    values = [_value(one.after if action == "add" else one.before) for one in changes]
    return f"{action} {listed(values, _MOST_VALUES)}"


def _value(value: object) -> str:
    return short(json.dumps(value))
