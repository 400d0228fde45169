"""What is declared for one bucket and cannot hold together: policies, and an exact file with them.

Each answer is worked out once for all buckets that have the same declarations.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from drift.desired.declaration import Declaration
from drift.diagnostic import Diagnostic
from drift.policy.demand import ANYWHERE, Case, Demand
from drift.policy.reason import Clash, clashes, named
from drift.policy.vain import is_open
from drift.positions import Place
from drift.untrusted import visible

_ENTRY = re.compile("/[0-9]+$")
_MOST_ANSWERS = 500
"""So many are worked out. What is not known here is found out where the bucket is judged."""

_Key: TypeAlias = tuple[object, ...]


class _Quarrel(NamedTuple):
    """Declarations that cannot all hold, the last a policy, and the keywords that are to blame."""

    parties: tuple[Declaration, ...]
    clashes: tuple[Clash, ...]


@dataclass
class Conflicts:
    """Hears what is declared for one bucket after the other, and remembers what cannot hold."""

    _known: dict[_Key, _Quarrel | None] = field(default_factory=dict)
    _heard: dict[tuple[str, ...], tuple[_Quarrel, set[tuple[bool, str]]]] = field(
        default_factory=dict
    )

    def hear(
        self,
        case: Case,
        exact: Declaration | None,
        policies: Sequence[Declaration],
        shown: str = "",
    ) -> bool:
        """Return whether what is declared for a bucket can hold together, as far as is known.

        `shown` is how people are told of a bucket that there only may be.
        """
        if not policies or (exact is None and not policies[1:]):
            return True
        key = _key(case, exact, policies)
        if key not in self._known:
            if len(self._known) == _MOST_ANSWERS:
                return True
            self._known[key] = _quarrel(case, exact, policies)
        quarrel = self._known[key]
        if quarrel is None:
            return True
        files = tuple(one.text.file for one in quarrel.parties)
        _, buckets = self._heard.setdefault(files, (quarrel, set()))
        buckets.add((bool(shown), shown or case.bucket))
        return False

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield an error for all files that cannot hold together, with the buckets."""
        for quarrel, buckets in self._heard.values():
            yield _diagnostic(quarrel, _shown(buckets))


def each_once(declarations: Sequence[Declaration]) -> tuple[Declaration, ...]:
    """Return the declarations of policies, the first of each: it may mean a bucket twice."""
    first = {id(one.policy): one for one in reversed(declarations)}
    return tuple(sorted(first.values(), key=lambda one: one.order))


def _key(case: Case, exact: Declaration | None, policies: Sequence[Declaration]) -> _Key:
    """Return what is equal for buckets that get the same answer."""
    where = case if any(one.policy and one.policy.looks_at_the_place for one in policies) else None
    return id(exact and exact.setting), where, *(id(one.policy) for one in policies)


def _quarrel(
    case: Case, exact: Declaration | None, policies: Sequence[Declaration]
) -> _Quarrel | None:
    """Return who cannot agree: the exact file and a policy if these cannot, or policies alone."""
    known = [(one, one.policy) for one in policies if one.policy and not is_open(one.policy)]
    for one, policy in known if exact else ():
        if exact and (found := clashes(Demand(exact.setting, (policy,)), case)):
            return _Quarrel((exact, one), found)
    nothing = type(policies[0].setting)()
    every = tuple(policy for _, policy in known)
    for first in (None, exact) if exact else (None,):
        demand = Demand(first.setting if first else nothing, every)
        if found := clashes(demand, case):
            blamed = {id(clash.policy) for clash in found}
            guilty = [one for one in policies if id(one.policy) in blamed]
            return _Quarrel((*filter(None, [first]), *guilty), found)
    return None


def _shown(buckets: Collection[tuple[bool, str]]) -> str:
    """Name a bucket, and how many there are more; an example only if none is declared."""
    names = sorted(name for is_example, name in buckets if not is_example)
    if not names:
        return min(name for _, name in buckets)
    return f"{names[0]} (and {len(names) - 1} more)" if names[1:] else names[0]


def _diagnostic(quarrel: _Quarrel, buckets: str) -> Diagnostic:
    last = quarrel.parties[-1]
    exact = [one for one in quarrel.parties if one.policy is None]
    if len(exact) + 1 == len(quarrel.parties) == 2:
        said = f"{buckets} is declared here against a policy"
        wants = f"The policy wants {named(quarrel.clashes)}"
        return Diagnostic("error", _offending(quarrel), said, f"{wants}. Change one of the two.")
    keyword = next(one.keyword for one in quarrel.clashes if one.policy is last.policy)
    where = last.text.name(last.text.nearest(keyword))
    if last is quarrel.parties[0]:
        wants = f"In conflict: {named(quarrel.clashes)}." if quarrel.clashes[1:] else ""
        return Diagnostic("error", where, f"nothing satisfies this policy for {buckets}", wants)
    declares = (f"what {visible(str(one.text.value(one.pointer)), 300)} declares" for one in exact)
    wants = f"In conflict: {named(quarrel.clashes, *declares)}"
    said = f"nothing satisfies all that is declared for {buckets}"
    return Diagnostic("error", where, said, f"{wants}. Change one of them.")


def _offending(quarrel: _Quarrel) -> Place:
    """Return where the exact file says what the policy does not accept."""
    exact, policy = quarrel.parties[0], quarrel.parties[-1].policy
    document = ANYWHERE.around(exact.setting.complete())
    blamed = {clash.keyword for clash in quarrel.clashes}
    breaches = policy.breaches(document) if policy else ()
    value = next((one.value for one in breaches if one.keyword in blamed), f"/{exact.setting.root}")
    return exact.text.value(exact.text.nearest(_ENTRY.sub("", value)))
