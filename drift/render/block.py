"""One bucket's document with its changes, drawn as Terraform draws a resource."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from pydantic import JsonValue

from drift.plan import Change, ResourceChange
from drift.render.excuse import needed
from drift.render.line import Line
from drift.untrusted import visible

_SYMBOL = {"add": "+", "remove": "-", "update": "~"}

_Path: TypeAlias = tuple[str, ...]


def block(resource: ResourceChange, *, named: bool = True) -> Iterator[Line]:
    """Yield the lines of a resource that must change; what does not change is only counted.

    Without its name, it stands for all buckets that need the same.
    """
    symbol = _symbol(resource)
    names = [resource.type, resource.name] if named else [resource.type]
    yield Line(f"  {symbol} resource {' '.join(map(_json, names))} {{", symbol)
    holders: list[_Path] = []
    for holder, changes in groupby(needed(resource), key=_holder):
        holders.append(holder)
        draw = _part if holder[1:] else _attributes
        yield from draw(resource, holder, list(changes))
    root = holders[0][:1]
    parts = [
        name for name in _unchanged(resource, root, blocks=True) if (*root, name) not in holders
    ]
    yield from _hidden(len(parts), "block", " " * 8)
    yield Line("    }")


def symbols(resource: ResourceChange) -> frozenset[str]:
    """Return the symbols of its block: to add to a part or a list is to update it."""
    return frozenset((_symbol(resource), *(_SYMBOL[one.action] for one in needed(resource))))


def _symbol(resource: ResourceChange) -> str:
    return "+" if resource.change.actions == ("create",) else "~"


def _part(resource: ResourceChange, holder: _Path, changes: Sequence[Change]) -> Iterator[Line]:
    """Yield the block of one part, such as `TLS`, around the lines of its members."""
    symbol = "~" if _members(resource.change.before, holder) else "+"
    yield Line(f"      {symbol} {visible('/'.join(holder[1:]))} {{", symbol)
    yield from _attributes(resource, holder, changes, " " * 4)
    yield Line("        }")


def _attributes(
    resource: ResourceChange, holder: _Path, changes: Sequence[Change], lead: str = ""
) -> Iterator[Line]:
    """Yield the changes of the members of one part, or of the document itself, behind `lead`."""
    before = _members(resource.change.before, holder)
    after = _members(resource.change.after, holder)
    width = max(len(_name(change)) for change in changes)
    for name, of_member in groupby(changes, key=_name):
        listed = isinstance(after.get(name, before.get(name)), list)
        draw = _list if listed else _scalar
        shown = f"{visible(name):{width}}"
        yield from draw(shown, list(of_member), before.get(name), lead)
    touched = {_name(change) for change in changes}
    kept = [name for name in _unchanged(resource, holder, blocks=False) if name not in touched]
    yield from _hidden(len(kept), "attribute", lead + " " * 8)


def _scalar(name: str, changes: Sequence[Change], _before: JsonValue, lead: str) -> Iterator[Line]:
    for change in changes:
        sides = {"add": (change.after,), "remove": (change.before,)}
        values = sides.get(change.action, (change.before, change.after))
        symbol = _SYMBOL[change.action]
        yield Line(f"{lead}      {symbol} {name} = {' -> '.join(map(_json, values))}", symbol)


def _list(name: str, changes: Sequence[Change], before: JsonValue, lead: str) -> Iterator[Line]:
    symbol = "~" if isinstance(before, list) else "+"
    yield Line(f"{lead}      {symbol} {name} = [", symbol)
    for change in changes:
        value = change.after if change.action == "add" else change.before
        mark = _SYMBOL[change.action]
        yield Line(f"{lead}          {mark} {_json(value)},", mark)
    removed = [change for change in changes if change.action == "remove"]
    kept = len(before) - len(removed) if isinstance(before, list) else 0
    yield from _hidden(kept, "element", lead + " " * 12)
    yield Line(f"{lead}        ]")


def _json(value: JsonValue) -> str:
    return visible(json.dumps(value), 300)


def _hidden(count: int, what: str, indent: str) -> Iterator[Line]:
    if count > 0:
        plural = "" if count == 1 else "s"
        yield Line(f"{indent}# ({count} unchanged {what}{plural} hidden)", "#")


def _unchanged(resource: ResourceChange, holder: _Path, *, blocks: bool) -> list[str]:
    """Return the members of `holder` on both sides: the parts if `blocks`, else the others."""
    before = _members(resource.change.before, holder)
    after = _members(resource.change.after, holder)
    return [name for name in after if name in before and isinstance(after[name], dict) is blocks]


def _members(document: JsonValue, path: _Path) -> Mapping[str, JsonValue]:
    """Return the object at `path`; a saved plan may have anything there, or nothing."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _holder(change: Change) -> _Path:
    return tuple(change.path.split("/")[1:-1])


def _name(change: Change) -> str:
    return change.path.rpartition("/")[2]
