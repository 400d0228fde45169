"""What is declared for one bucket and cannot hold together: policies, and an exact file with them.

Each answer is worked out once for all buckets that have the same declarations.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from drift.desired.declaration import Declaration
from drift.diagnostic import Diagnostic
from drift.policy.demand import ANYWHERE, Case, Demand
from drift.policy.reason import Clash, clashes
from drift.positions import Place
from drift.untrusted import visible

_ENTRY = re.compile("/[0-9]+$")
_Key: TypeAlias = tuple[object, ...]


class _Quarrel(NamedTuple):
    """Two declarations that cannot both hold, and the keywords of policies that are to blame."""

    one: Declaration
    other: Declaration
    clashes: tuple[Clash, ...]


@dataclass
class Conflicts:
    """Hears what is declared for one bucket after the other, and remembers what cannot hold."""

    _known: dict[_Key, _Quarrel | None] = field(default_factory=dict)
    _buckets: dict[_Key, list[str]] = field(default_factory=dict)

    def hear(
        self,
        case: Case,
        exact: Declaration | None,
        policies: Sequence[Declaration],
    ) -> bool:
        """Return whether what is declared for a bucket can hold together, as far as is known."""
        if not policies or (exact is None and not policies[1:]):
            return True
        key = _key(case, exact, policies)
        if key not in self._known:
            self._known[key] = _quarrel(case, exact, policies)
        if self._known[key] is None:
            return True
        self._buckets.setdefault(key, []).append(case.bucket)
        return False

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield an error for each two declarations that cannot both hold, with the buckets."""
        buckets: dict[tuple[object, object], tuple[_Quarrel, list[str]]] = {}
        for key, names in self._buckets.items():
            quarrel = self._known[key]
            if quarrel:
                files = quarrel.one.text.file, quarrel.other.text.file
                buckets.setdefault(files, (quarrel, []))[1].extend(names)
        for quarrel, names in buckets.values():
            yield _diagnostic(quarrel, sorted(set(names)))


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
    """Return who cannot agree: the exact file and a policy if these two cannot, else policies."""
    setting = exact.setting if exact else type(policies[0].setting)()
    every = [one.policy for one in policies if one.policy]
    if exact:
        for one, policy in zip(policies, every, strict=True):
            if found := clashes(Demand(setting, (policy,)), case):
                return _Quarrel(exact, one, found)
    if found := clashes(Demand(setting, tuple(every)), case):
        guilty = [one for one in policies if any(clash.policy is one.policy for clash in found)]
        return _Quarrel(guilty[-1], guilty[0] if guilty[1:] or exact is None else exact, found)
    return None


def _diagnostic(quarrel: _Quarrel, buckets: Sequence[str]) -> Diagnostic:
    one, other, found = quarrel
    more = f" (and {len(buckets) - 1} more)" if buckets[1:] else ""
    place = visible(str(other.text.value(other.pointer)), 300)
    keywords = ", ".join(clash.keyword for clash in found)
    if one.policy is None:
        title = visible(other.policy.title if other.policy else "", 100)
        said = f'{buckets[0]}{more} is declared against the policy "{title}" in {place}'
        return Diagnostic("error", _offending(quarrel), said, f"It wants {keywords}. Change one.")
    where = one.text.name(
        one.text.nearest(next((x.keyword for x in found if x.policy is one.policy), ""))
    )
    said = f"nothing satisfies both this policy and the one in {place} for {buckets[0]}{more}"
    return Diagnostic("error", where, said, f"In conflict: {keywords}. Change one.")


def _offending(quarrel: _Quarrel) -> Place:
    """Return where the exact file says what the policy does not accept."""
    exact, policy = quarrel.one, quarrel.other.policy
    document = ANYWHERE.around(exact.setting.complete())
    blamed = {clash.keyword for clash in quarrel.clashes}
    breaches = policy.breaches(document) if policy else ()
    value = next((one.value for one in breaches if one.keyword in blamed), f"/{exact.setting.root}")
    return exact.text.value(exact.text.nearest(_ENTRY.sub("", value)))
