from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from drift.check import check
from drift.desired.load import Desired
from drift.diagnostic import Diagnostic
from drift.live.fleet import Fleet
from drift.live.service_error import error_body
from drift.live.source import Bucket
from drift.plan import Plan
from drift.policy.policy import Policy
from drift.positions import Place
from drift.settings.document import write
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.waivers.report import doubts, with_waivers
from drift.waivers.waivers import Waivers
from tests.declared import NOW, Answers, File
from tests.waivers.given import CIPHERS, TLS, TODAY, waiver, waivers

STRONG = CipherSuite(Enable=True, StrongCipherSuite=True)
DESIRED = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2",)), CipherSuite=STRONG)
OLD = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.0",)), CipherSuite=STRONG)
OLD_TLS = waiver(f"{TLS}/TLSVersion", ["TLSv1.0"])
DENIED = error_body("AccessDenied", "", "x")
SECRET = Bucket("secret", "cn-hangzhou")


def offline(
    *given: dict[str, Any],
    bucket: str = "oss-example",
    desired: HttpsConfiguration = DESIRED,
    today: date = TODAY,
    whole: bool = True,
) -> list[str]:
    declarations = File((bucket,), desired).declarations()
    return said(doubts(waivers(*given, today=today, whole=whole), declarations))


def said(found: tuple[Diagnostic, ...]) -> list[str]:
    assert all(one.place.start for one in found)
    return [f"{one.place.pointer.rpartition('/')[2]}: {one.summary}. {one.detail}" for one in found]


def online(
    *given: dict[str, Any],
    live: Mapping[str, HttpsConfiguration | bytes],
    whole: bool = True,
    strict: bool = False,
) -> list[str]:
    """Return what is said of waivers beside a plan, and was not said before."""
    excusing = waivers(*given, whole=whole)
    declarations = File(tuple(live), DESIRED, "cn-hangzhou").declarations()
    plan = planned(live, excusing, strict=strict)
    before = doubts(excusing, declarations)
    after = doubts(excusing, declarations, plan, strict=strict)
    return said(tuple(one for one in after if one not in before))


def planned(
    live: Mapping[str, HttpsConfiguration | bytes], excusing: Waivers, *, strict: bool = False
) -> Plan:
    declarations = File(tuple(live), DESIRED, "cn-hangzhou").declarations()
    bodies = {name: one if isinstance(one, bytes) else write(one) for name, one in live.items()}
    fleet = Fleet(Answers(bodies), retries=0)
    return check(declarations, fleet, now=NOW, waivers=excusing, strict=strict)


def test_a_waiver_that_fits_is_not_mentioned() -> None:
    assert offline(OLD_TLS) == []
    assert online(OLD_TLS, live={"oss-example": OLD}) == []


@pytest.mark.parametrize(
    ("expires", "words"),
    [
        ("2026-11-21", 'The waiver for "oss-example" expired on 2026-11-21.'),
        ("2026-11-22", "expires today: after 2026-11-22 (UTC) the drift is drift again."),
        ("2026-11-23", "expires in 1 day: after 2026-11-23 (UTC)"),
        ("2026-12-22", "expires in 30 days: after 2026-12-22 (UTC)"),
    ],
)
def test_a_waiver_that_expired_or_soon_will_is_mentioned(expires: str, words: str) -> None:
    (line,) = offline(OLD_TLS | {"Expires": expires})
    assert line.startswith("Expires: ")
    assert words in line


def test_a_waiver_with_more_than_thirty_days_left_is_not_mentioned() -> None:
    assert offline(OLD_TLS | {"Expires": "2026-12-23"}) == []


@pytest.mark.parametrize("declared", ["other", "other-*", "oss-example-*", "*-other"])
def test_a_waiver_for_what_nobody_declares_is_unused(declared: str) -> None:
    (line,) = offline(OLD_TLS, bucket=declared)
    assert "is unused: no desired file declares such a bucket. Take it out, or mend it." in line
    assert offline(OLD_TLS, bucket=declared, whole=False) == []


@pytest.mark.parametrize(
    ("declared", "waived"),
    [
        ("oss-example", "oss-*"), ("oss-*", "oss-example"), ("oss-*", "oss-ex*"),
        ("o*-example", "*e"), ("*", "*"), ("oss-exampl?", "oss-example"),
    ],
)  # fmt: skip
def test_a_waiver_for_what_a_pattern_may_declare_is_not_unused(declared: str, waived: str) -> None:
    assert offline(OLD_TLS | {"Bucket": waived}, bucket=declared) == []


@pytest.mark.parametrize(("declared", "waived"), [("a-*", "b-*"), ("*-a", "*-b")])
def test_a_waiver_whose_pattern_meets_no_declared_pattern_is_unused(
    declared: str, waived: str
) -> None:
    (line,) = offline(OLD_TLS | {"Bucket": waived}, bucket=declared)
    assert "no desired file declares such a bucket" in line


