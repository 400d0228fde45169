"""How much a difference matters, what it means to others, and whom a document refuses."""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.diff import diff
from drift.plan import Change, Impact, Severity, Source
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls
from drift.settings.https.cipher_suites import find, versions
from drift.settings.https.client import clients
from drift.settings.https.clients import connecting
from drift.settings.setting import Difference, Explanation, Setting
from tests.strategies import desired_documents, live_documents

HERE = Source("desired/example.json", 1, 1)
GOOD, OLD, WEAK = "ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA", "RC4-SHA"
LIST12, LIST13 = ("CipherSuite", "CustomCipherSuite"), ("CipherSuite", "TLS13CustomCipherSuite")
VERSION_LIST, SWITCH = ("TLS", "TLSVersion"), ("CipherSuite", "Enable")
STRONG = ("CipherSuite", "StrongCipherSuite")
MODERN = ("TLSv1.2", "TLSv1.3")

Document = Mapping[str, Any]


def subsets(values: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))


def of(versions: tuple[str, ...] = MODERN, **suites: Any) -> HttpsConfiguration:
    """Return a document that accepts these versions, and all suites if none are given."""
    tls = Tls.model_validate({"Enable": bool(versions), "TLSVersion": versions})
    return HttpsConfiguration(TLS=tls, CipherSuite=CipherSuite(Enable=bool(suites), **suites))


def custom(*tls12: str, tls13: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"CustomCipherSuite": tls12, "TLS13CustomCipherSuite": tls13}


TLS = [*subsets(VERSIONS)]
CIPHERS: list[dict[str, Any]] = [
    {},
    {"StrongCipherSuite": True},
    *(
        custom(*tls12, tls13=tls13)
        for tls12, tls13 in product(
            subsets((GOOD, OLD, WEAK, "X")), subsets(("TLS_AES_128_GCM_SHA256",))
        )
        if tls12 + tls13
    ),
]
STATES = [of(versions, **suites) for versions, suites in product(TLS, CIPHERS)]
SAMPLE = STATES[::23]


def changes(desired: HttpsConfiguration, live: HttpsConfiguration) -> tuple[Change, ...]:
    return diff(desired, live, lambda _: HERE)


def test_severity_and_explanation_are_total_over_the_finite_domain() -> None:
    """Of every pair: neutral is info, stricter is low, and there is a sentence of either kind."""
    for desired, live in product(SAMPLE, STATES):
        for difference in differences(desired, live):
            impact, severity = desired.impact(live, difference), desired.severity(live, difference)
            assert (impact is Impact.NEUTRAL) == (severity is Severity.INFO)
            assert (impact is not Impact.STRICTER) or severity is Severity.LOW
            assert (impact is not Impact.MIXED) or severity is not Severity.LOW
            change = as_change(difference, impact)
            said = HttpsConfiguration.explain(change, live.document(), desired.document())
            assert all(said), (desired, live, difference)
            assert all(len(one) < 200 and one.endswith(".") for one in said)


def differences(desired: HttpsConfiguration, live: HttpsConfiguration) -> Iterator[Difference]:
    """Yield what differs, worked out without deepdiff, which takes a minute for all pairs."""
    found: Any = live.normal()
    wanted: Any = desired.normal()
    for part in wanted:
        one, other = found[part], wanted[part]
        for member in {*one, *other}:
            before, after = one.get(member), other.get(member)
            if frozenset in (type(before), type(after)):
                had, has = (frozenset(side or ()) for side in (before, after))
                yield from (Difference((part, member), entry, None) for entry in sorted(had - has))
                yield from (Difference((part, member), None, entry) for entry in sorted(has - had))
            elif before != after:
                yield Difference((part, member), before, after)


