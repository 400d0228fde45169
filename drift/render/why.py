"""Why a drift matters: how much, what the live side risks, whom a return cuts off, what it breaks.

Explanations are the setting's, in its own words. Buckets by the thousand drift alike, so each is
made once.
"""

import marshal
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from pydantic import JsonValue

from drift.plan import Change, ResourceChange, Severity, Violation
from drift.render.excuse import told
from drift.settings import SETTINGS
from drift.settings.setting import Explanation, Setting

_Document: TypeAlias = dict[str, JsonValue] | None
_Words: TypeAlias = frozenset[str]
_Rated: TypeAlias = list[tuple[Change, Severity]]

_SETTINGS = {setting.type: setting for setting in SETTINGS}
_GRAVITY = {severity: place for place, severity in enumerate(Severity)}


class Why(NamedTuple):
    """How much something matters, and why: two sentences, either of which may be empty."""

    severity: Severity
    risk: str
    clients: str


class Breach(NamedTuple):
    """A rule that is broken, by the keywords that say so, and the advice to give with it."""

    title: str
    violations: tuple[Violation, ...]
    help: str


@dataclass(frozen=True)
class _Question:
    """What is asked of a setting: to explain a drift. It is known by the values that matter."""

    values: bytes
    kind: str
    rated: _Rated = field(compare=False)
    sides: tuple[_Document, _Document] = field(compare=False)


def explanations(resource: ResourceChange) -> tuple[Why, ...]:
    """Return each explanation of the bucket's changes once, the worst first.

    What is not explained is only told of where it is the worst of all. Plans of an older version
    know no severities, and nothing of them is explained.
    """
    rated = _rated(resource)
    if not rated:
        return ()
    words, change = _words(resource.type), resource.change
    sides = _side(words, change.before), _side(words, change.after)
    changes = [
        (one.path, one.action, *_values(words, one), f"{one.impact} {severity}", bool(one.waiver))
        for one, severity in rated
    ]
    # Nothing tells values apart faster, and to it true is not 1.
    values = marshal.dumps([changes, sides], 0)
    return _answered(_Question(values, resource.type, rated, sides))


def worst(resource: ResourceChange) -> Severity | None:
    """Return the severity of the worst of the bucket's changes; None if it is not known."""
    known = (severity for _, severity in _rated(resource))
    return min(known, key=_GRAVITY.__getitem__, default=None)


def violations(resource: ResourceChange) -> tuple[Violation, ...]:
    """Return each rule that the bucket breaks once, however many changes it wants."""
    return tuple(dict.fromkeys(rule for one in told(resource) for rule in one.violations))


def breaches(resource: ResourceChange) -> tuple[Breach, ...]:
    """Return the rules that the bucket breaks, those of one title as one.

    What a policy advises stands with the last of them that has the same advice.
    """
    of_title: dict[tuple[str, str], list[Violation]] = {}
    for one in violations(resource):
        of_title.setdefault((one.title, one.help), []).append(one)
    last = {advice: title for title, advice in of_title}
    return tuple(
        Breach(title, tuple(alike), advice if last[advice] == title else "")
        for (title, advice), alike in of_title.items()
    )


def _rated(resource: ResourceChange) -> _Rated:
    return [(one, one.severity) for one in told(resource) if one.severity]


@lru_cache(maxsize=1024)
def _answered(question: _Question) -> tuple[Why, ...]:
    found: dict[Explanation, Severity] = {}
    for change, severity in sorted(question.rated, key=lambda one: _GRAVITY[one[1]]):
        found.setdefault(_explained(question.kind, change, *question.sides), severity)
    first, *others = (Why(severity, *said) for said, severity in found.items())
    return (first, *(one for one in others if one.risk or one.clients))


def _explained(kind: str, change: Change, before: _Document, after: _Document) -> Explanation:
    values = dict(zip(("before", "after"), _values(_words(kind), change), strict=True))
    said = _setting(kind).explain(change.model_copy(update=values), before, after)
    # What is waived is not to be changed, and the documents do not say what it would be then.
    return said._replace(clients="") if change.waiver else said


def _setting(kind: str) -> type[Setting]:
    """Return the setting; where it is not known, one that explains nothing."""
    return _SETTINGS.get(kind, Setting)


@lru_cache(maxsize=64)  # a stranger may name any
def _words(kind: str) -> _Words:
    return _setting(kind).vocabulary()


def _values(words: _Words, change: Change) -> tuple[JsonValue, JsonValue]:
    return _gist(words, change.before), _gist(words, change.after)


def _side(words: _Words, document: _Document) -> _Document:
    return document and {name: _gist(words, value) for name, value in document.items()}


def _gist(words: _Words, value: JsonValue) -> JsonValue:
    """Return a value without the texts that the setting does not know.

    In a list each becomes a number of its own, so that none stands there twice.
    """
    if isinstance(value, list):
        return [
            str(place) if isinstance(one, str) and one not in words else one
            for place, one in enumerate(value)
        ]
    if isinstance(value, dict):
        return {name: _gist(words, inner) for name, inner in value.items()}
    return "?" if isinstance(value, str) and value not in words else value
