"""What policies can tell apart in a list of free names, such as a custom list of cipher suites.

There are endless lists, but a schema sees a name only through its assertions on texts, and a list
only through how many of its names satisfy them, up to the largest number that it mentions. Lists
that differ in nothing of that are one list to it, and one of them is looked at.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations, islice, product

from drift.policy.keywords import OF_STRINGS
from drift.policy.policy import Policy
from drift.policy.spots import ENTRY, Spot
from drift.policy.validator import Validator
from drift.settings.setting import Setting
from drift.settings.states import Choice, TooManyError, part_of, refuse_too_many

_COUNTS = ("minItems", "maxItems", "minContains", "maxContains")
_SPARE = 3
"""So many lists that count alike are looked at beside the first, where lists are spelled out."""


_MOST_NAMES = 200_000
"""How often a name is asked about, or put into a list; there are some hundred suites."""


@dataclass(frozen=True)
class Sight:
    """What some policies see of a setting's lists, for a bucket whose live lists are known."""

    kind: type[Setting]
    policies: tuple[Policy, ...]
    live: Setting
    thorough: bool = False
    """Whether nothing is left out, to learn what refuses it; of lists, if they are not too many."""
    limited: set[str] = field(default_factory=set)
    """The parts of which some states are left out, since no document that has them is accepted."""

    def sublists(self, part: str, member: str) -> tuple[tuple[str, ...], ...]:
        """Return the lists that differ to the policies, those that keep what is live first.

        Those that are accepted in no document are left out.
        """
        view = _View(self, part, member)
        if self.thorough:
            with suppress(TooManyError):
                return tuple(dict.fromkeys(view.all_lists()))
        lists = tuple(dict.fromkeys(view.lists()))
        if view.is_limited:
            self.limited.add(part)
        return lists

    def hopeful(self, member: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
        """Return the states of a member that some document may have, whatever its others are."""
        if self.thorough:
            return tuple(choices)
        tests = [test for one in self.policies for test in one.always((self.kind.root, member))]
        kept = tuple(one for one in choices if all(test.accepts(one.complete) for test in tests))
        if len(kept) < len(choices):
            self.limited.add(member)
        return kept


class _View:
    """What the policies see of one list."""

    def __init__(self, sight: Sight, part: str, member: str) -> None:
        self._policies = sight.policies
        self._spot: Spot = (sight.kind.root, part, member)
        live = sight.live.parts().get(part)
        normal = live.normal().get(member, frozenset()) if live else frozenset()
        self._live = sorted(normal) if isinstance(normal, frozenset) else []
        self._known = part_of(sight.kind, part).known(member)
        self.is_limited = False

    def all_lists(self) -> Iterator[tuple[str, ...]]:
        """Yield the lists; several that count alike only where whole lists are spelled out."""
        yield from self._combined(self._sizes)

    def lists(self) -> Iterator[tuple[str, ...]]:
        """Yield those that some document may have, as far as that is plain."""
        always = [one for policy in self._policies for one in policy.always(self._spot)]
        found = 0
        for one in self._combined(self._fitting):
            if all(test.accepts([*one]) for test in always):
                found += 1
                yield one
            else:
                self.is_limited = True
        if not found:  # what is not custom has a list, too, and it is empty
            yield ()

    def _combined(
        self, sizes_of: Callable[[Sequence[str]], Collection[int]]
    ) -> Iterator[tuple[str, ...]]:
        """Yield the sets of so many names of each kind, and the lists that are spelled out."""
        spelled = [*self._spelled_lists()]
        spare = min(len(spelled), _SPARE)
        sets = [[*self._sets(alike, sizes_of(alike), spare)] for alike in self._classes]
        refuse_too_many(sets)
        for one in product(*sets):
            yield tuple(sorted(chain.from_iterable(one)))
        yield from spelled

    def _sets(
        self, alike: Sequence[str], sizes: Collection[int], spare: int
    ) -> Iterator[tuple[str, ...]]:
        """Yield sets of names that are alike, those first that are nearest to what is live."""
        kept = [name for name in alike if name in self._live]
        if len(alike) * len(sizes) > _MOST_NAMES:
            raise TooManyError(f"there are more than {_MOST_NAMES:,} names in lists to look at")
        new = [name for name in alike if name not in kept]
        for size in sorted(sizes, key=lambda one: (abs(one - len(kept)), one)):
            yield from islice(_nearest(kept, new, size), 1 + spare)

    def _sizes(self, alike: Sequence[str]) -> set[int]:
        """Return how many of the names there may be, as far as it makes a difference."""
        kept = sum(name in self._live for name in alike)
        return {kept, *range(min(self._most, len(alike)) + 1)}

    def _fitting(self, alike: Sequence[str]) -> set[int]:
        """Return the sizes that some list may have that is accepted."""
        least = self._least(alike)
        most = 0 if self._is_refused(alike[0]) else len(alike)
        sizes = self._sizes(alike) | {least}
        fitting = {size for size in sizes if least <= size <= most} or {most}
        self.is_limited |= fitting != sizes
        return fitting

    def _is_refused(self, name: str) -> bool:
        """Return whether no list is accepted that has the name, whatever else a document has."""
        return not all(
            one.accepts(name)
            for policy in self._policies
            for one in policy.always((*self._spot, ENTRY))
        )

    def _least(self, alike: Sequence[str]) -> int:
        """Return how many of the names every list must have, as far as that is plain."""
        least = 0
        for policy in self._policies:
            for pointer in policy.spots.always(self._spot):
                schema = policy.outline.schemas[pointer]
                if isinstance(schema, dict) and "contains" in schema:
                    wanted = policy.part(f"{pointer}/contains")
                    only = [one for one in self._classes if wanted.accepts(one[0])] == [alike]
                    number = schema.get("minContains", 1)
                    if only and isinstance(number, int):
                        least = max(least, min(number, len(alike)))
        return least

    @cached_property
    def _classes(self) -> list[list[str]]:
        """Return the names that are live, spelled out or known, those that look alike together."""
        texts = [one for one in self._spelled if isinstance(one, str)]
        names = dict.fromkeys((*self._live, *texts, *self._known))
        tests = self._tests
        if len(names) * len(tests) > _MOST_NAMES:
            raise TooManyError(f"there are more than {_MOST_NAMES:,} questions about names")
        classes: dict[tuple[bool, ...], list[str]] = {}
        for name in names:
            classes.setdefault(tuple(test.accepts(name) for test in tests), []).append(name)
        return [*classes.values()]

    @cached_property
    def _tests(self) -> list[Validator]:
        """All that is asserted of a name by itself."""
        asserted = (
            {keyword: value}
            for schema in self._schemas((*self._spot, ENTRY))
            for keyword, value in schema.items()
            if keyword in OF_STRINGS or keyword in ("const", "enum")
        )
        return [Validator(one) for one in asserted]

    @cached_property
    def _most(self) -> int:
        """How many names of one kind make a difference: more than the largest number named.

        A number that is larger than all names together is the same to every list.
        """
        numbers = [schema.get(name, 1) for schema in self._schemas(self._spot) for name in _COUNTS]
        most = sum(map(len, self._classes))
        met = [int(one) for one in numbers if isinstance(one, int | float) and one <= most]
        return 1 + max(met, default=1)

    @cached_property
    def _spelled(self) -> list[object]:
        """All values, and all within them, that `const` and `enum` spell out around the list."""
        spots = [(*self._spot, ENTRY), *(self._spot[:depth] for depth in range(4))]
        values = [
            value
            for spot in spots
            for schema in self._schemas(spot)
            for value in (schema.get("const"), schema.get("enum"))
        ]
        for value in values:  # it grows while it is gone through
            if isinstance(value, dict):
                values += value.values()
            elif isinstance(value, list):
                values += value
        return values

    def _spelled_lists(self) -> Iterator[tuple[str, ...]]:
        for value in self._spelled:
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                yield tuple(map(str, value))

    def _schemas(self, spot: Spot) -> Iterator[dict[str, object]]:
        for policy in self._policies:
            for pointer in policy.spots.at(spot):
                schema = policy.outline.schemas[pointer]
                if isinstance(schema, dict):
                    yield schema


def _nearest(kept: Sequence[str], new: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Yield sets of `size` names; those first that keep and add the fewest others."""
    for swapped in range(min(len(kept), len(new)) + 1):
        add = max(0, size - len(kept)) + swapped
        keep = size - add
        if 0 <= keep <= len(kept) and add <= len(new):
            for stay in combinations(kept, keep):
                yield from ((*stay, *come) for come in combinations(new, add))
