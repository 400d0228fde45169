"""Which declaration decides which bucket."""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import chain
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from drift.check import compare
from drift.desired.declaration import Declaration
from drift.discovery.decide import Decision, Discovery, Listing, decide
from drift.discovery.discover import discover
from drift.live.fleet import Fleet
from drift.live.source import Answer, Bucket, Tag
from drift.plan import Plan, Status, Undeclared, Verdict
from drift.settings.document import write
from drift.settings.https import HttpsConfiguration
from tests.declared import NOW, Answers, File, planned
from tests.strategies import (
    BUCKETS,
    PATTERNS,
    PROD,
    SETTINGS,
    desired_documents,
    files,
    listings,
    live_documents,
    several_files,
)


def declarations(of: Sequence[File]) -> list[Declaration]:
    """Return what files declare; of a name that two files have, the first, as `load` does."""
    kept: dict[object, Declaration] = {}
    for one in chain.from_iterable(file.declarations() for file in of):
        kept.setdefault(one if one.is_pattern else one.bucket, one)
    return list(kept.values())


def matches(one: Declaration, bucket: Bucket, listing: Listing) -> bool:
    """Return whether a declaration is for a listed bucket, worked out here by hand."""
    if not one.is_pattern:
        return one.bucket == bucket.name
    return (
        fnmatchcase(bucket.name, one.bucket)
        and fnmatchcase(str(bucket.region), one.region or "*")
        and not any(fnmatchcase(bucket.name, out) for out in one.scope.excluded)
        and all(bucket.name in listing.tagged[Tag(*tag)] for tag in one.scope.tags)
    )


def rank(one: Declaration) -> tuple[bool, int]:
    return not one.is_pattern, len(one.bucket.replace("*", "").replace("?", ""))


def by_name(discovery: Discovery) -> dict[str, Decision]:
    decisions = {one.bucket.name: one for one in discovery.decisions}
    assert len(decisions) == len(discovery.decisions)
    return decisions


@given(several_files, listings)
def test_every_listed_bucket_is_decided_once_or_undeclared_or_disputed(
    of: Sequence[File], listing: Listing
) -> None:
    """The decision is the one that best matches; nothing matches what is undeclared."""
    declared = declarations(of)
    found = decide(declared, listing)
    decided = by_name(found)
    undeclared = {bucket.name for bucket in found.undeclared}
    for bucket in listing.buckets:
        claims = [one for one in declared if matches(one, bucket, listing)]
        assert (bucket.name in undeclared) == (not claims)
        if not claims:
            assert bucket.name not in decided
            continue
        best = max(map(rank, claims))
        equals = [one for one in claims if rank(one) == best]
        agree = all(equals[0].setting.normal() == one.setting.normal() for one in equals)
        assert (bucket.name in decided) == agree
        if agree:
            decision = decided[bucket.name]
            assert decision.bucket == bucket
            assert rank(decision.declaration) == best
            assert set(decision.beaten) == set(claims) - set(equals)
            warnings = {warning for one in equals for warning in one.warnings}
            assert set(decision.declaration.warnings) == warnings


@given(several_files, listings)
def test_every_name_is_decided_and_an_exact_name_always_wins(
    of: Sequence[File], listing: Listing
) -> None:
    """A name decides its bucket, in the list or not; in the list, it is where the list says."""
    declared = declarations(of)
    decided = by_name(decide(declared, listing))
    listed = {bucket.name: bucket for bucket in listing.buckets}
    for one in declared:
        if not one.is_pattern:
            decision = decided[one.bucket]
            exact = None if one.region == "cn-*" else one.region
            assert decision.declaration is one
            assert decision.bucket == listed.get(one.bucket, Bucket(one.bucket, exact))
    names = {one.bucket for one in declared if not one.is_pattern}
    assert decided.keys() <= names | listed.keys()


@given(several_files, listings, st.sampled_from(BUCKETS + PATTERNS))
def test_an_exclusion_never_adds_a_bucket_to_its_file_and_never_takes_a_name(
    of: Sequence[File], listing: Listing, entry: str
) -> None:
    """What the first file matches with one exclusion more, it matched without, and is not it."""
    first, *others = of
    scope = first.scope._replace(excluded=(*first.scope.excluded, entry))
    narrower = first._replace(scope=scope)
    before, after = (
        by_name(decide(declarations([one, *others]), listing)) for one in (first, narrower)
    )
    for name, decision in after.items():
        one = decision.declaration
        if one.source.file == first.name and one.is_pattern:
            assert not fnmatchcase(name, entry)
            kept = before.get(name)
            assert kept is None or rank(kept.declaration) >= rank(one)
    assert {entry for entry in first.entries if entry in BUCKETS} <= after.keys()


