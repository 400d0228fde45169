"""What in a policy can never say anything of a live document, and would be passed over."""

from collections.abc import Iterator, Mapping

from drift.diagnostic import Diagnostic
from drift.policy.policy import Policy
from drift.policy.spots import Spot, is_about, kind_at
from drift.positions import escaped
from drift.settings.faults import did_you_mean
from drift.untrusted import visible

_KINDS = {"text": "a string", "boolean": "true or false", "list": "a list without an order"}


def senseless(policy: Policy) -> Iterator[Diagnostic]:
    """Yield the members that no document has, and the keywords that do not fit what is there."""
    text = policy.text
    for pointer, spot in policy.spots.unheard():
        name = pointer.rpartition("/")[2]
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


def _of_another_kind(keyword: str, spot: Spot) -> str:
    kind = kind_at(spot)
    shown = _KINDS[kind] if isinstance(kind, str) else "an object"
    name = spot[-1] if spot else "the document"
    return f"`{keyword}` says nothing here: {_entry(name)} is {shown}"


def _entry(name: str) -> str:
    return "an entry of the list" if name == "*" else name


def _where(spot: Spot) -> str:
    return f"in {'/'.join(spot)}" if spot else "at its root"
