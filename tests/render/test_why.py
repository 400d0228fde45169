"""Which rules a drift breaks, how much it matters and why: told once, and wherever it is known."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from pydantic import JsonValue

from drift.plan import Change, DocumentChange, Plan, ResourceChange, Severity
from drift.render import Format, Screen, render
from drift.render.why import Why, explanations, violations, worst
from drift.settings.https import HttpsConfiguration
from drift.settings.setting import Explanation
from tests.render.fleets import drifted, partly_waived, planned, rule, violating, waived
from tests.render.plans import HOSTILE_PLANS, RULE, WAIVER, change, excused
from tests.render.plans import drifted as drift
from tests.render.plans import violating as breaking
from tests.render.plans import waived as all_waived

EXPLAIN = Screen(explain=True)
ALWAYS: tuple[Format, ...] = ("markdown", "html", "sarif", "junit", "github", "gitlab")
RISK, CLIENTS = "An auditor objects to it.", "It cuts off the oldest clients."


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[JsonValue]]:
    """Let the setting explain each value in a way that tests know; return what it was asked."""
    asked: list[JsonValue] = []

    def explain(one: Change, before: Any, after: Any) -> Explanation:
        asked.append(one.before)
        del before, after
        return Explanation(RISK, CLIENTS) if one.before in ("TLSv1.0", "?") else Explanation("", "")

    from drift.render import plain, why

    monkeypatch.setattr(HttpsConfiguration, "explain", explain)
    why._answered.cache_clear()
    plain._explained.cache_clear()
    yield asked
    why._answered.cache_clear()


def rated(*severities: Severity | None, values: str = "01") -> ResourceChange:
    """Return a bucket that accepts TLS 1.0 and 1.1, which matters so much."""
    one = drifted("a", *(f"TLSv1.{value}" for value in values))
    changes = zip(one.changes, severities, strict=True)
    return replace(
        one, changes=tuple(each.model_copy(update={"severity": much}) for each, much in changes)
    )


def test_each_rule_is_told_once_however_many_changes_it_wants() -> None:
    other = rule("No old suites", "/y", "Ask us")
    text = render(planned(violating("a", "X", "Y", rules=[rule(), other])), "text")
    assert (
        "  # It accepts TLS 1.0, which is not wanted.\n"
        '  # It breaks "No old TLS" (tls.json:3, /x).\n'
        '  # It breaks "No old suites" (tls.json:3, /y). Ask us.\n'
        "  # Declared in desired/app.json:3.\n"
    ) in text


def test_of_many_that_break_a_rule_it_is_told_of_each() -> None:
    text = render(planned(violating("a"), violating("b")), "text")
    assert text.count('  # Each breaks "No old TLS" (tls.json:3, /x).\n') == 1


def test_a_rule_without_a_title_or_a_pointer_is_told_by_its_place() -> None:
    plan = planned(violating("a", rules=[rule("", "")]))
    assert "  # It breaks a rule (tls.json:3).\n" in render(plan, "text")
    assert "\nIt breaks a rule (`tls.json:3`).\n" in render(plan, "markdown")
    assert 'It breaks a rule (<span class="place">tls.json:3</span>).' in render(plan, "html")


@pytest.mark.parametrize("name", ["text", "terraform-json", *ALWAYS])
def test_every_report_names_the_rule_and_where_it_stands(name: Format) -> None:
    text = render(planned(violating("a", rules=[rule(advice="Ask us")])), name)
    for said in ("No old TLS", "tls.json", "/x", "Ask us"):
        assert said in text or name == "sarif"


def test_rules_that_only_what_is_waived_breaks_are_not_told_of_the_rest() -> None:
    first = excused(breaking(change("TLSv1.1")), WAIVER)
    assert violations(drift("a", first, change())) == ()
    assert violations(drift("a", first, breaking(change()))) == (RULE,)


def test_what_is_waived_as_a_whole_still_says_which_rules_it_breaks() -> None:
    one = waived("a", changes=violating("a").changes)
    assert '  # It breaks "No old TLS" (tls.json:3, /x).\n' in render(planned(one), "text")


def sarif(plan: Plan) -> dict[str, Any]:
    (result,) = json.loads(render(plan, "sarif"))["runs"][0]["results"]
    return dict(result)


def test_sarif_has_the_rules_and_the_severity_as_properties() -> None:
    one = violating("a", rules=[rule(f"Rule {number}") for number in range(12)])
    first, *_ = rules = sarif(planned(one))["properties"]["rules"]
    assert first == {
        "title": "Rule 0",
        "pointer": "/x",
        "place": {"file": "tls.json", "line": 3, "column": 5},
    }
    assert len(rules) == 10
    assert "severity" not in sarif(planned(one))["properties"]
    both = rated(Severity.LOW, Severity.CRITICAL)
    assert sarif(planned(both))["properties"]["severity"] == "critical"


def test_of_many_rules_a_message_has_the_first() -> None:
    one = violating("a", rules=[rule(f"Rule {number}") for number in range(5)])
    message = sarif(planned(one))["message"]["text"]
    assert 'It breaks "Rule 2" (tls.json:3, /x). 2 more rules are broken. Needed: ' in message


def test_terraform_has_the_rules_and_the_severity_beside() -> None:
    (found,) = json.loads(render(planned(violating("a")), "terraform-json"))["resource_changes"]
    assert found["drift_violations"] == [
        {
            "title": "No old TLS",
            "pointer": "/x",
            "help": "",
            "source": {"file": "tls.json", "line": 3, "column": 5},
        }
    ]
    (found,) = json.loads(render(planned(rated(Severity.LOW, None)), "terraform-json"))[
        "resource_changes"
    ]
    assert found["drift_severity"] == "low"


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.CRITICAL, "blocker"),
        (Severity.HIGH, "critical"),
        (Severity.MEDIUM, "major"),
        (Severity.LOW, "minor"),
        (Severity.INFO, "info"),
        (None, "critical"),
    ],
)
def test_for_gitlab_the_severity_of_a_drift_is_its_own(
    severity: Severity | None, expected: str
) -> None:
    plan = planned(rated(severity, values="0"))
    (issue,) = json.loads(render(plan, "gitlab"))
    assert issue["severity"] == expected


def test_the_text_explains_only_if_it_is_asked_to(explained: list[JsonValue]) -> None:
    plan = planned(rated(Severity.HIGH, Severity.MEDIUM))
    assert "Severity" not in render(plan, "text")
    assert (
        "  # It accepts TLS 1.0, which is not wanted.\n"
        f"  # Severity high: {RISK} {CLIENTS}\n"
        "  # Declared in desired/app.json:3.\n"
    ) in render(plan, "text", EXPLAIN)
    assert explained == ["TLSv1.0", "TLSv1.1"]


@pytest.mark.usefixtures("explained")
@pytest.mark.parametrize("name", ALWAYS)
def test_every_other_report_always_explains(name: Format) -> None:
    text = render(planned(rated(Severity.HIGH, None)), name)
    for said in ("Severity high", RISK, CLIENTS):
        assert said in text


@pytest.mark.usefixtures("explained")
def test_what_is_not_explained_is_told_where_it_is_the_worst() -> None:
    severe = rated(Severity.MEDIUM, Severity.CRITICAL)
    assert explanations(severe) == (
        Why(Severity.CRITICAL, "", ""),
        Why(Severity.MEDIUM, RISK, CLIENTS),
    )
    text = render(planned(severe), "text", EXPLAIN)
    assert f"  # Severity critical.\n  # Severity medium: {RISK} {CLIENTS}\n" in text


def test_a_plan_that_knows_no_severity_explains_nothing(explained: list[JsonValue]) -> None:
    plan = planned(rated(None, None))
    assert explanations(rated(None, None)) == ()
    assert worst(rated(None, None)) is None
    for name in ("text", *ALWAYS):
        assert "everity " not in render(plan, name, EXPLAIN)
    assert explained == []


def test_what_many_buckets_have_is_explained_once(explained: list[JsonValue]) -> None:
    render(
        planned(*(replace(rated(Severity.LOW, Severity.LOW), name=name) for name in "abc")), "html"
    )
    assert len(explained) == 2


def test_what_the_setting_does_not_know_never_reaches_it(explained: list[JsonValue]) -> None:
    """Else a fleet whose buckets have a suite of their own each is explained suite by suite."""
    for text in ("X-1", "<b>", "X-2"):
        one = rated(Severity.LOW, values="0")
        (only,) = one.changes
        sides = DocumentChange(
            actions=("update",),
            before={"Y": [text, "TLSv1.0", f"{text}2", 7]},
            after={"Y": {text: text}} if text == "<b>" else {"Y": text},
        )
        explanations(
            replace(one, change=sides, changes=(only.model_copy(update={"before": text}),))
        )
    assert explained == ["?", "?"]


def test_of_a_setting_that_is_not_known_only_the_severity_is_told() -> None:
    one = replace(rated(Severity.LOW, Severity.INFO), type="oss_bucket_other")
    assert explanations(one) == (Why(Severity.LOW, "", ""),)


def test_what_is_waived_is_explained_but_not_beside_what_is_not() -> None:
    one = partly_waived("a")
    first, second = one.changes
    changes = (
        first.model_copy(update={"severity": Severity.CRITICAL}),
        second.model_copy(update={"severity": Severity.LOW}),
    )
    assert worst(replace(one, changes=changes)) is Severity.LOW
    whole = waived("a", changes=(changes[0].model_copy(update={"waiver": None}),))
    assert worst(whole) is Severity.CRITICAL


def test_a_failed_test_says_why_below_what_is_needed() -> None:
    one = violating("a")
    (case,) = fromstring(render(planned(one), "junit")).iter("testcase")
    assert case[0].text == (
        "oss_bucket_https_config.a is weaker than desired: it accepts TLS 1.0, which is not "
        "wanted.\n"
        'It breaks "No old TLS" (tls.json:3, /x).\n'
        "Needed:\n"
        '  TLS/TLSVersion: remove "TLSv1.0"\n'
        "Declared in desired/app.json:3:5."
    )


@given(HOSTILE_PLANS)
def test_the_worst_severity_is_that_of_a_change_and_told_first(plan: Plan) -> None:
    """Law: no explanation is worse than the first, and none has a severity that no change has."""
    order = list(Severity)
    for one in plan.resource_changes:
        found = [order.index(why.severity) for why in explanations(one)]
        known = {each.severity for each in one.changes} - {None}
        assert found == sorted(found)
        assert {order[place] for place in found} <= known
        assert (worst(one) is None) is (found == [])
        assert not found or order[found[0]] is worst(one)


def test_keywords_of_one_title_are_one_rule_and_advice_is_given_once() -> None:
    rules = [
        rule("Old", "/x", "Ask us"),
        rule("Suites", "/y", "Ask us"),
        rule("Old", "/z", "Ask us"),
    ]
    text = render(planned(violating("a", "X", rules=rules)), "text")
    assert (
        '  # It breaks "Old" (tls.json:3, /x; tls.json:3, /z).\n'
        '  # It breaks "Suites" (tls.json:3, /y). Ask us.\n'
    ) in text


@pytest.mark.usefixtures("explained")
def test_of_what_is_waived_nobody_says_whom_a_return_would_cut_off() -> None:
    (one,) = rated(Severity.HIGH, values="0").changes
    assert explanations(drift("a", one)) == (Why(Severity.HIGH, RISK, CLIENTS),)
    assert explanations(all_waived("a", one)) == (Why(Severity.HIGH, RISK, ""),)
