"""What a drift is: live beside desired, member by member, and each change in a line.

In a fleet most lines are those of the bucket before, so that each is made once. They are known by
their values as JSON: to Python, true and 1.0 equal 1.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import TypeAlias

from pydantic import JsonValue

from drift.plan import ResourceChange, Status
from drift.render.excuse import needed
from drift.render.fold import Group
from drift.render.html.element import Html, element, joined
from drift.render.html.words import place

_SIGN = {"add": "+", "remove": "-", "update": "~"}

_Path: TypeAlias = tuple[str, ...]
_Signs: TypeAlias = Mapping[str, str]
"""What is done to the values of a member, by the value as JSON."""

_Side: TypeAlias = tuple[tuple[str | None, str], ...]
"""One side of a member: each value behind its sign, as JSON; what stays has no sign."""

_HEAD = element(
    "thead",
    element(
        "tr",
        *(
            element("th", name, scope="col", role="columnheader")
            for name in ("Member", "Live", "Desired")
        ),
        role="row",
    ),
    role="rowgroup",
)


def sides(resource: ResourceChange) -> Html:
    """Return a table of the parts that change: all of their members, on both sides."""
    touched = {_path(change.path)[:2] for change in needed(resource)}
    gone, new = _signs(resource)
    live = _members(resource.change.before, touched, gone)
    desired = _members(resource.change.after, touched, new)
    rows = [_row(path, live.get(path), desired.get(path)) for path in {**desired, **live}]
    body = element("tbody", joined("", *rows, "", by="\n"), role="rowgroup")
    return element("table", _HEAD, body, class_="sides", role="table")


def unchanged(resource: ResourceChange) -> list[str]:
    """Return the names of the parts that stay as they are."""
    touched = {_path(change.path)[:2] for change in needed(resource)}
    documents = (resource.change.after, resource.change.before)
    parts = dict.fromkeys(part for document in documents for part, _ in _parts(document))
    return [_name(part) for part in parts if part not in touched]


def changes(group: Group) -> Html:
    """Return a list of changes: what is done, its impact, and where it is declared.

    They are those that are needed; of what is waived as a whole, what is not done.
    """
    is_waived = group.first.status is Status.WAIVED
    items = [
        _change(group, index)
        for index, change in enumerate(group.first.changes)
        if is_waived or change.waiver is None
    ]
    label = "Waived changes" if is_waived else "Changes"
    return element("ul", joined("", *items, "", by="\n"), class_="changes", aria_label=label)


def _change(group: Group, index: int) -> Html:
    change = group.first.changes[index]
    sides_of = (("add", change.before), ("remove", change.after))
    values = [_json(value) for lacking, value in sides_of if change.action != lacking]
    said = (_SIGN[change.action], _name(_path(change.path)) or change.path, *values)
    others = 0
    if not group.is_single:
        sources = (one.changes[index].source for one in group.resources)
        others = len({(one.file, one.line) for one in sources}) - 1
    more = f" and {others} more" if others else ""
    return _item(said, change.impact, place(change.source), more)


@lru_cache(maxsize=1024)
def _item(said: tuple[str, ...], impact: str, where: Html, more: str) -> Html:
    sign, name, *values = said
    return element(
        "li",
        element("code", f"{sign} ", name, " = ", joined(*values, by=" -> ")),
        element("span", impact, class_=f"impact {impact}"),
        element("span", where, more, class_="place"),
    )


def _signs(resource: ResourceChange) -> tuple[Mapping[_Path, _Signs], Mapping[_Path, _Signs]]:
    """Return which live values go, and which desired ones come, for each member."""
    gone: dict[_Path, dict[str, str]] = defaultdict(dict)
    new: dict[_Path, dict[str, str]] = defaultdict(dict)
    for change in needed(resource):
        path, sign = _path(change.path), _SIGN[change.action]
        if change.action != "add":
            gone[path][_json(change.before)] = sign
        if change.action != "remove":
            new[path][_json(change.after)] = sign
    return gone, new


def _members(
    document: dict[str, JsonValue] | None,
    touched: Collection[_Path],
    signs: Mapping[_Path, _Signs],
) -> dict[_Path, _Side]:
    """Return the members of the parts that change, each with what is done to its values."""
    leaves: dict[_Path, JsonValue] = {}
    for part, value in _parts(document):
        if part in touched:
            _add_leaves(leaves, part, value)
    return {path: _side(value, signs.get(path, {})) for path, value in leaves.items()}


def _side(value: JsonValue, signs: _Signs) -> _Side:
    """Return the entries of a list, or the only value."""
    values = value if isinstance(value, list) else [value]
    return tuple([(signs.get(one), one) for one in map(_json, values)])


@lru_cache(maxsize=1024)
def _row(path: _Path, live: _Side | None, desired: _Side | None) -> Html:
    name = element("th", _name(path), scope="row", role="rowheader")
    return element("tr", name, _cell("del", live), _cell("ins", desired), role="row")


@lru_cache(maxsize=1024)
def _cell(tag: str, side: _Side | None) -> Html:
    """Return one side of a member; what changes stands in elements `tag`, behind its sign."""
    if side is None:
        return element("td", "not set", class_="unset", role="cell")
    shown = [
        element(tag, f"{sign} ", value) if sign else element("code", value) for sign, value in side
    ]
    return element("td", *shown or ("none",), role="cell")


def _parts(document: dict[str, JsonValue] | None) -> Iterator[tuple[_Path, JsonValue]]:
    """Yield the parts of a document, such as `TLS`, by the path of each."""
    for root, members in (document or {}).items():
        if isinstance(members, dict) and members:
            for name, value in members.items():
                yield (root, name), value
        else:
            yield (root,), members


def _add_leaves(leaves: dict[_Path, JsonValue], path: _Path, value: JsonValue) -> None:
    """Add what is no object, and objects that are empty."""
    if not isinstance(value, dict) or not value:
        leaves[path] = value
        return
    for name, inner in value.items():
        _add_leaves(leaves, (*path, name), inner)


def _json(value: JsonValue) -> str:
    """Return a value as JSON; what most are is not worth all that json sets up for structures."""
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value)


@lru_cache(maxsize=1024)
def _path(pointer: str) -> _Path:
    return tuple(pointer.split("/")[1:])


def _name(path: _Path) -> str:
    """Return a member's name below the document's root, as the text report nests it."""
    return "/".join(path[1:] or path)
