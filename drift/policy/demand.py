"""What is wanted of one setting of a bucket: an exact document, policies to hold, or both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple, cast

from pydantic import JsonValue

from drift.policy.policy import Policy
from drift.policy.sight import Sight
from drift.settings.setting import Normal, Part, Setting
from drift.settings.states import choices, distance, refuse_too_many


class Case(NamedTuple):
    """Which bucket a document is of, as policies see it."""

    bucket: str
    region: str

    def around(self, document: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Return the document as policies judge it."""
        return {"Bucket": self.bucket, "Region": self.region, **document}


ANYWHERE = Case("bucket", "region")
"""A place for policies that do not look at it."""


_MOST_KNOWN = 32
"""For so many sets of live lists the states are kept, of which each may be thousands."""


class State(NamedTuple):
    """One document that a setting may have: its members, and what it does, as policies see it."""

    members: dict[str, object]
    document: dict[str, JsonValue]
    normal: Normal


@dataclass(frozen=True, eq=False)
class Demand:
    """The members of `desired`, exactly, and for the others whatever satisfies the policies."""

    desired: Setting
    policies: tuple[Policy, ...]
    thorough: bool = False
    """Whether documents are looked at that are plainly refused: to learn by what."""

    @staticmethod
    def case(bucket: str, region: str | None) -> Case:
        """Return which bucket it is, as policies see it."""
        return Case(bucket, region or "")

    def is_met(self, live: Setting, case: Case) -> bool:
        """Return whether the policies accept `live` once it has what is desired exactly."""
        complete = live.model_copy(update=dict(_given(self.desired))).complete()
        return self.accepts(case.around(complete))

    def accepts(self, document: dict[str, JsonValue]) -> bool:
        """Return whether every policy accepts a document as it is."""
        return all(policy.accepts(document) for policy in self.policies)

    def target(self, live: Setting | None, case: Case, *, strict: bool = False) -> Setting | None:
        """Return the members that `live` should have: those desired, and those that must change.

        Of all documents that satisfy the policies it is the one with the fewest changes, among
        those the one that refuses the fewest clients, and among those the first in a fixed order.
        None: there is no such document. Raises `TooManyError`.
        """
        kind = type(self.desired)
        seen = (kind() if live is None else live).as_live(strict=strict)
        silent = self._silent(seen)
        if not silent and self.is_met(seen, case):
            return self.desired
        costs: dict[int, list[dict[str, object]]] = {}
        base: Normal = {} if live is None else seen.normal()
        whole = seen.as_live()
        for state in self.states(seen, case):
            wanted = self._differing(state, whole.normal(), silent)
            cost = sum(
                distance({name: base[name]} if name in base else {}, {name: state.normal[name]})
                for name in wanted
            )
            costs.setdefault(cost, []).append({name: state.members[name] for name in wanted})
        if not costs:
            return None
        near = [kind(**dict(_by_alias(self.desired)), **one) for one in costs[min(costs)]]
        return min(near, key=lambda one: one.over(whole).refusals(whole))

    def states(self, live: Setting, case: Case) -> Sequence[State]:
        """Return the documents that satisfy all, of those that differ to the policies."""
        return [one for one in self._states(live) if self.accepts(case.around(one.document))]

    def all_states(self, live: Setting | None = None) -> tuple[State, ...]:
        """Return the documents that have what is desired and may satisfy the policies."""
        return self._states(type(self.desired)() if live is None else live)

    def _silent(self, seen: Setting) -> frozenset[str]:
        """Return the members that are not reported, and that policies say something of."""
        lacking = type(seen)().as_live().normal().keys() - seen.normal().keys()
        lacking -= self.desired.normal().keys()
        return frozenset(
            name
            for name in lacking
            if any(policy.sees((seen.root, name)) for policy in self.policies)
        )

    def _differing(self, state: State, live: Normal, silent: frozenset[str]) -> list[str]:
        """Return the members that would have to change, of those that are not desired exactly."""
        given = self.desired.normal()
        return [
            name
            for name, value in state.normal.items()
            if name not in given and (name in silent or value != live[name])
        ]

    def _states(self, live: Setting) -> tuple[State, ...]:
        key = tuple(_sets(live.normal()))
        if key not in self._known:
            if len(self._known) == _MOST_KNOWN:  # of a fleet, no two buckets may be alike
                self._known.clear()
            self._known[key] = tuple(self._enumerated(live))
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[frozenset[str], ...], tuple[State, ...]]:
        return {}

    def _enumerated(self, live: Setting) -> Iterator[State]:
        kind = type(self.desired)
        given = dict(_by_alias(self.desired))
        sight = Sight(kind, self.policies, live, self.thorough)
        members: dict[str, Sequence[object]] = {}
        for name, values in choices(kind, sight.sublists).items():
            parts = [one for one in values if isinstance(one, Part)]
            free = sight.hopeful(name, parts) if parts else values
            members[name] = [given[name]] if name in given else free
        self.limited.update(sight.limited)
        refuse_too_many(members.values())
        for values in product(*members.values()):
            state = dict(zip(members, values, strict=True))
            document = {name: _complete(value) for name, value in state.items()}
            normal = {name: _normal(value) for name, value in state.items()}
            yield State(state, {kind.root: document}, normal)

    @cached_property
    def limited(self) -> set[str]:
        """The parts of which some states were left out: every document that has them is refused."""
        return set()


def _given(setting: Setting) -> Iterator[tuple[str, object]]:
    """Yield the members that are present, by the names of their fields."""
    yield from ((name, value) for name, value in setting if value is not None)


def _by_alias(setting: Setting) -> Iterator[tuple[str, object]]:
    fields = type(setting).model_fields
    yield from ((str(fields[name].alias), value) for name, value in _given(setting))


def _complete(value: object) -> JsonValue:
    return value.complete() if isinstance(value, Part) else cast("JsonValue", value)


def _normal(value: object) -> "Normal | bool":
    return value.normal() if isinstance(value, Part) else bool(value)


def _sets(normal: object) -> Iterator[frozenset[str]]:
    if isinstance(normal, frozenset):
        yield normal
    elif isinstance(normal, dict):
        for value in normal.values():
            yield from _sets(value)
