"""What is doubtful about all waivers of a run."""

from collections.abc import Sequence
from dataclasses import replace

from drift.desired.declaration import Declaration
from drift.desired.load import Desired
from drift.diagnostic import Diagnostic
from drift.plan import Plan
from drift.waivers.declared import Declared
from drift.waivers.doubt import expired, expires_soon, too_far
from drift.waivers.planned import Planned
from drift.waivers.waivers import Waivers


def with_waivers(desired: Desired, waivers: Waivers, *, strict: bool = False) -> Desired:
    """Return what is declared, with what is wrong and doubtful about the waivers.

    With `strict`, what is doubtful is wrong. Beside desired files that have errors it is not known
    what a waiver is for.
    """
    doubtful = doubts(waivers, desired.declarations if desired.valid else None, strict=strict)
    found = (*desired.diagnostics, *waivers.faults, *doubtful)
    return desired._replace(diagnostics=tuple(sorted(found, key=lambda one: one.order)))


def doubts(
    waivers: Waivers,
    declarations: Sequence[Declaration] | None,
    plan: Plan | None = None,
    *,
    strict: bool = False,
) -> tuple[Diagnostic, ...]:
    """Return which waivers are expired, unused, or not of the right size, in their order.

    That is said as far as the declarations, and a plan of them, show it. With `strict` that is
    wrong, but not that a waiver expires soon.
    """
    if not waivers.entries:
        return ()
    judges: list[Declared | Planned] = [] if declarations is None else [Declared(declarations)]
    judges += [] if plan is None else [Planned(plan, strict=strict)]
    found: list[Diagnostic | None] = []
    for entry in waivers.entries:
        if waivers.holds(entry):
            found.append(expires_soon(entry, waivers.today))
            wrong = next(filter(None, (one.doubt(entry) for one in judges)), None)
        elif entry.waiver.expires < waivers.today:
            wrong = expired(entry)
        else:
            wrong = too_far(entry)
        found.append(replace(wrong, severity="error") if wrong and strict else wrong)
    return tuple(sorted(filter(None, found), key=lambda one: one.order))
