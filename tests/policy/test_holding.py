"""Which buckets a policy holds for, which changes it is blamed for, and that it always counts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drift.check import compare
from drift.desired.declaration import Declaration
from drift.desired.load import load
from drift.discovery.decide import Listing, decide
from drift.live.fleet import Fleet
from drift.live.source import Bucket
from drift.plan import Change, Impact, Plan, ResourceChange, Verdict
from drift.policy.keywords import DIALECT
from drift.settings.document import write
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from tests.declared import NOW, Answers, File, declared, planned
from tests.policy.declaring import by_policy
from tests.policy.domain import BUCKET

NO_OLD = {"TLS": {"properties": {"TLSVersion": {"not": {"contains": {"const": "TLSv1.0"}}}}}}
RESTRICTED = {"CipherSuite": {"properties": {"Enable": {"const": True}}}}
ONLY_TLS = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2",)))
STRONG = HttpsConfiguration(CipherSuite=CipherSuite(Enable=True, StrongCipherSuite=True))
OPEN = HttpsConfiguration(
    TLS=Tls(Enable=True, TLSVersion=("TLSv1.0", "TLSv1.2")), CipherSuite=CipherSuite(Enable=False)
)


def rule(parts: dict[str, Any], *entries: str) -> list[Declaration]:
    schema = {"properties": {"HttpsConfiguration": {"properties": parts}}}
    return by_policy(schema, *entries)


def only(plan: Plan) -> ResourceChange:
    (one,) = plan.resource_changes
    return one


def told(change: Change) -> list[str]:
    return [one.pointer.rpartition("/")[2] for one in change.violations]


def test_a_policy_by_pattern_holds_for_a_bucket_of_another_account() -> None:
    exact = declared(ONLY_TLS, "others")
    found = decide([exact, *rule(RESTRICTED, "*")], Listing((Bucket("ours", "cn-hangzhou"),)))
    assert {one.bucket.name: len(one.policies) for one in found.decisions} == {
        "ours": 1, "others": 1
    }  # fmt: skip
    body = write(ONLY_TLS.over(OPEN))
    fleet = Fleet(Answers({"ours": body, "others": body}))
    assert compare(found, fleet, now=NOW).verdict is Verdict.DRIFT


def test_a_policy_with_tags_does_not_hold_where_nobody_knows_them() -> None:
    tagged = [
        replace(one, scope=one.scope._replace(tags=(("stage", "prod"),)))
        for one in rule(RESTRICTED, "*")
    ]
    listing = Listing((), {("stage", "prod"): frozenset()})  # type: ignore[dict-item]
    found = decide([declared(ONLY_TLS, "others"), *tagged], listing)
    (one,) = found.decisions
    assert (one.bucket.name, one.policies) == ("others", ())


def test_a_policy_whose_patterns_all_match_has_none_that_is_idle() -> None:
    found = decide(rule(RESTRICTED, "*", "bk-*"), Listing((Bucket("bk-a", "cn-hangzhou"),)))
    assert (found.idle, found.unmatched) == ((), ())


def test_where_an_exact_file_says_that_a_bucket_is_there_it_is() -> None:
    there = replace(declared(ONLY_TLS), region="eu-central-1")
    found = decide([*rule(RESTRICTED), there], Listing())
    assert [one.bucket for one in found.decisions] == [Bucket(BUCKET, "eu-central-1")]


def test_a_policy_that_names_a_wrong_region_is_doubted(tmp_path: Path) -> None:
    policy = {
        "$schema": DIALECT,
        "x-drift": {"Bucket": BUCKET, "Region": "cn-beijing"},
        "properties": {"HttpsConfiguration": {"properties": RESTRICTED}},
    }
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    (one,) = load([tmp_path]).declarations
    (warning,) = one.misplaced("cn-hangzhou")
    assert (warning.path, one.locate(warning.path).line) == ("/x-drift/Region", 1)
    assert one.misplaced("cn-beijing") == ()


def test_a_rule_is_blamed_for_the_changes_that_it_is_about() -> None:
    bodies = {BUCKET: write(OPEN)}
    one = only(planned([declared(STRONG), *rule(NO_OLD)], bodies))
    assert {change.path.split("/")[2]: told(change) for change in one.changes} == {
        "TLS": ["not"], "CipherSuite": []
    }  # fmt: skip


def test_a_rule_about_the_whole_is_blamed_for_all_that_is_not_declared_exactly() -> None:
    schema = {"not": {"properties": {"HttpsConfiguration": {"properties": {
        "TLS": {"properties": {"TLSVersion": {"contains": {"const": "TLSv1.0"}}}}}}}}}  # fmt: skip
    one = only(planned([declared(STRONG), *by_policy(schema)], {BUCKET: write(OPEN)}))
    assert {change.path.split("/")[2]: told(change) for change in one.changes} == {
        "TLS": ["not"], "CipherSuite": []
    }  # fmt: skip


@pytest.mark.parametrize("fail_on", ["any", "weaker"])
def test_a_broken_rule_always_counts(fail_on: Any) -> None:
    """The way back adds something, and so live looks stricter: the rule is against what it has."""
    parts = {
        "CipherSuite": {
            "properties": {
                "CustomCipherSuite": {
                    "if": {"contains": {"const": "RC4-SHA"}},
                    "then": {"contains": {"const": "AES128-GCM-SHA256"}},
                }
            }
        }
    }
    custom = CipherSuite(Enable=True, StrongCipherSuite=False, CustomCipherSuite=("RC4-SHA",))
    live = HttpsConfiguration(TLS=OPEN.tls, CipherSuite=custom)
    plan = planned(rule(parts), {BUCKET: write(live)}).model_copy(update={"fail_on": fail_on})
    assert only(plan).impact is Impact.STRICTER
    assert plan.verdict is Verdict.DRIFT


def test_without_a_rule_what_only_refuses_more_does_not_count() -> None:
    desired = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2", "TLSv1.3")))
    (one,) = File((BUCKET,), desired, "cn-hangzhou").declarations()
    plan = planned([one], {BUCKET: write(ONLY_TLS)})
    assert plan.verdict is Verdict.DRIFT
    assert plan.model_copy(update={"fail_on": "weaker"}).verdict is Verdict.IN_SYNC