@given(several_files, listings, st.randoms())
def test_the_order_of_declarations_means_nothing(
    of: Sequence[File], listing: Listing, random: Random
) -> None:
    """decide(shuffled declarations, shuffled list) is decide(declarations, list)."""
    declared = declarations(of)
    buckets = list(listing.buckets)
    plain = decide(declared, listing)
    random.shuffle(declared)
    random.shuffle(buckets)
    shuffled = decide(declared, listing._replace(buckets=tuple(buckets)))
    assert said(shuffled) == said(plain)
    assert shuffled.undeclared == plain.undeclared
    assert shuffled.diagnostics() == plain.diagnostics()
    assert shuffled.idle == plain.idle


def said(discovery: Discovery) -> list[object]:
    return [
        (one.bucket, one.declaration.source, one.declaration.warnings, one.beaten)
        for one in discovery.decisions
    ]


@given(several_files, listings)
def test_a_conflict_names_both_files_and_a_bucket(of: Sequence[File], listing: Listing) -> None:
    """Each stands at one file's entry and names the other's, and a bucket that both match."""
    declared = declarations(of)
    found = decide(declared, listing)
    decided = by_name(found)
    for conflict in found.conflicts:
        assert conflict.severity == "error"
        name, _, rest = conflict.summary.partition(" ")
        assert name not in decided
        bucket = next(one for one in listing.buckets if one.name == name)
        here = [one for one in declared if str(one.text.value(one.pointer)) == str(conflict.place)]
        there = [one for one in declared if rest.endswith(f" {one.text.value(one.pointer)}")]
        for side in (*here, *there):
            assert matches(side, bucket, listing)
        assert here
        assert there
        assert here != there
    undecided = {one.name for one in listing.buckets} - decided.keys()
    assert bool(undecided - {one.name for one in found.undeclared}) == bool(found.conflicts)


@given(several_files, listings)
def test_a_pattern_decides_or_is_idle_or_matches_nothing(
    of: Sequence[File], listing: Listing
) -> None:
    """Each pattern that matches nothing is a warning at its place, an error with strict."""
    declared = declarations(of)
    found = decide(declared, listing)
    unmatched = {
        str(one.text.value(one.pointer))
        for one in declared
        if one.is_pattern and not any(matches(one, bucket, listing) for bucket in listing.buckets)
    }
    assert {str(one.place) for one in found.unmatched} == unmatched
    assert {one.severity for one in found.diagnostics(strict=True)} <= {"error"}
    assert [one.place for one in found.diagnostics()] == [
        one.place for one in found.diagnostics(strict=True)
    ]
    deciding = {one.declaration.source for one in found.decisions}
    assert not {one.source for one in found.idle} & deciding


