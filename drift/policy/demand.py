"""What is wanted of one setting of a bucket: an exact document, policies to hold, or both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

from pydantic import JsonValue

from drift.policy.policy import Policy
from drift.policy.sight import Sight
from drift.settings.setting import Setting
from drift.settings.states import Choice, choices, refuse_too_many


class Case(NamedTuple):
    """Which bucket a document is of, as policies see it."""

    bucket: str
    region: str

    def around(self, document: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Return the document as policies judge it."""
        return {"Bucket": self.bucket, "Region": self.region, **document}


ANYWHERE = Case("bucket", "region")
"""A place for policies that do not look at it."""


_MOST_KEPT = 10_000
"""So many choices are kept, of all live documents: of a fleet, no two may be alike."""


class State(NamedTuple):
    """One document that a setting may have: a choice for each of its members."""

    root: str
    choices: dict[str, Choice]

    @property
    def document(self) -> dict[str, JsonValue]:
        """The document as policies see it."""
        return {self.root: {name: one.complete for name, one in self.choices.items()}}


class Domain(NamedTuple):
    """The states of each member of a setting, of those that differ to the policies."""

    root: str
    members: dict[str, tuple[Choice, ...]]
    limited: frozenset[str]
    """The members of which some states are left out: every document that has them is refused."""

    @property
    def size(self) -> int:
        """How many choices there are."""
        return sum(map(len, self.members.values()))

    def states(self) -> Iterator[State]:
        """Yield the documents; raise `TooManyError` if there are too many."""
        refuse_too_many(self.members.values())
        for chosen in product(*self.members.values()):
            yield State(self.root, dict(zip(self.members, chosen, strict=True)))


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
        whole = seen.as_live()
        given = dict(_by_alias(self.desired))
        free = {name: Choice.of(one) for name, one in _by_alias(whole) if name not in given}
        for states in self._by_cost(seen, free, silent):
            near = [
                kind(**given, **_changed(state, free, silent))
                for state in states
                if self.accepts(case.around(state.document))
            ]
            if near:
                return min(near, key=lambda one: one.over(whole).refusals(whole))
        return None

    def _by_cost(
        self, seen: Setting, free: Mapping[str, Choice], silent: frozenset[str]
    ) -> Iterator[list[State]]:
        """Yield the documents that need equally many changes together, the fewest first."""
        domain = self.domain(seen)
        costs = {
            (name, id(one)): one.size if name in silent else now.changes(one)
            for name, now in free.items()
            for one in domain.members[name]
        }
        at_cost: dict[int, list[State]] = {}
        for state in domain.states():
            cost = sum(costs[name, id(state.choices[name])] for name in free)
            at_cost.setdefault(cost, []).append(state)
        yield from (states for _, states in sorted(at_cost.items()))

    def _silent(self, seen: Setting) -> frozenset[str]:
        """Return the members that are not reported, and that policies say something of."""
        lacking = type(seen)().as_live().normal().keys() - seen.normal().keys()
        lacking -= self.desired.normal().keys()
        return frozenset(
            name
            for name in lacking
            if any(policy.sees((seen.root, name)) for policy in self.policies)
        )

    def domain(self, live: Setting | None = None) -> Domain:
        """Return the states that are worth a look; those of lists depend on what `live` has."""
        seen = type(self.desired)() if live is None else live
        key = tuple(_sets(seen.normal()))
        if key not in self._known:
            found = self._found(seen)
            if found.size + sum(one.size for one in self._known.values()) > _MOST_KEPT:
                self._known.clear()
            self._known[key] = found
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[frozenset[str], ...], Domain]:
        return {}

    def _found(self, live: Setting) -> Domain:
        kind = type(self.desired)
        given = dict(_by_alias(self.desired))
        sight = Sight(kind, self.policies, live, self.thorough)
        members = {
            name: (Choice.of(given[name]),) if name in given else sight.hopeful(name, free)
            for name, free in choices(kind, sight.sublists).items()
        }
        return Domain(kind.root, members, frozenset(sight.limited))


def _given(setting: Setting) -> Iterator[tuple[str, object]]:
    """Yield the members that are present, by the names of their fields."""
    yield from ((name, value) for name, value in setting if value is not None)


def _by_alias(setting: Setting) -> Iterator[tuple[str, object]]:
    fields = type(setting).model_fields
    yield from ((str(fields[name].alias), value) for name, value in _given(setting))


def _changed(state: State, live: Mapping[str, Choice], silent: frozenset[str]) -> dict[str, object]:
    """Return the members that would have to change, of those that are not desired exactly."""
    return {
        name: state.choices[name].value
        for name, now in live.items()
        if name in silent or state.choices[name].normal != now.normal
    }


def _sets(normal: object) -> Iterator[frozenset[str]]:
    if isinstance(normal, frozenset):
        yield normal
    elif isinstance(normal, dict):
        for value in normal.values():
            yield from _sets(value)
