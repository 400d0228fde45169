"""The plan as Terraform represents one: its names, its actions, and nothing green that is not."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from pydantic import JsonValue

from drift.plan import BUCKET, DocumentChange, Plan, ResourceChange
from drift.render import render
from tests.render.plans import (
    HOSTILE_PLANS,
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

TYPE = "alicloud_oss_bucket_https_config"
LIVE: dict[str, JsonValue] = {
    "HttpsConfiguration": {
        "TLS": {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.0"]},
        "CipherSuite": {
            "Enable": True,
            "StrongCipherSuite": False,
            "CustomCipherSuite": ["b", "a"],
            "TLS13CustomCipherSuite": [],
        },
    }
}
UNKNOWN = {"enable": True, "tls_versions": True, "cipher_suit": True}


def represented(plan: Plan) -> dict[str, Any]:
    text = render(plan, "terraform-json")
    assert text.isascii()
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    found: dict[str, Any] = json.loads(text)
    return found


def resource(one: ResourceChange) -> dict[str, Any]:
    (found,) = represented(plan_of(one))["resource_changes"]
    return dict(found)


def test_the_head_is_that_of_a_plan_of_terraform() -> None:
    document = represented(plan_of(in_sync(), drifted("b")))
    assert document["format_version"] == "1.2"
    assert document["terraform_version"] == "1.8.0"
    assert document["timestamp"] == "2026-11-22T12:00:00Z"
    assert document["configuration"] == {"root_module": {}}
    assert (document["applyable"], document["complete"], document["errored"]) == (True, True, False)
    assert (document["drift_version"], document["drift_verdict"]) == ("0.1.0", "drift")
    assert document["drift_summary"]["buckets"] == 2


def test_attributes_have_the_names_of_the_provider() -> None:
    found = resource(
        replace(drifted("app"), change=DocumentChange(actions=("update",), before=LIVE, after=LIVE))
    )
    assert found["address"] == f"{TYPE}.app"
    assert (found["mode"], found["type"], found["name"]) == ("managed", TYPE, "app")
    assert found["provider_name"] == "registry.terraform.io/aliyun/alicloud"
    assert found["change"]["before"] == {
        "bucket": "app",
        "enable": True,
        "tls_versions": ["TLSv1.0", "TLSv1.2"],
        "cipher_suit": [
            {
                "enable": True,
                "strong_cipher_suite": False,
                "custom_cipher_suite": ["a", "b"],
                "tls13_custom_cipher_suite": [],
            }
        ],
    }


def test_a_setting_without_names_of_its_own_has_those_of_the_api_in_snake_case() -> None:
    """Of a setting that a later drift knows; deeper parts are blocks, too."""
    document: dict[str, JsonValue] = {
        "ServerSideRule": {
            "SSEAlgorithm": "KMS",
            "ApplyDefault": {"KMSMasterKeyID": None, "IDs": [2, "1"], "TLS13": [{"A": 1}]},
        },
    }
    change = DocumentChange(actions=("update",), before=document, after=document)
    found = resource(replace(drifted("app"), type="oss_bucket_encryption", change=change))
    assert found["type"] == "alicloud_oss_bucket_encryption"
    assert found["change"]["after"] == {
        "bucket": "app",
        "sse_algorithm": "KMS",
        "apply_default": [{"kms_master_key_id": None, "i_ds": [2, "1"], "tls13": [[{"a": 1}]]}],
    }
    later = resource(replace(unreadable("app"), type="oss_bucket_encryption"))
    assert later["change"]["after_unknown"] == {}


@pytest.mark.parametrize(
    ("name", "address", "index"),
    [
        ("oss-example", "oss-example", None),
        ("this", "this", None),
        ("1st-bucket", 'this["1st-bucket"]', "1st-bucket"),
        ("app-*", 'this["app-*"]', "app-*"),
        ('"', 'this["\\""]', '"'),
        ("a\\b", 'this["a\\\\b"]', "a\\b"),
        ("${x} %{y} $x", 'this["$${x} %%{y} $x"]', "${x} %{y} $x"),
        ("\x1b[0m", r'this["\\x1b[0m"]', r"\x1b[0m"),
        ("", 'this[""]', ""),
    ],
)
def test_every_name_has_an_address_that_terraform_could_have(
    name: str, address: str, index: str | None
) -> None:
    found = resource(in_sync(name))
    assert found["address"] == f"{TYPE}.{address}"
    assert found["name"] == (name if index is None else "this")
    assert found.get("index") == index


def test_what_is_in_sync_is_no_op() -> None:
    same = DocumentChange(actions=("no-op",), before=LIVE, after=LIVE)
    change = resource(replace(in_sync("app"), change=same))["change"]
    assert change["actions"] == ["no-op"]
    assert change["before"] == change["after"]
    assert change["before"]["enable"]
    assert change["after_unknown"] == {}
    never_configured = resource(in_sync("app"))["change"]
    assert never_configured["before"] == never_configured["after"] == {"bucket": "app"}


def test_what_never_was_configured_is_created() -> None:
    fresh = DocumentChange(actions=("create",), before=None, after=LIVE)
    change = resource(replace(drifted("app"), change=fresh))["change"]
    assert (change["actions"], change["before"]) == (["create"], None)
    assert change["after"]["tls_versions"] == ["TLSv1.0", "TLSv1.2"]
    assert (change["before_sensitive"], change["after_sensitive"]) == (False, {})


@pytest.mark.parametrize(
    ("one", "action"), [(missing("app"), "create"), (unreadable("app"), "update")]
)
def test_what_could_not_be_compared_is_a_change_of_which_nothing_is_known(
    one: ResourceChange, action: str
) -> None:
    found = resource(one)
    assert found["change"] == {
        "actions": [action],
        "before": None,
        "after": {"bucket": "app"},
        "after_unknown": UNKNOWN,
        "before_sensitive": False,
        "after_sensitive": {},
    }
    assert found["drift_status"] == one.status.value


def test_an_unreadable_bucket_makes_the_plan_an_error() -> None:
    document = represented(plan_of(in_sync("a"), unreadable("b")))
    assert (document["complete"], document["errored"]) == (False, True)
    assert document["resource_changes"][1]["drift_problem"] == {
        "code": "AccessDenied",
        "message": "These credentials may not read the setting.",
        "advice": "Allow it on acs:oss:*:*:b.",
        "request_id": "66F0A1B2C3D4E5F601234568",
        "retryable": False,
    }


def test_a_plan_without_buckets_is_an_error() -> None:
    document = represented(plan_of())
    assert (document["complete"], document["errored"]) == (False, True)
    (found,) = document["resource_changes"]
    assert found["address"] == f'alicloud_{BUCKET}.this["*"]'
    assert found["change"]["actions"] == ["update"]
    assert found["drift_problem"]["message"] == (
        "No declared bucket was found, so nothing is called green."
    )


def test_buckets_that_could_not_be_listed_are_a_change() -> None:
    found = resource(unlisted("*"))
    assert found["address"] == f'alicloud_{BUCKET}.this["*"]'
    assert found["change"]["actions"] == ["update"]
    assert found["drift_region"] is None


def test_an_undeclared_bucket_is_a_change_only_if_it_fails_the_plan() -> None:
    plan = plan_of(undeclared("app"), in_sync("b"))
    reported = represented(plan)["resource_changes"][0]["change"]
    assert (reported["actions"], reported["before"]) == (["no-op"], {"bucket": "app"})
    assert reported["after"] == reported["before"]
    plan = plan_of(undeclared("app"), in_sync("b"), undeclared="fail")
    failed = represented(plan)["resource_changes"][0]["change"]
    assert (failed["actions"], failed["before"]) == (["update"], None)
    assert (failed["after"], failed["after_unknown"]) == ({"bucket": "app"}, {})


def test_what_only_drift_knows_stands_beside() -> None:
    found = resource(drifted("app"))
    beside = {name: value for name, value in found.items() if name.startswith("drift_")}
    assert beside == {
        "drift_status": "drift",
        "drift_severity": None,
        "drift_ignored": False,
        "drift_violations": [],
        "drift_waivers": [],
        "drift_impact": "weaker",
        "drift_meaning": "accepts TLS 1.0, which is not wanted",
        "drift_region": "cn-hangzhou",
        "drift_source": {"file": "desired/a.json", "line": 3, "column": 13},
        "drift_problem": None,
        "drift_warnings": [],
    }


def test_planned_values_are_what_there_will_be() -> None:
    document = represented(plan_of(*one_of_each(), undeclared="fail"))
    planned = document["planned_values"]["root_module"]["resources"]
    assert len(planned) == len(document["resource_changes"])
    after = {one["address"]: one["change"]["after"] for one in document["resource_changes"]}
    assert all(one["values"] == after[one["address"]] for one in planned)
    assert {one["schema_version"] for one in planned} == {0}


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


@given(HOSTILE_PLANS)
def test_no_policy_that_looks_at_actions_reads_more_green_than_there_is(plan: Plan) -> None:
    """Law: all is no-op if and only if the verdict is in sync; an incomplete plan is an error.

    And so it is for policies that look for what most of them do: create, update and delete.
    """
    document = represented(plan)
    actions = [one["change"]["actions"] for one in document["resource_changes"]]
    assert all(one == ["no-op"] for one in actions) is (plan.verdict == "in_sync")
    assert document["complete"] is not document["errored"] is (plan.verdict == "incomplete")
    changed = any({"create", "update", "delete"} & {*one} for one in actions)
    assert changed is (plan.verdict != "in_sync")


@given(HOSTILE_PLANS)
def test_hostile_text_does_no_harm_to_what_prints_it(plan: Plan) -> None:
    """Law: every text in it is printable Unicode that no log obeys."""
    for text in texts(represented(plan)):
        assert text.isprintable()
        assert text.encode().decode() == text
        assert not text.startswith("::")
        assert "##[" not in text


def test_hostile_documents_are_represented_or_left_out() -> None:
    documents: list[dict[str, JsonValue]] = [
        {"HttpsConfiguration": None},
        {"\ud800": {"\x1b": {"\u202e": ["\x00", 1]}}},
        {"HttpsConfiguration": {"Bucket": "another", "TLS": 1, "CipherSuite": {}}},
        {},
    ]
    for document in documents:
        change = DocumentChange(actions=("update",), before=document, after=document)
        found = resource(replace(drifted("app"), change=change))["change"]["after"]
        assert found["bucket"] == "app"
        assert all(text.isprintable() for text in texts(found))


def test_long_texts_are_cut() -> None:
    found = resource(in_sync("a" * 5000))
    assert found["index"] == "a" * 4093 + "..."
    assert represented(hostile_plan("a" * 5000))["drift_verdict"] == "incomplete"