def test_where_a_bucket_is_named_no_pattern_decides_it() -> None:
    named = File(("oss-example",), HttpsConfiguration(CipherSuite=STRONG)).declarations()
    pattern = File(("oss-*",), DESIRED).declarations()
    (line,) = said(doubts(waivers(OLD_TLS), [*named, *pattern]))
    assert f"is unused: no desired file manages {TLS}/TLSVersion there" in line
    assert doubts(waivers(OLD_TLS), pattern) == ()
    assert doubts(waivers(OLD_TLS | {"Bucket": "oss-e*"}), [*named, *pattern]) == ()


def test_what_a_policy_wants_of_a_named_bucket_is_not_known_without_a_plan() -> None:
    (named,) = File(("oss-example",), HttpsConfiguration(CipherSuite=STRONG)).declarations()
    (pattern,) = File(("oss-*",), HttpsConfiguration()).declarations()
    policy = replace(pattern, policy=Policy(pattern.text, {}, None, ""))
    assert len(doubts(waivers(OLD_TLS), [named])) == 1
    assert doubts(waivers(OLD_TLS), [named, policy]) == ()
    assert len(doubts(waivers(OLD_TLS | {"Bucket": "other"}), [named, policy])) == 1


def test_a_waiver_that_pins_what_is_desired_is_unused() -> None:
    (line,) = offline(waiver(f"{TLS}/TLSVersion", ["TLSv1.2"]))
    assert "is unused: what it pins is what is desired" in line


@pytest.mark.parametrize(
    ("pointer", "pinned", "wider"),
    [
        (f"{CIPHERS}/StrongCipherSuite", False, CIPHERS),
        (f"{CIPHERS}/CustomCipherSuite", ["AES128-SHA"], CIPHERS),
    ],
)
def test_a_waiver_that_cannot_apply_alone_is_too_narrow(
    pointer: str, pinned: Any, wider: str
) -> None:
    (line,) = offline(waiver(pointer, pinned))
    assert line == (
        'Pointer: The waiver for "oss-example" is too narrow: this cannot be excused alone. '
        f"Point to {wider}, and pin all of it."
    )


@pytest.mark.parametrize(
    ("pointer", "pinned", "enough"),
    [
        (TLS, {"Enable": True, "TLSVersion": ["TLSv1.0"]}, f"{TLS}/TLSVersion"),
        (
            "/HttpsConfiguration",
            {"TLS": {"Enable": False}, "CipherSuite": {"Enable": True, "StrongCipherSuite": True}},
            TLS,
        ),
        ("/HttpsConfiguration", {"TLS": {"Enable": False}}, None),
        (CIPHERS, {"Enable": False}, None),
    ],
)
def test_a_waiver_that_points_to_more_than_differs_is_too_broad(
    pointer: str, pinned: Any, enough: str | None
) -> None:
    found = offline(waiver(pointer, pinned))
    expected = f'Pointer: The waiver for "oss-example" is broader than needed: {enough} is all'
    assert [line.startswith(expected) for line in found] == [True] * bool(enough)


def test_an_expired_waiver_is_only_expired() -> None:
    (line,) = offline(OLD_TLS | {"Expires": "2026-01-01"}, bucket="other")
    assert "expired" in line


@pytest.mark.parametrize("whole", [True, False])
def test_a_live_value_that_moved_on_is_said_with_both_values(whole: bool) -> None:
    (line,) = online(OLD_TLS, live={"oss-example": DESIRED}, whole=whole)
    assert line == (
        'Live: The waiver for "oss-example" is unused: the live value has moved on, in oss-example '
        'it is ["TLSv1.2"], and ["TLSv1.0"] is excused. '
        "Take the waiver out, or pin what is to be excused now."
    )


def test_a_live_value_that_is_gone_has_moved_on_too() -> None:
    off = HttpsConfiguration(TLS=Tls(Enable=False))
    (line,) = online(OLD_TLS, live={"oss-example": off})
    assert "in oss-example it is not there, and" in line
    (line,) = online(OLD_TLS, live={"oss-example": error_body("NoSuchHttpsConfig", "", "x")})
    assert "in oss-example it is not there, and" in line


def test_a_pattern_that_excuses_one_bucket_is_too_broad() -> None:
    pattern = OLD_TLS | {"Bucket": "oss-*"}
    live = {"oss-a": OLD, "oss-b": DESIRED, "oss-c": OLD}
    assert online(pattern, live=live) == []
    (line,) = online(pattern, live=live | {"oss-c": DESIRED})
    assert line == (
        'Bucket: The waiver for "oss-*" is broader than needed: it excuses one bucket, oss-a. '
        "Name the bucket."
    )
    assert online(pattern, live=live | {"oss-c": DESIRED}, whole=False) == []


