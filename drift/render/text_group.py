"""Buckets about which the same is to be said, as text: who they are, then the block once."""

from collections.abc import Iterator, Sequence

from drift.plan import Problem, ResourceChange
from drift.render import Screen
from drift.render.block import block
from drift.render.fold import Group
from drift.render.line import Line, sentences
from drift.render.phrase import agreed, buckets, by_region, does, place
from drift.render.rule import Rule, rule_of
from drift.untrusted import visible

MOST_ALIKE = 10
"""So many that cannot be judged are told in full: after a deadline, they may be thousands."""

_WIDEST = 40
"""The widest name, in characters, behind which regions stand below each other."""

_NAMES_A_LINE = 5


def drifted(group: Group, screen: Screen) -> Iterator[Line]:
    """Yield what must change in each of the buckets, and which they are."""
    resource = group.first
    rule = rule_of(resource) or Rule.MIXED
    yield from sentences(_head(group, rule.title), screen, lead="  # ", kind="head")
    it = "It" if group.is_single else "Each"
    if meaning := does(it, resource, visible(resource.meaning, 500)):
        yield from sentences(meaning, screen, lead="  # ")
    if group.is_single:
        yield from _inert(resource, screen, "  # ")
        yield from sentences(_declared(resource), screen, lead="  # ", kind="#")
    yield from block(resource, named=group.is_single)
    if not group.is_single:  # what to do comes first: the names may be thousands
        for one, row in zip(group.resources, _rows(group.resources), strict=True):
            yield from sentences(row, screen, lead="  #   ")
            yield from _inert(one, screen, "  #     ")
    yield Line()


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
