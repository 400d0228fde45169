"""One declaration for each bucket: what is declared and a list of buckets in, decisions out.

An exact name beats a pattern, and a pattern that fixes more characters beats one that fixes
fewer. Equals that say the same are one; equals that disagree decide nothing, and are an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from drift.desired.declaration import Declaration, joined
from drift.desired.pattern import is_pattern, literal_length, matcher
from drift.diagnostic import Diagnostic
from drift.live.attempt import Found
from drift.live.problem import elsewhere, own
from drift.live.source import Bucket, Tag
from drift.plan import Problem, Undeclared

if TYPE_CHECKING:
    from drift.desired.conflicts import Conflicts


class Listing(NamedTuple):
    """The buckets of the account, and the names of those that have each tag."""

    buckets: tuple[Bucket, ...] = ()
    tagged: Mapping[Tag, frozenset[str]] = MappingProxyType({})


class Decision(NamedTuple):
    """One setting of one bucket: the declaration that decides it, and those that it beats.

    All `policies` hold beside it; where nothing else is declared, it is the first of them.
    """

    bucket: Bucket
    declaration: Declaration
    beaten: tuple[Declaration, ...] = ()
    policies: tuple[Declaration, ...] = ()


@dataclass(frozen=True)
class Discovery:
    """What decides each bucket, sorted by bucket and setting, and what decides none.

    The patterns in `idle` match buckets, and others decide them all. Where there is a `problem`,
    the buckets could not be listed: what the patterns in `unlisted` match is not known, nor what
    is undeclared. The `patterns` say what would decide a bucket elsewhere.
    """

    decisions: tuple[Decision, ...] = ()
    undeclared: tuple[Bucket, ...] = ()
    idle: tuple[Declaration, ...] = ()
    conflicts: tuple[Diagnostic, ...] = ()
    unmatched: tuple[Diagnostic, ...] = ()
    unlisted: tuple[Declaration, ...] = ()
    problem: Problem | None = None
    policy: Undeclared = "ignore"
    patterns: "Patterns" = field(default_factory=lambda: Patterns((), Listing()), compare=False)

    def placed(self, decision: Decision, found: Found) -> Found:
        """Return what was found, with a problem if it is not certain what is declared for it.

        Where only the list could place a bucket, that is why it did not. Where the bucket turned
        out to be in another region than it was decided for, the same patterns must hold there.
        """
        bucket, decided = found.bucket, decision.bucket
        if bucket.region is None and decision.declaration.is_vague:
            return found._replace(outcome=self.problem or own("RegionNotKnown"))
        if isinstance(found.outcome, Problem) or bucket.region == decided.region:
            return found
        if self.patterns.holding(bucket) == self.patterns.holding(decided):
            return found
        is_listed = self.patterns.lists(bucket.name)
        file = None if is_listed else decision.declaration.source.file
        return found._replace(outcome=elsewhere(bucket, decided, file))

    def diagnostics(self, *, strict: bool = False) -> tuple[Diagnostic, ...]:
        """Return what is wrong; with `strict`, so is a pattern that matches nothing."""
        unmatched = (replace(one, severity="error") if strict else one for one in self.unmatched)
        return tuple(sorted((*self.conflicts, *unmatched), key=lambda one: one.order))


def decide(declarations: Iterable[Declaration], listing: Listing) -> Discovery:
    """Decide each bucket that is listed, and each that is named and may be another account's."""
    ordered = sorted(declarations, key=lambda one: one.order)
    patterns = Patterns([one for one in ordered if one.is_pattern], listing)
    named: dict[str, list[Declaration]] = {}
    for one in ordered:
        if not one.is_pattern:
            named.setdefault(one.bucket, []).append(one)
    court = _Court()
    for bucket in listing.buckets:
        court.hear(bucket, named.pop(bucket.name, ()), patterns.holding(bucket))
    for name, claims in named.items():
        # Where an exact file says that it is, it is, whatever a policy may say.
        claims.sort(key=lambda one: one.policy is not None)
        regions = (one.exact_region for one in claims if one.exact_region)
        bucket = Bucket(name, next(regions, None))
        court.hear(bucket, claims, patterns.holding(bucket))
    return court.discovery(patterns)


class Patterns:
    """The declarations by pattern, in their order, and the list that they are matched with."""

    def __init__(self, declarations: Sequence[Declaration], listing: Listing) -> None:
        self.ordered = [_Pattern(one, listing.tagged) for one in declarations]
        self.buckets = listing.buckets
        self._ranked = sorted(self.ordered, key=lambda one: -one.rank)
        self._listed = frozenset(bucket.name for bucket in listing.buckets)

    def lists(self, name: str) -> bool:
        """Return whether the list says where a bucket is."""
        return name in self._listed

    def holding(self, bucket: Bucket) -> "list[_Pattern]":
        """Return those that hold for a bucket where it is, the ones that fix most first.

        For a bucket that is not listed, and so another account's, only policies do. Nobody knows
        its tags: a policy that asks for some does not hold.
        """
        holding = [one for one in self._ranked if one.matches(bucket)]
        if self.lists(bucket.name):
            return holding
        return [one for one in holding if one.declaration.policy]


