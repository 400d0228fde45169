"""The table of cipher suites, against OpenSSL and against what its sources say of each other."""

import json
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.plan import Severity
from drift.settings.https import CipherSuite, HttpsConfiguration
from drift.settings.https.cipher_suites import canonical, canonicals, find, preferred, versions
from drift.settings.https.client import clients
from drift.settings.https.suite import Suite, suites
from drift.settings.https.weakness import WEAKNESSES, weakness

OLDER = [
    "AES128-SHA",
    "AES256-SHA",
    "CAMELLIA128-SHA",
    "DES-CBC3-SHA",
    "DHE-DSS-AES128-SHA",
    "DHE-RSA-DES-CBC3-SHA",
    "ECDHE-ECDSA-DES-CBC3-SHA",
    "ECDHE-ECDSA-RC4-SHA",
    "ECDHE-RSA-DES-CBC3-SHA",
    "ECDHE-RSA-RC4-SHA",
    "EDH-RSA-DES-CBC3-SHA",
    "RC4-MD5",
    "RC4-SHA",
    "IDEA-CBC-SHA",
    "DES-CBC-SHA",
    "EXP-RC4-MD5",
    "ADH-RC4-MD5",
]
"""Names of OpenSSL 1.0 and 1.1, most of which 3.0 no longer has."""

KEY_EXCHANGES = {
    "ECDH": "ECDHE",
    "DH": "DHE",
    "RSAPSK": "RSA",
    "ECDHEPSK": "ECDHE",
    "DHEPSK": "DHE",
}
AUTHENTICATIONS = {"None": "none"}
ENCRYPTIONS = {
    "AESGCM": "GCM",
    "AESCCM": "CCM",
    "AESCCM8": "CCM8",
    "ARIAGCM": "GCM",
    "None": "NULL",
}
names = st.sampled_from([name for suite in suites() for name in suite.names])


class Row(NamedTuple):
    """What OpenSSL says of one suite."""

    code: str
    iana: str
    name: str
    version: str
    words: dict[str, str]


