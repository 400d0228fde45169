"""The ready policies say what their sources say: their clauses, their suites, and what they refuse.

The lists below are the sources' own, by IANA's names, so that nothing here was copied from there.
"""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from drift.desired.load import load
from drift.policy.demand import ANYWHERE, Demand
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls, Version
from drift.settings.https.suite import Suite, suites
from drift.settings.https.weakness import weakness
from tests.cli.running import SAMPLES

POLICIES = {path.stem: path for path in sorted((SAMPLES / "policies").iterdir())}
SOURCES = {
    "bsi-tr-02102-2": r"BSI TR-02102-2, 2026-01, 3\.\d",
    "mozilla-intermediate": r"Mozilla Server Side TLS 6\.0, intermediate: (tls_versions|ciphers)",
    "mozilla-modern": r"Mozilla Server Side TLS 6\.0, modern: (tls_versions|ciphersuites)",
    "nist-sp-800-52r2": r"NIST SP 800-52 Rev\. 2, 3\.[13]",
    "pci-dss-4": r"PCI DSS v4\.0\.1, Requirement 4\.2\.1",
}
"""How a clause of each begins."""

GCM13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]
MOZILLA13 = [*GCM13, "TLS_CHACHA20_POLY1305_SHA256"]
BSI13 = [*GCM13, "TLS_AES_128_CCM_SHA256"]
NIST13 = [*BSI13, "TLS_AES_128_CCM_8_SHA256"]
ECDHE_GCM = [
    f"TLS_ECDHE_{kind}_WITH_AES_{size}"
    for kind in ("ECDSA", "RSA")
    for size in ("128_GCM_SHA256", "256_GCM_SHA384")
]
MOZILLA = [
    *ECDHE_GCM,
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
]
"""Version 6.0 of the guidelines, configuration "intermediate": ciphers.iana."""
BSI = [
    *ECDHE_GCM,
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_DHE_RSA_WITH_AES_128_CCM",
    "TLS_DHE_RSA_WITH_AES_256_CCM",
]
"""Table 3 of version 2026-01, without its CBC suites."""
NIST_CBC = [
    f"TLS_{exchange}_WITH_AES_{size}"
    for exchange, sizes in {
        "ECDHE_ECDSA": ("128_CBC_SHA256", "256_CBC_SHA384"),
        "ECDHE_RSA": ("128_CBC_SHA256", "256_CBC_SHA384"),
        "DHE_RSA": ("128_CBC_SHA256", "256_CBC_SHA256"),
        "DHE_DSS": ("128_CBC_SHA256", "256_CBC_SHA256"),
    }.items()
    for size in (*sizes, "128_CBC_SHA", "256_CBC_SHA")
]
NIST = [
    *BSI,
    *NIST_CBC,
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
    "TLS_DHE_RSA_WITH_AES_128_CCM_8",
    "TLS_DHE_RSA_WITH_AES_256_CCM_8",
]
"""Sections 3.3.1.1.1 to 3.3.1.1.3, for ECDSA, RSA and DSA certificates."""
BROKEN = [
    "RC4-SHA",
    "RC4-MD5",
    "DES-CBC3-SHA",
    "ECDHE-RSA-DES-CBC3-SHA",
    "DES-CBC-SHA",
    "EXP-RC2-CBC-MD5",
    "NULL-SHA256",
    "ECDHE-ECDSA-NULL-SHA",
    "ADH-AES128-GCM-SHA256",
    "AECDH-AES256-SHA",
    "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
    "TLS_SHA256_SHA256",
]

ASSERTIONS = frozenset({"const", "contains", "enum", "minItems", "pattern"})
LEADING = frozenset({"$defs", "$ref", "allOf", "if", "items", "not", "properties", "then"})
TELLING = frozenset({"$comment", "$schema", "description", "title", "x-drift"})
OFF = ("TLSv1.0", "TLSv1.1", "TLSv1.2")
BOTH: tuple[Version, ...] = ("TLSv1.2", "TLSv1.3")


@cache
def openssl() -> dict[str, str]:
    """Return OpenSSL's name for each of IANA's."""
    tls13 = ["-ciphersuites", ":".join({*NIST13, *MOZILLA13})]
    listed = ["openssl", "ciphers", "-stdname", *tls13, "ALL:COMPLEMENTOFALL"]
    lines = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines()
    pairs = (line.split(" - ") for line in lines)
    return {iana.strip(): rest.split()[0] for iana, rest in pairs}


def named(*suites: str) -> list[str]:
    return sorted(openssl()[suite] for suite in suites)


def read(name: str) -> dict[str, Any]:
    policy = json.loads(POLICIES[name].read_text())
    assert isinstance(policy, dict)
    return policy