class Account(Answers):
    """A source with a list of its own: what is not in the list may still be there."""

    def __init__(self, bodies: dict[str, bytes], listing: Listing | None) -> None:
        super().__init__(bodies)
        self._listing = listing

    def page(self, _region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        from drift.live.listing import page_body
        from drift.live.service_error import error_body

        if self._listing is None:
            return Answer(403, error_body("AccessDenied", "No."))
        names = None if tag is None else self._listing.tagged[tag]
        buckets = [one for one in self._listing.buckets if names is None or one.name in names]
        return Answer(200, page_body(buckets, marker=marker))


BODIES = st.dictionaries(
    st.sampled_from(BUCKETS),
    st.sampled_from([write(one) for one in SETTINGS] + [b"", b"<html/>"]),
)
POLICIES = st.sampled_from(["ignore", "report", "fail"])


def checked(of: Sequence[File], account: Account, policy: Undeclared) -> Plan | None:
    """Return the plan, if the declarations agree."""
    fleet = Fleet(account)
    found = discover(declarations(of), fleet, undeclared=policy)
    return None if found.conflicts else compare(found, fleet, now=NOW)


@given(several_files, st.none() | listings, BODIES, POLICIES)
def test_nothing_is_green_that_was_not_seen(
    of: Sequence[File], listing: Listing | None, bodies: dict[str, bytes], policy: Undeclared
) -> None:
    """in_sync implies that each bucket which a file declares was read, and none is unknown."""
    plan = checked(of, Account(bodies, listing), policy)
    if plan is None or plan.verdict is not Verdict.IN_SYNC:
        return
    declared = declarations(of)
    names = {one.bucket for one in declared if not one.is_pattern}
    if len(names) < len(declared) or policy != "ignore":
        assert listing
        names |= {
            bucket.name
            for bucket in listing.buckets
            if any(matches(one, bucket, listing) for one in declared)
        }
    judged = {one.name for one in plan.resource_changes if one.status is Status.IN_SYNC}
    assert judged == names <= bodies.keys()
    assert judged
    if policy == "fail":
        assert listing
        assert {one.name for one in listing.buckets} <= names


@given(several_files, listings, BODIES)
def test_undeclared_buckets_change_nothing_but_what_is_said_of_them(
    of: Sequence[File], listing: Listing, bodies: dict[str, bytes]
) -> None:
    """With `fail` no verdict is better; the declared buckets are judged alike in all three.

    Where `ignore` needs no list it may know less: not where a bucket is that no file places.
    """
    policies: list[Undeclared] = ["ignore", "report", "fail"]
    plans = [checked(of, Account(bodies, listing), policy) for policy in policies]
    ignored, reported, failed = plans
    if not ignored or not reported or not failed:
        assert plans == [None] * 3
        return
    assert reported.resource_changes == failed.resource_changes
    rest = tuple(one for one in failed.resource_changes if one.status is not Status.UNDECLARED)
    assert failed.summary.undeclared == len(failed.resource_changes) - len(rest)
    assert failed.summary.buckets == len(rest)
    if failed.verdict is not reported.verdict:
        assert failed.summary.undeclared
        assert (reported.verdict, failed.verdict) == (Verdict.IN_SYNC, Verdict.DRIFT)
    if any(set(file.entries) & set(PATTERNS) for file in of):
        assert rest == ignored.resource_changes
        assert reported.verdict is ignored.verdict


@given(desired_documents, st.dictionaries(st.sampled_from(BUCKETS), live_documents, min_size=1))
def test_the_plan_of_a_pattern_is_that_of_the_names_that_it_stands_for(
    desired: HttpsConfiguration, live: dict[str, HttpsConfiguration]
) -> None:
    """plan(names) equals plan("*"), but for the lines in the file."""
    bodies = {name: write(document) for name, document in live.items()}
    by_names, by_pattern = (
        planned(File(entries, desired, "cn-hangzhou").declarations(), bodies)
        for entries in (tuple(sorted(live)), ("*",))
    )
    assert by_pattern.verdict is by_names.verdict
    for one, other in zip(by_pattern.resource_changes, by_names.resource_changes, strict=True):
        assert (one.name, one.region, one.status) == (other.name, other.region, other.status)
        assert (one.change, one.impact, one.inert) == (other.change, other.impact, other.inert)
        assert [x.path for x in one.changes] == [x.path for x in other.changes]


@given(files(), st.none() | listings)
def test_buckets_are_listed_only_if_that_is_needed(file: File, listing: Listing | None) -> None:
    """Names with exact regions need no list, and no permission to list."""
    account = Account({}, listing)
    found = discover(file.declarations(), Fleet(account))
    needed = file.region == "cn-*" or any(one.is_pattern for one in file.declarations())
    assert needed or found.problem is None
    assert needed or not (found.unlisted or found.undeclared or found.unmatched)
    assert (found.problem is not None) == (needed and listing is None)
    assert found.policy == ("report" if set(file.entries) & set(PATTERNS) else "ignore")
    assert PROD.key == "stage"


@given(several_files, listings, BODIES, st.booleans())
def test_a_bucket_is_judged_among_many_as_it_is_alone(
    of: Sequence[File], listing: Listing, bodies: dict[str, bytes], strict: bool
) -> None:
    """compare(all decisions) has for each what compare(that decision) has."""
    fleet = Fleet(Account(bodies, listing))
    found = replace(decide(declarations(of), listing), conflicts=())
    together = compare(found, fleet, strict=strict, now=NOW).resource_changes
    alone = [
        compare(Discovery((decision,)), fleet, strict=strict, now=NOW).resource_changes[0]
        for decision in found.decisions
    ]
    assert [one for one in together if one.status is not Status.UNDECLARED] == alone