def test_a_pattern_that_excuses_none_is_unused() -> None:
    pattern = OLD_TLS | {"Bucket": "oss-*"}
    (line,) = online(pattern, live={"oss-a": DESIRED, "oss-b": DESIRED})
    assert "the live value has moved on, in oss-a it is" in line
    assert online(pattern, live={"oss-a": DESIRED, "oss-b": DESIRED}, whole=False) == []


def test_of_what_could_not_be_read_nothing_is_said() -> None:
    pattern = OLD_TLS | {"Bucket": "oss-*"}
    assert online(OLD_TLS, live={"oss-example": DENIED}) == []
    assert online(pattern, live={"oss-a": OLD, "oss-b": DENIED}) == []
    assert online(pattern, live={"oss-a": DESIRED, "oss-b": DENIED}) == []
    assert len(online(OLD_TLS, live={"oss-example": DESIRED, "other": DENIED})) == 1


def test_where_buckets_could_not_be_listed_nothing_is_said() -> None:
    class Secret(Answers):
        def page(self, *_: Any, **__: Any) -> Any:
            return Answers.read(self, SECRET, HttpsConfiguration)

    fleet = Fleet(Secret({"secret": DENIED}), retries=0)
    declarations = File(("oss-*",), DESIRED).declarations()
    excusing = waivers(OLD_TLS)
    plan = check(declarations, fleet, now=NOW, waivers=excusing)
    assert plan.errored
    assert doubts(excusing, declarations, plan) == ()


def test_a_waiver_for_a_bucket_that_is_missing_is_unused() -> None:
    missing = error_body("NoSuchBucket", "", "x")
    (line,) = online(OLD_TLS, live={"oss-example": missing})
    assert "is unused: no such bucket was compared" in line


def test_two_waivers_for_one_value_are_one_too_many() -> None:
    (line,) = online(OLD_TLS, OLD_TLS | {"Owner": "other"}, live={"oss-example": OLD})
    assert "is unused: other waivers excuse what it pins" in line


def test_a_waiver_that_is_too_narrow_for_the_live_value_is_named() -> None:
    custom = CipherSuite(Enable=True, CustomCipherSuite=("AES128-SHA",))
    live = {"oss-example": HttpsConfiguration(TLS=DESIRED.tls, CipherSuite=custom)}
    narrow = waiver(f"{CIPHERS}/StrongCipherSuite", live=False, Bucket="oss-*")
    (line,) = online(narrow, live=live, whole=False)
    assert line.startswith('Pointer: The waiver for "oss-*" is too narrow')


def test_a_waiver_that_was_broader_than_the_drift_is_named() -> None:
    suites = CipherSuite(Enable=True, CustomCipherSuite=("AES128-SHA",))
    tls = {"Enable": True, "TLSVersion": ["TLSv1.0"]}
    (line,) = online(waiver(TLS, tls), live={"oss-example": OLD}, whole=False)
    assert f"{TLS}/TLSVersion is all that it excuses" in line
    both = HttpsConfiguration(TLS=OLD.tls, CipherSuite=suites)
    whole = waiver("/HttpsConfiguration", both.document()["HttpsConfiguration"])
    assert online(whole, live={"oss-example": both}) == []


def test_what_is_desired_and_pinned_by_a_named_waiver_is_said_in_the_plan() -> None:
    same = waiver(f"{TLS}/TLSVersion", ["TLSv1.2"])
    (line,) = online(same, live={"oss-example": DESIRED}, whole=False)
    assert "what it pins is what is desired" in line


def test_with_strict_all_is_wrong_but_that_a_waiver_expires_soon() -> None:
    given = waivers(OLD_TLS | {"Bucket": "other", "Expires": "2026-11-30"})
    declarations = File(("oss-example",), DESIRED).declarations()
    found = doubts(given, declarations, strict=True)
    assert [(one.severity, "expires" in one.summary) for one in found] == [
        ("error", False),
        ("warning", True),
    ]


def test_beside_desired_files_with_errors_only_dates_are_said() -> None:
    given = waivers(OLD_TLS | {"Bucket": "other", "Expires": "2026-11-30"})
    broken = Desired((), (Diagnostic("error", Place("desired/a.json"), "is broken"),))
    found = with_waivers(broken, given)
    assert [one.place.file for one in found.diagnostics] == [
        "desired/a.json",
        "desired/waivers.json",
    ]
    assert not found.valid


def test_without_waivers_nothing_is_said() -> None:
    declared = Desired(tuple(File(("oss-example",), DESIRED).declarations()), ())
    assert with_waivers(declared, waivers()) == declared
