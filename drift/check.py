"""The use case: declarations and a fleet of live buckets in, a plan out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from drift import __version__
from drift.desired.declaration import Declaration
from drift.diff import diff
from drift.discovery.decide import Decision, Discovery
from drift.discovery.discover import discover
from drift.live.attempt import Found
from drift.live.fleet import Fleet, Request
from drift.live.outcome import Absence, Outcome
from drift.live.problem import own, unexpected
from drift.live.source import Bucket
from drift.plan import (
    BUCKET,
    DocumentChange,
    Finding,
    Impact,
    Plan,
    Problem,
    ResourceChange,
    Status,
)
from drift.settings.document import Reading
from drift.settings.setting import Setting
from drift.waivers.entry import Entry
from drift.waivers.excuse import excused
from drift.waivers.waivers import NO_WAIVERS, Waivers


def check(
    declarations: Sequence[Declaration],
    fleet: Fleet,
    *,
    strict: bool = False,
    now: datetime,
    waivers: Waivers = NO_WAIVERS,
) -> Plan:
    """Find and read what is declared, compare it, and return the plan, sorted by name.

    With `strict`, a setting that is not reported is not taken for its default, and a warning is a
    problem.
    """
    found = discover(declarations, fleet)
    return compare(found, fleet, strict=strict, now=now, waivers=waivers)


def compare(
    discovery: Discovery,
    fleet: Fleet,
    *,
    strict: bool = False,
    now: datetime,
    waivers: Waivers = NO_WAIVERS,
) -> Plan:
    """Read what was decided, compare it, and return the plan, sorted by name.

    Raise `ValueError` for declarations that disagree: without their buckets it could be green.
    """
    if discovery.conflicts:
        raise ValueError("declarations that disagree cannot be compared")
    decisions = discovery.decisions
    requests = [Request(one.bucket, type(one.declaration.setting)) for one in decisions]
    judge = _Judge(waivers, strict=strict)
    resources = [
        judge.judged(decision.declaration, _placed(discovery, decision, found))
        for decision, found in zip(decisions, fleet.read(requests), strict=True)
    ]
    resources += map(_undeclared, discovery.undeclared)
    resources += _unlisted(discovery)
    return Plan(
        drift_version=__version__,
        timestamp=now,
        undeclared=discovery.policy,
        resource_changes=tuple(sorted(resources, key=lambda one: (one.name, one.type))),
    )


def _placed(discovery: Discovery, decision: Decision, found: Found) -> Found:
    """Return what was found; of a bucket that only the list could place, why it did not."""
    if found.bucket.region is None and decision.declaration.is_vague:
        return found._replace(outcome=discovery.problem or own("RegionNotKnown"))
    return found


class _Judge:
    """Judges one bucket after the other.

    Most buckets of a file answer alike, and what that means differs only in where they are.
    """

    def __init__(self, waivers: Waivers, *, strict: bool) -> None:
        self._strict = strict
        self._waivers = waivers
        self._known: dict[object, tuple[Outcome, ResourceChange]] = {}

    def judged(self, declaration: Declaration, found: Found) -> ResourceChange:
        """Return what was found about one bucket."""
        outcome, bucket = found
        if isinstance(outcome, Problem):  # it has the request's id, which is nobody else's
            return judged(declaration, found, strict=self._strict)
        warnings = (*declaration.warnings, *declaration.misplaced(bucket.region))
        # The same outcome, not an equal one: settings that are equal may differ in what was left
        # out. Answers of the same bytes are one outcome, which is kept here so that its id is.
        alike = id(declaration.text), declaration.setting.type, warnings, id(outcome)
        first = self._first(alike, declaration, found)
        if first.status is Status.DRIFT and (waivers := self._waivers.of(bucket.name)):
            first = self._first((alike, waivers), declaration, found, waivers)
        return replace(first, name=bucket.name, region=bucket.region, source=declaration.source)

    def _first(
        self,
        alike: object,
        declaration: Declaration,
        found: Found,
        waivers: tuple[Entry, ...] = (),
    ) -> ResourceChange:
        """Return what was found about the first of those that are alike."""
        if alike not in self._known:
            first = judged(declaration, found, strict=self._strict, waivers=waivers)
            self._known[alike] = found.outcome, first
        return self._known[alike][1]


class _Case(NamedTuple):
    """A bucket that was read, and what is said of it whatever it is compared with."""

    declaration: Declaration
    live: Setting | None
    resource: "partial[ResourceChange]"
    strict: bool

    def waived(self, waivers: Sequence[Entry]) -> ResourceChange:
        """Return what differs, and which of it is waived."""
        desired, strict = self.declaration.setting, self.strict
        seen = (type(desired)() if self.live is None else self.live).as_live(strict=strict)
        pinning = [one for one in waivers if one.pins(seen, strict=strict)]
        return excused(desired, seen, pinning, self.compared)

    def compared(self, desired: Setting) -> ResourceChange:
        """Return how the bucket differs from `desired`."""
        live = self.live
        changes = diff(desired, live, self.declaration.locate, strict=self.strict)
        meaning = desired.meaning(live or type(desired)(), strict=self.strict)
        return self.resource(
            status=Status.DRIFT if changes else Status.IN_SYNC,
            impact=Impact.all_of(change.impact for change in changes),
            meaning=meaning if changes else "",
            change=_document_change(desired, live, drifted=bool(changes)),
            changes=changes,
            inert=tuple(live.inert()) if live else (),
        )


def judged(
    declaration: Declaration,
    found: Found,
    *,
    strict: bool = False,
    waivers: Sequence[Entry] = (),
) -> ResourceChange:
    """Return what was found about one bucket, and means for its declaration."""
    outcome, bucket = found
    live, unknown = outcome if isinstance(outcome, Reading) else (None, ())
    warnings = (*declaration.warnings, *declaration.misplaced(bucket.region), *unknown)
    problem = _problem(declaration.setting, outcome, warnings, strict=strict)
    resource = partial(
        ResourceChange,
        type=declaration.setting.type,
        name=bucket.name,
        region=bucket.region,
        source=declaration.source,
        warnings=warnings,
    )
    if problem:
        return resource(status=Status.UNREADABLE, problem=problem)
    if outcome is Absence.BUCKET:
        return resource(status=Status.MISSING)
    return _Case(declaration, live, resource, strict).waived(waivers)


def _undeclared(bucket: Bucket) -> ResourceChange:
    return ResourceChange(
        type=BUCKET, name=bucket.name, region=bucket.region, status=Status.UNDECLARED
    )


def _unlisted(discovery: Discovery) -> Iterator[ResourceChange]:
    """Yield what is not known because the buckets could not be listed: nothing of it is green."""
    if discovery.problem is None:
        return
    # Where one pattern stands in two files, the plan has it once.
    patterns = {(one.bucket, one.setting.type): one for one in reversed(discovery.unlisted)}
    for (pattern, kind), one in patterns.items():
        yield ResourceChange(
            type=kind,
            name=pattern,
            region=one.region,
            status=Status.UNREADABLE,
            source=one.source,
            problem=discovery.problem,
        )
    if not patterns and discovery.policy != "ignore":
        yield ResourceChange(
            type=BUCKET, name="*", region=None, status=Status.UNREADABLE, problem=discovery.problem
        )


def _document_change(desired: Setting, live: Setting | None, *, drifted: bool) -> DocumentChange:
    before = None if live is None else live.document()
    if not drifted:
        return DocumentChange(actions=("no-op",), before=before, after=before)
    after = desired.over(type(desired)() if live is None else live).document()
    return DocumentChange(
        actions=("create",) if live is None else ("update",), before=before, after=after
    )


def _problem(
    desired: Setting, outcome: Outcome, warnings: tuple[Finding, ...], *, strict: bool
) -> Problem | None:
    """Return why the outcome cannot be judged, if it cannot."""
    if isinstance(outcome, Problem):
        return outcome
    if isinstance(outcome, Reading) and _hides(desired, outcome):
        return unexpected("lacks what is declared, and has what drift does not know")
    if strict and warnings:
        warning = f"{warnings[0].path} {warnings[0].message}"
        return Problem(
            code="Warning",
            message=f"With --strict, a warning is a problem: {warning}.",
            advice="Mend what the warning says, or leave out --strict.",
        )
    return None


def _hides(desired: Setting, reading: Reading[Setting]) -> bool:
    """Return whether what is desired may be there by a name that drift does not know."""
    live = reading.setting
    for name in desired.normal():
        part, place = live.parts().get(name), f"/{desired.root}/{name}"
        if name not in live.normal() and reading.unknown:
            return True
        # Of a part that is off, nothing more matters than that it is off.
        silent = (
            part
            and len(part.normal()) > 1
            and len(part.model_fields_set) < len(type(part).model_fields)
        )
        if silent and any(finding.path == place for finding in reading.unknown):
            return True
    return False
