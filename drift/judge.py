"""One bucket: what is declared for it and what was read in, what was found out about it out."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from drift.diff import diff
from drift.discovery.decide import Decision
from drift.live.attempt import Found
from drift.live.outcome import Absence, Outcome
from drift.live.problem import unexpected
from drift.live.source import Bucket
from drift.plan import DocumentChange, Finding, Impact, Problem, ResourceChange, Status
from drift.ruling import Ruling, ruling
from drift.settings.document import Reading
from drift.settings.setting import Setting
from drift.waivers.entry import Entry
from drift.waivers.excuse import excused
from drift.waivers.waivers import Waivers

if TYPE_CHECKING:
    from drift.policy.demand import Demand


class Judge:
    """Judges one bucket after the other.

    Most buckets of a file answer alike, and what that means differs only in where they are.
    """

    def __init__(self, waivers: Waivers, *, strict: bool) -> None:
        self._strict = strict
        self._waivers = waivers
        self._known: dict[object, tuple[Outcome, ResourceChange]] = {}
        self._demands: dict[object, Demand] = {}

    def judged(self, decision: Decision, found: Found) -> ResourceChange:
        """Return what was found about one bucket."""
        declaration, policies = decision.declaration, decision.policies
        outcome, bucket = found
        if isinstance(outcome, Problem):  # it has the request's id, which is nobody else's
            return judged(decision, found, strict=self._strict)
        warnings = _declared_warnings(decision, bucket)
        # The same outcome, not an equal one: settings that are equal may differ in what was left
        # out. Answers of the same bytes are one outcome, which is kept here so that its id is.
        alike = (
            id(declaration.setting), warnings, id(outcome), *map(id, policies),
            any(one.policy and one.policy.looks_at_the_place for one in policies) and bucket,
        )  # fmt: skip
        first = self._first(alike, decision, found)
        if first.status is Status.DRIFT and (waivers := self._waivers.of(bucket.name)):
            first = self._first((alike, waivers), decision, found, waivers)
        return replace(first, name=bucket.name, region=bucket.region, source=declaration.source)

    def _first(
        self,
        alike: object,
        decision: Decision,
        found: Found,
        waivers: tuple[Entry, ...] = (),
    ) -> ResourceChange:
        """Return what was found about the first of those that are alike."""
        in_file = alike, id(decision.declaration.text)
        known = self._known.get(alike) or self._known.get(in_file)
        if known is None:
            demand = self._demand(decision)
            first = judged(decision, found, demand, strict=self._strict, waivers=waivers)
            # Changes and problems say where the file declares them; what is in sync does not.
            known = found.outcome, first
            self._known[alike if first.status is Status.IN_SYNC else in_file] = known
        return known[1]

    def _demand(self, decision: Decision) -> "Demand | None":
        """Return what the policies of a bucket want, worked out once for all that have them."""
        if not decision.policies:
            return None
        from drift.policy.demand import Demand  # noqa: PLC0415 - 0.06 s, and few need it

        policies = tuple(one.policy for one in decision.policies if one.policy)
        setting = decision.declaration.setting
        key = id(setting), *map(id, policies)
        return self._demands.setdefault(key, Demand(setting, policies))


class _Read(NamedTuple):
    """A bucket that was read, and what is said of it whatever it is compared with."""

    ruling: Ruling
    live: Setting | None
    resource: "partial[ResourceChange]"
    strict: bool

    def waived(self, waivers: Sequence[Entry]) -> ResourceChange:
        """Return what differs, and which of it is waived."""
        desired, strict = self.ruling.desired, self.strict
        seen = (type(desired)() if self.live is None else self.live).as_live(strict=strict)
        pinning = [one for one in waivers if one.pins(seen, strict=strict)]
        return excused(desired, seen, pinning, self.compared)

    def compared(self, desired: Setting) -> ResourceChange:
        """Return how the bucket differs from `desired`."""
        live = self.live
        changes = diff(desired, live, self.ruling.locate, strict=self.strict)
        meaning = desired.meaning(live or type(desired)(), strict=self.strict)
        return self.resource(
            status=Status.DRIFT if changes else Status.IN_SYNC,
            impact=Impact.all_of(change.impact for change in changes),
            meaning=meaning if changes else "",
            change=_document_change(desired, live, drifted=bool(changes)),
            changes=self.ruling.told(changes),
            inert=tuple(live.inert()) if live else (),
        )


def judged(
    decision: Decision,
    found: Found,
    demand: "Demand | None" = None,
    *,
    strict: bool = False,
    waivers: Sequence[Entry] = (),
) -> ResourceChange:
    """Return what was found about one bucket, and means for what is declared for it.

    `demand` is what its policies want together, if it has any.
    """
    outcome, bucket = found
    declaration = decision.declaration
    live, unknown = outcome if isinstance(outcome, Reading) else (None, ())
    warnings = (*_declared_warnings(decision, bucket), *unknown)
    problem = _problem(decision, outcome, warnings, strict=strict)
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
    ruled = ruling(decision, demand, live, bucket, strict=strict)
    if isinstance(ruled, Problem):
        return resource(status=Status.UNREADABLE, problem=ruled)
    return _Read(ruled, live, resource, strict).waived(waivers)


def _declared_warnings(decision: Decision, bucket: Bucket) -> tuple[Finding, ...]:
    declared = dict.fromkeys((decision.declaration, *decision.policies))
    warnings = (
        warning for one in declared for warning in (*one.warnings, *one.misplaced(bucket.region))
    )
    return tuple(dict.fromkeys(warnings))


def _document_change(desired: Setting, live: Setting | None, *, drifted: bool) -> DocumentChange:
    before = None if live is None else live.document()
    if not drifted:
        return DocumentChange(actions=("no-op",), before=before, after=before)
    after = desired.over(type(desired)() if live is None else live).document()
    return DocumentChange(
        actions=("create",) if live is None else ("update",), before=before, after=after
    )


def _problem(
    decision: Decision, outcome: Outcome, warnings: tuple[Finding, ...], *, strict: bool
) -> Problem | None:
    """Return why the outcome cannot be judged, if it cannot."""
    if isinstance(outcome, Problem):
        return outcome
    desired = decision.declaration.setting
    # A policy may look at every part.
    looked_at = desired.as_live() if decision.policies else desired
    if isinstance(outcome, Reading) and _hides(looked_at, outcome):
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
