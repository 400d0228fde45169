"""What a policy spells out and no live document has: a word that is misspelled is never found.

"Not TLSv1" would hold of every bucket, since OSS calls it TLSv1.0.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from drift.diagnostic import Diagnostic
from drift.policy.keywords import OF_STRINGS
from drift.policy.policy import Policy
from drift.policy.spots import ENTRY, NAME, Spot, kind_at
from drift.policy.validator import Validator
from drift.settings import SETTINGS
from drift.settings.faults import did_you_mean
from drift.settings.states import fixed_entries, part_of
from drift.untrusted import visible

_TYPES = {"text": "string", "boolean": "boolean", "number": "integer", "list": "array"}
_MOST_SHOWN = 6


class _Texts(NamedTuple):
    """The texts that can stand at a spot: all of them, or where it is open, those known."""

    known: tuple[str, ...]
    is_open: bool

    def __str__(self) -> str:
        more = ", ..." if self.known[_MOST_SHOWN:] else ""
        return ", ".join(self.known[:_MOST_SHOWN]) + more


class _Doubt(NamedTuple):
    """Something that is never found: where below its keyword, why, and what is right."""

    below: str
    summary: str
    advice: str


def impossible(policy: Policy) -> Iterator[Diagnostic]:
    """Yield an error for each keyword that asks for what nothing in a document can ever be."""
    for pointer, spots, keyword, value in _keywords(policy):
        for below, summary, advice in _impossible(keyword, value, spots):
            place = policy.text.value(policy.text.nearest(f"{pointer}/{keyword}{below}"))
            yield Diagnostic("error", place, summary, advice)


def unknown(policy: Policy) -> Iterator[Diagnostic]:
    """Yield a warning for each keyword that asks for what drift does not know."""
    for pointer, spots, keyword, value in _keywords(policy):
        for below, summary, advice in _unknown(keyword, value, spots):
            place = policy.text.value(policy.text.nearest(f"{pointer}/{keyword}{below}"))
            yield Diagnostic("warning", place, summary, advice)


def is_open(policy: Policy) -> bool:
    """Return whether a name that drift does not know may satisfy what none does that it knows."""
    return any(_unmet(keyword, value, spots) for _, spots, keyword, value in _keywords(policy))


def _keywords(policy: Policy) -> Iterator[tuple[str, Sequence[Spot], str, object]]:
    """Yield each keyword with its value: in which schema it stands, and where that is applied."""
    for pointer, spots in policy.spots.of.items():
        schema, found = policy.outline.schemas[pointer], sorted(spots)
        for keyword, value in schema.items() if isinstance(schema, dict) else ():
            yield pointer, found, keyword, value


def _impossible(keyword: str, value: object, spots: Sequence[Spot]) -> Iterator[_Doubt]:
    for below, one in _spelled(keyword, value):
        if not any(_fits(one, spot) for spot in spots):
            yield _Doubt(below, _never(one, spots[0]), _instead(one, spots))
    if keyword == "type":
        yield from _of_type(value, spots)
    unmet = _unmet(keyword, value, spots)
    if unmet and not any(texts.is_open for texts in unmet):
        yield _Doubt("", f"this `{keyword}` fits nothing of what can stand here", _known(unmet))


def _unknown(keyword: str, value: object, spots: Sequence[Spot]) -> Iterator[_Doubt]:
    for below, one in _spelled(keyword, value):
        for name in dict.fromkeys(_strange(one, spots)):
            near = did_you_mean(name, tuple(known for spot in spots for known in _all_known(spot)))
            summary = f'"{visible(name, 60)}" is not known to drift'
            yield _Doubt(below, summary, f"Did you mean {near}?" if near else "")
    unmet = _unmet(keyword, value, spots)
    if any(texts.is_open for texts in unmet):
        summary = f"this `{keyword}` fits nothing that drift knows of what can stand here"
        yield _Doubt("", summary, _known(unmet))


def _spelled(keyword: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the values that a keyword spells out, each with its pointer below the keyword."""
    if keyword == "const":
        yield "", value
    elif keyword == "enum" and isinstance(value, list):
        yield from ((f"/{index}", one) for index, one in enumerate(value))


