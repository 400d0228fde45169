"""The plan as Code Quality: the shape that GitLab documents, and what it does with it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator

from drift.plan import Plan, Source
from drift.render import render
from tests.hostile import HOSTILE
from tests.render.plans import (
    HOSTILE_PLANS,
    PLAIN_PLANS,
    drifted,
    hostile_plan,
    in_sync,
    missing,
    one_of_each,
    plan_of,
    undeclared,
    unlisted,
)

TEXT = {"type": "string", "minLength": 1}
ISSUE = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "properties": {
        "description": TEXT,
        "check_name": TEXT,
        "fingerprint": TEXT,
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "properties": {
                "path": TEXT | {"not": {"pattern": r"^\./"}},
                "lines": {
                    "type": "object",
                    "required": ["begin"],
                    "properties": {"begin": {"type": "integer", "minimum": 1}},
                },
            },
        },
    },
}
"""What https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format asks for."""
VALIDATOR = Draft7Validator({"type": "array", "items": ISSUE})


def issues(plan: Plan) -> list[dict[str, Any]]:
    text = render(plan, "gitlab")
    assert text.isascii()
    report: list[dict[str, Any]] = json.loads(text)
    VALIDATOR.validate(report)
    return report


@given(HOSTILE_PLANS | PLAIN_PLANS)
def test_any_plan_is_a_code_quality_report(plan: Plan) -> None:
    """Law: it has the documented shape, and no fingerprint twice: GitLab shows one of each."""
    report = issues(plan)
    assert len({one["fingerprint"] for one in report}) == len(report)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    plan = hostile_plan(text)
    assert "##" not in render(plan, "gitlab")
    report = issues(plan)
    assert len(report) == 8 + 10
    for one in report:
        assert one["description"].isprintable()
        assert one["location"]["path"].isprintable()


def test_an_issue() -> None:
    (issue,) = issues(plan_of(drifted()))
    assert issue.pop("fingerprint")
    assert issue == {
        "description": "oss_bucket_https_config.app is weaker than desired: it accepts TLS 1.0, "
        'which is not wanted. Needed: TLS/TLSVersion: remove "TLSv1.0".',
        "check_name": "drift-weaker",
        "severity": "critical",
        "location": {"path": "desired/a.json", "lines": {"begin": 6}},
    }


def test_the_severities() -> None:
    assert {one["check_name"]: one["severity"] for one in issues(plan_of(*one_of_each()))} == {
        "bucket-unreadable": "blocker",
        "drift-weaker": "critical",
        "drift-mixed": "critical",
        "bucket-missing": "major",
        "drift-stricter": "major",
        "drift-neutral": "minor",
        "bucket-undeclared": "info",
        "live-warning": "minor",
        "drift-waived": "info",
    }


def test_undeclared_buckets_are_major_if_they_fail_the_plan() -> None:
    report = issues(plan_of(in_sync("a"), undeclared("b"), undeclared="fail"))
    assert [one["severity"] for one in report] == ["major"]


def test_a_plan_that_is_in_sync_has_no_issue() -> None:
    assert render(plan_of(in_sync()), "gitlab") == "[]\n"


@pytest.mark.parametrize("plan", [plan_of(), plan_of(unlisted())], ids=["nothing", "unlisted"])
def test_what_could_not_be_judged_is_never_green(plan: Plan) -> None:
    (issue,) = issues(plan)
    assert issue["severity"] == "blocker"
    assert issue["location"] == {"path": "desired", "lines": {"begin": 1}}


def test_what_has_no_place_stands_at_the_first_desired_file() -> None:
    (issue,) = issues(plan_of(in_sync("a"), undeclared("b")))
    assert issue["location"] == {"path": "desired/a.json", "lines": {"begin": 1}}


def test_a_path_has_no_dot_before_it() -> None:
    plan = plan_of(replace(missing(), source=Source("./desired/a.json", 1, 1)))
    assert issues(plan)[0]["location"]["path"] == "desired/a.json"


def test_each_issue_is_a_line() -> None:
    assert len(render(plan_of(*one_of_each()), "gitlab").splitlines()) == 9 + 2
