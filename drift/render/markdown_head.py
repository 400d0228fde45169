"""The top of the report in Markdown: the verdict at a glance, the numbers, and the time."""

from drift.plan import Plan, Status, Verdict
from drift.render.phrase import agreed, buckets

_UNJUDGED = "**This is not green:** what could not be judged may have drifted."


def title(plan: Plan) -> str:
    """Return the verdict in one line."""
    count = plan.summary
    if plan.verdict is Verdict.IN_SYNC:
        return f"✅ In sync: live matches desired in {buckets(count.buckets)}"
    if not count.buckets:
        return "⚠️ Incomplete: no declared bucket was found"
    differing = count.drift + count.missing
    told = []
    if plan.verdict is Verdict.INCOMPLETE:
        told.append(f"{count.unreadable} of {buckets(count.buckets)} could not be judged")
    if differing:
        of_all = "" if told else f" of {buckets(count.buckets)}"
        told.append(f"{differing}{of_all} {agreed('differs', differing)} from desired")
    if plan.undeclared == "fail" and count.undeclared:
        told.append(f"{count.undeclared} undeclared")
    sign = "⚠️ Incomplete" if plan.verdict is Verdict.INCOMPLETE else "❌ Drift"
    return f"{sign}: {', '.join(told)}"


def head(plan: Plan, said: str) -> str:
    """Return the title `said`, and below it what is true of every plan."""
    count = plan.summary
    numbers = {
        "in sync": count.in_sync,
        "drifted": count.drift,
        "missing": count.missing,
        "not judged": count.unreadable,
        "undeclared": count.undeclared,
    }
    rows = (numbers, ["--:"] * len(numbers), map(str, numbers.values()))
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    warning = "" if plan.complete else f"{_UNJUDGED}\n\n"
    return f"## {said}\n\n{warning}{table}\n{' '.join(_sentences(plan))}\n\n"


def _sentences(plan: Plan) -> list[str]:
    actions = [resource.change.actions for resource in plan.resource_changes]
    add, change = actions.count(("create",)), actions.count(("update",))
    idle = sum(bool(one.inert) for one in plan.resource_changes if one.status is Status.IN_SYNC)
    told = []
    if plan.verdict is not Verdict.IN_SYNC:
        told.append(f"Plan: {add} to add, {change} to change, 0 to destroy.")
    if idle:
        told.append(f"In sync, but with stored values that have no effect: {idle}.")
    read = plan.timestamp.isoformat(" ", "seconds").replace("+00:00", " UTC")
    return [*told, f"Live was read at {read}."]
