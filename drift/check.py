"""The use case: declarations and a fleet of live buckets in, a plan out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drift import __version__
from drift.desired.declaration import Declaration
from drift.diff import diff
from drift.live.fleet import Fleet, Request
from drift.live.outcome import Absence, Outcome
from drift.live.problem import unexpected
from drift.plan import (
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


def check(
    declarations: Sequence[Declaration], fleet: Fleet, *, strict: bool = False, now: datetime
) -> Plan:
    """Read what is declared, compare it, and return the plan, sorted by name.

    With `strict`, a setting that is not reported is not taken for its default, and a warning is a
    problem.
    """
    ordered = sorted(declarations, key=lambda one: (one.bucket, one.setting.type))
    requests = [Request(one.bucket, one.region, type(one.setting)) for one in ordered]
    outcomes = fleet.read(requests)
    return Plan(
        drift_version=__version__,
        timestamp=now,
        resource_changes=tuple(
            judged(declaration, outcome, strict=strict)
            for declaration, outcome in zip(ordered, outcomes, strict=True)
        ),
    )


def judged(declaration: Declaration, outcome: Outcome, *, strict: bool = False) -> ResourceChange:
    """Return what one outcome means for one declaration."""
    live, unknown = outcome if isinstance(outcome, Reading) else (None, ())
    warnings = (*declaration.warnings, *unknown)
    problem = _problem(declaration.setting, outcome, warnings, strict=strict)
    if problem:
        return _resource(declaration, status=Status.UNREADABLE, problem=problem, warnings=warnings)
    if outcome is Absence.BUCKET:
        return _resource(declaration, status=Status.MISSING, warnings=warnings)
    desired, changes = declaration.setting, diff(declaration, live, strict=strict)
    return _resource(
        declaration,
        status=Status.DRIFT if changes else Status.IN_SYNC,
        impact=Impact.all_of(change.impact for change in changes),
        meaning=desired.meaning(live or type(desired)(), strict=strict) if changes else "",
        change=_document_change(desired, live, drifted=bool(changes)),
        changes=changes,
        inert=tuple(live.inert()) if live else (),
        warnings=warnings,
    )


def _resource(declaration: Declaration, **found: Any) -> ResourceChange:  # noqa: ANN401 - checked by pydantic
    return ResourceChange(
        type=declaration.setting.type,
        name=declaration.bucket,
        region=declaration.region,
        source=declaration.source,
        **found,
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
