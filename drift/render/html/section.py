"""One section for each thing that is not in sync; buckets about which the same is said share it."""

from collections.abc import Iterator

from drift.plan import Plan, ResourceChange, Status
from drift.render.excuse import through
from drift.render.fold import Group
from drift.render.html.element import Html, element, joined
from drift.render.html.sides import changes, sides, unchanged
from drift.render.html.why import why
from drift.render.html.words import meaning, notes, place
from drift.render.phrase import agreed, buckets
from drift.render.rule import Kind

_MOST_NAMES = 10


def section(number: int, kind: Kind, group: Group, plan: Plan) -> Html:
    """Return the section that the rows of its buckets call `§number`."""
    size, first = len(group.resources), group.first
    who = element("bdi", first.name) if group.is_single else buckets(size)
    mark = element("span", f"\u00a7{number}", class_="number")
    head = element("h3", mark, " ", who, " ", agreed(f"{kind.title}{through(first)}", size))
    about = _bucket(first) if group.is_single else _buckets(group)
    drift = _drift(group) if first.changes else ()
    return element(
        "section",
        joined("", head, *_said(group, plan), *about, *drift, "", by="\n"),
        id=f"s{number}",
        class_=f"finding {kind.rule.name.lower()}",
    )


def _said(group: Group, plan: Plan) -> Iterator[Html]:
    """Yield what holds for all of the buckets."""
    first = group.first
    if group.problem:
        yield element("p", meaning(first), " ", group.problem.advice)
    elif first.changes:
        it = "It" if group.is_single else "Each"
        if first.meaning:
            yield element("p", it, " ", meaning(first), ".")
        yield from why(it, first)
    elif first.status is Status.UNDECLARED:
        yield element("p", f"This counts as {'' if plan.undeclared == 'fail' else 'no '}drift.")


def _bucket(resource: ResourceChange) -> Iterator[Html]:
    """Yield what is to be said of the only bucket."""
    where: list[str] = []
    if resource.region:
        where += "In ", element("bdi", resource.region), ". "
    if resource.source:
        where += "Declared in ", place(resource.source), "."
    if where:
        yield element("p", *where, class_="about")
    yield from notes(resource)


def _buckets(group: Group) -> Iterator[Html]:
    """Yield in which regions they are, and the first of their names."""
    regions = (
        element("li", f"{number} in ", element("bdi", region or "no known region"))
        for region, number in group.regions
    )
    yield element("ul", *regions, class_="regions", aria_label="Regions")
    names = [element("bdi", one.name) for one in group.resources[:_MOST_NAMES]]
    rest = len(group.resources) - _MOST_NAMES
    more = f", and {rest} more in the table below" if rest > 0 else ""
    yield element("p", joined(*names, by=", "), f"{more}.", class_="about")


def _drift(group: Group) -> Iterator[Html]:
    """Yield what must change; of what is waived as a whole, only what that is."""
    if group.first.status is Status.WAIVED:
        yield changes(group)
        return
    yield sides(group.first)
    yield changes(group)
    if kept := unchanged(group.first):
        yield element("p", "Not changed: ", joined(*kept, by=", "), ".", class_="about")
