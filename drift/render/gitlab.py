"""The plan as a Code Quality report of GitLab: one issue for each result, worst first."""

import json

from drift.plan import Plan, Severity
from drift.render import Screen
from drift.render.result import Location, Result, anchor, results
from drift.render.rule import Rule
from drift.render.why import worst

_BY_SEVERITY = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}
"""GitLab knows five severities, too, by other names."""

_BY_RULE = {
    Rule.UNREADABLE: "blocker",
    Rule.WEAKER: "critical",
    Rule.MIXED: "critical",
    Rule.MISSING: "major",
    Rule.STRICTER: "major",
    Rule.NEUTRAL: "minor",
    Rule.UNDECLARED: "major",
    Rule.WARNING: "minor",
}
"""The severity of what has none of its own, as all in plans of older versions."""


def render(plan: Plan, _screen: Screen) -> str:
    """Return the plan as a Code Quality report, with each issue on a line.

    The plan is in sync if there is none. What has no place stands at the first of the desired
    files: GitLab stops reading at an issue without one.
    """
    home = anchor(plan)
    lines = ",\n".join(json.dumps(_issue(one, home)) for one in results(plan))
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _issue(result: Result, home: Location) -> dict[str, object]:
    file, line, _ = result.location or home
    return {
        "description": result.message,
        "check_name": result.rule.value,
        "fingerprint": result.fingerprint,
        "severity": _severity(result),
        "location": {"path": file, "lines": {"begin": line}},
    }


def _severity(result: Result) -> str:
    if result.level == "note":
        return "info"
    known = worst(result.drift) if result.drift else None
    return _BY_SEVERITY[known] if known else _BY_RULE[result.rule]
