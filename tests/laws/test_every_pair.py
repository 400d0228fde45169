"""Each part of the setting has few states. Here every pair of them is tried."""

from collections.abc import Set as AbstractSet
from itertools import chain, combinations, product

import pytest
from pydantic import ValidationError

from drift.diff import diff
from drift.plan import Impact
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls
from tests.declared import declared

UP_TO_12 = VERSIONS[:3]


def subsets(values: tuple[str, ...]) -> list[tuple[str, ...]]:
    sizes = (combinations(values, size) for size in range(len(values) + 1))
    return list(chain.from_iterable(sizes))


TLS = [
    HttpsConfiguration(TLS=Tls.model_validate({"Enable": bool(versions), "TLSVersion": versions}))
    for versions in subsets(VERSIONS)
]
CIPHERS = [
    HttpsConfiguration(CipherSuite=CipherSuite(Enable=False)),
    HttpsConfiguration(CipherSuite=CipherSuite(Enable=True, StrongCipherSuite=True)),
    *(
        HttpsConfiguration(
            CipherSuite=CipherSuite(
                Enable=True, CustomCipherSuite=tls12, TLS13CustomCipherSuite=tls13
            )
        )
        for tls12, tls13 in product(subsets(("A", "B")), subsets(("T", "U")))
        if tls12 + tls13
    ),
]
PAIRS = [*product(TLS, TLS), *product(CIPHERS, CIPHERS)]


def impact_of_sets(desired: AbstractSet[str], live: AbstractSet[str]) -> Impact:
    if live - desired and desired - live:
        return Impact.MIXED
    if live - desired:
        return Impact.WEAKER
    return Impact.STRICTER if desired - live else Impact.NEUTRAL


def expected(desired: HttpsConfiguration, live: HttpsConfiguration) -> Impact:
    """Return the impact that the contract asks for, worked out without the code under test."""
    if desired.tls and live.tls:
        return impact_of_sets(
            {*desired.tls.versions} or {*UP_TO_12}, {*live.tls.versions} or {*UP_TO_12}
        )
    one, other = desired.cipher_suite, live.cipher_suite
    assert one
    assert other
    if one == other:
        return Impact.NEUTRAL
    if not other.enable:
        return Impact.WEAKER
    if not one.enable:
        return Impact.STRICTER
    if one.strong or other.strong:
        return Impact.MIXED
    lists = [(one.tls12, other.tls12), (one.tls13, other.tls13)]
    if any(bool(wanted) != bool(found) for wanted, found in lists):
        return Impact.MIXED
    return impact_of_sets({*one.tls12, *one.tls13}, {*other.tls12, *other.tls13})


def test_there_are_16_states_of_tls_and_17_of_two_suites_a_list() -> None:
    assert (len(TLS), len(CIPHERS)) == (16, 17)


def test_every_pair_of_states_has_the_impact_of_the_contract() -> None:
    for desired, live in PAIRS:
        changes = diff(desired, live, declared(desired).locate)
        found = Impact.all_of(change.impact for change in changes)
        assert found is expected(desired, live), (desired, live)


def test_every_pair_of_different_states_has_changes_and_a_meaning() -> None:
    for desired, live in PAIRS:
        different = desired != live
        assert bool(diff(desired, live, declared(desired).locate)) == different, (desired, live)
        assert bool(desired.meaning(live)) == different, (desired, live)


def test_what_is_said_fits_what_is_accepted() -> None:
    for desired, live in PAIRS:
        meaning, impact = desired.meaning(live), expected(desired, live)
        assert ("not wanted" in meaning) <= (impact in (Impact.WEAKER, Impact.MIXED))
        assert ("refuses" in meaning) <= (impact in (Impact.STRICTER, Impact.MIXED))


@pytest.mark.parametrize(
    ("desired", "live", "meaning"),
    [
        (TLS[-1], TLS[0], "refuses TLS 1.3, which is wanted"),
        (TLS[0], TLS[-1], "accepts TLS 1.3, which is not wanted"),
        (TLS[3], TLS[0], "accepts TLS 1.0 and 1.1, which are not wanted"),
        (CIPHERS[0], CIPHERS[1], "accepts only the strong cipher suites, where all are wanted"),
        (
            CIPHERS[1],
            CIPHERS[0],
            "accepts all cipher suites, where only the strong ones are wanted",
        ),
        (CIPHERS[2], CIPHERS[3], "accepts U, which is not wanted; refuses T, which is wanted"),
    ],
)
def test_the_meaning_is_plain_english(
    desired: HttpsConfiguration, live: HttpsConfiguration, meaning: str
) -> None:
    assert desired.meaning(live) == meaning


@pytest.mark.parametrize(
    "members",
    [
        {"TLS": {"Enable": True}},
        {"TLS": {"Enable": True, "TLSVersion": ()}},
        {"CipherSuite": {"Enable": True}},
        {"CipherSuite": {"Enable": True, "StrongCipherSuite": False, "CustomCipherSuite": ()}},
        {"CipherSuite": {"StrongCipherSuite": True}},
    ],
)
def test_what_names_nothing_is_no_configuration(members: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HttpsConfiguration.model_validate(members)


def test_lists_beside_a_mode_that_does_not_use_them_are_inert() -> None:
    strong = {"Enable": True, "StrongCipherSuite": True, "CustomCipherSuite": ("A",)}
    both = {"TLS": {"Enable": False, "TLSVersion": ("TLSv1.3",)}, "CipherSuite": strong}
    document = HttpsConfiguration.model_validate(both)
    assert {inert.path: inert.value for inert in document.inert()} == {
        "/HttpsConfiguration/TLS/TLSVersion": ["TLSv1.3"],
        "/HttpsConfiguration/CipherSuite/CustomCipherSuite": ["A"],
    }
    assert list(CIPHERS[2].inert()) == list(TLS[1].inert()) == []
