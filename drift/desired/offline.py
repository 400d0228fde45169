"""What cannot hold together, as far as that is plain before any bucket is listed.

The question is asked of the names that are declared, and of names that two patterns have in common.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from drift.desired.conflicts import Conflicts, each_once
from drift.desired.declaration import Declaration
from drift.desired.overlap import Budget, common_name
from drift.desired.pattern import is_pattern, literal_length, matcher, may_meet
from drift.diagnostic import Diagnostic
from drift.policy.demand import Case

if TYPE_CHECKING:
    from drift.settings.setting import Setting

_MOST_PAIRS = 1_000
"""Of so many pairs of patterns it is asked whether they can mean one bucket."""
_MOST_LOOKS = 100_000
"""So many pairs are looked at to find those."""

_Pair: TypeAlias = tuple[Declaration, Declaration]


class _Bucket(NamedTuple):
    """A bucket that is declared, or that there may be: what is known of it."""

    name: str
    region: str | None
    tags: frozenset[tuple[str, str]] = frozenset()
    shown: str = ""
    """How people are told of one that there may be."""
    is_placed: bool = True
    """Whether this is its name and its region, as policies may look at them."""

    def hear(
        self, found: Conflicts, exact: Declaration | None, policies: Sequence[Declaration]
    ) -> None:
        """Hear what is declared for it; a policy that looks at its place, only if that is known."""
        sure = [one for one in policies if self.is_placed or not _looks_at_the_place(one)]
        found.hear(Case(self.name, self.region or ""), exact, each_once(sure), self.shown)


def conflicts(declarations: Iterable[Declaration]) -> tuple[Diagnostic, ...]:
    """Return what cannot hold together, as far as that is plain without a list of buckets."""
    of_kind: dict[type[Setting], list[Declaration]] = {}
    for one in declarations:
        of_kind.setdefault(type(one.setting), []).append(one)
    found = Conflicts()
    for every in of_kind.values():
        policies = _Policies([one for one in every if one.policy])
        exact = [one for one in every if one.policy is None]
        _hear_names(found, exact, policies)
        _hear_patterns(found, exact, policies)
        _hear_policies(found, policies)
    return tuple(found.diagnostics())


class _Policies:
    """The entries of all policies, those that are names by name."""

    def __init__(self, every: Sequence[Declaration]) -> None:
        self.every = every
        self.budget = Budget()
        self.patterns = [one for one in every if one.is_pattern]
        self.named: dict[str, list[Declaration]] = {}
        for one in every:
            if not one.is_pattern:
                self.named.setdefault(one.bucket, []).append(one)

    def held(self, bucket: _Bucket) -> tuple[Declaration, ...]:
        """Return the policies that surely hold for a bucket."""
        surely = (one for one in self.patterns if _surely_means(one, bucket))
        return (*self.named.get(bucket.name, ()), *surely)

    def meeting(self, some: Iterable[Declaration]) -> Iterator[_Pair]:
        """Yield each of some entries with those that may mean a bucket of it, up to a number."""
        pairs = ((one, other) for one in some for other in self._near(one))
        near = islice(pairs, _MOST_LOOKS)
        meeting = (pair for pair in near if may_meet(pair[0].bucket, pair[1].bucket))
        return islice(meeting, _MOST_PAIRS)

    def _near(self, one: Declaration) -> Iterable[Declaration]:
        if one.is_pattern:
            return self.every
        return chain(self.named.get(one.bucket, ()), self.patterns)


def _hear_names(found: Conflicts, exact: Sequence[Declaration], policies: _Policies) -> None:
    for one in exact:
        if not one.is_pattern:
            region = one.exact_region
            bucket = _Bucket(one.bucket, region, is_placed=region is not None)
            bucket.hear(found, one, policies.held(bucket))


def _hear_patterns(found: Conflicts, exact: Sequence[Declaration], policies: _Policies) -> None:
    """Hear exact patterns and policies by a name that both mean, and that nothing else decides."""
    names = {one.bucket for one in exact if not one.is_pattern}
    patterns = [one for one in exact if one.is_pattern]
    for one, policy in policies.meeting(patterns):
        rank = literal_length(one.bucket)
        better = [
            two.bucket
            for two in patterns
            if literal_length(two.bucket) > rank and may_meet(one.bucket, two.bucket)
        ]
        if set(policy.scope.tags) <= set(one.scope.tags):
            bucket = _in_common(one, policy, better, policies.budget)
            if bucket and bucket.name not in names:
                bucket.hear(found, one, [policy, *policies.held(bucket)])


def _hear_policies(found: Conflicts, policies: _Policies) -> None:
    """Hear policies, two by two and what holds beside them, by a name that they mean."""
    places = {id(one): number for number, one in enumerate(policies.every)}
    heard: set[tuple[int, int]] = set()
    for one, other in policies.meeting(policies.every):
        pair = id(one.policy), id(other.policy)
        if one.policy is other.policy or places[id(one)] > places[id(other)] or pair in heard:
            continue
        if bucket := _in_common(one, other, (), policies.budget):
            heard.add(pair)
            bucket.hear(found, None, [one, other, *policies.held(bucket)])


def _surely_means(policy: Declaration, bucket: _Bucket) -> bool:
    """Return whether the pattern of a policy means a bucket, as far as that is known offline.

    It may have tags that the policy asks for, but nobody knows.
    """
    region = bucket.region
    return bool(
        set(policy.scope.tags) <= bucket.tags
        and matcher(policy.bucket)(bucket.name)
        and not any(matcher(excluded)(bucket.name) for excluded in policy.scope.excluded)
        and (policy.region is None or (region and matcher(policy.region)(region)))
    )


def _in_common(
    one: Declaration, other: Declaration, better: Sequence[str], budget: Budget
) -> _Bucket | None:
    """Return a bucket that both mean, if it is sure that there may be such a one."""
    tags, others = frozenset(one.scope.tags), frozenset(other.scope.tags)
    known = tags <= others or others <= tags
    if one.is_pattern != other.is_pattern:  # of a bucket that is named, nobody knows the tags
        known = not tags | others
    regions = [each.region for each in (one, other) if each.region is not None]
    region = common_name(regions, budget=budget) if regions else None
    if not known or (regions and region is None):
        return None
    without = {*one.scope.excluded, *other.scope.excluded, *better}
    name = common_name([one.bucket, other.bucket], sorted(without), budget)
    if name is None:
        return None
    if not (one.is_pattern and other.is_pattern):
        is_placed = any(not is_pattern(text) for text in regions)
        return _Bucket(name, region, is_placed=is_placed)
    any_at_all = {one.bucket, other.bucket} == {"*"} and not (without or regions or tags | others)
    shown = "any bucket" if any_at_all else f"a bucket such as {name}"
    return _Bucket(name, region, tags | others, shown, is_placed=False)


def _looks_at_the_place(one: Declaration) -> bool:
    return one.policy is not None and one.policy.looks_at_the_place
