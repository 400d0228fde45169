"""The top of the report in Markdown: the verdict at a glance, the numbers, and the time."""

from drift.plan import Plan, Verdict
from drift.render.phrase import agreed, buckets, idle, numbers, read_at, todo

_UNJUDGED = "**This is not green:** what could not be judged may have drifted."


def title(plan: Plan, caveat: str = "") -> str:
    """Return the verdict in one line; with a caveat, nothing is called in sync."""
    count = plan.summary
    if plan.verdict is Verdict.IN_SYNC and caveat:
        return "⚠️ Not verified: this plan says that live matches desired"
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


def head(plan: Plan, said: str, caveat: str = "") -> str:
    """Return the title `said`, the caveat if there is one, and what is true of every plan."""
    of_kind = numbers(plan)
    rows = (of_kind, ["--:"] * len(of_kind), map(str, of_kind.values()))
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    warning = "" if plan.complete else f"{_UNJUDGED}\n\n"
    notice = f"**{caveat}**\n\n" if caveat else ""
    read = f"Live was read at {read_at(plan)}."
    sentences = " ".join(filter(None, (todo(plan), idle(plan), read)))
    return f"## {said}\n\n{notice}{warning}{table}\n{sentences}\n\n"
