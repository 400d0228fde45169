"""The plan as people read it, in the order and with the symbols of `terraform plan`."""

from collections import Counter
from collections.abc import Iterator

from drift.plan import Impact, Plan, Problem, ResourceChange, Status, Verdict
from drift.render import Screen
from drift.render.block import block
from drift.render.line import Line, drawn, sentences
from drift.untrusted import visible

_MOST_UNDECLARED = 10
_MOST_ALIKE = 10

_IMPACT = {
    Impact.WEAKER: "is weaker than desired",
    Impact.STRICTER: "is stricter than desired",
    Impact.MIXED: "may be weaker and stricter than desired",
    Impact.NEUTRAL: "differs from desired, with the same effect",
    None: "differs from desired",
}


def render(plan: Plan, screen: Screen) -> str:
    """Return the plan as text; buckets that are in sync are only counted."""
    return drawn(_lines(plan, screen), screen)


def _lines(plan: Plan, screen: Screen) -> Iterator[Line]:
    resources = plan.resource_changes
    yield from _drifted([one for one in resources if one.status is Status.DRIFT], screen)
    for resource in resources:
        if resource.status is Status.MISSING:
            head = f"{visible(resource.address)} does not exist"
            yield from sentences(head, screen, lead="  ! ", kind="!")
            yield from sentences(_declared(resource), screen, lead="    # ", kind="#")
            yield Line()
    yield from _unreadables(plan, screen)
    yield from _undeclared(plan, screen)
    yield from _summary(plan, screen)


def _drifted(resources: list[ResourceChange], screen: Screen) -> Iterator[Line]:
    if not resources:
        return
    yield from sentences("To bring live back to desired, these changes are needed:", screen)
    actions = {change.action for resource in resources for change in resource.changes}
    for symbol, action in (("+", "add"), ("~", "update"), ("-", "remove")):
        if action in actions:
            yield Line(f"  {symbol} {action}", symbol)
    yield Line()
    for resource in resources:
        head = f"{visible(resource.address)} {_IMPACT[resource.impact]}"
        yield from sentences(head, screen, lead="  # ", kind="head")
        never = "was never configured: it " if resource.change.actions == ("create",) else ""
        meaning = f"It {never}{visible(resource.meaning, 500)}."
        yield from sentences(meaning, screen, lead="  # ")
        for inert in resource.inert:
            note = f"It stores {visible(inert.path)}, which has no effect."
            yield from sentences(note, screen, lead="  # ", kind="#")
        yield from sentences(_declared(resource), screen, lead="  # ", kind="#")
        yield from block(resource)
        yield Line()


def _unreadables(plan: Plan, screen: Screen) -> Iterator[Line]:
    """Yield the first of each code: after a deadline, thousands may have not been read."""
    seen: Counter[str] = Counter()
    for resource in plan.resource_changes:
        if resource.problem:
            seen[resource.problem.code] += 1
            if seen[resource.problem.code] <= _MOST_ALIKE:
                yield from _unreadable(resource, resource.problem, screen)
    for code, number in seen.items():
        if number > _MOST_ALIKE:
            more = f"{number - _MOST_ALIKE} more could not be judged: {visible(code)}."
            yield from sentences(f"{more} `--format json` has all.", screen, lead="  ? ", kind="?")
            yield Line()


def _unreadable(resource: ResourceChange, problem: Problem, screen: Screen) -> Iterator[Line]:
    head = f"{visible(resource.address)} could not be judged: {visible(problem.code)}"
    yield from sentences(head, screen, lead="  ? ", kind="?")
    said = f"{visible(problem.message, 500)} {visible(problem.advice, 500)}"
    yield from sentences(said, screen, lead="    # ")
    request = f"Request {visible(problem.request_id)}. " if problem.request_id else ""
    where = (request + _declared(resource)).rstrip()
    if where:
        yield from sentences(where, screen, lead="    # ", kind="#")
    yield Line()


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
        yield from sentences(
            f"({rest} more; `drift plan --list` has all)", screen, lead=f"  {mark} ", kind=mark
        )
    yield Line()


def _summary(plan: Plan, screen: Screen) -> Iterator[Line]:
    count = plan.summary
    if plan.verdict is Verdict.IN_SYNC:
        yield from sentences("No changes. Live matches desired.", screen, kind="good")
    else:
        actions = [resource.change.actions for resource in plan.resource_changes]
        add, change = actions.count(("create",)), actions.count(("update",))
        todo = f"Plan: {add} to add, {change} to change, 0 to destroy."
        yield from sentences(todo, screen, kind="head")
    parts = {
        "in sync": count.in_sync,
        "drifted": count.drift,
        "missing": count.missing,
        "not judged": count.unreadable,
    }
    told = ", ".join(f"{number} {what}" for what, number in parts.items() if number)
    buckets = "bucket" if count.buckets == 1 else "buckets"
    undeclared = f" Undeclared: {count.undeclared}." if count.undeclared else ""
    yield from sentences(f"{count.buckets} {buckets}: {told or 'none'}.{undeclared}", screen)
    if not count.buckets:
        yield from sentences("No declared bucket was found, so nothing is called green.", screen)
    idle = sum(bool(one.inert) for one in plan.resource_changes if one.status is Status.IN_SYNC)
    if idle:
        yield from sentences(
            f"In sync, but with stored values that have no effect: {idle}.", screen
        )
    kind = "good" if plan.verdict is Verdict.IN_SYNC else "bad"
    yield from sentences(f"Verdict: {plan.verdict}", screen, kind=kind)


def _declared(resource: ResourceChange) -> str:
    source = resource.source
    return f"Declared in {visible(source.file, 300)}:{source.line}." if source else ""
