"""The plan as people read it, in the order and with the symbols of `terraform plan`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from drift.plan import Plan, Status, Verdict
from drift.render import Screen, phrase, text_group
from drift.render.block import symbols
from drift.render.fold import Group, folded
from drift.render.line import Line, drawn, sentences
from drift.render.rule import kind_of
from drift.untrusted import visible

_MOST_UNDECLARED = 10


def render(plan: Plan, screen: Screen) -> str:
    """Return the plan as text; buckets that are in sync are only counted."""
    return drawn(_lines(plan, screen), screen)


def summary(plan: Plan, screen: Screen) -> str:
    """Return only the numbers and the verdict, which `render` ends with."""
    return drawn(_summary(plan, screen), screen)


def _lines(plan: Plan, screen: Screen) -> Iterator[Line]:
    quiet = (Status.IN_SYNC, Status.UNDECLARED)
    groups = folded(one for one in plan.resource_changes if one.status not in quiet)
    yield from _drifted(_of(Status.DRIFT, groups), plan, screen)
    for group in _of(Status.MISSING, groups):
        yield from text_group.missing(group, screen)
    yield from _unreadables(groups, screen)
    for group in _of(Status.WAIVED, groups):
        yield from text_group.waived(group, screen)
    yield from _undeclared(plan, screen)
    yield from _summary(plan, screen)


def _of(status: Status, groups: Iterable[Group]) -> list[Group]:
    return [group for group in groups if group.first.status is status]


def _drifted(groups: Sequence[Group], plan: Plan, screen: Screen) -> Iterator[Line]:
    if not groups:
        return
    yield from sentences("To bring live back to desired, these changes are needed:", screen)
    drawn_symbols = {symbol for group in groups for symbol in symbols(group.first)}
    for symbol, action in (("+", "add"), ("~", "update"), ("-", "remove")):
        if symbol in drawn_symbols:
            yield Line(f"  {symbol} {action}", symbol)
    yield Line()
    for group in groups:
        kind = kind_of(group.first, plan)
        yield from text_group.drifted(group, kind.title if kind else "", screen)


def _unreadables(groups: Iterable[Group], screen: Screen) -> Iterator[Line]:
    """Yield the first groups of each code whole, and the names of the others."""
    of_code: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if problem := group.problem:
            alike = of_code[problem.code]
            alike.append(group)
            if len(alike) <= text_group.MOST_ALIKE:
                yield from text_group.unreadable(group, problem, screen)
    for code, alike in of_code.items():
        rest = [one for group in alike[text_group.MOST_ALIKE :] for one in group.resources]
        if rest:
            yield from text_group.unreadable_by_name(code, rest, screen)


def _undeclared(plan: Plan, screen: Screen) -> Iterator[Line]:
    """Yield the first of the undeclared buckets: thousands of them would bury the drift."""
    buckets = [one for one in plan.resource_changes if one.status is Status.UNDECLARED]
    if not buckets:
        return
    mark = "!" if plan.undeclared == "fail" else "#"
    yield from sentences("No desired file declares these buckets:", screen)
    width = max(len(visible(one.name)) for one in buckets[:_MOST_UNDECLARED])
    for one in buckets[:_MOST_UNDECLARED]:
        yield Line(f"  {mark} {visible(one.name):{width}}  {visible(one.region or '')}", mark)
    rest = len(buckets) - _MOST_UNDECLARED
    if rest > 0:
        more = f"({rest} more; `drift plan --list` or `drift show PLAN --format json` has all)"
        yield from sentences(more, screen, lead=f"  {mark} ", kind=mark)
    yield Line()


def _summary(plan: Plan, screen: Screen) -> Iterator[Line]:
    is_green = plan.verdict is Verdict.IN_SYNC
    if is_green:
        yield from sentences(phrase.green(plan), screen, kind="good")
    if todo := phrase.todo(plan):
        yield from sentences(todo, screen, kind="head")
    numbers = phrase.numbers(plan)
    undeclared = numbers.pop("undeclared")
    told = f"{phrase.buckets(plan.summary.buckets)}: {phrase.counted(numbers)}."
    beside = f" Undeclared: {undeclared}." if undeclared else ""
    yield from sentences(told + beside, screen)
    if not plan.summary.buckets:
        yield from sentences(phrase.NO_BUCKET, screen)
    for said in filter(None, (phrase.uncounted(plan), phrase.idle(plan))):
        yield from sentences(said, screen)
    kind = "good" if is_green else "bad"
    yield from sentences(f"Verdict: {plan.verdict}", screen, kind=kind)
