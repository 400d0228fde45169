from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from drift.plan import Impact
from drift.settings.document import read, write
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls
from drift.settings.setting import Difference
from tests.strategies import as_xml, live_documents, subsets

impacts = st.sampled_from(Impact)


@given(live_documents)
def test_what_is_written_reads_back_as_it_was(document: HttpsConfiguration) -> None:
    """read(write(d)) has d's document and normal form, and finds nothing unknown in it."""
    reading = read(HttpsConfiguration, write(document))
    assert reading.setting.normal() == document.normal()
    assert reading.unknown == ()
    stated = {
        name: {member: value for member, value in part.items() if value != []}
        for name, part in document.model_dump(mode="json", by_alias=True, exclude_none=True).items()
    }
    assert reading.setting.document() == {"HttpsConfiguration": stated}


@given(live_documents, st.data())
def test_order_and_repetition_in_an_answer_mean_nothing(
    document: HttpsConfiguration, data: st.DataObject
) -> None:
    """read(x) has one normal form for every permutation x of a document, entries repeated."""
    body = data.draw(st.composite(lambda draw: as_xml(document.document(), draw))())
    assert read(HttpsConfiguration, body).setting.normal() == document.normal()


@given(live_documents)
def test_a_namespace_changes_nothing(document: HttpsConfiguration) -> None:
    """read is blind to the namespace of the elements."""
    body = write(document).replace(
        b"<HttpsConfiguration", b'<HttpsConfiguration xmlns="http://doc.oss.aliyuncs.com"', 1
    )
    assert read(HttpsConfiguration, body).setting == document_of(document)


def document_of(document: HttpsConfiguration) -> HttpsConfiguration:
    return read(HttpsConfiguration, write(document)).setting


@given(subsets(VERSIONS), subsets(["AES128-SHA"]), st.booleans())
def test_what_is_inactive_is_not_in_the_normal_form(
    versions: tuple[str, ...], suites: tuple[str, ...], strong: bool
) -> None:
    """Values beside a switch that is off change what is inert, and not what the document does."""
    plain = HttpsConfiguration(TLS=Tls(Enable=False), CipherSuite=CipherSuite(Enable=False))
    stored = HttpsConfiguration.model_validate(
        {
            "TLS": {"Enable": False, "TLSVersion": versions},
            "CipherSuite": {
                "Enable": False,
                "StrongCipherSuite": strong,
                "CustomCipherSuite": suites,
            },
        }
    )
    assert stored.normal() == plain.normal()
    assert len([*stored.inert()]) == bool(versions) + bool(suites)


@given(impacts, impacts, impacts)
def test_impacts_join(a: Impact, b: Impact, c: Impact) -> None:
    """`|` is a join: idempotent, commutative, associative, with neutral as its least element."""
    assert a | a == a
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert Impact.NEUTRAL | a == a
    assert Impact.MIXED | a == Impact.MIXED
    assert Impact.WEAKER | Impact.STRICTER == Impact.MIXED


def test_the_impact_of_tls_is_what_clients_can_use() -> None:
    """Over all 16 by 16 states: weaker iff live accepts more, stricter iff it accepts less."""
    states = [Tls(Enable=False)] + [
        Tls(Enable=True, TLSVersion=versions)
        for size in product((False, True), repeat=4)
        if (versions := tuple(v for v, chosen in zip(VERSIONS, size, strict=True) if chosen))
    ]
    assert len(states) == 16
    for desired, live in product(states, repeat=2):
        more, less = live.accepted - desired.accepted, desired.accepted - live.accepted
        assert (desired.impact(live) in (Impact.WEAKER, Impact.MIXED)) == bool(more)
        assert (desired.impact(live) in (Impact.STRICTER, Impact.MIXED)) == bool(less)


def test_a_bucket_with_tls_management_off_accepts_up_to_1_2() -> None:
    assert Tls(Enable=False).accepted == {"TLSv1.0", "TLSv1.1", "TLSv1.2"}
    wanted = Tls(Enable=True, TLSVersion=("TLSv1.2", "TLSv1.3"))
    assert wanted.impact(Tls(Enable=False)) is Impact.MIXED


def test_strong_and_custom_suites_cannot_be_compared() -> None:
    strong = CipherSuite(Enable=True, StrongCipherSuite=True)
    custom = CipherSuite(Enable=True, CustomCipherSuite=("AES128-SHA",))
    assert strong.impact(custom) is custom.impact(strong) is Impact.MIXED


def test_what_an_empty_list_allows_is_not_documented() -> None:
    """So a suite that stands in one list, where the other side has none, is neither."""
    one = CipherSuite(Enable=True, CustomCipherSuite=("A",), TLS13CustomCipherSuite=("T",))
    other = CipherSuite(Enable=True, CustomCipherSuite=("A",))
    path = ("CipherSuite", "TLS13CustomCipherSuite")
    desired, live = HttpsConfiguration(CipherSuite=other), HttpsConfiguration(CipherSuite=one)
    assert desired.impact(live, Difference(path, "T", None)) is Impact.MIXED
    assert live.impact(desired, Difference(path, None, "T")) is Impact.MIXED


def test_each_doubt_about_a_suite_is_said() -> None:
    """The examples that a law's draws may miss."""
    setting = HttpsConfiguration.model_validate(
        {
            "TLS": {"Enable": True, "TLSVersion": ("TLSv1.2",)},
            "CipherSuite": {
                "Enable": True,
                "StrongCipherSuite": False,
                "CustomCipherSuite": ("ECDHE-RSA-AES128-GCM-SHA", "TLS_AES_128_GCM_SHA256"),
                "TLS13CustomCipherSuite": (
                    "ECDHE-RSA-AES128-GCM-SHA256",
                    "TLS_AES_256_GCM_SHA384",
                ),
            },
        }
    )
    said = " ".join(finding.message for finding in setting.lint())
    for doubt in (
        "does not know; did you mean",
        "is a suite for TLS 1.3; its place is `TLS13CustomCipherSuite`",
        "is a suite for TLS 1.2; its place is `CustomCipherSuite`",
        "can be used by none of the enabled TLS versions",
    ):
        assert doubt in said