def live(
    versions: tuple[str, ...] = BOTH,
    *,
    enable: bool = True,
    strong: bool = False,
    tls12: list[str] | None = None,
    tls13: list[str] | None = None,
) -> dict[str, Any]:
    """Return a live document; without anything, it has the suites that all profiles allow."""
    suites = {
        "Enable": enable,
        "StrongCipherSuite": strong,
        "CustomCipherSuite": named(*ECDHE_GCM) if tls12 is None else tls12,
        "TLS13CustomCipherSuite": GCM13 if tls13 is None else tls13,
    }
    tls = {"Enable": versions != OFF, "TLSVersion": list(versions)}
    https = {"TLS": tls, "CipherSuite": suites}
    return {"Bucket": "oss-example", "Region": "cn-hangzhou", "HttpsConfiguration": https}


def judged(name: str, document: dict[str, Any]) -> set[str]:
    """Return the titles of the rules that a document violates."""
    policy = read(name)
    errors = Draft202012Validator(policy).iter_errors(document)
    return {title_at(policy, error.absolute_schema_path) for error in errors}


def title_at(policy: dict[str, Any], path: Iterable[str | int]) -> str:
    """Return the title of the nearest subschema around a keyword."""
    schema: Any = policy
    titles = [policy["title"]]
    for step in path:
        schema = schema[step]
        if isinstance(schema, dict):
            # jsonschema leaves the step through a reference out of its path.
            schema = policy["$defs"]["unbroken"] if "$ref" in schema else schema
            titles.append(schema.get("title"))
    return [title for title in titles if isinstance(title, str)][-1]


def asserted(schema: Any, comment: str = "") -> Iterator[tuple[str, str]]:
    """Yield each assertion of a policy with the comment of the nearest subschema around it."""
    comment = schema.get("$comment", comment)
    for keyword, value in schema.items():
        assert keyword in ASSERTIONS | LEADING | TELLING
        if keyword in ASSERTIONS:
            yield keyword, comment
        if keyword in LEADING - {"$ref"} | {"contains"}:
            for child in children(keyword, value):
                yield from asserted(child, comment)


def children(keyword: str, value: Any) -> list[Any]:
    if keyword in ("$defs", "properties"):
        return [*value.values()]
    return value if isinstance(value, list) else [value]