def openssl() -> Iterator[Row]:
    listing = subprocess.run(
        ["openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in listing.splitlines():
        code, _, iana, _, name, version, *words = line.split()
        code = "0x" + code.replace("0x", "").replace(",", "")
        yield Row(code, iana, name, version, dict(word.split("=", 1) for word in words))


def known(name: str) -> Suite:
    suite = find(name)
    assert suite, name
    return suite


def test_every_suite_of_openssl_is_in_the_table_as_openssl_has_it() -> None:
    rows = [*openssl()]
    assert len(rows) > 100
    for row in rows:
        suite = known(row.name)
        assert (suite.code, suite.iana) == (row.code, row.iana)
        oldest = {"TLSv1.3": ["TLSv1.3"], "TLSv1.2": ["TLSv1.2"]}.get(row.version)
        assert sorted(suite.versions) == (oldest or ["TLSv1.0", "TLSv1.1", "TLSv1.2"])


def test_the_columns_from_ianas_names_are_what_openssl_says_of_the_suite() -> None:
    for row in openssl():
        suite, words = known(row.name), row.words
        anonymous = suite.authentication == "none"
        exchange = suite.key_exchange if not anonymous else suite.key_exchange + "E"
        assert exchange == KEY_EXCHANGES.get(words["Kx"], words["Kx"])
        authentication = AUTHENTICATIONS.get(words["Au"], words["Au"])
        # OpenSSL looks at the certificate, which the server of RSA with PSK has beside the secret.
        assert suite.authentication == ("PSK" if words["Kx"] == "RSAPSK" else authentication)
        assert suite.mac == words["Mac"]
        cipher, _, bits = words["Enc"].rstrip(")").partition("(")
        assert ENCRYPTIONS.get(cipher, cipher.split("/")[0].upper()) in suite.encryption.upper()
        assert "CHACHA20" in suite.encryption or bits in suite.encryption or cipher == "3DES"


def test_no_name_and_no_code_point_is_two_suites() -> None:
    every = [name for suite in suites() for name in {*suite.names}]
    assert len(every) == len({*every})
    assert len({suite.code for suite in suites()}) == len(suites())


@pytest.mark.parametrize("name", OLDER)
def test_suites_of_older_openssl_are_known(name: str) -> None:
    assert sorted(versions(name) or ()) == ["TLSv1.0", "TLSv1.1", "TLSv1.2"]


def test_http2_bars_what_is_not_both_ephemeral_and_authenticated_encryption() -> None:
    """RFC 7540, appendix A, says by which rule it lists them; ChaCha20 and TLS 1.3 are younger."""
    for suite in suites():
        younger = suite.tls13 or suite.encryption.startswith("CHACHA20")
        sound = suite.key_exchange in ("ECDHE", "DHE") and suite.mac == "AEAD"
        assert suite.http2_blocked == (not younger and not sound), suite


def test_what_iana_recommends_has_no_weakness_and_what_it_discourages_has_one() -> None:
    for suite in suites():
        if suite.recommended == "Y":
            assert weakness(suite) is None, suite
        if suite.recommended == "D":
            assert weakness(suite), suite


def test_what_mozilla_allows_today_is_recommended_and_sound() -> None:
    for suite in suites():
        if suite.mozilla in ("modern", "intermediate"):
            assert (suite.recommended, weakness(suite)) == ("Y", None)
            assert suite.key_exchange in ("ECDHE", "any")


def test_every_weakness_ails_some_suite_as_its_worst() -> None:
    assert {weakness(suite) for suite in suites()} == {*WEAKNESSES, None}


def test_weaknesses_are_in_falling_order_and_only_grave_ones_are_broken() -> None:
    order = [*Severity]
    severities = [order.index(one.severity) for one in WEAKNESSES]
    assert severities == sorted(severities)
    for one in WEAKNESSES:
        assert bool(one.broken) == (one.severity in (Severity.CRITICAL, Severity.HIGH))
        assert len(one.risk) < 200


@given(names | st.text())
def test_canonical_is_idempotent(name: str) -> None:
    """canonical(canonical(n)) == canonical(n), and a name that is not known is its own."""
    assert canonical(canonical(name)) == canonical(name)
    assert (canonical(name) == name) or find(name)


@given(names)
def test_every_name_of_a_suite_has_the_same_canonical_name(name: str) -> None:
    suite = known(name)
    assert {*map(canonical, suite.names)} == {suite.name}
    assert canonicals(suite.names) == (suite.name,)


def test_the_suites_of_each_list_in_order_of_preference_are_all_of_it_and_once() -> None:
    both = preferred(tls13=False) + preferred(tls13=True)
    assert sorted(both) == sorted(suite.name for suite in suites())
    assert {*preferred(tls13=True)} == {suite.name for suite in suites() if suite.tls13}


def test_mozillas_suites_come_first_in_mozillas_order_and_the_broken_last() -> None:
    assert preferred(tls13=False)[:6] == (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    )
    assert preferred(tls13=True)[:3] == (
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    )
    broken = [bool(one and one.broken) for one in map(weakness, map(known, preferred(tls13=False)))]
    assert broken == sorted(broken)


def test_of_all_others_those_come_first_that_ail_least_and_that_most_clients_can_use() -> None:
    rest = [known(name) for name in preferred(tls13=False)[6:]]
    usual = [one for one in rest if one.authentication in ("ECDSA", "RSA")]
    whole = [one for one in usual if not ((ailment := weakness(one)) and ailment.broken)]
    assert rest[: len(whole)] == whole
    ranks = [
        (
            -WEAKNESSES.index(ailment) if (ailment := weakness(one)) else -len(WEAKNESSES),
            -sum(one.name in client.suites for client in clients()),
        )
        for one in whole
    ]
    assert ranks == sorted(ranks)


def lint(*tls12: str, tls13: tuple[str, ...] = ()) -> dict[str, list[str]]:
    suite = CipherSuite(Enable=True, CustomCipherSuite=tls12, TLS13CustomCipherSuite=tls13)
    found: dict[str, list[str]] = {}
    for one in HttpsConfiguration(CipherSuite=suite).lint():
        found.setdefault(one.path.rsplit("CipherSuite/", 1)[1], []).append(one.message)
    return found


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("NULL-SHA256", "it encrypts nothing"),
        ("ADH-AES128-SHA", "it authenticates nobody"),
        ("TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "it authenticates nobody"),
        ("EXP-RC2-CBC-MD5", "its keys are short enough to be searched through"),
        ("DES-CBC-SHA", "its keys are short enough to be searched through"),
        ("RC4-SHA", "RFC 7465 forbids RC4"),
        ("KRB5-DES-CBC3-MD5", "it rests on MD5"),
        ("DES-CBC3-SHA", "it encrypts in blocks of 64 bits"),
    ],
)
def test_a_broken_suite_is_doubted(name: str, why: str) -> None:
    assert lint(name) == {"0": [f'"{name}" is broken: {why}']}


def test_a_suite_that_is_merely_old_is_not_doubted() -> None:
    assert lint("AES128-SHA", "DHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256") == {}


def test_one_suite_by_two_names_is_doubted() -> None:
    twin = "TLS_RSA_WITH_AES_128_CBC_SHA"
    assert lint("AES128-SHA", twin) == {"1": [f'"{twin}" is the same suite as "AES128-SHA"']}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ECDHE-RSA-AES128-GCM-SHA", "ECDHE-RSA-AES128-GCM-SHA256"),
        ("TLS_ECDHE_RSA_WITH_AES128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ],
)
def test_what_is_meant_is_guessed_in_the_naming_that_was_used(name: str, meant: str) -> None:
    unknown = "is a cipher suite that drift does not know"
    assert lint(name) == {"0": [f'"{name}" {unknown}; did you mean {meant}?']}


def test_a_name_like_no_other_is_just_unknown() -> None:
    assert lint("???") == {"0": ['"???" is a cipher suite that drift does not know']}


def test_each_column_of_the_table_says_where_it_is_from() -> None:
    text = json.loads((files("drift.settings.https") / "cipher_suites.json").read_text())
    assert len(text["columns"]) == len(Suite._fields)
    assert all(text["columns"].values())
