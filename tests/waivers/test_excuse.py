from typing import Any

import pytest

from drift.check import check
from drift.discovery.decide import Decision
from drift.judge import judged
from drift.live.attempt import Found
from drift.live.fleet import Fleet
from drift.live.outcome import Absence, Outcome
from drift.live.service_error import error_body
from drift.live.source import Bucket
from drift.plan import Impact, ResourceChange, Status, Verdict
from drift.settings.document import Reading, write
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.settings.setting import Setting
from tests.declared import NOW, Answers, declared
from tests.waivers.given import CIPHERS, TLS, TODAY, entries, waiver, waivers

STRONG = CipherSuite(Enable=True, StrongCipherSuite=True)
DESIRED = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2",)), CipherSuite=STRONG)
OLD = ["TLSv1.0", "TLSv1.2"]
OLD_TLS = waiver(f"{TLS}/TLSVersion", OLD)


def suites(**members: Any) -> CipherSuite:
    return CipherSuite.model_validate({"Enable": True, **members})


def live(**members: Any) -> HttpsConfiguration:
    return HttpsConfiguration.model_validate(
        {
            "TLS": {"Enable": True, "TLSVersion": OLD},
            "CipherSuite": STRONG.model_dump(by_alias=True),
        }
        | members
    )


def judge(
    found: HttpsConfiguration | None,
    *given: dict[str, Any],
    desired: HttpsConfiguration = DESIRED,
    strict: bool = False,
) -> ResourceChange:
    outcome: Outcome = Reading[Setting](found, ()) if found else Absence.SETTING
    bucket = Bucket("oss-example", "cn-hangzhou")
    decision = Decision(bucket, declared(desired))
    return judged(decision, Found(outcome, bucket), waivers=entries(*given), strict=strict)


def waived(found: ResourceChange) -> list[tuple[str, bool]]:
    return [(one.path.rpartition("/")[2], one.waiver is not None) for one in found.changes]


def test_a_waived_drift_is_no_drift_and_still_says_what_is_excused() -> None:
    found = judge(live(), OLD_TLS)
    assert found.status is Status.WAIVED
    assert waived(found) == [("TLSVersion", True)]
    assert found.change.actions == ("no-op",)
    assert found.change.before == found.change.after == live().document()
    assert found.impact is Impact.WEAKER
    assert found.meaning == "accepts TLS 1.0, which is not wanted"
    (change,) = found.changes
    assert change.waiver is not None
    assert (change.waiver.reason, change.waiver.owner) == (OLD_TLS["Reason"], "storage-team")
    assert str(change.waiver.expires) == "2027-03-01"
    assert (change.waiver.source.file, change.waiver.source.line) == ("desired/waivers.json", 3)


def test_what_a_waiver_does_not_point_to_stays_drift() -> None:
    found = judge(live(CipherSuite={"Enable": False}), OLD_TLS)
    assert found.status is Status.DRIFT
    assert waived(found) == [("TLSVersion", True), ("Enable", False), ("StrongCipherSuite", False)]
    assert found.change.actions == ("update",)
    after = (found.change.after or {})["HttpsConfiguration"]
    assert isinstance(after, dict)
    assert after["TLS"] == {"Enable": True, "TLSVersion": OLD}
    assert after["CipherSuite"] == {"Enable": True, "StrongCipherSuite": True}
    assert found.meaning == "accepts all cipher suites, where only the strong ones are wanted"


def test_a_live_value_that_moved_on_is_drift() -> None:
    moved = live(TLS={"Enable": True, "TLSVersion": ["TLSv1.0", "TLSv1.1", "TLSv1.2"]})
    assert judge(moved, OLD_TLS) == judge(moved)


@pytest.mark.parametrize("pinned", [OLD, OLD[::-1]])
@pytest.mark.parametrize("strict", [False, True])
def test_the_order_of_a_pinned_list_means_nothing_with_strict_or_without(
    pinned: list[str], strict: bool
) -> None:
    given = waiver(f"{TLS}/TLSVersion", pinned)
    assert judge(live(), given, strict=strict).status is Status.WAIVED


