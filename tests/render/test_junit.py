"""The plan as JUnit's XML: under the XSD of Jenkins, and never green where nothing was judged."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
import xmlschema
from hypothesis import given

from drift.plan import Finding, Plan, Status
from drift.render import render
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

XSD = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas/junit-10.xsd"))
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows nowhere, not even by number."""
OUTCOMES = {"failure", "error", "skipped"}


def suites(plan: Plan) -> Element:
    """Return the report's root, once it is sure that the XSD allows it and that it adds up."""
    text = render(plan, "junit")
    assert not ILLEGAL.search(text)
    root = fromstring(text.encode())
    XSD.validate(root)
    for suite in root:
        found = outcomes(suite)
        assert suite.get("tests") == str(len(suite))
        assert suite.get("failures") == str(found["failure"])
        assert suite.get("errors") == str(found["error"])
        assert suite.get("skipped") == str(found["skipped"])
    for name in ("tests", "failures", "errors"):
        assert root.get(name) == str(sum(int(suite.get(name, "")) for suite in root))
    return root


def outcomes(root: Element) -> Counter[str]:
    return Counter(one.tag for one in root.iter() if one.tag in OUTCOMES)


def cases(plan: Plan) -> dict[str, Element]:
    return {one.get("name", ""): one for one in suites(plan).iter("testcase")}


def test_the_xsd_refuses_what_is_no_report() -> None:
    """It must not be that the XSD allows anything."""
    assert not XSD.is_valid(fromstring("<testsuites><testcase name='x'/></testsuites>"))
    assert not XSD.is_valid(fromstring("<testsuite name='x'/>"))


@given(HOSTILE_PLANS | PLAIN_PLANS)
def test_any_plan_is_a_report_with_a_test_for_each_bucket(plan: Plan) -> None:
    """Law: the XSD allows it, and it fails where, and only where, a bucket is not in sync."""
    root = suites(plan)
    found = outcomes(root)
    status = Counter(one.status for one in plan.resource_changes)
    fails = status[Status.UNDECLARED] * (plan.undeclared == "fail")
    ignored = sum(map(plan.ignores, plan.resource_changes))
    assert found["error"] == status[Status.UNREADABLE] + (not plan.summary.buckets)
    assert found["failure"] == status[Status.DRIFT] - ignored + status[Status.MISSING] + fails
    assert found["skipped"] == status[Status.UNDECLARED] - fails + status[Status.WAIVED] + ignored
    assert len([*root.iter("testcase")]) == max(1, status.total()) + (
        bool(status.total()) and not plan.summary.buckets
    )
    assert (found["error"] + found["failure"] == 0) is (plan.verdict == "in_sync")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    plan = hostile_plan(text)
    assert "##" not in render(plan, "junit")
    assert {one.tag for one in suites(plan).iter()} <= OUTCOMES | {
        "testsuites",
        "testsuite",
        "testcase",
        "system-err",
    }


def test_what_became_of_each_bucket() -> None:
    found = {
        name: [one.tag for one in case] for name, case in cases(plan_of(*one_of_each())).items()
    }
    assert found == {
        "a-unreadable": ["error"],
        "b-weaker": ["failure"],
        "c-mixed": ["failure"],
        "d-missing": ["failure"],
        "e-stricter": ["failure"],
        "f-neutral": ["failure"],
        "g-undeclared": ["skipped"],
        "h-warned": ["system-err"],
        "i-in-sync": [],
        "j-waived": ["skipped"],
    }


def test_a_drift_says_what_is_needed_and_where() -> None:
    (failure,) = cases(plan_of(drifted("app", change(), change(value=True, path="/a/TLS/X"))))[
        "app"
    ]
    assert failure.get("type") == "drift-weaker"
    assert failure.get("message") == (
        "oss_bucket_https_config.app is weaker than desired: it accepts TLS 1.0, which is not "
        'wanted. Needed: TLS/TLSVersion: remove "TLSv1.0"; TLS/X: remove true.'
    )
    assert failure.text == (
        "oss_bucket_https_config.app is weaker than desired: it accepts TLS 1.0, which is not "
        'wanted.\nNeeded:\n  TLS/TLSVersion: remove "TLSv1.0"\n  TLS/X: remove true\n'
        "Declared in desired/a.json:6:43."
    )


