"""Buckets about which the same is to be said, in Markdown: at length, folded, or a line each.

Every line begins with something of ours: at the start of one, a forge may take more for a command.
"""

from collections.abc import Iterator, Sequence

from drift.plan import ResourceChange, Status
from drift.render import markdown_why
from drift.render.diff_block import diff_lines
from drift.render.excuse import needed, through, until
from drift.render.fold import Group
from drift.render.markdown_text import code, fence, prose, span
from drift.render.phrase import agreed, buckets, by_region, does, place
from drift.render.rule import Kind

MOST_NAMES = 5
"""So many names and regions are told where there is little room."""

_MOST_OPEN = 10
_LONGEST_OPEN = 40
"""How many buckets, and how many lines of a diff, are shown without a click."""


def at_length(kind: Kind, group: Group) -> str:
    """Return all that is known of the buckets."""
    notes = [_notes(one) for one in group.resources]
    shared = notes[0] if notes.count(notes[0]) == len(notes) else ()
    text = _top(kind, group, None) + _list(shared)
    if group.is_single:
        return text
    lines = [
        _line(one) + ("" if shared else "".join(f"  - {note}\n" for note in its_notes))
        for one, its_notes in zip(group.resources, notes, strict=True)
    ]
    return text + _folding("".join(lines), len(lines) > _MOST_OPEN, f"The {buckets(len(lines))}")


def in_short(kind: Kind, group: Group) -> str:
    """Return what must change, and the names of a few of the buckets."""
    text = _top(kind, group, MOST_NAMES)
    if group.is_single:
        return text
    names = ", ".join(code(one.name) for one in group.resources[:MOST_NAMES])
    rest = len(group.resources) - MOST_NAMES
    return f"{text}Buckets: {names}{f' and {rest} more' if rest > 0 else ''}\n\n"


def by_line(kind: Kind, group: Group) -> str:
    """Return a line for each bucket."""
    number = len(group.resources)
    lines = (_line(one, *_reasons(one)) for one in group.resources)
    return f"### {buckets(number)} {agreed(kind.title, number)}\n\n{''.join(lines)}\n"


def by_number(kind: Kind, group: Group) -> str:
    """Return one line for all buckets."""
    number = len(group.resources)
    regions = by_region(group.regions, lambda name: code(name, 20), MOST_NAMES)
    return f"- {buckets(number)} {agreed(kind.title, number)}: {regions}\n"


def in_a_line(kind: Kind, one: ResourceChange) -> str:
    """Return a line of a length that is bounded: what matters about one bucket."""
    where = [code(one.name, 63), code(one.region or "unknown", 20)]
    where += [span(place) for place in _places(one, 60)]
    problem = one.problem
    said = f"{code(problem.code, 40)}: {prose(problem.message, 80)}" if problem else ""
    told = " · ".join((kind.title, *filter(None, (said, prose(one.meaning, 120)))))
    return f"- {' · '.join(where)}: {told}\n"


def note_count(group: Group) -> int:
    """Return how many notes `at_length` has."""
    return sum(len(one.inert) + len(one.warnings) for one in group.resources)


def _top(kind: Kind, group: Group, most_regions: int | None) -> str:
    """Return the heading, what is the matter, and what must change."""
    number = len(group.resources)
    one = group.first
    who = code(one.name) if group.is_single else buckets(number)
    where = (
        f"In {' · '.join(_where(one))}"
        if group.is_single
        else f"By region: {by_region(group.regions, code, most_regions)}"
    )
    said = "".join(f"{line}\n\n" for line in (where, *filter(None, _said(group))))
    title = agreed(f"{kind.title}{through(one)}", number)
    return f"### {who} {title}\n\n{said}{_diff(group)}"


def _said(group: Group) -> Iterator[str]:
    one, problem = group.first, group.problem
    if problem:
        yield f"Reason: {code(problem.code)}. {prose(problem.message)} {prose(problem.advice)}"
    if one.changes:
        it = "It" if group.is_single else "Each"
        yield does(it, one, prose(one.meaning))
        yield from markdown_why.why(it, one)


def _diff(group: Group) -> str:
    if not needed(group.first):
        return ""
    lines = [*diff_lines(group.first, named=group.is_single)]
    return _folding(fence(lines, "diff"), len(lines) > _LONGEST_OPEN, "What must change")


def _folding(text: str, is_long: bool, summary: str) -> str:
    if not is_long:
        return f"{text}\n"
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n</details>\n\n"


def _line(one: ResourceChange, *more: str) -> str:
    return f"- {' · '.join((code(one.name), *_where(one), *more))}\n"


def _where(one: ResourceChange) -> Iterator[str]:
    yield code(one.region or "unknown")
    yield from map(span, _places(one, 300))
    if one.problem and one.problem.request_id:
        yield f"request {code(one.problem.request_id)}"


def _reasons(one: ResourceChange) -> Iterator[str]:
    if one.problem:
        yield code(one.problem.code)
    if one.status is Status.WAIVED:
        yield f"through {until(one)}"


def _places(one: ResourceChange, longest: int) -> Iterator[str]:
    if one.source:
        yield place(one.source, longest)


def _notes(one: ResourceChange) -> tuple[str, ...]:
    inert = (f"Stored without effect: {code(each.path)}" for each in one.inert)
    warnings = (f"Warning: {prose(each.message)} {code(each.path)}" for each in one.warnings)
    return (*inert, *warnings)


def _list(notes: Sequence[str]) -> str:
    return "".join(f"- {note}\n" for note in notes) + ("\n" if notes else "")