@pytest.mark.parametrize(
    ("pointer", "pinned"),
    [
        (TLS, {"TLSVersion": OLD, "Enable": True}),
        ("/HttpsConfiguration", live().document()["HttpsConfiguration"]),
    ],
)
def test_a_part_and_the_whole_are_pinned_as_objects(pointer: str, pinned: Any) -> None:
    assert judge(live(), waiver(pointer, pinned)).status is Status.WAIVED


def test_a_whole_document_is_pinned_with_what_is_not_managed() -> None:
    pinned = live().document()["HttpsConfiguration"]
    desired = HttpsConfiguration(TLS=DESIRED.tls)
    given = waiver("/HttpsConfiguration", pinned)
    assert judge(live(), given, desired=desired).status is Status.WAIVED
    other = live(CipherSuite={"Enable": False})
    assert judge(other, given, desired=desired).status is Status.DRIFT


def test_what_cannot_be_excused_alone_is_not_excused() -> None:
    found = live(TLS=DESIRED.document()["HttpsConfiguration"]["TLS"],  # type: ignore[call-overload,index]
                 CipherSuite={"Enable": True, "CustomCipherSuite": ["AES128-SHA"]})  # fmt: skip
    narrow = waiver(f"{CIPHERS}/StrongCipherSuite", live=False)
    assert judge(found, narrow) == judge(found)
    whole = waiver(CIPHERS, {"Enable": True, "CustomCipherSuite": ["AES128-SHA"]})
    assert judge(found, whole).status is Status.WAIVED


@pytest.mark.parametrize(
    ("desired", "found", "switch"),
    [
        ({"StrongCipherSuite": True, "CustomCipherSuite": ["RC4-SHA"]},
         {"CustomCipherSuite": ["RC4-SHA"]}, "StrongCipherSuite"),
        ({"Enable": False, "CustomCipherSuite": ["RC4-SHA"]},
         {"CustomCipherSuite": ["RC4-SHA"]}, "Enable"),
        ({"Enable": False, "StrongCipherSuite": True}, {"StrongCipherSuite": True}, "Enable"),
    ],
)  # fmt: skip
def test_a_switch_does_not_excuse_what_the_desired_file_has_without_effect(
    desired: dict[str, Any], found: dict[str, Any], switch: str
) -> None:
    there = HttpsConfiguration(CipherSuite=suites(**found))
    wanted = HttpsConfiguration(CipherSuite=suites(**desired))
    given = waiver(f"{CIPHERS}/{switch}", found.get(switch, switch == "Enable"))
    assert judge(there, given, desired=wanted) == judge(there, desired=wanted)
    whole = waiver(CIPHERS, {"Enable": True, **found})
    assert judge(there, whole, desired=wanted).status is Status.WAIVED


def test_managed_versions_do_not_excuse_those_that_are_desired_without_effect() -> None:
    off = HttpsConfiguration(TLS=Tls(Enable=False, TLSVersion=("TLSv1.0",)))
    found = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.0",)))
    given = waiver(f"{TLS}/Enable", live=True)
    assert judge(found, given, desired=off) == judge(found, desired=off)


def test_one_waiver_may_make_room_for_another() -> None:
    desired = HttpsConfiguration(CipherSuite=suites(CustomCipherSuite=["A"]))
    found = HttpsConfiguration(CipherSuite=suites(TLS13CustomCipherSuite=["T"]))
    emptied = waiver(f"{CIPHERS}/CustomCipherSuite", [])
    added = waiver(f"{CIPHERS}/TLS13CustomCipherSuite", ["T"])
    assert judge(found, emptied, desired=desired) == judge(found, desired=desired)
    assert waived(judge(found, added, desired=desired)) == [
        ("CustomCipherSuite", False), ("TLS13CustomCipherSuite", True),
    ]  # fmt: skip
    assert judge(found, emptied, added, desired=desired).status is Status.WAIVED


def test_a_waiver_that_would_bring_another_change_does_not_apply() -> None:
    off = HttpsConfiguration(TLS=Tls(Enable=False, TLSVersion=("TLSv1.3",)))
    found = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.0",)))
    given = waiver(f"{TLS}/Enable", live=True)
    assert judge(found, given, desired=off) == judge(found, desired=off)