def test_a_suite_for_each_region() -> None:
    plan = plan_of(drifted("a"), in_sync("b", region="cn-beijing"), in_sync("c", region=None))
    root = suites(plan)
    assert [one.get("name") for one in root] == ["cn-beijing", "cn-hangzhou", "drift"]
    assert [one.get("timestamp") for one in root] == ["2026-11-22T12:00:00"] * 3
    classes = [one.get("classname") for one in root.iter("testcase")]
    assert classes == [f"oss_bucket_https_config.{one.get('name')}" for one in root]


def test_warnings_are_said_beside_the_outcome() -> None:
    """Not as standard output: GitLab attaches the files that it names."""
    one = replace(drifted(), warnings=(Finding(path="/x", message="[[ATTACHMENT|/etc/passwd]]"),))
    failure, said = cases(plan_of(one))["app"]
    assert (failure.tag, said.tag) == ("failure", "system-err")
    assert said.text == (
        "oss_bucket_https_config.app has something suspicious: [[ATTACHMENT|/etc/passwd]] [/x]"
    )


def test_undeclared_buckets_fail_if_they_fail_the_plan() -> None:
    found = cases(plan_of(in_sync("a"), undeclared("b"), undeclared="fail"))
    assert [one.tag for one in found["b"]] == ["failure"]


@pytest.mark.parametrize("buckets", [(), (undeclared(),)], ids=["nothing", "undeclared"])
def test_a_plan_with_nothing_to_judge_is_an_error(buckets: tuple[()]) -> None:
    (error,) = cases(plan_of(*buckets))["declared buckets"]
    assert (error.tag, error.text) == (
        "error",
        "No declared bucket was found, so nothing is called green.",
    )


def test_buckets_that_could_not_be_listed_are_an_error() -> None:
    (error,) = cases(plan_of(unlisted()))["app-*"]
    assert error.tag == "error"


def test_of_two_tests_with_one_name_the_worse_comes_first() -> None:
    """GitLab believes the first, and names that are longer than what is shown end alike."""
    long = "a" * 200
    root = suites(plan_of(in_sync(f"{long}1"), drifted(f"{long}2"), unreadable(f"{long}3")))
    first, second, third = root.iter("testcase")
    assert first.get("name") == second.get("name") == third.get("name")
    assert [[one.tag for one in case] for case in (first, second, third)] == [
        ["error"],
        ["failure"],
        [],
    ]


LEFT_OUT = {
    "unreadable": ((unreadable("a"), unreadable("b")), "error"),
    "drifted": ((unreadable("a"), drifted("b"), in_sync("c")), "failure"),
    "undeclared": ((unreadable("a"), undeclared("b"), in_sync("c")), "skipped"),
}


@pytest.mark.parametrize(("buckets", "outcome"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_left_out_is_no_better_than_the_worst_of_it(
    monkeypatch: pytest.MonkeyPatch, buckets: tuple[()], outcome: str
) -> None:
    monkeypatch.setattr("drift.render.junit._LARGEST", 600)
    found = cases(plan_of(*buckets))
    assert set(found) == {"a", "more buckets"}
    (one,) = found["more buckets"]
    assert one.tag == outcome
    assert (one.text or "").startswith(f"{len(buckets) - 1} more buckets are left out, none of ")


def test_buckets_in_sync_that_are_left_out_are_green(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.render.junit._LARGEST", 700)
    found = cases(plan_of(missing("a"), *(in_sync(f"b-{number}") for number in range(9))))
    assert 2 < len(found) < 10
    (said,) = found["more buckets"]
    assert said.tag == "system-err"
    assert re.match(r"\d more buckets are left out, none of ", said.text or "")


@pytest.mark.parametrize(("letter", "kept"), [("e", 11), ("é", 7)])
def test_what_fits_is_counted_in_bytes(
    monkeypatch: pytest.MonkeyPatch, letter: str, kept: int
) -> None:
    found = [in_sync(f"{letter * 100}-{number:02}") for number in range(20)]
    monkeypatch.setattr("drift.render.junit._LARGEST", 2_000)
    assert len(cases(plan_of(*found))) - 1 == kept