class _Pattern:
    """A declaration by pattern, ready to be matched."""

    def __init__(self, declaration: Declaration, tagged: Mapping[Tag, frozenset[str]]) -> None:
        scope = declaration.scope
        self.declaration = declaration
        self.rank = literal_length(declaration.bucket)
        self._matches = matcher(declaration.bucket)
        self._is_in_region = matcher(declaration.region or "*")
        self._excluded = {name for name in scope.excluded if not is_pattern(name)}
        self._excluding = [matcher(name) for name in scope.excluded if is_pattern(name)]
        self._tagged = [tagged[Tag(*tag)] for tag in scope.tags]

    def matches(self, bucket: Bucket) -> bool:
        """Return whether the bucket has a name, a region and tags that are meant."""
        name = bucket.name
        return bool(
            self._matches(name)
            and self._is_in_region(str(bucket.region))
            and not self._excludes(name)
            and all(name in names for names in self._tagged)
        )

    def shortcoming(self, buckets: Sequence[Bucket]) -> str:
        """Return what all buckets lack that have the name; nothing if none has it.

        It ends the sentence that the pattern matches no bucket.
        """
        declaration = self.declaration
        named = [one for one in buckets if self._matches(one.name)]
        meant = [one for one in named if not self._excludes(one.name)]
        if not meant:
            return " that it does not exclude" if named else ""
        place = f" in {declaration.region}" if declaration.region else ""
        if not any(self._is_in_region(str(one.region)) for one in meant):
            return place
        tags = ", ".join(f"{key}={value}" for key, value in declaration.scope.tags)
        return f"{place} with the tag{'s' * (len(declaration.scope.tags) > 1)} {tags}"

    def _excludes(self, name: str) -> bool:
        return name in self._excluded or any(excludes(name) for excludes in self._excluding)


@dataclass
class _Claims:
    """What is declared for one setting of one bucket: by rank, the best first, and policies."""

    ranks: dict[int | None, list[Declaration]] = field(default_factory=dict)
    policies: list[Declaration] = field(default_factory=list)

    def add(self, rank: int | None, claim: Declaration) -> None:
        """Add a claim of a rank, or a policy, once."""
        if claim.policy is None:
            self.ranks.setdefault(rank, []).append(claim)
        elif all(claim.policy is not other.policy for other in self.policies):
            self.policies.append(claim)


@dataclass
class _Court:
    """Hears the claims to one bucket after the other, and remembers what it decided."""

    decisions: list[Decision] = field(default_factory=list)
    undeclared: list[Bucket] = field(default_factory=list)
    matched: set[Declaration] = field(default_factory=set)
    deciding: set[Declaration] = field(default_factory=set)
    disputes: dict[tuple[Declaration, Declaration], list[str]] = field(default_factory=dict)
    conflicts: "Conflicts | None" = None

    def hear(
        self, bucket: Bucket, named: Sequence[Declaration], patterns: Sequence[_Pattern] = ()
    ) -> None:
        """Decide each setting of a bucket: by its name, else by the patterns, the best first."""
        if not named and not patterns:
            self.undeclared.append(bucket)
        claims: dict[str, _Claims] = {}
        for one in named:
            claims.setdefault(one.setting.type, _Claims()).add(None, one)
        for pattern in patterns:
            one = pattern.declaration
            self.matched.add(one)
            if one.policy:  # all of them hold, and the file's other patterns with it
                self.deciding.add(one)
            claims.setdefault(one.setting.type, _Claims()).add(pattern.rank, one)
        for of_setting in claims.values():
            self._settle(bucket, of_setting)

    def _settle(self, bucket: Bucket, claims: "_Claims") -> None:
        best, *worse = [*claims.ranks.values()] or [claims.policies[:1]]
        self.deciding.update(best, claims.policies)
        first, *others = best
        for other in others:
            if not other.says_the_same(first):
                self.disputes.setdefault((other, best[0]), []).append(bucket.name)
                return
            first = joined(first, other)
        if claims.policies and not self._agree(bucket, first, claims.policies):
            return
        beaten = tuple(one for rank in worse for one in rank)
        self.decisions.append(Decision(bucket, first, beaten, tuple(claims.policies)))

    def _agree(self, bucket: Bucket, first: Declaration, policies: Sequence[Declaration]) -> bool:
        """Return whether the policies of a bucket, and what it is exactly, can hold together."""
        from drift.desired.conflicts import Conflicts  # noqa: PLC0415 - few have policies
        from drift.policy.demand import Case  # noqa: PLC0415

        self.conflicts = self.conflicts or Conflicts()
        exact = None if first.policy else first
        return self.conflicts.hear(Case(bucket.name, bucket.region or ""), exact, policies)

    def discovery(self, patterns: Patterns) -> Discovery:
        """Return what was decided."""
        asked = [one.declaration for one in patterns.ordered]
        beaten = self.matched - self.deciding
        unmatched = [one for one in patterns.ordered if one.declaration not in self.matched]
        return Discovery(
            tuple(
                sorted(
                    self.decisions, key=lambda one: (one.bucket.name, one.declaration.setting.type)
                )
            ),
            tuple(sorted(self.undeclared)),
            idle=tuple(one for one in asked if one in beaten),
            conflicts=(
                *(
                    other.differs_from(first, sorted(names))
                    for (other, first), names in self.disputes.items()
                ),
                *(self.conflicts.diagnostics() if self.conflicts else ()),
            ),
            unmatched=tuple(
                dict.fromkeys(_matches_nothing(one, patterns.buckets) for one in unmatched)
            ),
            patterns=patterns,
        )


def _matches_nothing(pattern: _Pattern, buckets: Sequence[Bucket]) -> Diagnostic:
    declaration = pattern.declaration
    return Diagnostic(
        "warning",
        declaration.text.value(declaration.pointer),
        f'"{declaration.bucket}" matches no bucket{pattern.shortcoming(buckets)}',
        "Mend it or what narrows it, or take it out.",
    )
