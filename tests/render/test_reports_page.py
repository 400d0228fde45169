"""The page about reports says of each rule what the reports say."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

from drift.plan import Plan
from drift.render import render
from drift.render.result import results
from drift.render.rule import Rule
from tests.render.plans import in_sync, one_of_each, plan_of, undeclared

PAGE = (Path(__file__).parent.parent.parent / "docs/reports.md").read_text("utf-8")
ROW = re.compile(r"\| `([\w-]+)` \| (error|warning|note) \| (\w+) \| `?([\w-]+)`? \| ", re.ASCII)


def said(plan: Plan) -> list[tuple[str, str, str, str]]:
    """Return each rule, its level, its severity for GitLab and its outcome for JUnit."""
    found = results(plan)
    issues = {one["check_name"]: one["severity"] for one in json.loads(render(plan, "gitlab"))}
    cases = {
        case.get("name"): [one.tag for one in case]
        for case in fromstring(render(plan, "junit")).iter("testcase")
    }
    return [
        (rule := one.rule.value, one.level, issues[rule], *cases[one.resources[0].name])
        for one in found
    ]


def test_the_table_of_rules_is_true_and_complete() -> None:
    rows = ROW.findall(PAGE)
    assert rows == said(plan_of(*one_of_each()))
    assert [row[0] for row in rows] == [rule.value for rule in Rule]


def test_undeclared_buckets_fail_as_the_page_says() -> None:
    (one,) = said(plan_of(in_sync("a"), undeclared("b"), undeclared="fail"))
    assert one == ("bucket-undeclared", "error", "major", "failure")
    assert "with `--undeclared fail` an error, major, a failure |" in PAGE
