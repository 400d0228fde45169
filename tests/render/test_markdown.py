"""The plan in Markdown: the verdict at a glance, then each drift once, the gravest first."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

from drift.plan import Finding, Impact, Plan, Status, Undeclared, Verdict
from drift.render import markdown, render
from drift.render.rule import Rule
from tests.cli.running import ROOT, process
from tests.render.fleets import (
    drifted,
    fleet,
    in_sync,
    inert,
    missing,
    never_configured,
    planned,
    undeclared,
    unreadable,
    waived,
)
from tests.render.test_fold_text import folding_plans

WARNING = (Finding(path="/x", message="it looks odd"),)


def sections(plan: Plan) -> list[str]:
    """Return what is said of each group, from its heading on."""
    return render(plan, "markdown").split("\n### ")[1:]


def title(plan: Plan) -> str:
    return render(plan, "markdown").partition("\n")[0]


def test_the_whole_report_of_one_drift() -> None:
    assert render(planned(drifted("app-a"), in_sync("app-b")), "markdown") == (
        "## ❌ Drift: 1 of 2 buckets differs from desired\n"
        "\n"
        "| in sync | waived | drifted | missing | not judged | undeclared |\n"
        "| --: | --: | --: | --: | --: | --: |\n"
        "| 1 | 0 | 1 | 0 | 0 | 0 |\n"
        "\n"
        "Plan: 0 to add, 1 to change, 0 to destroy. Live was read at 2026-11-22 12:00:00 UTC.\n"
        "\n"
        "### `app-a` is weaker than desired\n"
        "\n"
        "In `cn-hangzhou` · `desired/app.json:3`\n"
        "\n"
        "It accepts TLS 1.0, which is not wanted.\n"
        "\n"
        "```diff\n"
        '! resource "oss_bucket_https_config" "app-a" {\n'
        "!     TLS {\n"
        "!         TLSVersion = [\n"
        '-             "TLSv1.0",\n'
        "              # (1 unchanged element hidden)\n"
        "          ]\n"
        "          # (1 unchanged attribute hidden)\n"
        "      }\n"
        "  }\n"
        "```\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (planned(in_sync("a")), "✅ In sync: live matches desired in 1 bucket"),
        (planned(in_sync("a"), in_sync("b")), "✅ In sync: live matches desired in 2 buckets"),
        (planned(in_sync("a"), undeclared("b")), "✅ In sync: live matches desired in 1 bucket"),
        (planned(drifted("a"), missing("b")), "❌ Drift: 2 of 2 buckets differ from desired"),
        (planned(in_sync("a"), undeclared("b"), undeclared="fail"), "❌ Drift: 1 undeclared"),
        (
            planned(drifted("a"), undeclared("b"), undeclared="fail"),
            "❌ Drift: 1 of 1 bucket differs from desired, 1 undeclared",
        ),
        (
            planned(drifted("a"), undeclared="fail"),
            "❌ Drift: 1 of 1 bucket differs from desired",
        ),
        (planned(unreadable("a")), "⚠️ Incomplete: 1 of 1 bucket could not be judged"),
        (
            planned(drifted("a"), unreadable("b"), in_sync("c")),
            "⚠️ Incomplete: 1 of 3 buckets could not be judged, 1 differs from desired",
        ),
        (planned(), "⚠️ Incomplete: no declared bucket was found"),
        (planned(undeclared("a")), "⚠️ Incomplete: no declared bucket was found"),
    ],
    ids=range(11),
)
def test_the_title_is_the_verdict(plan: Plan, expected: str) -> None:
    assert title(plan) == f"## {expected}"


@given(folding_plans())
def test_what_is_not_in_sync_never_looks_green(plan: Plan) -> None:
    """Law: only in_sync has the green sign or its words; incomplete says that it is not green."""
    is_green, is_equal = plan.verdict is Verdict.IN_SYNC, not plan.summary.drift
    for text in markdown._rungs(plan, ""):
        assert ("✅" in text) == is_green
        assert ("In sync: live" in text) <= (is_green and is_equal)
        assert ("**This is not green:**" in text) == (not plan.complete)
        assert ("❌" in text) == (plan.verdict is Verdict.DRIFT)
        assert "Live was read at 2026-11-22 12:00:00 UTC." in text


@given(folding_plans())
def test_every_bucket_that_is_not_in_sync_is_named(plan: Plan) -> None:
    named = set(re.findall(r"`(app-\d\d)`", render(plan, "markdown")))
    assert named == {one.name for one in plan.resource_changes if one.status is not Status.IN_SYNC}


@given(folding_plans())
def test_what_is_alike_has_one_diff(plan: Plan) -> None:
    text = render(plan, "markdown")
    alike = {
        (one.impact, len(one.changes), tuple(change.violations for change in one.changes))
        for one in plan.resource_changes
        if one.status == "drift"
    }
    assert text.count("```diff\n") == len(alike)


def test_the_gravest_comes_first() -> None:
    plan = planned(
        waived("0"),
        in_sync("a", warnings=WARNING),
        undeclared("b"),
        never_configured("c"),
        drifted("d", impact=Impact.STRICTER),
        missing("e"),
        drifted("f", impact=Impact.MIXED),
        drifted("g"),
        unreadable("h"),
    )
    headings = [section.partition("\n")[0] for section in sections(plan)]
    expected = [f"`{name}` {rule.title}" for name, rule in zip("hgfedcba0", Rule, strict=True)]
    assert headings == [*expected[:-1], f"{expected[-1]} through 2027-03-01"]


def test_buckets_that_are_alike_stand_below_what_is_said_of_them() -> None:
    (section,) = sections(
        planned(drifted("a"), drifted("b", region="cn-beijing"), drifted("c", region=None))
    )
    head, _, rest = section.partition("```diff\n")
    assert head == (
        "3 buckets are weaker than desired\n"
        "\n"
        "By region: `unknown` 1, `cn-beijing` 1, `cn-hangzhou` 1\n"
        "\n"
        "Each accepts TLS 1.0, which is not wanted.\n"
        "\n"
    )
    assert rest.startswith('! resource "oss_bucket_https_config" {\n')
    assert rest.partition("```\n\n")[2] == (
        "- `a` · `cn-hangzhou` · `desired/app.json:3`\n"
        "- `b` · `cn-beijing` · `desired/app.json:3`\n"
        "- `c` · `unknown` · `desired/app.json:3`\n"
        "\n"
    )


def test_what_never_was_configured_says_so() -> None:
    (section,) = sections(planned(never_configured("a")))
    assert "It was never configured: it accepts TLS 1.0" in section
    assert '+ resource "oss_bucket_https_config" "a" {\n' in section


def test_a_problem_has_its_reason_advice_and_request() -> None:
    (section,) = sections(planned(unreadable("a", request="R-1")))
    assert section == (
        "`a` could not be judged\n"
        "\n"
        "In `cn-hangzhou` · `desired/app.json:3` · request `R-1`\n"
        "\n"
        "Reason: `AccessDenied`. These credentials may not read the setting. Allow the RAM action "
        "`oss:GetBucketHttpsConfig` on `acs:oss:*:*:a`.\n"
        "\n"
    )


def test_long_lists_of_buckets_and_long_diffs_are_folded_away() -> None:
    (short,) = sections(fleet(10, lambda name, _: missing(name)))
    assert "<details>" not in short
    (long,) = sections(fleet(11, lambda name, _: missing(name)))
    assert "<details>\n<summary>The 11 buckets</summary>\n\n- `bucket-000000` ·" in long
    assert long.endswith("`bucket-000010` · `cn-hangzhou` · `desired/app.json:3`\n\n</details>\n\n")
    (diff,) = sections(planned(drifted("a", *(f"V{number}" for number in range(40)))))
    assert "<details>\n<summary>What must change</summary>\n\n```diff\n" in diff
    assert diff.endswith("\n```\n\n</details>\n\n")


def test_notes_that_all_share_are_said_once() -> None:
    noted: dict[str, Any] = {"warnings": WARNING, "inert": (inert("/y"),)}
    notes = "- Stored without effect: `/y`\n- Warning: it looks odd `/x`\n"
    (single,) = sections(planned(drifted("a", **noted)))
    assert single.endswith(f"```\n\n{notes}\n")
    (shared,) = sections(planned(drifted("a", **noted), drifted("b", **noted)))
    assert shared.count("it looks odd") == 1
    assert f"```\n\n{notes}\n- `a` · " in shared
    (own,) = sections(planned(drifted("a", **noted), drifted("b")))
    assert own.endswith(
        "- `a` · `cn-hangzhou` · `desired/app.json:3`\n"
        "  - Stored without effect: `/y`\n"
        "  - Warning: it looks odd `/x`\n"
        "- `b` · `cn-hangzhou` · `desired/app.json:3`\n"
        "\n"
    )


def test_what_is_in_sync_is_only_counted_but_for_warnings() -> None:
    plan = planned(in_sync("a"), in_sync("b", inert=(inert("/y"),)), in_sync("c", warnings=WARNING))
    text = render(plan, "markdown")
    assert "In sync, but with stored values that have no effect: 1." in text
    assert "Plan: " not in text
    (section,) = sections(plan)
    assert section.startswith("`c` has something suspicious\n")


@pytest.mark.parametrize("policy", ["report", "fail"])
def test_undeclared_buckets_are_all_named(policy: Undeclared) -> None:
    plan = planned(*(undeclared(f"x-{number}") for number in range(30)), undeclared=policy)
    (section,) = sections(plan)
    assert section.startswith("30 buckets are declared by no desired file\n")
    assert set(re.findall(r"`(x-\d+)`", section)) == {f"x-{number}" for number in range(30)}


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "0001-01-01 00:00:00+14:00"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=9))), "9999-12-31 23:59:59-09:00"),
    ],
)
def test_the_time_may_be_any(read: datetime, shown: str) -> None:
    plan = planned(in_sync("a")).model_copy(update={"timestamp": read})
    assert f"Live was read at {shown}.\n" in render(plan, "markdown")


def test_a_drift_that_is_gone_is_resolved() -> None:
    text = markdown.resolved(planned(in_sync("a")))
    assert text.startswith("## ✅ Resolved: live matches desired again\n\n| in sync |")
    assert text.endswith("\n\nLive was read at 2026-11-22 12:00:00 UTC.\n\n")


@pytest.mark.parametrize("plan", [planned(drifted("a")), planned(unreadable("a")), planned()])
def test_only_what_is_in_sync_is_resolved(plan: Plan) -> None:
    with pytest.raises(ValueError, match="only a drift that is gone is resolved"):
        markdown.resolved(plan)


def test_the_report_does_not_depend_on_the_hashes_of_strings() -> None:
    plan = "plan", "samples/desired", "--live", "samples/recording", "--format", "markdown"
    ran = [process(*plan, env={"PYTHONHASHSEED": seed}, cwd=ROOT) for seed in ("0", "1")]
    first, second = (re.sub(r"read at .* UTC", "", one.out) for one in ran)
    assert first == second
    assert first.count("\n### ") == 6