def test_these_are_the_profiles() -> None:
    assert [*POLICIES] == sorted(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_a_profile_is_a_policy_for_all_buckets_that_says_where_it_is_from(name: str) -> None:
    policy = read(name)
    assert policy["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(policy)
    assert policy["x-drift"].keys() == {"Bucket", "severity", "help"}
    assert policy["x-drift"]["Bucket"] == "*"
    assert re.search(r"20\d\d", policy["description"])


@pytest.mark.parametrize(("name", "source"), SOURCES.items())
def test_every_assertion_has_its_clause(name: str, source: str) -> None:
    found = [*asserted(read(name))]
    assert found
    assert [(keyword, comment) for keyword, comment in found if not re.match(source, comment)] == []


@pytest.mark.parametrize(
    ("name", "tls12", "tls13"),
    [
        ("bsi-tr-02102-2", BSI, BSI13),
        ("nist-sp-800-52r2", NIST, NIST13),
        ("mozilla-intermediate", MOZILLA, MOZILLA13),
        ("mozilla-modern", [], MOZILLA13),
    ],
)
def test_a_profile_names_the_suites_of_its_source(
    name: str, tls12: list[str], tls13: list[str]
) -> None:
    https = read(name)["properties"]["HttpsConfiguration"]["properties"]
    suites = https["CipherSuite"]["properties"]
    for member, wanted in (("CustomCipherSuite", tls12), ("TLS13CustomCipherSuite", tls13)):
        listed = suites.get(member, {"const": []})
        assert listed.get("const", listed.get("items", {}).get("enum")) == named(*wanted)


ALLOWED = {name: live() for name in SOURCES} | {
    "mozilla-modern": live(("TLSv1.3",), tls13=MOZILLA13),
    "mozilla-intermediate": live(tls12=named(*MOZILLA), tls13=MOZILLA13),
}
NO_OLD = {
    "bsi-tr-02102-2": "No TLS older than 1.2",
    "mozilla-intermediate": "TLS 1.2 and 1.3 are accepted, and no other version",
    "mozilla-modern": "TLS 1.3 is accepted, and no other version",
    "nist-sp-800-52r2": "No TLS older than 1.2",
    "pci-dss-4": "No early TLS: nothing older than 1.2",
}
NAMED = "The suites are named: OSS does not publish which ones it counts as strong"
SIX = "For TLS 1.2, Mozilla's six suites and no other"
THREE = "For TLS 1.3, Mozilla's three suites and no other"
BSI_ONLY = tuple(f"For TLS 1.{minor}, {what} only" for minor, what in (
    (2, "recommended suites with forward secrecy"), (3, "recommended suites")))  # fmt: skip
NIST_ONLY = tuple(f"For TLS 1.{minor}, approved suites only" for minor in (2, 3))
GCM_THERE = ("For TLS 1.2, the suites with ECDHE and AES-GCM are among them",
             "For TLS 1.3, the suites with AES-GCM are among them")  # fmt: skip
LISTED = tuple(f"A list names suites for TLS 1.{minor} where that is accepted" for minor in (2, 3))
UNBROKEN = "No suite that is known to be broken"
RESTRICTED = "Suites of a list only, or those that OSS counts as strong, taken at its word"


@pytest.mark.parametrize(("name", "document"), ALLOWED.items())
def test_what_a_profile_asks_for_is_allowed(name: str, document: dict[str, Any]) -> None:
    assert judged(name, document) == set()


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("old", ["TLSv1.0", "TLSv1.1"])
def test_an_old_version_beside_what_is_allowed_is_refused(name: str, old: str) -> None:
    document = json.loads(json.dumps(ALLOWED[name]))
    document["HttpsConfiguration"]["TLS"]["TLSVersion"].insert(0, old)
    assert judged(name, document) == {NO_OLD[name]}


@pytest.mark.parametrize("name", SOURCES)
def test_a_bucket_that_was_never_configured_is_refused(name: str) -> None:
    found = judged(name, live(OFF, enable=False, tls12=[], tls13=[]))
    assert found >= {NO_OLD[name], RESTRICTED if name == "pci-dss-4" else NAMED}


@pytest.mark.parametrize(
    ("name", "changed", "titles"),
    [
        # Versions
        ("bsi-tr-02102-2", live(("TLSv1.2",), tls13=[]), {"TLS 1.3 is accepted"}),
        ("bsi-tr-02102-2", live(("TLSv1.3",), tls12=[]), {"TLS 1.2 is accepted"}),
        ("pci-dss-4", live(("TLSv1.2",), tls13=[]), set()),
        ("pci-dss-4", live(("TLSv1.3",), tls12=[]), set()),
        ("nist-sp-800-52r2", live(("TLSv1.2",), tls13=[]), {"TLS 1.3 is accepted"}),
        ("nist-sp-800-52r2", live(("TLSv1.3",), tls12=[]), {"TLS 1.2 is accepted"}),
        ("mozilla-modern", live(tls13=MOZILLA13), {NO_OLD["mozilla-modern"]}),
        # A mode
        ("pci-dss-4", live(strong=True, tls12=[], tls13=[]), set()),
        ("pci-dss-4", live(enable=False, tls12=[], tls13=[]), {RESTRICTED}),
        ("bsi-tr-02102-2", live(strong=True), {NAMED}),
        ("nist-sp-800-52r2", live(enable=False), {NAMED}),
        # A suite too many
        ("bsi-tr-02102-2", live(tls12=named(*BSI), tls13=BSI13), set()),
        ("nist-sp-800-52r2", live(tls12=named(*NIST), tls13=NIST13), set()),
        ("bsi-tr-02102-2", live(tls12=named(*ECDHE_GCM, NIST_CBC[0])), {BSI_ONLY[0]}),
        ("bsi-tr-02102-2", live(tls12=named(*MOZILLA)), {BSI_ONLY[0]}),
        ("bsi-tr-02102-2", live(tls13=MOZILLA13), {BSI_ONLY[1]}),
        ("nist-sp-800-52r2", live(tls12=["AES128-GCM-SHA256", *named(*NIST)]), {NIST_ONLY[0]}),
        ("nist-sp-800-52r2", live(tls13=MOZILLA13), {NIST_ONLY[1]}),
        ("mozilla-intermediate", live(tls12=named(*MOZILLA, BSI[-1]), tls13=MOZILLA13), {SIX}),
        # A suite that lacks
        ("mozilla-intermediate", live(tls12=named(*MOZILLA[:-1]), tls13=MOZILLA13), {SIX}),
        ("mozilla-intermediate", live(tls12=named(*MOZILLA)), {THREE}),
        ("mozilla-modern", live(("TLSv1.3",)), {THREE}),
        *((name, live(tls12=named(*(set(ECDHE_GCM) - {lacking}))), {GCM_THERE[0]})
          for name in ("bsi-tr-02102-2", "nist-sp-800-52r2") for lacking in ECDHE_GCM),
        *((name, live(tls13=[suite]), {GCM_THERE[1]})
          for name in ("bsi-tr-02102-2", "nist-sp-800-52r2") for suite in GCM13),
        ("pci-dss-4", live(tls12=[]), {LISTED[0]}),
        ("pci-dss-4", live(tls13=[]), {LISTED[1]}),
        # A suite that is broken
        *(("pci-dss-4", live(tls12=[*GCM13, suite]), {UNBROKEN}) for suite in BROKEN),
        *(("pci-dss-4", live(tls13=[*GCM13, suite]), {UNBROKEN}) for suite in BROKEN),
        ("pci-dss-4", live(tls12=named(*NIST, *MOZILLA), tls13=NIST13), set()),
    ],
)  # fmt: skip
def test_each_rule_by_what_violates_it_alone(
    name: str, changed: dict[str, Any], titles: set[str]
) -> None:
    assert judged(name, changed) == titles


def with_suite(name: str, suite: Suite) -> dict[str, Any]:
    """Return what a profile allows, with one suite more in the list where it belongs."""
    document: dict[str, Any] = json.loads(json.dumps(ALLOWED[name]))
    member = "TLS13CustomCipherSuite" if suite.tls13 else "CustomCipherSuite"
    listed = {suite.name, *document["HttpsConfiguration"]["CipherSuite"][member]}
    document["HttpsConfiguration"]["CipherSuite"][member] = sorted(listed)
    return document


def accepted(name: str) -> set[str]:
    """Return which suites of the whole table a profile accepts, as jsonschema and drift see it."""
    (declared,) = load([POLICIES[name]]).declarations
    assert declared.policy
    standard, found = Draft202012Validator(read(name)), set[str]()
    for suite in suites():
        document = with_suite(name, suite)
        assert standard.is_valid(document) == declared.policy.accepts(document), suite.name
        found |= {suite.name} if standard.is_valid(document) else set()
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_no_suite_that_is_broken_is_accepted_where_a_version_can_use_it(name: str) -> None:
    usable = {*ALLOWED[name]["HttpsConfiguration"]["TLS"]["TLSVersion"]}
    ailments = {suite.name: weakness(suite) for suite in suites() if suite.versions & usable}
    broken = {name for name, ailment in ailments.items() if ailment and ailment.broken}
    assert accepted(name) & broken == set()


def test_where_no_suites_are_named_all_that_are_not_broken_are_accepted() -> None:
    ailments = {suite.name: weakness(suite) for suite in suites()}
    sound = {name for name, ailment in ailments.items() if not (ailment and ailment.broken)}
    assert accepted("pci-dss-4") == sound


# What drift makes of them


@pytest.mark.parametrize("name", SOURCES)
def test_drift_finds_nothing_wrong_with_a_profile(name: str) -> None:
    loaded = load([POLICIES[name]])
    assert (loaded.valid, loaded.diagnostics) == (True, ())


LIVE = {
    "never configured": None,
    "off": HttpsConfiguration(TLS=Tls(Enable=False)),
    "everything": HttpsConfiguration(
        TLS=Tls(Enable=True, TLSVersion=VERSIONS), CipherSuite=CipherSuite(Enable=False)
    ),
    "strong": HttpsConfiguration(
        TLS=Tls(Enable=True, TLSVersion=BOTH),
        CipherSuite=CipherSuite(Enable=True, StrongCipherSuite=True),
    ),
    "a weak list": HttpsConfiguration(
        TLS=Tls(Enable=True, TLSVersion=("TLSv1.1", "TLSv1.2")),
        CipherSuite=CipherSuite(Enable=True, CustomCipherSuite=("AES128-SHA", "RC4-SHA")),
    ),
}


@pytest.mark.parametrize("before", LIVE.values(), ids=LIVE)
@pytest.mark.parametrize("name", SOURCES)
def test_the_way_back_to_a_profile_locks_no_ordinary_client_out(
    name: str, before: HttpsConfiguration | None
) -> None:
    """It is the nearest document, so a profile that wants too little would cut clients off."""
    (declared,) = load([POLICIES[name]]).declarations
    assert declared.policy
    wanted = Demand(declared.setting, (declared.policy,)).target(before, ANYWHERE)
    assert isinstance(wanted, HttpsConfiguration)
    after = wanted.over((before or HttpsConfiguration()).as_live())
    assert judged(name, {**live(), **json.loads(json.dumps(after.complete()))}) == set()
    assert after.tls
    assert after.cipher_suite
    versions = {"TLSv1.3"} if name == "mozilla-modern" else {"TLSv1.2"}
    assert versions <= after.tls.accepted <= {*BOTH}
    ordinary = {"TLSv1.2": named(*ECDHE_GCM), "TLSv1.3": GCM13}
    members = {"TLSv1.2": "CustomCipherSuite", "TLSv1.3": "TLS13CustomCipherSuite"}
    if name != "pci-dss-4":
        for version in after.tls.accepted:
            assert {*ordinary[version]} <= {*after.cipher_suite.lists[members[version]]}
