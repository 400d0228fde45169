"""Spoiled policies: none crashes drift, and what loads judges without an exception."""

from collections import Counter
from pathlib import Path
from random import Random

from drift.desired.load import Desired, load
from drift.policy.demand import Case, Demand
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.states import TooManyError
from tests.fuzz.json_mutators import spoiled
from tests.fuzz.test_fuzz_desired import assert_places

FILES = 2_000
SAMPLES = Path(__file__).parents[2] / "samples" / "policies"
HEAD = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "x-drift": {"Bucket": "b-*"}, '
OWN = (
    """"$ref": "#/$defs/a", "$defs": {"a": {"$anchor": "b", "properties": {"HttpsConfiguration":
       {"properties": {"TLS": {"properties": {"TLSVersion": {"contains": {"const": "TLSv1.2"},
       "minContains": 1, "maxItems": 3}}}}}}}}}""",
    """"properties": {"HttpsConfiguration": {"properties": {"TLS": {"if": {"properties": {"Enable":
       {"const": true}}}, "then": {"required": ["TLSVersion"]}, "else": false}}}}}""",
    """"properties": {"HttpsConfiguration": {"properties": {"CipherSuite": {"oneOf": [{"properties":
       {"Enable": {"const": false}}}, {"properties": {"CustomCipherSuite": {"items": {"pattern":
       "GCM", "enum": ["AES128-GCM-SHA256", "AES128-SHA"]}}}}]}}}}}""",
    """"patternProperties": {"^Https": {"const": {"TLS": {"Enable": true, "TLSVersion":
       ["TLSv1.3"]},
       "CipherSuite": {"Enable": false, "StrongCipherSuite": false, "CustomCipherSuite": [],
       "TLS13CustomCipherSuite": []}}}}}""",
)
CORPUS = (
    *(HEAD + one for one in OWN),
    *(path.read_text("utf-8") for path in sorted(SAMPLES.glob("mozilla-modern.json"))),
)
LIVE = HttpsConfiguration(
    TLS=Tls(Enable=True, TLSVersion=("TLSv1.0", "TLSv1.2")),
    CipherSuite=CipherSuite(Enable=True, CustomCipherSuite=("AES128-SHA", "X-UNKNOWN")),
)


def judge(desired: Desired) -> None:
    """Judge a bucket by all that is declared, as far as there are not too many documents."""
    case = Case("b-1", "cn-hangzhou")
    for one in desired.declarations:
        policies = (one.policy,) if one.policy else ()
        try:
            target = Demand(one.setting, policies).target(LIVE, case)
        except TooManyError:
            continue
        if target is not None:
            live = target.over(LIVE)
            assert all(policy.accepts(case.around(live.complete())) for policy in policies)
        for policy in policies:
            for breach in policy.breaches(case.around(LIVE.complete())):
                assert policy.violation(breach).source.line >= 1


def test_every_spoiled_policy_judges_or_says_where_it_is_wrong(tmp_path: Path) -> None:
    """Law: `load` never raises; it yields declarations that judge, or errors that have a place."""
    rng = Random(20261122)
    path = tmp_path / "example.json"
    seen = Counter[str]()
    for _ in range(FILES):
        data = spoiled(rng, rng.choice(CORPUS))
        path.write_bytes(data)
        desired = load([path])
        errors = [one for one in desired.diagnostics if one.severity == "error"]
        assert desired.valid != bool(errors), data
        assert desired.declarations or errors, data
        assert_places(desired.diagnostics, path, data)
        judge(desired)
        seen["valid"] += desired.valid
        seen["valid, with warnings"] += desired.valid and bool(desired.diagnostics)
        seen["a policy"] += any(one.policy for one in desired.declarations)
        seen["no JSON"] += bool(errors) and errors[0].summary.startswith("Not JSON")
        seen["many errors"] += len(errors) > 1
    few = {name: count for name, count in seen.items() if count < 20}
    assert not few, seen
