"""How policies look at documents: of any setting, of many fleets, and no longer than is bounded."""

import json
from itertools import combinations
from typing import Any

import pytest

from drift.plan import Severity, Status
from drift.policy.demand import Case, Demand
from drift.policy.policy import Policy, canonical
from drift.policy.reason import clashes, says_nothing, spares_the_laxest
from drift.policy.vain import unknown
from drift.positions import JsonText
from drift.settings.document import write
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.https.cipher_suites import preferred
from drift.settings.states import Choice, TooManyError
from tests.declared import planned
from tests.policy.declaring import by_policy
from tests.policy.domain import BUCKET, policy
from tests.seam.public_access_block import PublicAccessBlock

CASE = Case(BUCKET, "cn-hangzhou")
NAMES = preferred(tls13=False)


def of_suites(schema: dict[str, Any]) -> dict[str, Any]:
    for name in ("CustomCipherSuite", "CipherSuite", "HttpsConfiguration"):
        schema = {"properties": {name: schema}}
    return schema


def custom(*suites: str) -> HttpsConfiguration:
    ciphers = CipherSuite(Enable=True, StrongCipherSuite=False, CustomCipherSuite=suites)
    return HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2",)), CipherSuite=ciphers)


def wide(names: int) -> dict[str, Any]:
    """Return a schema that tells so many names apart, each by itself."""
    conditions = [
        {"if": {"contains": {"const": one}}, "then": {"maxItems": 30}} for one in NAMES[:names]
    ]
    return of_suites({"allOf": conditions, "not": {"const": ["A"]}})


def test_a_setting_of_plain_switches_is_led_back_as_any_other() -> None:
    rule = policy({"properties": {PublicAccessBlock.root: {"const": {"BlockPublicAccess": True}}}})
    demand = Demand(PublicAccessBlock(), (rule,))
    blocked = PublicAccessBlock(BlockPublicAccess=True)
    assert demand.target(PublicAccessBlock(BlockPublicAccess=False), CASE) == blocked
    assert demand.target(None, CASE, strict=True) == blocked
    assert demand.target(blocked, CASE) == PublicAccessBlock()
    assert Choice.of(True).size == 1


def test_a_setting_whose_names_have_no_other_names_calls_them_as_they_are() -> None:
    assert PublicAccessBlock.canonical("AES128-SHA") == "AES128-SHA"
    assert Tls.known("TLSVersion") == ()


def test_the_buckets_of_a_fleet_may_all_have_different_lists() -> None:
    demand = Demand(HttpsConfiguration(), (policy(of_suites({"maxItems": 1})),))
    for first, second in [*combinations(NAMES[:24], 2)][:270]:
        target = demand.target(custom(first, second), CASE)
        assert target in [
            HttpsConfiguration(CipherSuite=custom(one).cipher_suite) for one in (first, second)
        ]


def test_a_policy_that_tells_too_much_apart_judges_nothing_and_is_not_called_green() -> None:
    schema = wide(20)
    one = policy(schema)
    demand = Demand(HttpsConfiguration(), (one,))
    with pytest.raises(TooManyError):
        [*demand.domain().states()]
    assert clashes(demand, CASE) == ()
    assert not says_nothing(one, HttpsConfiguration)
    assert spares_the_laxest(one, HttpsConfiguration) == ()
    schema["properties"]["HttpsConfiguration"]["properties"]["TLS"] = {
        "properties": {"Enable": {"const": True}}
    }
    (found,) = planned(by_policy(schema), {BUCKET: b"<HttpsConfiguration/>"}).resource_changes
    assert (found.status, found.problem and found.problem.code) == (
        Status.UNREADABLE, "TooManyDocuments"
    )  # fmt: skip


def test_what_such_a_policy_accepts_as_it_is_needs_no_look() -> None:
    (found,) = planned(by_policy(wide(20)), {BUCKET: write(custom("A", "B"))}).resource_changes
    assert found.status is Status.IN_SYNC


def test_of_a_policy_that_nothing_satisfies_and_that_tells_too_much_apart_all_is_to_blame() -> None:
    schema: dict[str, Any] = {"allOf": [wide(9), of_suites({"items": False})]}
    schema |= {"properties": {"HttpsConfiguration": {"properties": {"TLS": {"maxProperties": 1}}}}}
    one = policy(schema)
    assert [clash.keyword for clash in clashes(Demand(HttpsConfiguration(), (one,)), CASE)] == [""]


def test_a_document_that_no_policy_allows_is_a_problem_and_no_drift() -> None:
    schema = {"properties": {"Bucket": {"const": "another"}}}
    (found,) = planned(by_policy(schema), {BUCKET: write(custom("A"))}).resource_changes
    assert found.problem is not None
    assert found.problem.code == "NothingSatisfies"
    assert "desired/policy.json:" in found.problem.advice


def test_a_rule_is_called_by_the_innermost_title_around_it() -> None:
    inner = {"title": " ", "properties": {"Enable": {"const": True}}}
    schema: dict[str, Any] = {
        "properties": {"HttpsConfiguration": {"title": "Inner", "properties": {"TLS": inner}}},
        "anyOf": [False],
    }
    for title, outer in (("", "policy.json"), ("Outer", "Outer")):
        whole = {"title": title, **schema} if title else schema
        text = JsonText("policy.json", json.dumps(whole))
        one = Policy(text, canonical(whole), Severity.LOW)
        live = CASE.around(HttpsConfiguration().complete())
        told = {one.violation(found).title for found in one.breaches(live)}
        assert told == {"Inner", outer}


def test_what_is_spelled_out_is_called_as_documents_call_it() -> None:
    iana = "TLS_RSA_WITH_AES_128_CBC_SHA"
    one = Policy(JsonText("p", "{}"), canonical(of_suites({"items": {"enum": [iana]}})))
    assert one.accepts(CASE.around(custom("AES128-SHA").complete()))
    whole = Policy(JsonText("p", "{}"), canonical(of_suites({"const": [iana, "A", "A"]})))
    assert whole.accepts(CASE.around(custom("A", "AES128-SHA").complete()))


def test_a_name_that_drift_does_not_know_is_found_inside_an_object() -> None:
    suites = {"Enable": True, "StrongCipherSuite": False, "TLS13CustomCipherSuite": []}
    value = {**suites, "CustomCipherSuite": ["AES128-SHA", "FAKE-SUITE"]}
    schema = {"properties": {"CipherSuite": {"const": value}}}
    rule = policy({"properties": {"HttpsConfiguration": schema}})
    assert [one.summary for one in unknown(rule)] == ['"FAKE-SUITE" is not known to drift']
