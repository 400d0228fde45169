"""What is wanted of a bucket, in examples."""

from typing import Any

import pytest

from drift.policy.demand import Case, Demand
from drift.policy.reason import Clash, clashes, spares_the_laxest
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.states import MOST, TooManyError, choices, refuse_too_many
from tests.policy.domain import BUCKET, REGION, policy
from tests.policy.schemas import of_suites
from tests.seam.public_access_block import PublicAccessBlock

CASE = Case(BUCKET, REGION)


def tls(**schema: Any) -> dict[str, Any]:
    parts = {"TLS": {"properties": {"TLSVersion": schema}}}
    return {"properties": {"HttpsConfiguration": {"properties": parts}}}


def suites(**schema: Any) -> dict[str, Any]:
    return of_suites({"properties": {"CustomCipherSuite": schema}})


def live(*versions: Any, custom: tuple[str, ...] = ()) -> HttpsConfiguration:
    return HttpsConfiguration(
        TLS=Tls(Enable=True, TLSVersion=versions),
        CipherSuite=CipherSuite(Enable=bool(custom), CustomCipherSuite=custom),
    )


def target(schema: dict[str, Any], found: HttpsConfiguration) -> HttpsConfiguration | None:
    wanted = Demand(HttpsConfiguration(), (policy(schema),)).target(found, CASE)
    assert wanted is None or isinstance(wanted, HttpsConfiguration)
    return wanted


def test_never_tls_1_0_takes_it_out_and_nothing_else() -> None:
    wanted = target(tls(items={"not": {"const": "TLSv1.0"}}), live("TLSv1.0", "TLSv1.2"))
    assert wanted == HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2",)))


def test_never_tls_1_0_is_not_satisfied_by_tls_that_nobody_manages() -> None:
    off = HttpsConfiguration(TLS=Tls(Enable=False))
    wanted = target(tls(items={"not": {"const": "TLSv1.0"}}), off)
    assert wanted
    assert wanted.tls
    assert "TLSv1.0" not in wanted.tls.accepted
    assert wanted.tls.enable


def test_a_custom_list_keeps_what_it_has_and_loses_what_is_refused() -> None:
    custom = ("AES128-SHA", "AES128-GCM-SHA256", "X-UNKNOWN")
    wanted = target(suites(items={"not": {"pattern": "SHA$"}}), live("TLSv1.2", custom=custom))
    assert wanted
    assert wanted.cipher_suite
    assert {*wanted.cipher_suite.tls12} == {"AES128-GCM-SHA256", "X-UNKNOWN"}


def test_a_setting_without_parts_has_policies_too() -> None:
    schema = {
        "properties": {
            "PublicAccessBlockConfiguration": {"properties": {"BlockPublicAccess": {"const": True}}}
        }
    }
    demand = Demand(PublicAccessBlock(), (policy(schema),))
    blocked = PublicAccessBlock(BlockPublicAccess=True)
    assert demand.target(PublicAccessBlock(BlockPublicAccess=False), CASE) == blocked
    assert demand.target(None, CASE) == blocked
    assert demand.target(blocked, CASE) == PublicAccessBlock()
    assert spares_the_laxest(policy(schema), PublicAccessBlock) == ()


def test_of_a_fleet_in_which_no_bucket_is_like_another_not_all_is_remembered() -> None:
    apart = [{"not": {"contains": {"const": f"Y-{one}"}}} for one in range(4)]
    demand = Demand(HttpsConfiguration(), (policy(suites(anyOf=[*apart, {"maxItems": 0}])),))
    custom = tuple(f"Y-{one}" for one in range(4))
    most = 0
    for number in range(100):
        wanted = demand.target(live("TLSv1.2", custom=(*custom, f"X-{number}")), CASE)
        assert isinstance(wanted, HttpsConfiguration)
        assert wanted.cipher_suite
        most = max(most, sum(one.size for one in demand._known.values()))
    assert 5_000 < most <= 10_000


def many(number: int, **more: Any) -> dict[str, Any]:
    """Return a schema that tells so many names apart."""
    consts = [{"contains": {"const": f"X-{one}"}} for one in range(number)]
    return suites(anyOf=[*consts, {"maxItems": 1000}], **more)


@pytest.mark.parametrize(
    "schema",
    [
        many(17),
        many(1100),
        suites(anyOf=[{"items": {"enum": [f"X-{one}" for one in range(2000)]}}], maxItems=2000),
    ],
)
def test_there_may_be_too_many_documents_to_look_at(schema: dict[str, Any]) -> None:
    """Then nothing is said of the policy itself, and no bucket is judged by it."""
    one = policy(schema)
    demand = Demand(HttpsConfiguration(), (one, policy(tls(minItems=4))))
    with pytest.raises(TooManyError, match="there are more than"):
        demand.target(live("TLSv1.2"), CASE)
    assert clashes(demand, CASE) == ()
    assert spares_the_laxest(one, HttpsConfiguration) == ()


def test_where_too_many_documents_are_refused_the_policies_are_to_blame_as_a_whole() -> None:
    """What is plainly refused is left out, so that it is known that nothing is left."""
    names = [f"X-{one}" for one in range(12)]
    wanted = [{"contains": {"const": name}} for name in names]
    strict = policy(
        of_suites(
            {"properties": {"CustomCipherSuite": {"allOf": wanted}, "Enable": {"const": True}}}
        )
    )
    other = policy(of_suites({"properties": {"CustomCipherSuite": {"maxItems": 3}}}))
    found = clashes(Demand(HttpsConfiguration(), (strict, other)), CASE)
    assert {one.policy for one in found} == {strict, other}
    assert all(isinstance(one, Clash) for one in found)


def test_all_documents_are_not_more_than_are_looked_at() -> None:
    refuse_too_many([range(MOST)])
    with pytest.raises(TooManyError):
        refuse_too_many([range(MOST), range(2)])
    found = choices(HttpsConfiguration, lambda _part, _member: ((), ("A",)))
    assert {name: len(states) for name, states in found.items()} == {"TLS": 16, "CipherSuite": 5}
