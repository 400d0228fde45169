"""What follows from policies alone, before anything is live: what nothing or everything satisfies.

All documents that differ to the policies are looked at, so that the answers are exact; where there
are too many of them, nothing is said, and each live document is judged by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from drift.policy.demand import ANYWHERE, Case, Demand, State
from drift.policy.policy import Policy
from drift.settings.setting import Part, Setting
from drift.settings.states import TooManyError


class Clash(NamedTuple):
    """A keyword that no document can satisfy together with the others that are named with it."""

    policy: Policy
    keyword: str


def clashes(demand: Demand, case: Case = ANYWHERE) -> tuple[Clash, ...]:
    """Return keywords that nothing satisfies all of, beside what is desired; none if all is well.

    Without any one of them, there would be a document.
    """
    try:
        if any(demand.accepts(case.around(one.document)) for one in demand.all_states()):
            return ()
        states = replace(demand, thorough=True).all_states()
    except TooManyError:
        return ()
    documents = [case.around(state.document) for state in states]
    refused_by: dict[Clash, set[int]] = {}
    for number, document in enumerate(documents):
        for policy in demand.policies:
            for breach in policy.breaches(document):
                refused_by.setdefault(Clash(policy, breach.keyword), set()).add(number)
    return _least(refused_by, len(documents))


def says_nothing(policy: Policy, kind: type[Setting]) -> bool:
    """Return whether every document satisfies the policy."""
    demand, states = _all_states(policy, kind)
    return bool(states) and not demand.limited and all(accepted for _, accepted in states)


def spares_the_laxest(policy: Policy, kind: type[Setting]) -> tuple[str, ...]:
    """Return the members of which it limits the lists, and accepts that there are no limits at all.

    Whoever writes "no RC4 in the custom list" may not think of a bucket that accepts all suites.
    """
    fates: dict[tuple[str, tuple[int, ...]], set[str]] = {}
    demand, states = _all_states(policy, kind)
    for state, accepted in states:
        for name, value in state.members.items():
            if isinstance(value, Part):
                others = tuple(id(one) for other, one in state.members.items() if other != name)
                fate = "unlimited " * value.is_unlimited + ("accepted" if accepted else "refused")
                fates.setdefault((name, others), set()).add(fate)
    spared = {"unlimited accepted", "accepted", "refused"}
    found = {
        name
        for (name, _), fate in fates.items()
        if fate | ({"refused"} if name in demand.limited else set()) >= spared
    }
    return tuple(sorted(found))


def _all_states(policy: Policy, kind: type[Setting]) -> tuple[Demand, Sequence[tuple[State, bool]]]:
    """Return the documents that differ to a policy, each with whether it is accepted.

    There are none if they cannot all be looked at.
    """
    demand = Demand(kind(), (policy,))
    if policy.looks_at_the_place:
        return demand, ()
    try:
        states = demand.all_states()
    except TooManyError:
        return demand, ()
    return demand, [(one, policy.accepts(ANYWHERE.around(one.document))) for one in states]


def _least(refused_by: dict[Clash, set[int]], documents: int) -> tuple[Clash, ...]:
    """Return clashes of which one or another refuses every document, and none is needless."""
    kept = dict(sorted(refused_by.items(), key=lambda one: (len(one[1]), one[0].keyword)))
    for clash in [*kept]:
        rest = _union(numbers for other, numbers in kept.items() if other is not clash)
        if len(rest) == documents:
            del kept[clash]
    return tuple(kept)


def _union(sets: Iterable[set[int]]) -> set[int]:
    return set().union(*sets)
