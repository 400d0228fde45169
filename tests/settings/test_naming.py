"""A suite may be named as OpenSSL or as IANA does, on either side: it is the same suite."""

from hypothesis import given
from hypothesis import strategies as st

from drift.diff import diff
from drift.plan import Source
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.https.cipher_suites import canonical
from drift.settings.https.suite import suites
from tests.strategies import desired_documents, live_documents, whole_documents

HERE = Source("desired/example.json", 1, 1)
IANA = {suite.name: suite.iana for suite in suites()}


def renamed(setting: HttpsConfiguration) -> HttpsConfiguration:
    """Return the same document with each suite by IANA's name."""
    part = setting.cipher_suite
    if part is None:
        return setting
    lists = {"tls12": _renamed(part.tls12), "tls13": _renamed(part.tls13)}
    return setting.model_copy(update={"cipher_suite": part.model_copy(update=lists)})


def _renamed(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(IANA.get(canonical(name), name) for name in names))


@given(desired_documents)
def test_two_names_of_a_suite_are_no_drift(desired: HttpsConfiguration) -> None:
    """diff(d, renamed(d)) is empty both ways, and there is nothing to say."""
    for one, other in ((desired, renamed(desired)), (renamed(desired), desired)):
        assert diff(one, other, lambda _: HERE) == ()
        assert one.normal() == other.normal()
        assert one.meaning(other) == ""


@given(desired_documents, live_documents)
def test_the_naming_changes_nothing_in_a_plan(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """diff, meaning and refusals are blind to the naming on each side."""
    for one, other in ((renamed(desired), live), (desired, renamed(live))):
        assert diff(one, other, lambda _: HERE) == diff(desired, live, lambda _: HERE)
        assert one.meaning(other) == desired.meaning(live)
        assert one.refusals(other) == desired.refusals(live)


@given(whole_documents, live_documents)
def test_what_would_be_written_has_the_names_of_openssl(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """over(l) of managed suites is canonical, names each once, and does what is desired."""
    after = renamed(desired).over(live)
    assert after.normal() == desired.normal()
    assert after.cipher_suite
    for names in after.cipher_suite.lists.values():
        assert [*map(canonical, names)] == [*dict.fromkeys(names)]


@given(live_documents)
def test_what_is_not_managed_keeps_the_names_that_live_has(live: HttpsConfiguration) -> None:
    after = HttpsConfiguration(TLS=Tls(Enable=False)).over(renamed(live))
    assert after.cipher_suite == renamed(live).cipher_suite


@given(st.sampled_from([*IANA]))
def test_a_suite_is_accepted_by_either_name(name: str) -> None:
    part = CipherSuite(Enable=True, CustomCipherSuite=(IANA[name],))
    assert part.accepts("CustomCipherSuite", name)
    assert part.accepts("CustomCipherSuite", IANA[name])
    assert part.accepts("CustomCipherSuite", "ANOTHER") is False


@given(st.sampled_from([*IANA]))
def test_a_policy_that_spells_out_a_suite_may_do_so_by_either_name(name: str) -> None:
    """The setting's own canonical is the table's."""
    assert HttpsConfiguration.canonical(IANA[name]) == HttpsConfiguration.canonical(name) == name