def test_a_value_without_effect_cannot_be_excused() -> None:
    found = live(CipherSuite={"Enable": False, "CustomCipherSuite": ["AES128-SHA"]})
    given = waiver(f"{CIPHERS}/CustomCipherSuite", ["AES128-SHA"])
    assert judge(found, given) == judge(found)


def test_what_is_not_managed_needs_no_waiver() -> None:
    desired = HttpsConfiguration(CipherSuite=STRONG)
    found = live(CipherSuite={"Enable": False})
    assert judge(found, OLD_TLS, desired=desired) == judge(found, desired=desired)


def test_a_bucket_that_was_never_configured_is_excused_by_what_it_does() -> None:
    given = waiver(TLS, {"Enable": False})
    found = judge(None, given)
    assert waived(found) == [
        ("Enable", True), ("TLSVersion", True), ("Enable", False), ("StrongCipherSuite", False),
    ]  # fmt: skip
    assert found.change.actions == ("create",)
    assert found.change.after == {
        "HttpsConfiguration": {
            "TLS": {"Enable": False},
            "CipherSuite": {"Enable": True, "StrongCipherSuite": True},
        }
    }
    everything = judge(None, given, waiver(CIPHERS, {"Enable": False}))
    assert everything.status is Status.WAIVED
    assert everything.change.before is everything.change.after is None


def test_what_is_stored_without_effect_is_left_as_it_is() -> None:
    found = live(CipherSuite={"Enable": False, "CustomCipherSuite": ["AES128-SHA"]})
    left = judge(found, waiver(CIPHERS, {"Enable": False}))
    after = (left.change.after or {})["HttpsConfiguration"]
    assert isinstance(after, dict)
    assert after["CipherSuite"] == {"Enable": False, "CustomCipherSuite": ["AES128-SHA"]}
    assert left.status is Status.DRIFT
    assert left.inert == judge(found).inert != ()


def test_the_more_exact_waiver_excuses() -> None:
    pattern = OLD_TLS | {"Bucket": "oss-*", "Owner": "pattern"}
    part = waiver(TLS, {"Enable": True, "TLSVersion": OLD}, Owner="part")
    given = waivers(pattern, part, OLD_TLS | {"Owner": "list"})
    bodies = {"oss-example": write(live())}
    (found,) = check(
        [declared(DESIRED)], Fleet(Answers(bodies)), now=NOW, waivers=given
    ).resource_changes
    assert [one.waiver.owner for one in found.changes if one.waiver] == ["list"]


def test_each_bucket_has_its_own_waivers_though_all_answer_alike() -> None:
    names = [f"oss-example{number}" for number in range(4)]
    given = waivers(
        OLD_TLS | {"Bucket": names[0]}, OLD_TLS | {"Bucket": "*2", "Owner": "pattern"},
        OLD_TLS | {"Bucket": names[3], "Expires": "2026-11-21"},
    )  # fmt: skip
    bodies = dict.fromkeys(names, write(live()))
    declarations = [declared(DESIRED, name) for name in names]
    plan = check(declarations, Fleet(Answers(bodies)), now=NOW, waivers=given)
    assert [(one.name, one.status) for one in plan.resource_changes] == [
        (names[0], Status.WAIVED),
        (names[1], Status.DRIFT),
        (names[2], Status.WAIVED),
        (names[3], Status.DRIFT),
    ]
    assert plan.verdict is Verdict.DRIFT
    assert plan.summary.waived == 2


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "InternalError"])
def test_no_waiver_makes_an_unreadable_or_a_missing_bucket_green(code: str) -> None:
    everything = waivers(
        waiver("/HttpsConfiguration", {"TLS": {"Enable": False}}, Bucket="*"),
        OLD_TLS | {"Bucket": "*"},
    )
    source = Answers({"oss-example": error_body(code, "", "oss-example")})
    fleet = Fleet(source, retries=0)
    with_waivers = check([declared(DESIRED)], fleet, now=NOW, waivers=everything)
    assert with_waivers == check([declared(DESIRED)], fleet, now=NOW)
    assert with_waivers.verdict is not Verdict.IN_SYNC


def test_without_waivers_nothing_is_looked_up() -> None:
    none = waivers()
    assert none.of("oss-example") == ()
    assert none.today == TODAY
