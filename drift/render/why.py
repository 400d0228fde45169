"""Why a drift matters: how much, what the live side risks, whom a return cuts off, what it breaks.

Explanations are the setting's, in its own words. Buckets by the thousand drift alike, so each is
made once.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from drift.plan import Change, DocumentChange, ResourceChange, Severity, Violation
from drift.render.excuse import told
from drift.settings import SETTINGS
from drift.settings.setting import Explanation

_SETTINGS = {setting.type: setting for setting in SETTINGS}
_GRAVITY = {severity: place for place, severity in enumerate(Severity)}
_NOTHING = Explanation("", "")
_JSON = json.JSONEncoder(sort_keys=True).encode


class Why(NamedTuple):
    """How much something matters, and why: two sentences, either of which may be empty.

    Plans of an older version know no severity.
    """

    severity: Severity | None
    risk: str
    clients: str


_SILENT = Why(None, "", "")


@dataclass(frozen=True)
class _Question:
    """What is asked of a setting: to explain one change. It is known by its values as JSON."""

    key: str
    kind: str
    change: Change = field(compare=False)
    sides: DocumentChange = field(compare=False)


def explanations(resource: ResourceChange) -> tuple[Why, ...]:
    """Return each explanation of the bucket's changes once, the worst first.

    What is not explained is only told of where it is the worst of all.
    """
    found: dict[Explanation, Severity | None] = {}
    for change, said in zip(told(resource), _explained(resource), strict=True):
        found[said] = _worse(found.get(said), change.severity)
    whys = [Why(severity, *said) for said, severity in found.items()]
    first, *others = sorted(whys, key=lambda one: _place(one.severity)) or [_SILENT]
    said_first = [first] if any(first) else []
    return (*said_first, *(one for one in others if one.risk or one.clients))


def worst(resource: ResourceChange) -> Severity | None:
    """Return the severity of the worst of the bucket's changes; None if it is not known."""
    known = (one.severity for one in told(resource) if one.severity)
    return min(known, key=_place, default=None)


def violations(resource: ResourceChange) -> tuple[Violation, ...]:
    """Return each rule that the bucket breaks once, however many changes it wants."""
    return tuple(dict.fromkeys(rule for one in told(resource) for rule in one.violations))


def _place(severity: Severity | None) -> int:
    return len(_GRAVITY) if severity is None else _GRAVITY[severity]


def _worse(one: Severity | None, other: Severity | None) -> Severity | None:
    return min(one, other, key=_place)


def _explained(resource: ResourceChange) -> list[Explanation]:
    """Return what the setting says of each change that is told."""
    if resource.type not in _SETTINGS:
        return [_NOTHING] * len(told(resource))
    sides = resource.change
    documents = _JSON((sides.before, sides.after))
    return [
        _answered(_Question(f"{_values(change)} {documents}", resource.type, change, sides))
        for change in told(resource)
    ]


def _values(change: Change) -> str:
    return _JSON((change.path, change.action, change.before, change.after, change.impact))


@lru_cache(maxsize=1024)
def _answered(question: _Question) -> Explanation:
    setting, sides = _SETTINGS[question.kind], question.sides
    return setting.explain(question.change, sides.before, sides.after)
