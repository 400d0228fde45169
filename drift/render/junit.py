"""The plan as JUnit's XML: a suite for each region, a test for each bucket."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from html import escape
from typing import NamedTuple

from drift.plan import Plan, ResourceChange, Status
from drift.render import Screen
from drift.render.result import Result, results
from drift.render.rule import Rule
from drift.render.steps import steps
from drift.untrusted import visible

_LARGEST = 28_000_000
"""The most bytes of tests: GitLab takes reports below 30 MB."""

_NOWHERE = "drift"
"""The suite of what is in no region, or in an unknown one."""


class _Case(NamedTuple):
    """A test: the suite that it is in, its XML, and what became of it; "" if it passed."""

    suite: str
    xml: str
    outcome: str = ""


def render(plan: Plan, _screen: Screen) -> str:
    """Return the plan as XML. A drift is a failure; what could not be judged is an error.

    The worst come first in each suite: of two tests with one name, GitLab believes the first.
    """
    suites: dict[str, list[_Case]] = {}
    for case in _within(_LARGEST, [*_cases(plan)]):
        suites.setdefault(case.suite, []).append(case)
    stamp = plan.timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    total = _counts([case for cases in suites.values() for case in cases], "failure", "error")
    return "".join(
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="drift" {total}>\n',
            *(_suite(name, suites[name], stamp) for name in sorted(suites)),
            "</testsuites>\n",
        )
    )


def _suite(name: str, cases: Sequence[_Case], stamp: str) -> str:
    counts = _counts(cases, "failure", "error", "skipped")
    head = f'<testsuite name="{escape(name)}" {counts} timestamp="{stamp}">\n'
    return head + "".join(case.xml for case in cases) + "</testsuite>\n"


def _counts(cases: Sequence[_Case], *outcomes: str) -> str:
    attribute = {"failure": "failures", "error": "errors", "skipped": "skipped"}
    numbers = (
        f'{attribute[one]}="{sum(case.outcome == one for case in cases)}"' for one in outcomes
    )
    return f'tests="{len(cases)}" {" ".join(numbers)}'


def _within(largest: int, cases: Sequence[_Case]) -> Iterator[_Case]:
    """Yield cases as long as they are at most `largest` bytes, and one for the others."""
    for place, case in enumerate(cases):
        largest -= len(case.xml.encode())
        if largest < 0:
            said = (
                f"{len(cases) - place} more buckets are left out, none of them worse than those "
                "here. `drift show PLAN --format json` has all."
            )
            inner = _outcome(case.outcome, "left-out", said, said) or _said([said])
            yield _case(_NOWHERE, "drift", "more buckets", inner, case.outcome)
            return
        yield case


def _cases(plan: Plan) -> Iterator[_Case]:
    """Yield a test for each bucket, the worst first; and an error if there is none to judge."""
    found = results(plan)
    warnings: dict[str, list[str]] = {}
    for one in found:
        if one.rule is Rule.WARNING:
            warnings.setdefault(one.resources[0].address, []).append(one.message)
    for one in found:
        if not one.resources:
            inner = _outcome("error", one.rule.value, one.message, one.message)
            yield _case(_NOWHERE, "drift", "declared buckets", inner, "error")
        elif one.rule is not Rule.WARNING:
            (resource,) = one.resources
            outcome = _became(one)
            said = one.message if outcome == "skipped" else one.headline
            inner = _outcome(outcome, one.rule.value, said, _body(one, resource))
            yield _bucket(resource, inner + _said(warnings.get(resource.address, ())), outcome)
    for resource in plan.resource_changes:
        if resource.status is Status.IN_SYNC:
            yield _bucket(resource, _said(warnings.get(resource.address, ())))


def _became(result: Result) -> str:
    if result.rule is Rule.UNREADABLE:
        return "error"
    return "skipped" if result.level == "note" else "failure"


def _body(result: Result, resource: ResourceChange) -> str:
    """Return what it is and why, each change on a line, and where the first is declared."""
    lines = [result.summary, *result.breaches]
    if needed := steps(resource):
        lines += ("Needed:", *(f"  {visible(step, 500)}" for step in needed))
    lines += result.reasons
    if result.location:
        file, line, column = result.location
        lines.append(f"Declared in {file}:{line}:{column}.")
    return "\n".join(lines)


def _bucket(resource: ResourceChange, inner: str, outcome: str = "") -> _Case:
    region = visible(resource.region or "") or _NOWHERE
    return _case(
        region, f"{visible(resource.type)}.{region}", visible(resource.name), inner, outcome
    )


def _case(suite: str, group: str, name: str, inner: str, outcome: str) -> _Case:
    head = f'<testcase classname="{escape(group)}" name="{escape(name)}"'
    xml = f"{head}>\n{inner}</testcase>\n" if inner else f"{head}/>\n"
    return _Case(suite, xml, outcome)


def _outcome(outcome: str, kind: str, message: str, body: str) -> str:
    if not outcome:
        return ""
    head = f'<{outcome} type="{kind}" message="{escape(message)}">'
    return f"{head}{escape(body)}</{outcome}>\n"


def _said(warnings: Iterable[str]) -> str:
    # Not system-out: GitLab obeys what it finds there.
    lines = "\n".join(warnings)
    return f"<system-err>{escape(lines)}</system-err>\n" if lines else ""
