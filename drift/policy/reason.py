"""What follows from policies alone, before anything is live: what nothing or everything satisfies.

All documents that differ to the policies are looked at, so that the answers are exact; where there
are too many of them, nothing is said, and each live document is judged by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from drift.policy.demand import ANYWHERE, Case, Demand, State
from drift.policy.policy import Policy
from drift.settings.english import listed
from drift.settings.setting import Part, Setting
from drift.settings.states import TooManyError
from drift.untrusted import visible

_MOST_SHOWN = 8


class Clash(NamedTuple):
    """A keyword that no document can satisfy together with the others that are named with it.

    It is a JSON pointer; "" stands for the policy as a whole.
    """

    policy: Policy
    keyword: str

    def __str__(self) -> str:
        """Name the rule by its title, if anything has one, and by its place."""
        policy = self.policy
        place = visible(str(policy.text.name(policy.text.nearest(self.keyword))), 300)
        title = policy.title_of(self.keyword)
        untitled = title == policy.text.file
        return f"what {place} says" if untitled else f'"{visible(title, 100)}" ({place})'


def named(found: Iterable[Clash], *others: str) -> str:
    """Return what people are told of keywords, and of what else is in conflict with them."""
    return listed([*others, *dict.fromkeys(map(str, found))], _MOST_SHOWN)


def clashes(demand: Demand, case: Case = ANYWHERE) -> tuple[Clash, ...]:
    """Return keywords that nothing satisfies all of, beside what is desired; none if all is well.

    Without any one of them, there would be a document.
    """
    if not _is_refused(demand, case):
        return ()
    try:
        states = [*replace(demand, thorough=True).domain().states()]
    except TooManyError:
        return _all(demand)
    documents = [case.around(state.document) for state in states]
    refused_by: dict[Clash, set[int]] = {}
    for number, document in enumerate(documents):
        for policy in demand.policies:
            for breach in policy.breaches(document):
                refused_by.setdefault(Clash(policy, breach.keyword), set()).add(number)
    found = _least(refused_by, len(documents))
    blamed = tuple(one for one in demand.policies if any(x.policy is one for x in found))
    if blamed == demand.policies or _is_refused(replace(demand, policies=blamed), case):
        return found
    return _all(demand)  # of what there is too much of to look at, it may be the rest


def _is_refused(demand: Demand, case: Case) -> bool:
    """Return whether it is sure that no document is what is wanted."""
    try:
        states = demand.domain().states()
        return not any(demand.accepts(case.around(one.document)) for one in states)
    except TooManyError:
        return False


def _all(demand: Demand) -> tuple[Clash, ...]:
    """Return that nothing satisfies all policies, where no more is known."""
    return tuple(Clash(policy, "") for policy in demand.policies)


def says_nothing(policy: Policy, kind: type[Setting]) -> bool:
    """Return whether every document satisfies the policy."""
    known = _known(policy, kind)
    return known is not None and not known.limited and all(fine for _, fine in known.states)


def spares_the_laxest(policy: Policy, kind: type[Setting]) -> tuple[str, ...]:
    """Return the members of which it limits the lists, and accepts that there are no limits at all.

    Whoever writes "no RC4 in the custom list" may not think of a bucket that accepts all suites.
    """
    known = _known(policy, kind)
    if known is None:
        return ()
    fates: dict[tuple[str, tuple[int, ...]], set[str]] = {}
    for state, fine in known.states:
        for name, choice in state.choices.items():
            if isinstance(choice.value, Part):
                others = tuple(id(one) for other, one in state.choices.items() if other != name)
                fate = "unlimited " * choice.value.is_unlimited + "accepted" * fine
                fates.setdefault((name, others), set()).add(fate or "refused")
    spared = {"unlimited accepted", "accepted", "refused"}
    found = {
        name
        for (name, _), fate in fates.items()
        if fate | ({"refused"} if name in known.limited else set()) >= spared
    }
    return tuple(sorted(found))


class _Known(NamedTuple):
    """The documents that differ to a policy, each with whether it is accepted."""

    limited: frozenset[str]
    states: Sequence[tuple[State, bool]]


def _known(policy: Policy, kind: type[Setting]) -> _Known | None:
    """Return what is known of a policy; nothing if not all documents can be looked at."""
    if policy.looks_at_the_place:
        return None
    try:
        domain = Demand(kind(), (policy,)).domain()
        states = [(one, policy.accepts(ANYWHERE.around(one.document))) for one in domain.states()]
    except TooManyError:
        return None
    return _Known(domain.limited, states)


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
