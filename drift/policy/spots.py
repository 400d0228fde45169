"""Where in a live document each subschema of a policy is applied.

The documents that a policy judges have one shape, so that this is known before any is read: what a
policy can see, and what in it could never say anything.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TypeAlias

from drift.policy.keywords import OF_LISTS, OF_NUMBERS, OF_OBJECTS, OF_STRINGS
from drift.policy.outline import Child, Outline
from drift.policy.validator import Validator
from drift.settings import SETTINGS
from drift.settings.setting import Element, kinds

Spot: TypeAlias = tuple[str, ...]
"""A place in a document, by the names of members; `*` stands for any entry of a list."""

Kind: TypeAlias = "str | Mapping[str, Kind]"
"""What stands at a spot: `text`, `boolean`, `number`, `list`, or an object with these members."""

_KINDS = {str: "text", bool: "boolean", int: "number", tuple: "list"}

ENTRY = "*"
NAME = ""
"""Stands in a spot for the name of any member."""


@cache
def shape() -> Kind:
    """Return the shape of a live document, with every setting in it."""
    roots = {setting.root: _kind(setting) for setting in SETTINGS}
    return {"Bucket": "text", "Region": "text"} | roots


def kind_at(spot: Spot) -> Kind:
    """Return what stands at a spot that documents have."""
    kind = shape()
    for step in spot:
        kind = kind.get(step, "text") if isinstance(kind, Mapping) else "text"
    return kind


class Spots:
    """Where the subschemas of one policy are applied, and which of them nowhere."""

    def __init__(self, outline: Outline) -> None:
        """Take a schema in which no reference leads back to itself."""
        self.of: dict[str, set[Spot]] = {}
        self._always: set[tuple[str, Spot]] = set()
        self._strangers: dict[str, Spot] = {}
        waiting: list[tuple[str, Spot, bool]] = [("", (), True)]
        while waiting:
            pointer, spot, always = waiting.pop()
            spots = self.of.setdefault(pointer, set())
            if (pointer, spot) in self._always if always else spot in spots:
                continue
            spots.add(spot)
            if always:
                self._always.add((pointer, spot))
            for edge in outline.edges(pointer):
                if _is_stranger(edge, spot):
                    self._strangers[edge.pointer] = spot
                    continue
                waiting += (
                    (edge.pointer, below, always and edge.always_counts)
                    for below in _below(edge, spot)
                )

    def at(self, spot: Spot) -> list[str]:
        """Return the subschemas that are applied at a spot."""
        return [pointer for pointer, spots in self.of.items() if spot in spots]

    def always(self, spot: Spot) -> list[str]:
        """Return those without which no document is accepted, whatever else it has."""
        return [pointer for pointer in self.at(spot) if (pointer, spot) in self._always]

    def unheard(self) -> Iterator[tuple[str, Spot]]:
        """Yield what is for a member that documents have nowhere, with where it was looked for."""
        yield from ((at, spot) for at, spot in self._strangers.items() if at not in self.of)


def is_about(keyword: str, kind: Kind) -> bool:
    """Return whether the keyword can say anything of what stands at a spot."""
    if keyword in OF_OBJECTS:
        return not isinstance(kind, str)
    if keyword in OF_LISTS:
        return kind == "list" and keyword != "prefixItems"  # a list of a setting has no order
    if keyword in OF_STRINGS:
        return kind == "text"
    return keyword not in OF_NUMBERS or kind == "number"


def _kind(kind: type) -> Kind:
    if issubclass(kind, Element):
        return {name: _kind(inner) for name, inner in kinds(kind).items()}
    return _KINDS[kind]


def _is_stranger(edge: Child, spot: Spot) -> bool:
    kind = kind_at(spot)
    named = edge.keyword in ("properties", "patternProperties", "dependentSchemas")
    return named and isinstance(kind, Mapping) and not any(_members(edge, kind))


def _members(edge: Child, kind: Mapping[str, Kind]) -> Iterator[str]:
    """Yield the members of an object that a subschema is about, as far as its keyword says."""
    if edge.keyword == "patternProperties":
        yield from filter(_matcher(edge.member).accepts, kind)
    elif edge.keyword in ("properties", "dependentSchemas"):
        yield from kind.keys() & {edge.member}
    else:
        yield from kind


@lru_cache
def _matcher(pattern: str) -> Validator:
    return Validator({"pattern": pattern})


def _below(edge: Child, spot: Spot) -> Iterator[Spot]:
    kind = kind_at(spot)
    if edge.step == "here":
        yield spot
    elif edge.step == "items" and kind == "list":
        yield (*spot, ENTRY)
    elif isinstance(kind, Mapping) and edge.step == "names":
        yield (*spot, NAME)
    elif isinstance(kind, Mapping) and edge.step in ("member", "members"):
        yield from ((*spot, name) for name in _members(edge, kind))
