"""What a drift breaks, why it matters and what excuses it: a paragraph for each.

Buckets by the thousand have the same, so that each paragraph is made once.
"""

from collections.abc import Iterator
from functools import lru_cache

from drift.plan import ResourceChange, Status, Violation
from drift.render.excuse import Excuse, excuses
from drift.render.html.element import Html, element, joined
from drift.render.html.words import place
from drift.render.phrase import ended
from drift.render.steps import done
from drift.render.why import Breach, Why, breaches, explanations


def why(it: str, resource: ResourceChange) -> Iterator[Html]:
    """Yield each rule that the bucket breaks, each explanation, and each waiver."""
    yield from (_broken(it, breach) for breach in breaches(resource))
    yield from _explained(explanations(resource))
    found = excuses(resource)
    is_alone = resource.status is Status.WAIVED and len(found) == 1
    yield from (_excused(excuse, is_alone=is_alone) for excuse in found)


@lru_cache(maxsize=1024)
def _broken(it: str, breach: Breach) -> Html:
    where = joined(*map(_where, breach.violations), by="; ")
    title = element("q", breach.title) if breach.title else joined("a rule")
    advice = ended(breach.help)
    return element("p", f"{it} breaks ", title, " (", where, "). ", advice, class_="rule")


def _where(rule: Violation) -> Html:
    pointer = [", ", element("code", rule.pointer)] if rule.pointer else []
    return joined(element("span", place(rule.source), class_="place"), *pointer)


@lru_cache(maxsize=1024)
def _explained(whys: tuple[Why, ...]) -> tuple[Html, ...]:
    return tuple(
        element(
            "p",
            element("b", f"Severity {why.severity}. "),
            f"{why.risk} {why.clients}",
            class_="why",
        )
        for why in whys
    )


def _excused(excuse: Excuse, *, is_alone: bool) -> Html:
    waiver = excuse.waiver
    changes = joined(*(element("code", one) for one in done(excuse.changes)), by="; ")
    head = () if is_alone else (f"Waived through {waiver.expires}: ", changes, ". ")
    owner = joined("Owner: ", element("bdi", waiver.owner), ". ")
    where = joined("Waived in ", element("span", place(waiver.source), class_="place"), ".")
    reason = joined("Reason: ", ended(waiver.reason), " ")
    return element("p", *head, reason, owner, where, class_="waiver")
