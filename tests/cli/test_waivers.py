"""Waivers, as the command line knows them."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from drift.emulator import EMULATOR_KEY, Clock, Emulator, Fault
from drift.live.recording import Recording
from drift.planfile import load
from tests.cli.running import SAMPLES, Ran, desired, process
from tests.waivers.given import CIPHERS, TLS, waiver

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

UPLOADS = (SAMPLES / "desired" / "example-uploads.json").read_text()
LIVE = "--live", str(SAMPLES / "recording")
EVERYTHING = ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]


def today() -> date:
    return datetime.now(UTC).date()


def old_tls(**members: Any) -> dict[str, Any]:
    expires = (today() + timedelta(100)).isoformat()
    members = {"Bucket": "example-uploads", "Expires": expires} | members
    return waiver(f"{TLS}/TLSVersion", EVERYTHING, **members)


def all_suites(**members: Any) -> dict[str, Any]:
    return old_tls(Pointer=CIPHERS, Live={"Enable": False}, **members)


@pytest.fixture
def waived(write: Write) -> Callable[..., Path]:
    """Write a desired file of a bucket that has drifted, and waivers beside it."""

    def written(*given: dict[str, Any]) -> Path:
        write("desired/example-uploads.json", UPLOADS)
        return write("desired/waivers.json", json.dumps({"Waivers": given}, indent=2))

    return written


def test_a_waived_drift_is_green_and_in_the_plan(drift: Drift, waived: Callable[..., Path]) -> None:
    waived(old_tls(), all_suites())
    ran = drift("plan", *LIVE, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    plan = json.loads(ran.out)
    assert plan["verdict"] == "in_sync"
    assert (plan["summary"]["waived"], plan["summary"]["in_sync"]) == (1, 1)


@pytest.fixture
def plan_by_clock(drift: Drift, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Ran]:
    """Plan against a service whose clock is so many days ahead."""
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", EMULATOR_KEY.id)
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", EMULATOR_KEY.secret)

    def planned(days: float) -> Ran:
        faults = [Fault(Clock(days * 86400), "*")]
        with Emulator(Recording(SAMPLES / "recording"), faults=faults) as emulator:
            where = ("--endpoint", emulator.url, "--transport", "openssl")
            return drift("plan", *where, "--format", "json", "--out", "plan.json")

    return planned


@pytest.mark.parametrize(
    ("days", "expires", "warning"),
    [
        (2, 1, "expired on"),
        (-2, -1, "expired on"),
        (-2, 364, "which is more than a year ahead by the service's clock"),
    ],
    ids=["expired by the service", "expired by this machine", "too far ahead by the service"],
)
def test_a_waiver_counts_only_if_it_holds_by_both_clocks(
    waived: Callable[..., Path],
    plan_by_clock: Callable[[float], Ran],
    days: int,
    expires: int,
    warning: str,
) -> None:
    last = today() + timedelta(expires)
    waived(old_tls(Expires=last.isoformat()), all_suites(Expires=last.isoformat()))
    ran = plan_by_clock(days)
    assert ran.code == 2
    assert warning in ran.err
    assert "Warning: This machine's clock is 172," in ran.err
    plan = json.loads(ran.out)
    assert plan["verdict"] == "drift"
    made = datetime.fromisoformat(plan["timestamp"])
    assert abs(made - datetime.now(UTC) - timedelta(days)) < timedelta(minutes=5)
    assert load(Path("plan.json")).verdict == "drift"


def test_a_waiver_that_holds_by_both_clocks_counts(
    drift: Drift, waived: Callable[..., Path], plan_by_clock: Callable[[float], Ran]
) -> None:
    waived(old_tls(), all_suites())
    for days in (0, 2, -2, 300 / 86400):
        ran = plan_by_clock(days)
        assert (ran.code, "Warning: This machine's clock" in ran.err) == (0, days != 0)
        assert drift("show", "plan.json").code == 0


def test_a_partly_waived_drift_is_drift(drift: Drift, waived: Callable[..., Path]) -> None:
    waived(old_tls())
    assert drift("plan", *LIVE).code == 2


@pytest.mark.parametrize(
    ("paths", "code"),
    [((), 0), (("desired/example-uploads.json",), 0), (("desired/waivers.json",), 1)],
)
def test_waivers_beside_a_named_file_count(
    drift: Drift, waived: Callable[..., Path], paths: tuple[str, ...], code: int
) -> None:
    waived(old_tls(), all_suites())
    assert drift("plan", *paths, *LIVE).code == code


def test_an_expired_waiver_is_a_warning_and_the_drift_is_drift(
    drift: Drift, waived: Callable[..., Path]
) -> None:
    yesterday = (today() - timedelta(1)).isoformat()
    waived(old_tls(Expires=yesterday), all_suites())
    ran = drift("plan", *LIVE)
    assert ran.code == 2
    assert "desired/waivers.json:15:18: warning: The waiver for" in ran.err
    assert f"expired on {yesterday}. Mend the drift, or take the waiver out." in ran.err
    ran = drift("plan", *LIVE, "--strict")
    ran.failed(": error: The waiver for", "Nothing was compared")
    assert ran.out == ""


def test_a_waiver_that_moved_on_is_a_warning_and_with_strict_an_error(
    drift: Drift, waived: Callable[..., Path]
) -> None:
    waived(old_tls(Live=["TLSv1.0"]), all_suites())
    ran = drift("plan", *LIVE)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert 'it is ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"], and ["TLSv1.0"] is' in ran.err
    ran = drift("plan", *LIVE, "--strict")
    ran.failed("error: The waiver", "No plan was made: with --strict, a waiver that is doubtful")
    assert ran.out == ""


def test_strict_changes_nothing_for_a_waiver_that_fits(
    drift: Drift, waived: Callable[..., Path]
) -> None:
    soon = (today() + timedelta(30)).isoformat()
    waived(old_tls(Expires=soon), all_suites())
    ran = drift("plan", *LIVE, "--strict")
    assert ran.code == 0
    assert f"expires in 30 days: after {soon} (UTC)" in ran.err


def test_validate_says_all_that_is_wrong_with_desired_files_and_waivers(
    drift: Drift, waived: Callable[..., Path], write: Write
) -> None:
    waived(old_tls(Owner="", Live=[0]), all_suites(Reason="\n"))
    write("desired/bad.json", "{}")
    ran = drift("validate").failed(
        "desired/waivers.json:8:9: error: 0 is not one of TLSv1.0",
        "[/Waivers/0/Live/0]",
        '"" is no owner: 1 to 200 characters, not all of them blank, and no control character.',
        r'"\n" is no reason',
        "desired/bad.json:1:1: error: `Bucket` is missing.",
    )
    assert "The desired files cannot be used: 5 errors, 0 warnings." in ran.out
    drift("plan", *LIVE).failed("Nothing was compared: the desired files have errors.")
    write("desired/bad.json", UPLOADS)
    waived(old_tls(), all_suites(Bucket="nobody"))
    ran = drift("validate")
    assert (ran.code, ran.out) == (
        0,
        "The desired files are valid: 2 declared, 2 waivers, 0 errors, 1 warning.\n",
    )
    found = json.loads(drift("validate", "--format", "json").out)
    assert [one["pointer"] for one in found["diagnostics"]] == ["/Waivers/1"]
    assert found["diagnostics"][0]["range"]["filename"] == "desired/waivers.json"


def test_waiver_is_not_unused_where_patterns_left_files_out(drift: Drift, write: Write) -> None:
    write("desired/example-uploads.json", UPLOADS)
    write("desired/other.json", desired("oss-other"))
    write("desired/waivers.json", json.dumps({"Waivers": [old_tls(Bucket="oss-other")]}))
    ran = drift("validate", "--exclude", "other.json")
    assert ran.code == 0
    assert "unused" not in ran.err


def test_fmt_lays_waivers_out_and_leaves_those_beside_a_file_alone(
    drift: Drift, write: Write
) -> None:
    given = dict(reversed(old_tls(Pointer="/HttpsConfiguration/TLS/TLSVersion").items()))
    file = write("desired/waivers.json", json.dumps({"Waivers": [given], "$schema": "x"}))
    write("desired/example-uploads.json", UPLOADS)
    before = file.read_text()
    assert drift("fmt", "desired/example-uploads.json").code == 0
    assert file.read_text() == before
    assert drift("fmt", "--check", file).failed().out == "desired/waivers.json\n"
    assert drift("fmt").out == "desired/waivers.json\n"
    after = file.read_text()
    assert json.loads(after) == json.loads(before)
    assert [line.strip().split('"')[1] for line in after.splitlines() if '": ' in line] == [
        "$schema", "Waivers", "Bucket", "Setting", "Pointer", "Live", "Reason", "Owner", "Expires",
    ]  # fmt: skip
    assert drift("fmt", "--check", "desired/example-uploads.json", file).code == 0
    write("desired/waivers.json", "{")
    drift("fmt").failed("desired/waivers.json:1:2: error: Not JSON")


@pytest.mark.parametrize(
    ("command", "days", "code"),
    [(("plan", *LIVE), 0, 0), (("plan", *LIVE), -1, 2), (("validate",), 0, 0)],
)
def test_the_last_day_of_a_waiver_is_one_of_utc_wherever_it_runs(
    waived: Callable[..., Path], folder: Path, command: tuple[str, ...], days: int, code: int
) -> None:
    """West of UTC it is still yesterday, and east of it tomorrow already: that is of no matter."""
    zones = ["UTC", "Pacific/Niue", "Pacific/Kiritimati", "XXX+23:59", "XXX-23:59"]
    before, ran = None, set[Ran]()
    while before != today():  # midnight may come in between
        before = today()
        expires = (before + timedelta(days)).isoformat()
        waived(old_tls(Expires=expires), all_suites(Expires=expires))
        ran = {process(*command, cwd=folder, env={"TZ": zone}) for zone in zones}
    ((found, _, said),) = ran
    assert found == code
    assert said.count("expires today" if days == 0 else "expired on") == 2


POLICY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "x-drift": {"Bucket": "example-*", "Region": "eu-*"},
    "properties": {
        "HttpsConfiguration": {
            "properties": {
                "TLS": {
                    "title": "No TLS older than 1.2",
                    "properties": {
                        "TLSVersion": {"items": {"enum": ["TLSv1.2", "TLSv1.3"]}},
                    },
                }
            }
        }
    },
}


def test_what_breaks_a_policy_can_be_waived_and_says_which_rule(drift: Drift, write: Write) -> None:
    write("desired/tls.json", json.dumps(POLICY))
    run = "plan", *LIVE, "--format", "json", "--undeclared", "ignore"
    assert drift(*run).code == 2
    write("desired/waivers.json", json.dumps({"Waivers": [old_tls()]}))
    assert drift("validate").err == ""
    ran = drift(*run)
    assert (ran.code, ran.err) == (0, "")
    (found,) = [one for one in json.loads(ran.out)["resource_changes"] if one["status"] == "waived"]
    assert {one["violations"][0]["title"] for one in found["changes"]} == {"No TLS older than 1.2"}
    assert {one["waiver"]["owner"] for one in found["changes"]} == {"storage-team"}


def test_a_waiver_for_a_policy_that_live_has_left_behind_is_said(
    drift: Drift, write: Write
) -> None:
    write("desired/tls.json", json.dumps(POLICY))
    write("desired/waivers.json", json.dumps({"Waivers": [old_tls(Bucket="example-uploads-eu")]}))
    ran = drift("plan", *LIVE, "--undeclared", "ignore")
    assert ran.code == 2
    assert 'in example-uploads-eu it is ["TLSv1.2", "TLSv1.3"], and' in ran.err
    write("desired/waivers.json", json.dumps({"Waivers": [old_tls(Bucket="other")]}))
    assert "no desired file declares such a bucket" in drift("validate").err
