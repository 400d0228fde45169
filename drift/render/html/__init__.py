"""The plan as one page that needs nothing from elsewhere: for a browser, a printer, an archive.

Every text on it may be a stranger's. It is escaped where markup is made, in `element`, and nowhere
else; and should that ever fail, the page's own policy lets no script run, no style apply and
nothing be fetched but what is hashed here.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path

from drift.plan import Plan, ResourceChange, Status
from drift.render import Screen
from drift.render.fold import Group, folded
from drift.render.html.element import Html, element, lines, void
from drift.render.html.rows import table
from drift.render.html.section import section
from drift.render.html.summary import summary
from drift.render.html.words import verdict
from drift.render.phrase import buckets
from drift.render.rule import Kind, kind_of


def render(plan: Plan, _screen: Screen) -> str:
    """Return the plan as an HTML page."""
    style, script = _own("page.css"), _own("page.js")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(style)}; script-src {_hash(script)}"
    )
    head = (
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        element("title", f"drift: {verdict(plan)}, {buckets(plan.summary.buckets)}"),
        element("style", style),
    )
    page = lines("html", chain(lines("head", head), lines("body", _body(plan, script))), lang="en")
    return "\n".join(("<!DOCTYPE html>", *page, ""))


def _body(plan: Plan, script: Html) -> Iterator[Html]:
    yield element("a", "Skip to all buckets", href="#all", class_="skip")
    yield summary(plan)
    yield from lines("main", _main(plan))
    yield element("script", script)


def _main(plan: Plan) -> Iterator[Html]:
    groups = _groups(plan)
    if groups:
        sections = (section(n, kind, group, plan) for n, (kind, group) in enumerate(groups, 1))
        head = element("h2", "What was found", id="found")
        yield from lines("section", chain([head], sections), aria_labelledby="found")
    head = element("h2", "All buckets", id="all")
    rows = _rows(plan, [group for _, group in groups])
    shown = table(rows, plan) if rows else [element("p", "There is none.")]
    yield from lines("section", chain([head], shown), aria_labelledby="all")


def _groups(plan: Plan) -> list[tuple[Kind, Group]]:
    """Return what is not in sync, the worst first."""
    judged = [one for one in plan.resource_changes if one.status is not Status.IN_SYNC]
    groups = [(kind, one) for one in folded(judged) if (kind := kind_of(one.first, plan))]
    return sorted(groups, key=lambda one: one[0].gravity)


def _rows(plan: Plan, groups: Iterable[Group]) -> list[tuple[ResourceChange, int | None]]:
    """Return each bucket once: those with a section in its order, then those in sync."""
    green = [one for one in plan.resource_changes if one.status is Status.IN_SYNC]
    green.sort(key=lambda one: not one.warnings)
    found = [(one, n) for n, group in enumerate(groups, 1) for one in group.resources]
    return [*found, *((one, None) for one in green)]


def _own(name: str) -> Html:
    return Html(Path(__file__).with_name(name).read_text("utf-8"))


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
