"""What a drift is: live beside desired, member by member, and each change in a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from drift.plan import Change, ResourceChange
from drift.render.fold import Group
from drift.render.html.element import Html, element, joined
from drift.render.html.words import place

_SIGN = {"add": "+", "remove": "-", "update": "~"}

_Path: TypeAlias = tuple[str, ...]
_Signs: TypeAlias = Mapping[tuple[_Path, str], str]
"""What is done to a value: by its path, and the value as JSON."""


def sides(resource: ResourceChange) -> Html:
    """Return a table of the parts that change: all of their members, on both sides."""
    parts = {_path(change)[:2] for change in resource.changes}
    live, desired = (
        {path: value for path, value in _leaves((), document) if path[:2] in parts}
        for document in (resource.change.before or {}, resource.change.after or {})
    )
    gone, new = _signs(resource)
    rows = [
        _row(
            element("th", _name(path), scope="row", role="rowheader"),
            _cell("del", live, path, gone),
            _cell("ins", desired, path, new),
        )
        for path in dict.fromkeys((*desired, *live))
    ]
    names = ("Member", "Live", "Desired")
    head = _row(*(element("th", name, scope="col", role="columnheader") for name in names))
    return element(
        "table",
        element("thead", head, role="rowgroup"),
        element("tbody", joined("", *rows, "", by="\n"), role="rowgroup"),
        class_="sides",
        role="table",
    )


def unchanged(resource: ResourceChange) -> list[str]:
    """Return the names of the parts that stay as they are."""
    touched = {_path(change)[:2] for change in resource.changes}
    documents = (resource.change.after or {}, resource.change.before or {})
    parts = dict.fromkeys(path[:2] for document in documents for path, _ in _leaves((), document))
    return [_name(part) for part in parts if part and part not in touched]


def changes(group: Group) -> Html:
    """Return a list of all changes: what is done, its impact, and where it is declared."""
    items = [
        _change(change, (resource.changes[index] for resource in group.resources))
        for index, change in enumerate(group.first.changes)
    ]
    return element("ul", joined("", *items, "", by="\n"), class_="changes", aria_label="Changes")


def _change(change: Change, alike: Iterable[Change]) -> Html:
    sides_of = {"add": (change.after,), "remove": (change.before,)}
    values = [json.dumps(one) for one in sides_of.get(change.action, (change.before, change.after))]
    places = list(dict.fromkeys(place(one.source) for one in alike))
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    name = _name(_path(change)) or change.path
    return element(
        "li",
        element("code", f"{_SIGN[change.action]} ", name, " = ", joined(*values, by=" -> ")),
        element("span", change.impact, class_=f"impact {change.impact}"),
        element("span", places[0], more, class_="place"),
    )


def _signs(resource: ResourceChange) -> tuple[_Signs, _Signs]:
    """Return which live values go, and which desired ones come."""
    gone, new = {}, {}
    for change in resource.changes:
        path, sign = _path(change), _SIGN[change.action]
        if change.action != "add":
            gone[path, json.dumps(change.before)] = sign
        if change.action != "remove":
            new[path, json.dumps(change.after)] = sign
    return gone, new


def _row(*cells: Html) -> Html:
    return element("tr", *cells, role="row")


def _cell(tag: str, side: Mapping[_Path, JsonValue], path: _Path, signs: _Signs) -> Html:
    """Return one side of a member; what changes stands in elements `tag`, behind its sign."""
    if path not in side:
        return element("td", "not set", class_="unset", role="cell")
    value = side[path]
    entries = [json.dumps(one) for one in value] if isinstance(value, list) else [json.dumps(value)]
    shown = [_entry(tag, one, signs.get((path, one))) for one in entries]
    return element("td", *shown or ("none",), role="cell")


def _entry(tag: str, value: str, sign: str | None) -> Html:
    return element(tag, f"{sign} ", value) if sign else element("code", value)


def _leaves(path: _Path, value: JsonValue) -> Iterator[tuple[_Path, JsonValue]]:
    """Yield what is no object, and objects that are empty."""
    if not isinstance(value, dict) or not value:
        yield path, value
        return
    for name, inner in value.items():
        yield from _leaves((*path, name), inner)


def _path(change: Change) -> _Path:
    return tuple(change.path.split("/")[1:])


def _name(path: _Path) -> str:
    """Return a member's name below the document's root, as the text report nests it."""
    return "/".join(path[1:] or path)
