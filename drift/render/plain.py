"""What a drift breaks, why it matters and what excuses it, in sentences of plain text.

What strangers wrote in them is `visible` already.
"""

from collections.abc import Iterator
from functools import lru_cache

from drift.plan import ResourceChange, Status, Violation
from drift.render.excuse import Excuse, excuses
from drift.render.phrase import ended, place
from drift.render.steps import done
from drift.render.why import Breach, Why, breaches, explanations
from drift.untrusted import visible

_LONGEST = 500
"""How much of a reason, of help and of a list of changes is told, in characters."""


def broken(resource: ResourceChange, it: str = "It") -> Iterator[str]:
    """Yield a sentence for each rule that the bucket breaks, and what its policy advises."""
    yield from (_broken(breach, it) for breach in breaches(resource))


def explained(resource: ResourceChange) -> tuple[str, ...]:
    """Return how much it matters, and why, the worst first."""
    return _explained(explanations(resource))


def excused(resource: ResourceChange) -> Iterator[str]:
    """Yield what is waived, why and by whom."""
    found = excuses(resource)
    is_alone = resource.status is Status.WAIVED and len(found) == 1
    yield from (_excused(excuse, is_alone=is_alone) for excuse in found)


def _broken(breach: Breach, it: str) -> str:
    title = f'"{visible(breach.title, 300)}"' if breach.title else "a rule"
    said = f"{it} breaks {title} ({'; '.join(map(_where, breach.violations))})."
    return f"{said} {ended(visible(breach.help, _LONGEST))}".rstrip()


def _where(rule: Violation) -> str:
    return ", ".join(filter(None, (place(rule.source), visible(rule.pointer, 300))))


@lru_cache(maxsize=1024)
def _explained(whys: tuple[Why, ...]) -> tuple[str, ...]:
    told = []
    for severity, risk, clients in whys:
        said = " ".join(filter(None, (risk, clients)))
        told.append(f"Severity {severity}{': ' if said else '.'}{said}")
    return tuple(told)


def _excused(excuse: Excuse, *, is_alone: bool) -> str:
    """Return what the waiver says; what it excuses, and until when, unless the heading has that."""
    waiver = excuse.waiver
    reason, owner = ended(visible(waiver.reason, _LONGEST)), ended(visible(waiver.owner))
    said = f"Reason: {reason} Owner: {owner} Waived in {place(waiver.source)}."
    if is_alone:
        return said
    changes = "; ".join(done(excuse.changes))
    return f"Waived through {waiver.expires}: {visible(changes, _LONGEST)}. {said}"
