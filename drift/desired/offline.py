"""What cannot hold together, as far as that is plain before any bucket is listed.

The question is asked of the names that are declared, and of names that two patterns have in common.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from drift.desired.conflicts import Conflicts, each_once
from drift.desired.declaration import Declaration
from drift.desired.overlap import common_name
from drift.desired.pattern import literal_length, matcher
from drift.diagnostic import Diagnostic
from drift.policy.demand import Case

if TYPE_CHECKING:
    from drift.policy.policy import Policy
    from drift.settings.setting import Setting


def conflicts(declarations: Iterable[Declaration]) -> tuple[Diagnostic, ...]:
    """Return what cannot hold together, as far as that is plain without a list of buckets."""
    of_kind: dict[type[Setting], list[Declaration]] = {}
    for one in declarations:
        of_kind.setdefault(type(one.setting), []).append(one)
    found = Conflicts()
    for every in of_kind.values():
        policies = [one for one in every if one.policy]
        exact = [one for one in every if one.policy is None]
        if policies:
            _hear_names(found, exact, policies)
            _hear_patterns(found, exact, policies)
            _hear_policies(found, policies)
    return tuple(found.diagnostics())


def _hear_names(
    found: Conflicts, exact: Sequence[Declaration], policies: Sequence[Declaration]
) -> None:
    for one in exact:
        if not one.is_pattern:
            held = [policy for policy in policies if _surely_means(policy, one)]
            found.hear(_case(one.bucket, one), one, each_once(held))


def _hear_patterns(
    found: Conflicts, exact: Sequence[Declaration], policies: Sequence[Declaration]
) -> None:
    """Hear exact patterns and policies by a name that both mean, and that nothing else decides."""
    names = {one.bucket for one in exact if not one.is_pattern}
    patterns = [one for one in exact if one.is_pattern]
    for one in patterns:
        rank = literal_length(one.bucket)
        better = [two.bucket for two in patterns if literal_length(two.bucket) > rank]
        for policy in policies:
            if set(policy.scope.tags) <= set(one.scope.tags):
                name = _in_common(one, policy, better)
                if name is not None and name not in names:
                    found.hear(_case(name, one, policy), one, [policy])


def _hear_policies(found: Conflicts, policies: Sequence[Declaration]) -> None:
    of_policy: dict[Policy | None, list[Declaration]] = {}
    for one in policies:
        of_policy.setdefault(one.policy, []).append(one)
    for some, others in combinations(of_policy.values(), 2):
        for one, other in _meeting(some, others):
            if name := _in_common(one, other, ()):
                found.hear(_case(name, one, other), None, [one, other])
                break


def _meeting(
    some: Sequence[Declaration], others: Sequence[Declaration]
) -> Iterator[tuple[Declaration, Declaration]]:
    """Yield the entries of two policies that may mean one bucket: of names, equal ones."""
    named = {one.bucket: one for one in others if not one.is_pattern}
    for one in some:
        if one.is_pattern:
            yield from ((one, other) for other in others)
        else:
            same = named.get(one.bucket)
            patterns = (other for other in others if other.is_pattern)
            yield from ((one, other) for other in ([same] if same else patterns))


def _surely_means(policy: Declaration, name: Declaration) -> bool:
    """Return whether a policy holds for a bucket that is named, as far as that is known offline.

    The bucket may have the tags that the policy asks for, but nobody knows.
    """
    if not policy.is_pattern:
        return policy.bucket == name.bucket
    region = name.exact_region
    return bool(
        not policy.scope.tags
        and matcher(policy.bucket)(name.bucket)
        and not any(matcher(excluded)(name.bucket) for excluded in policy.scope.excluded)
        and (policy.region is None or (region and matcher(policy.region)(region)))
    )


def _in_common(one: Declaration, other: Declaration, better: Sequence[str]) -> str | None:
    """Return a name that both mean, if it is sure that there may be such a bucket."""
    tags, others = set(one.scope.tags), set(other.scope.tags)
    known = tags <= others or others <= tags
    if one.is_pattern != other.is_pattern:  # of a bucket that is named, nobody knows the tags
        known = not tags | others
    regions = [each.region for each in (one, other) if each.region is not None]
    if not known or (regions and common_name(regions) is None):
        return None
    without = {*one.scope.excluded, *other.scope.excluded, *better}
    return common_name([one.bucket, other.bucket], sorted(without))


def _case(name: str, *declarations: Declaration) -> Case:
    regions = [one.region for one in declarations if one.region is not None]
    return Case(name, (common_name(regions) if regions else None) or "")
