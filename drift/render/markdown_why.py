"""What a drift breaks, why it matters and what excuses it, in Markdown: a paragraph for each."""

from collections.abc import Iterator
from functools import lru_cache

from drift.plan import ResourceChange, Status, Violation
from drift.render.excuse import Excuse, excuses
from drift.render.markdown_text import code, prose, span
from drift.render.phrase import ended, place
from drift.render.steps import done
from drift.render.why import Breach, Why, breaches, explanations


def why(it: str, resource: ResourceChange) -> Iterator[str]:
    """Yield each rule that the bucket breaks, each explanation, and each waiver.

    Each begins with a word of ours.
    """
    yield from (_broken(it, breach) for breach in breaches(resource))
    yield from _explained(explanations(resource))
    found = excuses(resource)
    is_alone = resource.status is Status.WAIVED and len(found) == 1
    yield from (_excused(excuse, is_alone=is_alone) for excuse in found)


def _broken(it: str, breach: Breach) -> str:
    title = f'"{prose(breach.title, 300)}"' if breach.title else "a rule"
    where = "; ".join(map(_where, breach.violations))
    return f"{it} breaks {title} ({where}). {prose(breach.help)}".rstrip()


def _where(rule: Violation) -> str:
    return ", ".join((span(place(rule.source)), *([code(rule.pointer, 300)] * bool(rule.pointer))))


@lru_cache(maxsize=1024)  # of ten thousand buckets, most drift alike
def _explained(whys: tuple[Why, ...]) -> tuple[str, ...]:
    told = []
    for severity, risk, clients in whys:
        said = (f"**Severity {severity}.**", prose(risk), prose(clients))
        told.append(" ".join(filter(None, said)))
    return tuple(told)


def _excused(excuse: Excuse, *, is_alone: bool) -> str:
    waiver = excuse.waiver
    changes = "; ".join(code(one, 300) for one in done(excuse.changes))
    said = (
        "" if is_alone else f"**Waived** through {waiver.expires}: {changes}.",
        f"Reason: {ended(prose(waiver.reason))}",
        f"Owner: {code(waiver.owner)}.",
        f"Waived in {span(place(waiver.source))}.",
    )
    return " ".join(filter(None, said))
