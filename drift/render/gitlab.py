"""The plan as a Code Quality report of GitLab: one issue for each result, worst first."""

import json

from drift.plan import Plan
from drift.render import Screen
from drift.render.result import Location, Result, anchor, results
from drift.render.rule import Rule

_SEVERITY = {
    Rule.UNREADABLE: "blocker",
    Rule.WEAKER: "critical",
    Rule.MIXED: "critical",
    Rule.MISSING: "major",
    Rule.STRICTER: "major",
    Rule.NEUTRAL: "minor",
    Rule.WARNING: "minor",
}


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
    undeclared = "major" if result.level == "error" else "info"
    return {
        "description": result.message,
        "check_name": result.rule.value,
        "fingerprint": result.fingerprint,
        "severity": _SEVERITY.get(result.rule, undeclared),
        "location": {"path": file, "lines": {"begin": line}},
    }
