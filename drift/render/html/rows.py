"""The table of all buckets: each of the plan is a row, exactly once."""

from collections.abc import Sequence

from drift.plan import BUCKET, ResourceChange, Status
from drift.render.html.element import Html, element, joined
from drift.render.html.words import STATUS, meaning, notes, place

CHUNK = 100
"""How many rows a browser lays out at once, or skips while they are off the screen."""

COLUMNS = ("Bucket", "Region", "Status", "Impact", "What it means", "Declared in")


def table(numbered: Sequence[tuple[ResourceChange, int | None]]) -> Html:
    """Return the table of the buckets, each with the number of its section, in the order given.

    Rows are laid out as grids, so that a browser can skip those that are off the screen; the roles
    say again what they are.
    """
    several = len({one.type for one, _ in numbered} - {BUCKET}) > 1
    rows = [_row(one, section, several=several) for one, section in numbered]
    chunks = [
        element("tbody", joined("", *rows[start : start + CHUNK], "", by="\n"), role="rowgroup")
        for start in range(0, len(rows), CHUNK)
    ]
    cells = (element("th", name, scope="col", role="columnheader") for name in COLUMNS)
    head = element("thead", element("tr", *cells, role="row"), role="rowgroup")
    return element(
        "table",
        joined("", head, *chunks, "", by="\n"),
        id="buckets",
        class_="buckets",
        role="table",
        aria_labelledby="all",
    )


def _row(resource: ResourceChange, section: int | None, *, several: bool) -> Html:
    status, impact = resource.status, resource.impact or ""
    shown = "" if status is Status.IN_SYNC else impact
    kind = [element("small", resource.type)] if several else []
    link = [" ", element("a", f"\u00a7{section}", href=f"#s{section}")] if section else []
    cells = (
        element("th", resource.name, *kind, scope="row", role="rowheader"),
        element("td", resource.region or "", role="cell"),
        element("td", STATUS[status], class_=status, role="cell"),
        element("td", shown, class_=f"impact {shown}".rstrip(), role="cell"),
        element("td", meaning(resource), *link, *notes(resource), role="cell"),
        element("td", place(resource.source) if resource.source else "", role="cell"),
    )
    return element("tr", *cells, role="row")
