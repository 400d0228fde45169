"""What is waived, and what does not count, is told in every report, and nowhere called equal."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given

from drift.plan import Impact, Plan, Source, Status, Verdict
from drift.render import Format, Screen, markdown, render
from drift.render.rule import kind_of, level_of
from tests.render.fleets import drifted, in_sync, partly_waived, planned, stricter, waived, waiver
from tests.render.fleets import unreadable as not_read
from tests.render.plans import HOSTILE_PLANS, PLAIN_PLANS
from tests.render.test_fold_text import folding_plans

LATER = waiver("Until the new scanners come.", "warehouse", expires=date(2027, 5, 1))
ALL: tuple[Format, ...] = (
    "text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab", "terraform-json",
)  # fmt: skip
PEOPLES: tuple[Format, ...] = ("text", "markdown", "html", "github")


def two_waivers(name: str) -> Any:
    """Return a waived bucket of whose two changes each has a waiver of its own."""
    first, second = drifted(name, "TLSv1.0", "TLSv1.1").changes
    later = second.model_copy(update={"waiver": LATER})
    return waived(name, changes=(later, first))


def text_of(plan: Plan, screen: Screen = Screen()) -> str:  # noqa: B008 - frozen
    return render(plan, "text", screen)


def test_a_waived_bucket_is_a_paragraph_and_no_block() -> None:
    assert text_of(planned(in_sync("a"), waived("b", source=Source("desired/b.json", 3, 5)))) == (
        "  # oss_bucket_https_config.b is waived through 2027-03-01\n"
        "  # It accepts TLS 1.0, which is not wanted.\n"
        "  # Reason: Old scanners. Owner: storage. Waived in waivers.json:3.\n"
        "  # Declared in desired/b.json:3.\n"
        "\n"
        "No changes are needed. 1 drift is waived.\n"
        "2 buckets: 1 in sync, 1 waived.\n"
        "Verdict: in_sync\n"
    )


def test_waived_buckets_that_are_alike_are_one_paragraph() -> None:
    text = text_of(
        planned(waived("a"), waived("b", region="cn-beijing"), waived("c", excuse=LATER))
    )
    assert text.startswith(
        "  # 2 buckets are waived through 2027-03-01 (cn-beijing 1, cn-hangzhou 1)\n"
        "  # Each accepts TLS 1.0, which is not wanted.\n"
        "  # Reason: Old scanners. Owner: storage. Waived in waivers.json:3.\n"
        "  #   a  cn-hangzhou  desired/app.json:3\n"
        "  #   b  cn-beijing   desired/app.json:3\n"
        "\n"
        "  # oss_bucket_https_config.c is waived through 2027-05-01\n"
    )
    assert "\nNo changes are needed. 3 drifts are waived.\n" in text


def test_of_two_waivers_each_says_what_it_excuses_the_first_to_expire_first() -> None:
    text = text_of(planned(two_waivers("a")))
    assert text.startswith(
        "  # oss_bucket_https_config.a is waived through 2027-03-01\n"
        "  # It accepts TLS 1.0, which is not wanted.\n"
        '  # Waived through 2027-03-01: TLS/TLSVersion: remove "TLSv1.0". '
        "Reason: Old scanners. Owner: storage. Waived in waivers.json:3.\n"
        '  # Waived through 2027-05-01: TLS/TLSVersion: remove "TLSv1.1". '
        "Reason: Until the new scanners come. Owner: warehouse. Waived in waivers.json:3.\n"
    )


def test_of_a_bucket_that_is_partly_waived_the_block_has_only_what_must_change() -> None:
    assert text_of(planned(partly_waived("a"))) == (
        "To bring live back to desired, these changes are needed:\n"
        "  ~ update\n"
        "  - remove\n"
        "\n"
        "  # oss_bucket_https_config.a is weaker than desired\n"
        "  # It accepts TLS 1.0, which is not wanted.\n"
        '  # Waived through 2027-03-01: TLS/TLSVersion: remove "TLSv1.0". '
        "Reason: Old scanners. Owner: storage. Waived in waivers.json:3.\n"
        "  # Declared in desired/app.json:3.\n"
        '  ~ resource "oss_bucket_https_config" "a" {\n'
        "      ~ TLS {\n"
        "          ~ TLSVersion = [\n"
        '              - "TLSv1.1",\n'
        "                # (2 unchanged elements hidden)\n"
        "            ]\n"
        "            # (1 unchanged attribute hidden)\n"
        "        }\n"
        "    }\n"
        "\n"
        "Plan: 0 to add, 1 to change, 0 to destroy.\n"
        "1 bucket: 1 drifted.\n"
        "Verdict: drift\n"
    )


def test_drift_that_does_not_count_is_shown_and_said_not_to_count() -> None:
    text = text_of(planned(in_sync("a"), stricter("b"), waived("c"), fail_on="weaker"))
    assert (
        "  # oss_bucket_https_config.b is stricter than desired; "
        "that does not count, by --fail-on weaker\n"
    ) in text
    assert text.endswith(
        "Nothing that counts has drifted. 1 drift is waived.\n"
        "Plan: 0 to add, 1 to change, 0 to destroy.\n"
        "3 buckets: 1 in sync, 1 waived, 1 drifted.\n"
        "Of the drifted, 1 does not count, by --fail-on weaker: nothing there is weaker than "
        "desired.\n"
        "Verdict: in_sync\n"
    )


def test_what_counts_and_what_does_not_are_told_apart() -> None:
    plan = planned(drifted("a"), stricter("b"), stricter("c"), fail_on="weaker")
    text = text_of(plan)
    assert "2 buckets are stricter than desired; that does not count, by --fail-on weaker" in text
    assert "\nOf the drifted, 2 do not count, by --fail-on weaker: " in text
    assert render(plan, "markdown").startswith(
        "## ❌ Drift: 1 of 3 buckets differs from desired, 2 differ in a way that does not count\n"
    )


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (planned(in_sync("a"), waived("b")), "1 of 2 buckets is as desired, 1 waived"),
        (planned(waived("a"), waived("b")), "0 of 2 buckets are as desired, 2 waived"),
        (
            planned(in_sync("a"), stricter("b"), fail_on="weaker"),
            "1 of 2 buckets is as desired, 1 differs in a way that does not count",
        ),
        (
            planned(waived("a"), stricter("b"), fail_on="weaker"),
            "0 of 2 buckets are as desired, 1 waived, 1 differs in a way that does not count",
        ),
    ],
)
def test_a_green_title_says_what_is_not_equal(plan: Plan, expected: str) -> None:
    text = render(plan, "markdown")
    assert text.partition("\n")[0] == f"## ✅ No drift that counts: {expected}"
    assert markdown.resolved(plan).startswith("## ✅ Resolved: no drift that counts is left\n")
    (caveat, *_) = markdown._rungs(plan, "", "Not ours.")
    assert caveat.startswith("## ⚠️ Not verified: this plan says that no drift counts\n")


@given(HOSTILE_PLANS | PLAIN_PLANS | folding_plans())
def test_live_is_said_to_match_only_where_every_declared_bucket_does(plan: Plan) -> None:
    """Law: no report says that nothing differs unless all that is declared is in sync."""
    count = plan.summary
    matches = plan.verdict is Verdict.IN_SYNC and count.in_sync == count.buckets
    texts = [render(plan, name) for name in PEOPLES[:3]]
    if plan.verdict is Verdict.IN_SYNC:
        texts.append(markdown.resolved(plan))
    for text in texts:
        assert ("ive matches desired" in text) is matches


@given(HOSTILE_PLANS | PLAIN_PLANS | folding_plans())
def test_only_a_verdict_of_drift_has_results_that_are_no_notes(plan: Plan) -> None:
    """Law: what is in sync has none that fails, and each other plan has one."""
    kinds = [kind for one in plan.resource_changes if (kind := kind_of(one, plan))]
    fails = any(level_of(kind, plan) != "note" for kind in kinds)
    assert fails is (plan.verdict is not Verdict.IN_SYNC) or not plan.summary.buckets


def only_sarif(plan: Plan) -> dict[str, Any]:
    (result,) = json.loads(render(plan, "sarif"))["runs"][0]["results"]
    return dict(result)


def test_in_sarif_what_is_waived_is_suppressed() -> None:
    result = only_sarif(planned(two_waivers("a")))
    assert (result["ruleId"], result["level"]) == ("drift-waived", "note")
    assert [one["justification"] for one in result["suppressions"]] == [
        "Old scanners.",
        "Until the new scanners come.",
    ]
    assert result["suppressions"][0] == {
        "kind": "external",
        "justification": "Old scanners.",
        "location": {
            "physicalLocation": {
                "artifactLocation": {"uri": "waivers.json", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 6},
            }
        },
    }


def test_in_sarif_what_is_only_partly_waived_is_not_suppressed() -> None:
    result = only_sarif(planned(partly_waived("a")))
    assert (result["level"], result["suppressions"]) == ("error", [])
    assert "Waived through 2027-03-01: " in result["message"]["text"]


def test_in_sarif_what_does_not_count_is_a_note_that_says_so() -> None:
    result = only_sarif(planned(stricter("a"), fail_on="weaker"))
    assert (result["ruleId"], result["level"]) == ("drift-stricter", "note")
    assert result["properties"]["counts"] is False
    assert "counts" not in only_sarif(planned(stricter("a")))["properties"]


def junit_case(plan: Plan) -> Any:
    (case,) = fromstring(render(plan, "junit")).iter("testcase")
    (outcome,) = case
    return outcome


@pytest.mark.parametrize(
    ("plan", "kind"),
    [
        (planned(waived("a")), "drift-waived"),
        (planned(stricter("a"), fail_on="weaker"), "drift-stricter"),
    ],
)
def test_in_junit_what_is_excused_is_skipped(plan: Plan, kind: str) -> None:
    outcome = junit_case(plan)
    assert (outcome.tag, outcome.get("type")) == ("skipped", kind)


def test_in_junit_the_reason_stands_in_the_test() -> None:
    assert junit_case(planned(waived("a"))).text == (
        "oss_bucket_https_config.a is waived through 2027-03-01: it accepts TLS 1.0, which is not "
        "wanted.\n"
        "Reason: Old scanners. Owner: storage. Waived in waivers.json:3.\n"
        "Declared in desired/app.json:3:5."
    )


def test_in_a_log_of_github_what_is_excused_is_a_notice() -> None:
    waived_line, ignored_line, verdict = render(
        planned(stricter("a"), waived("b"), fail_on="weaker"), "github"
    ).splitlines()
    assert waived_line.startswith("::notice ")
    assert waived_line.endswith(
        "::oss_bucket_https_config.b is waived through 2027-03-01: it accepts TLS 1.0, which is "
        "not wanted. Reason: Old scanners. Owner: storage. Waived in waivers.json:3."
    )
    assert ignored_line.startswith("::notice ")
    assert "; that does not count, by --fail-on weaker: it refuses TLS 1.3" in ignored_line
    assert verdict == (
        "Verdict: in_sync. Buckets: 1 waived, 1 drifted. Of the drifted, 1 does not count, by "
        "--fail-on weaker: nothing there is weaker than desired."
    )


def test_for_gitlab_what_is_excused_is_information() -> None:
    report = json.loads(render(planned(stricter("a"), waived("b"), fail_on="weaker"), "gitlab"))
    assert [one["severity"] for one in report] == ["info", "info"]


def terraform(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    document = json.loads(render(plan, "terraform-json"))
    (change,) = document["resource_changes"]
    return document, change


def test_for_terraform_policies_what_is_waived_is_no_op() -> None:
    document, found = terraform(planned(two_waivers("a")))
    assert found["change"]["actions"] == ["no-op"]
    assert found["change"]["before"] == found["change"]["after"]
    assert (found["drift_status"], document["applyable"]) == ("waived", False)
    assert found["drift_waivers"][1] == {
        "reason": "Until the new scanners come.",
        "owner": "warehouse",
        "expires": "2027-05-01",
        "source": {"file": "waivers.json", "line": 3, "column": 5},
        "paths": ["/HttpsConfiguration/TLS/TLSVersion"],
    }


def test_for_terraform_policies_what_does_not_count_is_no_op() -> None:
    document, found = terraform(planned(stricter("a"), fail_on="weaker"))
    assert found["change"]["actions"] == ["no-op"]
    assert found["change"]["before"] == found["change"]["after"]
    assert (found["drift_status"], found["drift_ignored"]) == ("drift", True)
    assert (document["drift_verdict"], document["applyable"]) == ("in_sync", False)
    assert terraform(planned(stricter("a")))[1]["change"]["actions"] == ["update"]


def test_on_the_page_what_is_excused_has_a_section_and_says_so_in_its_row() -> None:
    page = render(planned(partly_waived("a"), stricter("b"), waived("c"), fail_on="weaker"), "html")
    text = re.sub(r"<[^>]+>", "", page.partition("<main>")[2])
    assert "c is waived through 2027-03-01" in text
    assert "Reason: Old scanners. Owner: storage. Waived in waivers.json:3." in text
    assert "accepts TLS 1.0, which is not wanted (waived through 2027-03-01)" in text
    assert "accepts TLS 1.0, which is not wanted (and more, which is waived)" in text
    assert "refuses TLS 1.3, which is wanted (does not count)" in text
    assert page.count('aria-label="Waived changes"') == 1
    assert page.count("<del>- &quot;TLSv1.1&quot;</del>") == 1
    assert "<del>- &quot;TLSv1.0&quot;</del>" not in page


def test_a_line_for_a_waived_bucket_says_how_long() -> None:
    plan = planned(*(waived(f"a{number}", f"X-{number}") for number in range(3)))
    text = [*markdown._rungs(plan, "")][1]
    assert "- `a0` · `cn-hangzhou` · `desired/app.json:3` · through 2027-03-01\n" in text


def test_what_is_not_judged_stays_so_whatever_else_is_waived() -> None:
    plan = planned(not_read("a"), waived("b"), stricter("c"), fail_on="weaker")
    assert plan.verdict is Verdict.INCOMPLETE
    for name in PEOPLES:
        assert "✅" not in render(plan, name)
    assert text_of(plan).endswith("Verdict: incomplete\n")


@pytest.mark.parametrize("name", ALL)
def test_every_report_has_the_reason_the_owner_and_the_place(name: Format) -> None:
    for plan in (planned(waived("a")), planned(partly_waived("a"))):
        text = render(plan, name)
        assert "Old scanners" in text
        assert "storage" in text
        assert "waivers.json" in text
        assert "2027-03-01" in text


def test_the_same_drift_is_another_result_once_it_is_waived() -> None:
    """An alert that was dismissed while it was waived must not hide it later."""
    prints = {
        only_sarif(planned(one))["partialFingerprints"]["drift/v1"]
        for one in (drifted("a"), waived("a"), partly_waived("a"), drifted("a", "TLSv1.1"))
    }
    assert len(prints) == 3  # of what is partly waived, the result is of the rest


def test_a_waiver_that_is_renewed_is_the_same_result() -> None:
    prints = {
        only_sarif(planned(waived("a", excuse=one)))["partialFingerprints"]["drift/v1"]
        for one in (waiver(), LATER)
    }
    assert len(prints) == 1


def test_a_bucket_is_waived_whatever_its_impact() -> None:
    one = replace(waived("a"), impact=Impact.MIXED)
    assert one.status is Status.WAIVED
    assert "is waived through 2027-03-01" in text_of(planned(one))
