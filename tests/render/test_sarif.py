"""The plan as SARIF: under the official schema, and within what code scanning takes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from jsonschema import Draft7Validator

from drift import __version__
from drift.plan import Plan, ResourceChange, Source
from drift.render import render
from drift.render.rule import Rule
from tests.hostile import HOSTILE
from tests.render.plans import (
    HOSTILE_PLANS,
    PLAIN_PLANS,
    change,
    drifted,
    hostile_plan,
    in_sync,
    missing,
    one_of_each,
    plan_of,
    undeclared,
    unlisted,
    unreadable,
)

SCHEMA = json.loads((Path(__file__).parent / "schemas/sarif-schema-2.1.0.json").read_bytes())
VALIDATOR = Draft7Validator(SCHEMA)

Json = dict[str, Any]


def run_of(plan: Plan) -> Json:
    """Return the only run of the report, once it is sure that its schema allows it."""
    text = render(plan, "sarif")
    assert text.isascii()
    log = json.loads(text)
    VALIDATOR.validate(log)
    run: Json
    (run,) = log["runs"]
    return run


def results_of(*resources: ResourceChange) -> list[Json]:
    found: list[Json] = run_of(plan_of(*resources))["results"]
    return found


def uri_of(file: str) -> Json:
    (result,) = results_of(replace(missing(), source=Source(file, 1, 1)))
    location: Json = result["locations"][0]["physicalLocation"]["artifactLocation"]
    return location


def test_the_schema_refuses_what_is_no_sarif() -> None:
    """It must not be that the schema allows anything."""
    log = json.loads(render(plan_of(missing()), "sarif"))
    log["runs"][0]["results"][0]["level"] = "blocker"
    assert not VALIDATOR.is_valid(log)


@given(HOSTILE_PLANS | PLAIN_PLANS)
def test_any_plan_is_valid_sarif_that_code_scanning_takes(plan: Plan) -> None:
    """Law: the schema allows it, and each result has what code scanning refuses a report without.

    See https://github.com/github/codeql-action/issues/2459 for what one without a place does.
    """
    for result in run_of(plan)["results"]:
        assert result["message"]["text"]
        assert Rule(result["ruleId"]).gravity == result["ruleIndex"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"]
        region = physical["region"]
        assert 1 <= region["startLine"] == region["endLine"]
        assert 1 <= region["startColumn"] < region["endColumn"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    plan = hostile_plan(text)
    assert "##" not in render(plan, "sarif")
    run = run_of(plan)
    assert len(run["results"]) == 8 + 10
    for result in run["results"]:
        said = result["message"]["text"]
        assert said.isprintable()
        assert "](" not in said  # a link
        assert not {"{", "}"} & {*said.replace("{{", "").replace("}}", "")}  # a placeholder
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not urlsplit(uri).netloc
        assert unquote(uri).isprintable()


def test_the_tool_and_its_rules() -> None:
    driver = run_of(plan_of(in_sync()))["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("drift", __version__)
    assert [rule["id"] for rule in driver["rules"]] == [rule.value for rule in Rule]
    for rule in driver["rules"]:
        assert rule["help"]["text"] in rule["fullDescription"]["text"]
        assert rule["shortDescription"]["text"].startswith("The bucket ")
        assert len(rule["properties"]["tags"]) <= 10
        assert ("security-severity" in rule["properties"]) is (
            "security" in rule["properties"]["tags"]
        )


def test_what_may_let_somebody_in_is_of_high_severity() -> None:
    rules = run_of(plan_of(in_sync()))["tool"]["driver"]["rules"]
    severe = {
        one["id"] for one in rules if float(one["properties"].get("security-severity", 0)) > 6
    }
    assert severe == {"drift-weaker", "drift-mixed"}


def test_each_result_says_where_what_and_how_bad() -> None:
    (result,) = results_of(drifted("app"))
    fingerprint = result["partialFingerprints"].pop("drift/v1")
    assert result == {
        "ruleId": "drift-weaker",
        "ruleIndex": 1,
        "level": "error",
        "message": {
            "text": "oss_bucket_https_config.app is weaker than desired: it accepts TLS 1.0, which "
            'is not wanted. Needed: TLS/TLSVersion: remove "TLSv1.0".'
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "desired/a.json", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 6, "startColumn": 43, "endLine": 6, "endColumn": 44},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": "oss_bucket_https_config.app", "kind": "resource"}
                ],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "suppressions": [],
        "properties": {"buckets": 1, "regions": {"cn-hangzhou": 1}},
    }


def test_levels_are_those_of_the_rules() -> None:
    found = results_of(*one_of_each())
    assert {one["ruleId"]: one["level"] for one in found} == {
        "bucket-unreadable": "error",
        "drift-weaker": "error",
        "drift-mixed": "error",
        "bucket-missing": "error",
        "drift-stricter": "warning",
        "drift-neutral": "warning",
        "bucket-undeclared": "note",
        "live-warning": "warning",
        "drift-waived": "note",
    }


def test_undeclared_buckets_are_errors_if_they_fail_the_plan() -> None:
    run = run_of(plan_of(undeclared(), undeclared="fail"))
    assert run["results"][-1]["level"] == "error"
    assert run["tool"]["driver"]["rules"][6]["defaultConfiguration"] == {"level": "error"}


def test_a_plan_that_is_in_sync_has_no_result_and_was_a_success() -> None:
    run = run_of(plan_of(in_sync()))
    assert run["results"] == []
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "exitCode": 0,
            "exitCodeDescription": "in_sync",
            "toolExecutionNotifications": [],
        }
    ]


def test_drift_is_a_success_of_the_tool() -> None:
    (invocation,) = run_of(plan_of(drifted()))["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 2)


@pytest.mark.parametrize(
    "plan",
    [
        plan_of(),
        plan_of(undeclared()),
        plan_of(unlisted()),
        plan_of(in_sync("a"), unreadable("b")),
        plan_of(drifted("a"), unreadable("b")),
    ],
)
def test_an_incomplete_plan_never_looks_clean(plan: Plan) -> None:
    run = run_of(plan)
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["exitCode"] == 1
    assert (run["results"][0]["ruleId"], run["results"][0]["level"]) == (
        "bucket-unreadable",
        "error",
    )


URIS = {
    "desired/a.json": "desired/a.json",
    "./desired/a.json": "desired/a.json",
    "desired/a b#c?d%e.json": "desired/a%20b%23c%3Fd%25e.json",
    "desired/\u4e2d.json": "desired/%E4%B8%AD.json",
    "javascript:alert(1)": "javascript%3Aalert%281%29",
    "../desired/a.json": "../desired/a.json",
    "": ".",
}


@pytest.mark.parametrize(("file", "uri"), URIS.items())
def test_a_path_becomes_a_relative_reference(file: str, uri: str) -> None:
    assert uri_of(file) == {"uri": uri, "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize("file", ["/repo/desired/a.json", "//repo/desired/a.json"])
def test_an_absolute_path_is_never_a_host(file: str) -> None:
    assert uri_of(file) == {"uri": "file:///repo/desired/a.json"}


def test_there_are_no_automation_details() -> None:
    """With them, upload-sarif takes no notice of the `category` that a workflow gives."""
    assert "automationDetails" not in run_of(plan_of(drifted()))


def test_columns_are_counted_in_characters() -> None:
    assert run_of(plan_of())["columnKind"] == "unicodeCodePoints"


def test_too_many_results_are_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.render.sarif._MOST", 2)
    run = run_of(plan_of(drifted("a"), drifted("b"), drifted("c"), missing("d")))
    assert run["invocations"][0]["toolExecutionNotifications"] == []
    first, second = run["results"]
    assert first["properties"] == {"buckets": 3, "regions": {"cn-hangzhou": 3}}
    assert len(first["locations"][0]["logicalLocations"]) == 3
    assert second["ruleId"] == "bucket-missing"


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.render.sarif._MOST", 2)
    run = run_of(plan_of(*one_of_each()))
    assert [one["ruleId"] for one in run["results"]] == ["bucket-unreadable", "drift-weaker"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("7 more results are left out, none of them ")


def test_a_report_that_would_be_too_large_ends_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.render.sarif._LARGEST", 2_500)
    run = run_of(plan_of(*one_of_each()))
    assert [one["ruleId"] for one in run["results"]] == ["bucket-unreadable", "drift-weaker"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("7 more results ")


def test_a_large_and_hostile_plan_is_within_the_limits_of_code_scanning() -> None:
    """5,000 results are shown, 25,000 refused, and so is what is over 10 MB, if compressed."""
    long = "\u4e2d" * 5_000
    buckets = [drifted(f"{n:05}{long}", change(f"{n}{long}")) for n in range(5_100)]
    text = render(plan_of(*buckets), "sarif")
    run = json.loads(text)["runs"][0]
    kept = len(run["results"])
    assert 0 < kept < 5_000
    assert 9_000_000 < len(text) < 9_900_000
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith(f"{5_100 - kept} more results ")
