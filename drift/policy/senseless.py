"""What in a policy can never say anything of a live document, and would be passed over."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import cast

from drift.diagnostic import Diagnostic
from drift.policy.policy import Policy
from drift.policy.spots import ENTRY, NAME, Spot, is_about, kind_at
from drift.positions import escaped, unescaped
from drift.settings.faults import did_you_mean
from drift.untrusted import visible

_KINDS = {"text": "a string", "boolean": "true or false", "list": "a list without an order"}


def senseless(policy: Policy) -> Iterator[Diagnostic]:
    """Yield the members that no document has, and the keywords that do not fit what is there."""
    text = policy.text
    for pointer, name, spot in chain(_unheard(policy), _required(policy)):
        kind = kind_at(spot)
        known = tuple(kind) if isinstance(kind, Mapping) else ()
        near = did_you_mean(name, known)
        advice = f"Did you mean {near}?" if near else f"Known here are {', '.join(known)}."
        said = f"no live document has a member `{visible(name, 60)}` {_where(spot)}"
        yield Diagnostic("error", text.name(text.nearest(pointer)), said, advice)
    for pointer, spots in policy.spots.of.items():
        schema = policy.outline.schemas[pointer]
        for keyword in schema if isinstance(schema, dict) else ():
            if not any(is_about(keyword, kind_at(spot)) for spot in spots):
                place = text.name(text.nearest(f"{pointer}/{escaped(keyword)}"))
                yield Diagnostic("error", place, _of_another_kind(keyword, min(spots)))
    for pointer in _idle(policy):
        place, said = text.name(text.nearest(pointer)), "nothing refers to this schema"
        yield Diagnostic("error", place, said, "Refer to it, or take it out.")
    for pointer in _unasking(policy):
        place, said = text.name(text.nearest(pointer)), "with `minContains` 0 this asks for nothing"
        yield Diagnostic("error", place, said, "Give `maxContains`, or a larger number.")


def _unasking(policy: Policy) -> Iterator[str]:
    """Yield each `contains` that every list satisfies, unless it counts for `unevaluatedItems`."""
    schemas = {at: one for at, one in policy.outline.schemas.items() if isinstance(one, dict)}
    if any("unevaluatedItems" in one for one in schemas.values()):
        return
    for pointer, schema in schemas.items():
        if "contains" in schema and "maxContains" not in schema and schema.get("minContains") == 0:
            yield f"{pointer}/contains"


def _idle(policy: Policy) -> Iterator[str]:
    """Yield the schemas in `$defs` that are not used: their author may think that they hold."""
    for children in policy.outline.children.values():
        for child in children:
            if child.step == "nowhere":
                below = f"{child.pointer}/"
                if not any(f"{at}/".startswith(below) for at in policy.spots.of):
                    yield child.pointer


def _unheard(policy: Policy) -> Iterator[tuple[str, str, Spot]]:
    """Yield the subschemas for members that no document has, with where these should be."""
    for pointer, spot in policy.spots.unheard():
        yield pointer, unescaped(pointer.rpartition("/")[2]), spot


def _required(policy: Policy) -> Iterator[tuple[str, str, Spot]]:
    """Yield the members that are asked for and no document has, with where they should be."""
    for pointer, spots in policy.spots.of.items():
        schema = policy.outline.schemas[pointer]
        for below, name in _names(schema) if isinstance(schema, dict) else ():
            kinds = [(spot, kind_at(spot)) for spot in spots]
            objects = [(spot, kind) for spot, kind in kinds if isinstance(kind, Mapping)]
            if objects and not any(name in kind for _, kind in objects):
                yield f"{pointer}/{below}", name, min(spot for spot, _ in objects)


def _names(schema: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the names of members that a sound schema asks for, each with where it stands."""
    required = {"required": schema.get("required", [])}
    dependent = cast("dict[str, list[str]]", schema.get("dependentRequired", {}))
    for name, names in dependent.items():
        yield f"dependentRequired/{escaped(name)}", name
        required[f"dependentRequired/{escaped(name)}"] = names
    for at, names in cast("dict[str, list[str]]", required).items():
        yield from ((f"{at}/{index}", name) for index, name in enumerate(names))


def _of_another_kind(keyword: str, spot: Spot) -> str:
    kind = kind_at(spot)
    shown = _KINDS[kind] if isinstance(kind, str) else "an object"
    name = spot[-1] if spot else "the document"
    return f"`{keyword}` says nothing here: {_entry(name)} is {shown}"


def _entry(name: str) -> str:
    return {ENTRY: "an entry of the list", NAME: "the name of a member"}.get(name, name)


def _where(spot: Spot) -> str:
    return f"in {'/'.join(spot)}" if spot else "at its root"