def as_change(difference: Difference, impact: Impact) -> Change:
    action: Literal["add", "remove", "update"] = "update"
    if None in (difference.live, difference.desired):
        action = "add" if difference.live is None else "remove"
    return Change(
        path="/".join(("", "HttpsConfiguration", *difference.path)),
        action=action,
        before=difference.live,
        after=difference.desired,
        impact=impact,
        source=HERE,
    )


@given(desired_documents, live_documents)
def test_severity_is_the_same_every_time(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    whole = live.as_live()
    found = [*differences(desired.over(whole), whole)]
    managed = [one for one in found if one.path[0] in desired.parts()]
    once = [desired.severity(whole, one) for one in managed]
    assert once == [desired.severity(whole, one) for one in managed]


@pytest.mark.parametrize(
    ("desired", "live", "path", "value", "severity"),
    [
        (of(), of(("TLSv1.0", *MODERN)), VERSION_LIST, "TLSv1.0", Severity.HIGH),
        (of(), of(("TLSv1.1", *MODERN)), VERSION_LIST, "TLSv1.1", Severity.HIGH),
        (of(("TLSv1.3",)), of(), VERSION_LIST, "TLSv1.2", Severity.MEDIUM),
        (of(("TLSv1.2",)), of(), VERSION_LIST, "TLSv1.3", Severity.LOW),
        (of(), of(()), ("TLS", "Enable"), False, Severity.HIGH),
        (of(**custom(GOOD)), of(**custom(GOOD, "NULL-SHA")), LIST12, "NULL-SHA", Severity.CRITICAL),
        (of(**custom(GOOD)), of(**custom(GOOD, "ADH-AES128-SHA")), LIST12, "ADH-AES128-SHA",
         Severity.CRITICAL),
        (of(**custom(GOOD)), of(**custom(GOOD, "EXP-RC4-MD5")), LIST12, "EXP-RC4-MD5",
         Severity.CRITICAL),
        (of(**custom(GOOD)), of(**custom(GOOD, WEAK)), LIST12, WEAK, Severity.CRITICAL),
        (of(**custom(GOOD)), of(**custom(GOOD, "DES-CBC3-SHA")), LIST12, "DES-CBC3-SHA",
         Severity.HIGH),
        (of(**custom(GOOD)), of(**custom(GOOD, "X")), LIST12, "X", Severity.HIGH),
        (of(**custom(GOOD)), of(**custom(GOOD, OLD)), LIST12, OLD, Severity.MEDIUM),
        (of(**custom(OLD)), of(**custom(OLD, GOOD)), LIST12, GOOD, Severity.LOW),
        (of(StrongCipherSuite=True), of(**custom(GOOD)), LIST12, GOOD, Severity.MEDIUM),
        (of(StrongCipherSuite=True), of(**custom(WEAK)), LIST12, WEAK, Severity.CRITICAL),
        (of(StrongCipherSuite=True), of(), SWITCH, False, Severity.HIGH),
        (of(StrongCipherSuite=True), of(**custom(GOOD)), STRONG, False, Severity.MEDIUM),
        (of(**custom(GOOD)), of(StrongCipherSuite=True), STRONG, True, Severity.MEDIUM),
        (of(), of(StrongCipherSuite=True), SWITCH, True, Severity.LOW),
    ],
)  # fmt: skip
def test_the_severity_of_what_live_has(
    desired: HttpsConfiguration,
    live: HttpsConfiguration,
    path: tuple[str, ...],
    value: object,
    severity: Severity,
) -> None:
    (difference,) = (
        one for one in differences(desired, live) if (one.path, one.live) == (path, value)
    )
    assert desired.severity(live, difference) is severity


def test_what_is_refused_is_of_low_severity_and_what_is_alike_of_none() -> None:
    desired, live = of(**custom(GOOD, OLD)), of(**custom(GOOD))
    assert desired.severity(live, Difference(LIST12, None, OLD)) is Severity.LOW
    assert of(()).severity(of(VERSIONS[:3]), Difference(("TLS", "Enable"), True, False)) is (
        Severity.INFO
    )


def test_what_an_empty_list_allows_is_of_medium_severity() -> None:
    desired, live = of(**custom(GOOD, tls13=("T",))), of(**custom(GOOD))
    assert desired.severity(live, Difference(LIST13, None, "T")) is Severity.MEDIUM


def test_what_is_not_reported_is_of_medium_severity() -> None:
    live = HttpsConfiguration(TLS=Tls(Enable=False))
    assert of().severity(live, Difference(SWITCH, None, False)) is Severity.MEDIUM


@pytest.mark.parametrize(
    ("versions", "suite", "member", "impact"),
    [
        (("TLSv1.3",), OLD, LIST12, Impact.NEUTRAL),
        (("TLSv1.3",), "TLS_RSA_WITH_RC4_128_SHA", LIST12, Impact.NEUTRAL),
        (("TLSv1.0", "TLSv1.1"), "AES128-SHA256", LIST12, Impact.NEUTRAL),
        (("TLSv1.0",), OLD, LIST12, Impact.WEAKER),
        (("TLSv1.2",), "AES128-SHA256", LIST12, Impact.WEAKER),
        (("TLSv1.3",), "X", LIST12, Impact.WEAKER),
        (("TLSv1.2",), "TLS_AES_128_GCM_SHA256", LIST12, Impact.NEUTRAL),
        ((), "TLS_AES_128_GCM_SHA256", LIST12, Impact.NEUTRAL),
        ((), OLD, LIST12, Impact.WEAKER),
    ],
)
def test_a_suite_that_no_accepted_version_can_use_is_neutral(
    versions: tuple[str, ...], suite: str, member: tuple[str, str], impact: Impact
) -> None:
    desired, live = of(versions, **custom(GOOD)), of(versions, **custom(GOOD, suite))
    assert desired.impact(live, Difference(member, suite, None)) is impact
    other = {Impact.WEAKER: Impact.STRICTER}.get(impact, impact)
    assert live.impact(desired, Difference(member, None, suite)) is other


@pytest.mark.parametrize("sides", [(("TLSv1.3",), MODERN), (MODERN, ("TLSv1.3",))])
def test_a_suite_that_either_side_can_use_is_not_neutral(
    sides: tuple[tuple[str, ...], ...],
) -> None:
    desired, live = of(sides[0], **custom(GOOD)), of(sides[1], **custom(GOOD, OLD))
    assert desired.impact(live, Difference(LIST12, OLD, None)) is Impact.WEAKER


def test_where_versions_are_not_managed_those_of_live_count() -> None:
    desired = HttpsConfiguration(CipherSuite=CipherSuite(Enable=True, **custom(GOOD)))
    for accepted, impact in ((("TLSv1.3",), Impact.NEUTRAL), (MODERN, Impact.WEAKER)):
        live = of(accepted, **custom(GOOD, OLD))
        assert desired.impact(live, Difference(LIST12, OLD, None)) is impact


def test_an_unusable_suite_beside_an_empty_list_is_still_not_known() -> None:
    desired = of(("TLSv1.3",), **custom(tls13=("T",)))
    live = of(("TLSv1.3",), **custom(OLD, tls13=("T",)))
    assert desired.impact(live, Difference(LIST12, OLD, None)) is Impact.MIXED


def explained(
    desired: HttpsConfiguration, live: HttpsConfiguration | None, path: tuple[str, ...], value: Any
) -> Explanation:
    seen = (live or HttpsConfiguration()).as_live()
    (found,) = (one for one in differences(desired, seen) if (one.path, one.live) == (path, value))
    change = as_change(found, desired.impact(seen, found))
    before = None if live is None else live.document()
    return HttpsConfiguration.explain(change, before, desired.document())


def test_old_versions_are_explained_by_who_deprecates_them_and_who_needs_them() -> None:
    risk, needed = explained(of(), of(VERSIONS), VERSION_LIST, "TLSv1.0")
    assert "RFC 8996" in risk
    assert "PCI DSS 4" in risk
    assert needed == (
        "A return to the desired value cuts off what speaks no wanted TLS version: Android 4.3"
        " and older, Java 7 and older, OpenSSL 0.9.8 and 3 more."
    )


def test_nobody_known_needs_tls_1_1_where_1_2_is_accepted() -> None:
    for live in (of(("TLSv1.1", *MODERN)), of(VERSIONS)):
        risk, needed = explained(of(), live, VERSION_LIST, "TLSv1.1")
        assert "RFC 8996" in risk
        assert needed == "No widely used client is known to need it."


def test_switching_management_on_is_explained_by_all_that_it_ends() -> None:
    off = explained(of(), of(()), ("TLS", "Enable"), False)
    assert off == explained(of(), of(VERSIONS), VERSION_LIST, "TLSv1.0")


def test_a_bucket_that_was_never_configured_accepts_what_an_unmanaged_one_does() -> None:
    assert explained(of(), None, ("TLS", "Enable"), False) == explained(
        of(), of(()), ("TLS", "Enable"), False
    )


def test_a_suite_is_explained_by_its_weakness_and_who_has_no_other() -> None:
    desired, live = of(("TLSv1.2",), **custom(GOOD)), of(("TLSv1.2",), **custom(GOOD, OLD))
    risk, needed = explained(desired, live, LIST12, OLD)
    assert "forward secrecy" in risk
    assert needed.startswith("A return to the desired value cuts off what has no wanted suite: ")
    assert "Internet Explorer 11 on Windows 7" in needed


def test_a_suite_whose_clients_all_have_another_is_needed_by_nobody() -> None:
    desired = of(("TLSv1.2",), **custom(GOOD, OLD))
    live = of(("TLSv1.2",), **custom(GOOD, OLD, "NULL-SHA256"))
    risk, needed = explained(desired, live, LIST12, "NULL-SHA256")
    assert "encrypts nothing" in risk
    assert needed == "No widely used client is known to need it."


def test_each_suite_is_needed_by_those_who_offer_it() -> None:
    desired, live = (
        of(("TLSv1.2",), **custom(GOOD)),
        of(("TLSv1.2",), **custom(GOOD, OLD, "NULL-SHA256")),
    )
    assert "Internet Explorer 11" in explained(desired, live, LIST12, OLD).clients
    needed = explained(desired, live, LIST12, "NULL-SHA256").clients
    assert needed == "No widely used client is known to need it."


def test_who_loses_the_last_version_does_not_need_a_suite() -> None:
    desired = of(("TLSv1.3",), **custom(tls13=("TLS_AES_128_GCM_SHA256",)))
    assert "cuts off" in explained(desired, of(), VERSION_LIST, "TLSv1.2").clients
    needed = explained(desired, of(), SWITCH, False).clients
    assert needed == "No widely used client is known to need it."


def test_a_suite_of_tls_1_3_connects_nobody_in_tls_1_2() -> None:
    misplaced = CipherSuite(Enable=True, CustomCipherSuite=("TLS_AES_128_GCM_SHA256",))
    assert {*connecting(Tls(Enable=True, TLSVersion=("TLSv1.2",)), misplaced)} == {False}


@pytest.mark.parametrize(
    ("desired", "live", "path", "value", "says"),
    [
        (of(StrongCipherSuite=True), of(), SWITCH, False, "All suites of OSS"),
        (of(**custom(GOOD)), of(StrongCipherSuite=True), STRONG, True, "is not published"),
        (of(StrongCipherSuite=True), of(**custom(GOOD)), STRONG, False, "kept by hand"),
        (of(**custom(GOOD)), of(**custom(GOOD, "X")), LIST12, "X", "not known to drift"),
        (
            of(("TLSv1.3",), **custom(GOOD, tls13=("T",))),
            of(("TLSv1.3",), **custom(GOOD)),
            LIST13,
            None,
            "names no suites",
        ),
        (of(**custom(GOOD)), of(StrongCipherSuite=True), LIST12, None, "is not published"),
    ],
)
def test_what_cannot_be_known_is_said_to_be_so(
    desired: HttpsConfiguration,
    live: HttpsConfiguration,
    path: tuple[str, ...],
    value: object,
    says: str,
) -> None:
    risk, needed = explained(desired, live, path, value)
    assert says in risk
    assert needed == "Which clients a return to the desired value would cut off cannot be told."


def test_what_is_not_reported_is_explained_as_that() -> None:
    live = HttpsConfiguration(TLS=Tls(Enable=False))
    change = as_change(Difference(SWITCH, None, True), Impact.MIXED)
    said = HttpsConfiguration.explain(change, live.document(), of(**custom(GOOD)).document())
    assert said == (
        "The service does not report it: what an attacker gains cannot be told.",
        "Which clients a return to the desired value would cut off cannot be told.",
    )


SECRET = "ATTACKER-TEXT"
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([SECRET, "TLSv1.0", OLD, *VERSIONS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [SECRET, "HttpsConfiguration", "TLS", "Enable", "TLSVersion", "CipherSuite"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
documents = st.none() | st.dictionaries(
    st.sampled_from(["HttpsConfiguration", SECRET]), json_values, max_size=2
)
paths = st.sampled_from(
    [
        "", "/", SECRET, f"/{SECRET}/TLS/Enable", f"/HttpsConfiguration/{SECRET}/TLSVersion",
        f"/HttpsConfiguration/TLS/{SECRET}", f"/HttpsConfiguration/CipherSuite/{SECRET}",
        "/HttpsConfiguration/TLS", "/HttpsConfiguration/TLS/TLSVersion/0",
        "/HttpsConfiguration/TLS/TLSVersion", "/HttpsConfiguration/CipherSuite/CustomCipherSuite",
    ]
)  # fmt: skip


@given(
    paths,
    json_values,
    st.sampled_from(Impact),
    documents | live_documents.map(HttpsConfiguration.document),
    documents | live_documents.map(HttpsConfiguration.document),
)
def test_a_strangers_plan_is_never_repeated_and_never_raises(
    path: str, value: Any, impact: Impact, before: Document | None, after: Document | None
) -> None:
    """explain is total over all JSON, and no text of the plan is in what it says."""
    change = Change(
        path=path, action="update", before=value, after=value, impact=impact, source=HERE
    )
    said = HttpsConfiguration.explain(change, before, after)
    assert isinstance(said, Explanation)
    assert SECRET not in "".join(said)
    assert all(len(one) < 200 for one in said)


@pytest.mark.parametrize("path", [("TLS", "Other"), ("CipherSuite", "Other"), ("Other", "Enable")])
def test_nothing_is_said_of_a_member_that_drift_does_not_know(path: tuple[str, str]) -> None:
    change = as_change(Difference(path, False, True), Impact.WEAKER)
    assert HttpsConfiguration.explain(change, of(VERSIONS).document(), of().document()) == ("", "")


def test_a_list_that_is_not_reported_is_explained_as_that() -> None:
    live = HttpsConfiguration(TLS=Tls(Enable=False))
    change = as_change(Difference(LIST12, None, GOOD), Impact.MIXED)
    said = HttpsConfiguration.explain(change, live.document(), of(**custom(GOOD)).document())
    assert said.risk == "The service does not report it: what an attacker gains cannot be told."


def test_who_refuses_fewer_clients_comes_first() -> None:
    live = of(VERSIONS, **custom(GOOD, OLD))
    order = [
        live,
        of(VERSIONS, **custom(GOOD)),
        of(("TLSv1.0", *MODERN), **custom(GOOD)),
        of(MODERN),
        of(MODERN, StrongCipherSuite=True),
        of(MODERN, **custom(GOOD, OLD)),
        of(MODERN, **custom(GOOD)),
        of(("TLSv1.3",)),
    ]
    keys = [one.refusals(live) for one in order]
    assert keys == sorted(keys)
    assert len({*keys}) == len(keys)


def test_clients_count_more_than_versions() -> None:
    """Without TLS 1.1 nobody known is lost; without TLS 1.0, those who speak nothing else."""
    live = of(VERSIONS)
    without_11 = of(("TLSv1.0", *MODERN)).refusals(live)
    assert without_11 < of(("TLSv1.1", *MODERN)).refusals(live)
    assert without_11[0] == 0


def test_a_suite_that_clients_need_counts_more_than_one_that_nobody_does() -> None:
    live = of(("TLSv1.2",), **custom(GOOD, OLD, "NULL-SHA256"))
    without_null = of(("TLSv1.2",), **custom(GOOD, OLD)).refusals(live)
    assert without_null < of(("TLSv1.2",), **custom(GOOD, "NULL-SHA256")).refusals(live)
    assert without_null[0] == 0


def test_clients_without_a_suite_count_as_much_as_those_without_a_version() -> None:
    live = of(VERSIONS)
    modern = custom(GOOD, tls13=("TLS_AES_128_GCM_SHA256",))
    listed, any_suite = of(MODERN, **modern).refusals(live), of(MODERN).refusals(live)
    assert listed[0] > any_suite[0] > 0
    assert listed[1] == any_suite[1]


def test_a_client_that_could_not_connect_to_live_is_not_refused() -> None:
    live = of(("TLSv1.2",), **custom("NULL-SHA256"))
    assert of(("TLSv1.3",), **custom(tls13=("TLS_AES_128_GCM_SHA256",))).refusals(live)[0] == 0


def test_a_document_refuses_nobody_that_it_accepts_itself() -> None:
    """refusals(d, d) is nothing; of others, none who surely can connect to it is counted."""
    for one in STATES:
        assert one.refusals(one)[:2] == (0, 0)
        assert one.refusals(one)[3] == 0
        assert one.tls
        assert one.cipher_suite
        refusing = sum(can is False for can in connecting(one.tls, one.cipher_suite))
        assert all(one.refusals(live)[0] <= refusing for live in SAMPLE)


def test_a_part_that_is_not_managed_refuses_nobody() -> None:
    live = of(VERSIONS, **custom(GOOD, OLD))
    only = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.3",)))
    assert only.refusals(live) == of(("TLSv1.3",), **custom(GOOD, OLD)).refusals(live)


def test_every_client_offers_suites_that_the_table_knows_and_its_versions_can_use() -> None:
    assert len({client.name for client in clients()}) == len(clients())
    for client in clients():
        assert client.versions <= {*VERSIONS}
        assert bool(client.suites) == ("TLSv1.2" in client.versions)
        for name in client.suites:
            suite = find(name)
            assert suite
            assert suite.name == name
            assert suite.versions & client.versions
        for version in client.versions & {*MODERN}:
            assert any(version in (versions(name) or ()) for name in client.suites)


def test_a_setting_of_which_no_more_is_known_goes_by_the_impact() -> None:
    """What the base class says: severity follows impact, nothing is explained, all refuse alike."""
    live, desired = of(VERSIONS), of(("TLSv1.3",))
    removed = Difference(VERSION_LIST, "TLSv1.3", None)
    assert Setting.severity(of(("TLSv1.2",)), live, removed) is Severity.HIGH
    assert Setting.severity(live, desired, Difference(VERSION_LIST, None, "TLSv1.0")) is (
        Severity.LOW
    )
    assert Setting.refusals(desired, live) == ()
    change = as_change(removed, Impact.WEAKER)
    assert Setting.explain(change, live.document(), desired.document()) == ("", "")
