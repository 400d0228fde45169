"""The top of the report in Markdown: the verdict at a glance, the numbers, and the time."""

from collections.abc import Iterator

from drift.plan import Plan, Verdict
from drift.render.phrase import agreed, buckets, idle, ignored, numbers, read_at, todo, uncounted

_UNJUDGED = "**This is not green:** what could not be judged may have drifted."


def title(plan: Plan, caveat: str = "") -> str:
    """Return the verdict in one line; with a caveat, nothing is called in sync."""
    count = plan.summary
    if plan.verdict is Verdict.IN_SYNC:
        return _green(plan, caveat)
    if not count.buckets:
        return "⚠️ Incomplete: no declared bucket was found"
    told = []
    if plan.verdict is Verdict.INCOMPLETE:
        told.append(f"{count.unreadable} of {buckets(count.buckets)} could not be judged")
    told += _differing(plan, "" if told else f" of {buckets(count.buckets)}")
    if plan.undeclared == "fail" and count.undeclared:
        told.append(f"{count.undeclared} undeclared")
    sign = "⚠️ Incomplete" if plan.verdict is Verdict.INCOMPLETE else "❌ Drift"
    return f"{sign}: {', '.join(told)}"


def _green(plan: Plan, caveat: str) -> str:
    count, others = plan.summary, ignored(plan)
    is_equal = count.waived + others == 0
    if caveat:
        said = "live matches desired" if is_equal else "no drift counts"
        return f"⚠️ Not verified: this plan says that {said}"
    if is_equal:
        return f"✅ In sync: live matches desired in {buckets(count.buckets)}"
    told = [f"{count.in_sync} of {buckets(count.buckets)} {agreed('is', count.in_sync)} as desired"]
    if count.waived:
        told.append(f"{count.waived} waived")
    if others:
        told.append(f"{others} {agreed('differs', others)} in a way that does not count")
    return f"✅ No drift that counts: {', '.join(told)}"


def _differing(plan: Plan, of_all: str) -> Iterator[str]:
    """Yield how many differ, and how many of another kind do so in a way that does not count."""
    others = ignored(plan)
    if differing := plan.summary.drift + plan.summary.missing - others:
        yield f"{differing}{of_all} {agreed('differs', differing)} from desired"
    if others:
        yield f"{others} {agreed('differs', others)} in a way that does not count"


def head(plan: Plan, said: str, caveat: str = "") -> str:
    """Return the title `said`, the caveat if there is one, and what is true of every plan."""
    of_kind = numbers(plan)
    rows = (of_kind, ["--:"] * len(of_kind), map(str, of_kind.values()))
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    warning = "" if plan.complete else f"{_UNJUDGED}\n\n"
    notice = f"**{caveat}**\n\n" if caveat else ""
    read = f"Live was read at {read_at(plan)}."
    sentences = " ".join(filter(None, (todo(plan), uncounted(plan), idle(plan), read)))
    return f"## {said}\n\n{notice}{warning}{table}\n{sentences}\n\n"
