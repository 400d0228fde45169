"""The plan as SARIF 2.1.0, for code scanning and whatever else collects alerts."""

import json
from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import quote

from drift import __version__
from drift.plan import Plan, ResourceChange, Violation
from drift.render import Screen
from drift.render.excuse import excuses
from drift.render.few import fitted
from drift.render.fold import Group
from drift.render.result import Location, Result, anchor, located, results
from drift.render.rule import Kind, Rule, level_of
from drift.render.why import violations, worst
from drift.untrusted import visible

_Json: TypeAlias = dict[str, object]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST = 5_000
"""So many results of a run are shown by code scanning; it refuses a report with 25,000."""

_MOST_BESIDE = 10
"""So many waivers and rules of one result are told as such."""

_LARGEST = 9_500_000
"""The most bytes of results: below the 10 MB that code scanning takes, however they compress."""

_HELP = {
    Rule.UNREADABLE: "Nothing is known of the bucket, so the check is incomplete. The message "
    "says why, and what to do.",
    Rule.WEAKER: "The bucket accepts something that is not wanted. Make the changes that the "
    "message names, or declare what it should accept.",
    Rule.MIXED: "The bucket accepts something that is not wanted and refuses something that is, "
    "or may. Make the changes that the message names, or declare what it should accept.",
    Rule.MISSING: "The bucket is declared, and there is none of this name. Create it, or remove "
    "its name from the desired file.",
    Rule.STRICTER: "The bucket refuses something that is wanted. Make the changes that the "
    "message names, or declare what it should accept.",
    Rule.NEUTRAL: "The bucket stores something else than declared, with the same effect. Make "
    "the changes that the message names, or declare what is stored.",
    Rule.UNDECLARED: "Nobody has said what the bucket should accept. Declare it in a desired file.",
    Rule.WARNING: "This is no drift, but probably not meant.",
    Rule.WAIVED: "The bucket differs from desired, and a waiver excuses it: the message says why, "
    "by whom, and through which day.",
}
_SECURITY = {Rule.WEAKER: "8.0", Rule.MIXED: "7.0"}
"""The severity of what may let somebody in; both are high, so that either can block a merge."""


def render(plan: Plan, _screen: Screen) -> str:
    """Return the plan as SARIF, with each result on a line.

    An incomplete plan is an execution without success, and not to be handed to code scanning: what
    could not be read would look mended.
    """
    found = results(plan)
    kept = fitted(found, _MOST)
    home = anchor(plan)
    lines = [*_within(_LARGEST, (json.dumps(_result(one, home)) for one in kept))]
    left_out = sum(one.buckets for one in found) - sum(one.buckets for one in kept[: len(lines)])
    # No automationDetails: with them, upload-sarif ignores the `category` of a workflow.
    run: _Json = {
        "tool": {"driver": _driver(plan)},
        "invocations": [_invocation(plan, left_out)],
        "columnKind": "unicodeCodePoints",
    }
    head = json.dumps({"$schema": _SCHEMA, "version": "2.1.0"})[:-1]
    return (
        f'{head}, "runs": [{json.dumps(run)[:-1]}, "results": [\n' + ",\n".join(lines) + "\n]}]}\n"
    )


def _within(largest: int, lines: Iterator[str]) -> Iterator[str]:
    """Yield lines as long as all of them are no larger than `largest`."""
    for line in lines:
        largest -= len(line) + 2
        if largest < 0:
            return
        yield line


def _driver(plan: Plan) -> _Json:
    return {
        "name": "drift",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule, plan) for rule in Rule],
    }


def _rule(rule: Rule, plan: Plan) -> _Json:
    severity = _SECURITY.get(rule)
    properties: _Json = {
        "tags": ["oss", *(["security"] if severity else [])],
        "precision": "medium" if rule is Rule.WARNING else "very-high",
    }
    if severity:
        properties["security-severity"] = severity
    title = f"The bucket {rule.title}."
    return {
        "id": rule.value,
        "name": rule.value.title().replace("-", ""),
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title} {_HELP[rule]}"},
        "help": {"text": _HELP[rule]},
        "defaultConfiguration": {"level": level_of(Kind(rule), plan)},
        "properties": properties,
    }


def _invocation(plan: Plan, left_out: int) -> _Json:
    more = (
        f"{left_out} more results are left out, none of them worse than those here: code scanning "
        "shows no more. `drift show PLAN --format json` has all."
    )
    notification: _Json = {"level": "warning", "message": {"text": more}}
    return {
        "executionSuccessful": plan.complete,
        "exitCode": plan.verdict.exit_code,
        "exitCodeDescription": plan.verdict.value,
        "toolExecutionNotifications": [notification] if left_out else [],
    }


def _result(result: Result, home: Location) -> _Json:
    resources = result.resources
    return {
        "ruleId": result.rule.value,
        "ruleIndex": result.rule.gravity,
        "level": result.level,
        "message": {"text": _literal(result.message)},
        "locations": [
            {
                "physicalLocation": _physical(result.location or home),
                "logicalLocations": [
                    {"fullyQualifiedName": visible(one.address), "kind": "resource"}
                    for one in resources[:10]
                ],
            }
        ],
        # Code scanning looks at the first only, and upload-sarif would make it of the line's text.
        "partialFingerprints": {
            "primaryLocationLineHash": result.fingerprint,
            "drift/v1": result.fingerprint,
        },
        # Either all results say whether they are suppressed, or none may.
        "suppressions": _suppressions(result),
        "properties": {"buckets": len(resources), "regions": _regions(resources)} | _beside(result),
    }


def _suppressions(result: Result) -> list[_Json]:
    """Return the waivers, if the result is that all is waived.

    What a suppression does not say of its state is that it was accepted. The first published schema
    spells `status` otherwise and refuses it, so that it is left out:
    https://github.com/oasis-tcs/sarif-spec/issues/449
    """
    if result.rule is not Rule.WAIVED:
        return []
    return [
        {
            "kind": "external",
            "justification": visible(waiver.reason, 500),
            "location": {"physicalLocation": _physical(located(waiver.source))},
        }
        for waiver, _ in excuses(result.resources[0])[:_MOST_BESIDE]
    ]


def _beside(result: Result) -> _Json:
    """Return what only drift knows of a drift: how much it matters, and the rules it breaks."""
    if result.drift is None:
        return {}
    rules = [_violation(rule) for rule in violations(result.drift)[:_MOST_BESIDE]]
    severity = worst(result.drift)
    return (
        ({"severity": severity} if severity else {})
        | ({"rules": rules} if rules else {})
        | ({} if result.kind.is_counted else {"counts": False})
    )


def _violation(rule: Violation) -> _Json:
    file, line, column = located(rule.source)
    return {
        "title": visible(rule.title, 300),
        "pointer": visible(rule.pointer, 300),
        "place": {"file": file, "line": line, "column": column},
    }


def _physical(location: Location) -> _Json:
    file, line, column = location
    artifact = {"uri": quote(file), "uriBaseId": "%SRCROOT%"}
    if file.startswith("/"):
        artifact = {"uri": f"file:///{quote(file.lstrip('/'))}"}
    end = {"endLine": line, "endColumn": column + 1}
    return {
        "artifactLocation": artifact,
        "region": {"startLine": line, "startColumn": column, **end},
    }


def _literal(text: str) -> str:
    """Return `text` so that no reader of SARIF finds a placeholder or a link in it."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _regions(resources: tuple[ResourceChange, ...]) -> _Json:
    return {visible(name) or "unknown": count for name, count in Group(resources).regions[:20]}
