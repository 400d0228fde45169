"""The top of the page: the verdict at a glance, why, and how many buckets are what."""

from drift.plan import Plan, Status, Verdict
from drift.render.html.element import Html, element, joined
from drift.render.html.words import reason, verdict
from drift.render.phrase import STATUS, buckets, idle, read_at, todo, uncounted

_SIGN = {Verdict.IN_SYNC: "\u2713", Verdict.DRIFT: "~", Verdict.INCOMPLETE: "?"}

_THINNEST, _GAP = 8, 3
"""The least width of a stripe, and the gap behind it, of 1000: one bucket of 10,000 is seen."""


def summary(plan: Plan) -> Html:
    """Return the header of the page."""
    sign = element("span", _SIGN[plan.verdict], class_="sign", aria_hidden="true")
    label = element("span", "Verdict: ", class_="label")
    lines = [element("p", line) for line in _lines(plan)]
    said = element("div", element("h1", label, verdict(plan)), *lines)
    banner = element("div", sign, said, class_=f"verdict {plan.verdict}")
    parts = (_origin(plan), banner, _counts(plan), _stripes(plan))
    return element("header", joined(*parts, by="\n"))


def _lines(plan: Plan) -> list[str]:
    warned = sum(bool(one.warnings) for one in plan.resource_changes)
    warnings = f"With warnings: {warned}." if warned else ""
    said = (reason(plan), todo(plan), uncounted(plan), idle(plan), warnings)
    return [*filter(None, said)]


def _origin(plan: Plan) -> Html:
    time = element("time", read_at(plan), datetime=plan.timestamp.isoformat("T", "seconds"))
    name = element("span", "drift", class_="name")
    return element(
        "p", name, f" {plan.drift_version}. Live was read at ", time, ".", class_="origin"
    )


def _counts(plan: Plan) -> Html:
    """Return the numbers; of what no bucket is, none."""
    number, _, noun = buckets(plan.summary.buckets).partition(" ")
    head = element("li", element("b", number), f" {noun}")
    others = [
        element("li", element("b", str(number)), f" {STATUS[status]}", class_=status)
        for status, number in _numbers(plan).items()
    ]
    return element("ul", head, *others, class_="counts", aria_label="Buckets")


def _stripes(plan: Plan) -> Html:
    """Return the numbers as a bar; it says nothing that they do not."""
    numbers = _numbers(plan)
    total = sum(numbers.values()) or 1
    widths = {status: max(_THINNEST, 1000 * n // total) for status, n in numbers.items()}
    scale, start, stripes = max(sum(widths.values()) - _GAP, 1), 0, []
    for status, width in widths.items():
        shown = str(width - _GAP)
        stripes.append(element("rect", x=str(start), width=shown, height="1", class_=status))
        start += width
    return element(
        "svg", *stripes, viewBox=f"0 0 {scale} 1", preserveAspectRatio="none", aria_hidden="true"
    )


def _numbers(plan: Plan) -> dict[Status, int]:
    count = plan.summary.model_dump()
    return {status: count[status] for status in STATUS if count[status]}
