"""The table of all buckets: each of the plan is a row, exactly once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from drift.plan import BUCKET, Impact, Plan, ResourceChange, Status
from drift.render.excuse import through
from drift.render.html.element import Html, element, joined, lines
from drift.render.html.words import meaning, notes, place
from drift.render.phrase import STATUS

CHUNK = 100
"""How many rows a browser lays out at once, or skips while they are off the screen."""

COLUMNS = ("Bucket", "Region", "Status", "Impact", "What it means", "Declared in")


def table(numbered: Sequence[tuple[ResourceChange, int | None]], plan: Plan) -> Iterator[Html]:
    """Yield the table of the buckets, each with the number of its section, in the order given.

    Rows are laid out as grids, so that a browser can skip those that are off the screen; the roles
    say again what they are.
    """
    naming = {"id": "buckets", "class_": "buckets", "aria_labelledby": "all"}
    return lines("table", _groups(numbered, plan), role="table", **naming)


def _groups(numbered: Sequence[tuple[ResourceChange, int | None]], plan: Plan) -> Iterator[Html]:
    several = len({one.type for one, _ in numbered} - {BUCKET}) > 1
    cells = (element("th", name, scope="col", role="columnheader") for name in COLUMNS)
    yield element("thead", element("tr", *cells, role="row"), role="rowgroup")
    for start in range(0, len(numbered), CHUNK):
        chunk = numbered[start : start + CHUNK]
        rows = (_row(one, section, _beside(one, plan), several=several) for one, section in chunk)
        yield from lines("tbody", rows, role="rowgroup")


def _row(resource: ResourceChange, section: int | None, beside: str, *, several: bool) -> Html:
    kind = [element("small", resource.type)] if several else []
    link = [" ", element("a", f"\u00a7{section}", href=f"#s{section}")] if section else []
    cells = (
        element("th", resource.name, *kind, scope="row", role="rowheader"),
        _judged(resource.region or "", resource.status, resource.impact),
        element("td", meaning(resource), beside, *link, *notes(resource), role="cell"),
        element("td", place(resource.source) if resource.source else "", role="cell"),
    )
    return element("tr", *cells, role="row")


def _beside(resource: ResourceChange, plan: Plan) -> str:
    """Return what of a drift is excused, and whether it counts."""
    if resource.status is Status.WAIVED:
        return f" (waived{through(resource)})"
    if plan.ignores(resource):
        return " (does not count)"
    is_partly = any(change.waiver for change in resource.changes)
    return " (and more, which is waived)" if is_partly else ""


@lru_cache(maxsize=1024)
def _judged(region: str, status: Status, impact: Impact | None) -> Html:
    """Return the cells in which most rows are alike."""
    shown = "" if status is Status.IN_SYNC else impact or ""
    return joined(
        element("td", region, role="cell"),
        element("td", STATUS[status], class_=status, role="cell"),
        element("td", shown, class_=f"impact {shown}".rstrip(), role="cell"),
    )
