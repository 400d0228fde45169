"""What the page calls things: the words of the text report."""

from collections.abc import Iterator
from functools import lru_cache

from drift.plan import Plan, ResourceChange, Source, Verdict
from drift.render.html.element import Html, element, joined
from drift.render.phrase import NO_BUCKET, buckets, green
from drift.render.rule import rule_of


def verdict(plan: Plan) -> str:
    """Return the verdict in words."""
    return plan.verdict.replace("_", " ")


def reason(plan: Plan) -> str:
    """Return why the verdict is what it is."""
    count = plan.summary
    if plan.verdict is Verdict.IN_SYNC:
        return green(plan)
    if not count.buckets:
        return NO_BUCKET
    if plan.verdict is Verdict.INCOMPLETE:
        return f"{buckets(count.unreadable)} could not be judged, so nothing is called green."
    said = ["Every declared bucket was read."]
    if count.drift + count.missing:
        said.append("Some differ, or do not exist.")
    if plan.undeclared == "fail" and count.undeclared:
        said.append("Buckets that no desired file declares count as drift.")
    return " ".join(said)


def meaning(resource: ResourceChange) -> Html:
    """Return what was found out about a bucket, in a few words; of one in sync, nothing."""
    if resource.problem:
        return joined(resource.problem.code, ": ", resource.problem.message)
    if resource.changes:
        never = "was never configured: it " if resource.change.actions == ("create",) else ""
        return joined(never, resource.meaning)
    rule = rule_of(resource)
    return joined(rule.title if rule else "")


@lru_cache(maxsize=1024)  # of ten thousand buckets, a file declares most changes in a few lines
def place(source: Source) -> Html:
    """Return file and line, as editors and terminals link them."""
    return joined(source.file, f":{source.line}")


def notes(resource: ResourceChange) -> Iterator[Html]:
    """Yield what else is known about a bucket, a paragraph each."""
    for inert in resource.inert:
        yield element("p", "It stores ", inert.path, ", which has no effect.", class_="note")
    for warning in resource.warnings:
        yield element("p", "Warning: ", warning.message, " [", warning.path, "]", class_="note")
    if resource.problem and resource.problem.request_id:
        yield element("p", "Request ", resource.problem.request_id, ".", class_="note")