def _of_type(value: object, spots: Sequence[Spot]) -> Iterator[_Doubt]:
    asked = value if isinstance(value, list) else [value]
    types = [_TYPES[kind] if isinstance(kind, str) else "object" for kind in map(kind_at, spots)]
    if not {*asked} & {*types}:
        yield _Doubt("", f"{_name(spots[0])} is never of this type", f"Its type is {types[0]}.")


def _unmet(keyword: str, value: object, spots: Sequence[Spot]) -> list[_Texts]:
    """Return the texts that can stand at the spots, if the keyword accepts none of them."""
    if keyword not in OF_STRINGS:
        return []
    texts = [_texts(spot) for spot in spots if kind_at(spot) == "text"]
    known = [one for one in texts if one is not None]
    test = Validator({keyword: value})
    accepted = any(test.accepts(name) for one in known for name in one.known)
    return [] if len(known) < len(texts) or accepted else known


def _fits(value: object, spot: Spot) -> bool:
    """Return whether a value can stand at a spot, as far as it is sure that it cannot."""
    kind = kind_at(spot)
    if isinstance(kind, Mapping):
        same = isinstance(value, dict) and value.keys() == kind.keys()
        return same and all(_fits(one, (*spot, name)) for name, one in _items(value))
    if kind == "list":
        return isinstance(value, list) and all(_fits(one, (*spot, ENTRY)) for one in value)
    if kind == "boolean":
        return isinstance(value, bool)
    texts = _texts(spot)
    return isinstance(value, str) and (texts is None or texts.is_open or value in texts.known)


def _strange(value: object, spots: Sequence[Spot]) -> Iterator[str]:
    """Yield the texts in a value that can stand where they do, and that drift does not know."""
    if isinstance(value, str):
        texts = [_texts(spot) for spot in spots if kind_at(spot) == "text"]
        unknown = all(one is not None and value not in one.known for one in texts)
        if unknown and any(one is not None and one.is_open for one in texts):
            yield value
    for name, one in _items(value):
        yield from _strange(one, [(*spot, name) for spot in spots])


def _never(value: object, spot: Spot) -> str:
    if isinstance(value, dict | list):
        shown = "this object" if isinstance(value, dict) else "this list"
    else:
        shown = visible(json.dumps(value), 60)
    if spot[-1:] == (ENTRY,):
        return f"{shown} is never in {spot[-2]}"
    return f"{_name(spot)} is never {shown}"


def _instead(value: object, spots: Sequence[Spot]) -> str:
    if isinstance(value, dict) and any(isinstance(kind_at(spot), Mapping) for spot in spots):
        return "A live document has all members, and no others."
    known = tuple(name for spot in spots for name in (_texts(spot) or _NONE).known)
    return f"Known here are {', '.join(known[:_MOST_SHOWN])}." if known else ""


def _known(texts: Sequence[_Texts]) -> str:
    return f"Known here are {texts[0]}."


def _items(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((ENTRY, one) for one in value)


def _all_known(spot: Spot) -> Iterator[str]:
    yield from (_texts(spot) or _texts((*spot, ENTRY)) or _NONE).known


def _texts(spot: Spot) -> _Texts | None:
    """Return the texts that can stand at a spot; None where nothing is known of them."""
    above, last = kind_at(spot[:-1]), spot[-1:]
    if last == (NAME,) and isinstance(above, Mapping):
        return _Texts(tuple(above), is_open=False)
    if last != (ENTRY,) or above != "list" or len(spot) != 4:
        return None
    root, name, member, _ = spot
    part = next(part_of(setting, name) for setting in SETTINGS if setting.root == root)
    fixed = fixed_entries(part, member)
    if fixed is not None:
        return _Texts(fixed, is_open=False)
    known = part.known(member)
    return _Texts(known, is_open=True) if known else None


_NONE = _Texts((), is_open=False)


def _name(spot: Spot) -> str:
    if spot[-1:] == (NAME,):
        return "The name of a member"
    if spot[-1:] == (ENTRY,):
        return f"An entry of {spot[-2]}"
    return spot[-1] if spot else "The document"
