"""Buckets about which the same is to be said, as text: who they are, then the block once."""

from collections.abc import Iterator, Sequence

from drift.plan import Problem, ResourceChange
from drift.render import Screen, plain
from drift.render.block import block
from drift.render.excuse import through
from drift.render.fold import Group
from drift.render.line import Line, sentences
from drift.render.phrase import agreed, buckets, by_region, does, place
from drift.render.rule import Rule
from drift.untrusted import visible

MOST_ALIKE = 10
"""So many that cannot be judged are told in full: after a deadline, they may be thousands."""

_WIDEST = 40
"""The widest name, in characters, behind which regions stand below each other."""

_NAMES_A_LINE = 5


def drifted(group: Group, title: str, screen: Screen) -> Iterator[Line]:
    """Yield what must change in each of the buckets, why, and which they are."""
    resource = group.first
    yield from sentences(_head(group, title), screen, lead="  # ", kind="head")
    yield from _why(group, screen)
    if group.is_single:
        yield from _about(resource, screen)
    yield from block(resource, named=group.is_single)
    if not group.is_single:  # what to do comes first: the names may be thousands
        yield from _listed(group, screen)
    yield Line()


def waived(group: Group, screen: Screen) -> Iterator[Line]:
    """Yield what of the buckets is excused, why, by whom and how long, and which they are."""
    title = f"{Rule.WAIVED.title}{through(group.first)}"
    yield from sentences(_head(group, title), screen, lead="  # ", kind="head")
    yield from _why(group, screen)
    yield from _about(group.first, screen) if group.is_single else _listed(group, screen)
    yield Line()


def _why(group: Group, screen: Screen) -> Iterator[Line]:
    """Yield what a drift means, which rules it breaks, and what excuses how much of it."""
    resource = group.first
    it = "It" if group.is_single else "Each"
    said = [does(it, resource, visible(resource.meaning, 500)), *plain.broken(resource, it)]
    if screen.explain:
        said += plain.explained(resource)
    for sentence in filter(None, (*said, *plain.excused(resource))):
        yield from sentences(sentence, screen, lead="  # ")


def _about(resource: ResourceChange, screen: Screen) -> Iterator[Line]:
    yield from _inert(resource, screen, "  # ")
    yield from sentences(_declared(resource), screen, lead="  # ", kind="#")


def _listed(group: Group, screen: Screen) -> Iterator[Line]:
    """Yield a line for each bucket, and below it what it stores without effect."""
    for one, row in zip(group.resources, _rows(group.resources), strict=True):
        yield from sentences(row, screen, lead="  #   ")
        yield from _inert(one, screen, "  #     ")


def missing(group: Group, screen: Screen) -> Iterator[Line]:
    """Yield which buckets do not exist."""
    yield from sentences(_head(group, Rule.MISSING.title), screen, lead="  ! ", kind="!")
    if group.is_single:
        yield from sentences(_declared(group.first), screen, lead="    # ", kind="#")
    else:
        for row in _rows(group.resources):
            yield from sentences(row, screen, lead="    #   ")
    yield Line()


def unreadable(group: Group, problem: Problem, screen: Screen) -> Iterator[Line]:
    """Yield why the buckets could not be judged; of many, most by name only."""
    head = _head(group, f"{Rule.UNREADABLE.title}: {visible(problem.code)}")
    yield from sentences(head, screen, lead="  ? ", kind="?")
    said = f"{visible(problem.message, 500)} {visible(problem.advice, 500)}"
    yield from sentences(said, screen, lead="    # ")
    if group.is_single:
        where = " ".join(filter(None, (_request(group.first), _declared(group.first))))
        if where:
            yield from sentences(where, screen, lead="    # ", kind="#")
    else:
        few, rest = group.resources[:MOST_ALIKE], group.resources[MOST_ALIKE:]
        for one, row in zip(few, _rows(few), strict=True):
            line = "  ".join(filter(None, (row, _request(one))))
            yield from sentences(line, screen, lead="    #   ")
        if rest:
            yield from sentences(f"and {len(rest)} more:", screen, lead="    # ", kind="#")
            yield from _names(rest, screen)
    yield Line()


def unreadable_by_name(
    code: str, resources: Sequence[ResourceChange], screen: Screen
) -> Iterator[Line]:
    """Yield the names of more buckets that could not be judged, for reasons of one code."""
    head = f"{len(resources)} more {Rule.UNREADABLE.title}: {visible(code)}"
    yield from sentences(head, screen, lead="  ? ", kind="?")
    yield from _names(resources, screen)
    yield Line()


def _head(group: Group, phrase: str) -> str:
    if group.is_single:
        return f"{visible(group.first.address)} {phrase}"
    number = len(group.resources)
    return f"{buckets(number)} {agreed(phrase, number)} ({by_region(group.regions, visible)})"


def _rows(resources: Sequence[ResourceChange]) -> Iterator[str]:
    """Yield each bucket's name, region and place, below each other."""
    cells = [(visible(one.name), visible(one.region or "unknown")) for one in resources]
    name, region = (min(_WIDEST, max(map(len, column))) for column in zip(*cells, strict=True))
    for one, (its_name, its_region) in zip(resources, cells, strict=True):
        yield f"{its_name:{name}}  {its_region:{region}}  {_place(one)}".rstrip()


def _names(resources: Sequence[ResourceChange], screen: Screen) -> Iterator[Line]:
    for start in range(0, len(resources), _NAMES_A_LINE):
        names = [visible(one.name) for one in resources[start : start + _NAMES_A_LINE]]
        yield from sentences(", ".join(names), screen, lead="    #   ")


def _inert(resource: ResourceChange, screen: Screen, lead: str) -> Iterator[Line]:
    for inert in resource.inert:
        note = f"It stores {visible(inert.path)}, which has no effect."
        yield from sentences(note, screen, lead=lead, kind="#")


def _request(resource: ResourceChange) -> str:
    problem = resource.problem
    return f"Request {visible(problem.request_id)}." if problem and problem.request_id else ""


def _declared(resource: ResourceChange) -> str:
    return f"Declared in {_place(resource)}." if resource.source else ""


def _place(resource: ResourceChange) -> str:
    return place(resource.source) if resource.source else ""
