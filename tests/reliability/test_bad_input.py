"""What cannot be used is named: the option and its range, the variable, the right to list."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from drift.emulator import EMULATOR_KEY, Emulator, ErrorAnswer, Fault
from drift.live.recording import Recording
from tests.cli.running import Ran, desired, text
from tests.reliability.account import Account
from tests.reliability.conftest import KEY

Drift: TypeAlias = Callable[..., Ran]

ALIBABA = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": EMULATOR_KEY.id,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": EMULATOR_KEY.secret,
    "ALIBABA_CLOUD_SECURITY_TOKEN": "token",
}
PROFILE = {
    "name": "ci",
    "mode": "StsToken",
    "access_key_id": EMULATOR_KEY.id,
    "access_key_secret": EMULATOR_KEY.secret,
    "sts_token": "token",
}


def test_without_the_right_to_list_it_is_named_and_declared_names_are_still_read(
    drift: Drift, small: Account, folder: Path
) -> None:
    names = list(small.names[0:30:3])
    (folder / "a.json").write_text(text(desired([*names, "app-*"], "cn-beijing")))
    denied = Fault(ErrorAnswer("AccessDenied"), "")
    with Emulator(Recording(small.recording), faults=(denied,)) as emulator:
        where = ("--endpoint", emulator.url, "--out", "plan.json")
        ran = drift("plan", "a.json", *where).failed()
        requests = emulator.requests
    assert "Allow the RAM action oss:ListBuckets on acs:oss:*:*:*" in ran.out
    assert requests == {"": 1, **dict.fromkeys(names, 1)}
    found = {
        one["name"]: one["status"]
        for one in json.loads((folder / "plan.json").read_text())["resource_changes"]
    }
    assert found.pop("app-*") == "unreadable"
    assert [*found] == names
    assert "in_sync" in found.values()


_SECONDS = "it is not a number of seconds above 0, and at most 86400"
RANGES = {
    "concurrency": (("0", "257"), "it is not a whole number from 1 to 256"),
    "retries": (("-1", "21"), "it is not a whole number from 0 to 20"),
    "timeout": (("0", "nan", "86401"), _SECONDS),
    "deadline": (("-1", "inf"), _SECONDS),
    "undeclared": (("maybe",), "'maybe' is not one of 'ignore', 'report', 'fail'"),
    "transport": (("curl",), "'curl' is not one of 'auto', 'openssl'"),
    "format": (("xml",), "'xml' is not one of 'text', 'json'"),
}


@pytest.mark.parametrize(("option", "values", "said"), [(k, *v) for k, v in RANGES.items()])
def test_a_value_out_of_range_names_the_option_and_the_range(
    drift: Drift, monkeypatch: pytest.MonkeyPatch, option: str, values: tuple[str, ...], said: str
) -> None:
    for value in values:
        drift("plan", f"--{option}", value).failed(f"'--{option}'", said)
        monkeypatch.setenv(f"DRIFT_{option.upper()}", value)
        drift("plan").failed(f"'--{option}' (env var: 'DRIFT_{option.upper()}')", said)


@pytest.mark.parametrize("option", ["timeout", "format"])
def test_the_doctor_names_them_as_well(drift: Drift, option: str) -> None:
    (value, *_), said = RANGES[option]
    drift("doctor", f"--{option}", value).failed(f"'--{option}'", said)


def test_a_port_out_of_range_names_the_range(drift: Drift) -> None:
    drift("emulator", "--port", "65536").failed("'--port'", "it is not a whole number from 0 to")


@pytest.fixture
def somewhere(folder: Path, small: Account) -> tuple[str, ...]:
    """Return the arguments for a plan of one bucket."""
    (folder / "a.json").write_text(text(desired(small.names[0], "cn-beijing")))
    (folder / ".aliyun").mkdir(exist_ok=True)
    return ("plan", "a.json", "--retries", "0")


def given(folder: Path, profile: Mapping[str, str]) -> None:
    """Write a profile of the Alibaba Cloud CLI."""
    document = {"current": "default", "profiles": [profile]}
    (folder / ".aliyun/config.json").write_text(json.dumps(document))


@pytest.mark.parametrize("family", [KEY, ALIBABA], ids=["OSS", "ALIBABA_CLOUD"])
@pytest.mark.parametrize("half", ["ID", "SECRET"])
def test_half_a_key_in_the_environment_names_the_other_variable(
    drift: Drift,
    somewhere: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    *,
    family: Mapping[str, str],
    half: str,
) -> None:
    for name in KEY:
        monkeypatch.delenv(name)
    for name, value in family.items():
        if not name.endswith(f"KEY_{half}"):
            monkeypatch.setenv(name, value)
    missing = next(name for name in family if name.endswith(f"KEY_{half}"))
    drift(*somewhere).failed(f"{missing} is not set, and the other half of the key is.", "Export ")


@pytest.mark.parametrize("half", ["access_key_id", "access_key_secret"])
def test_half_a_key_in_a_profile_names_the_member_and_the_profile(
    drift: Drift, somewhere: tuple[str, ...], folder: Path, half: str
) -> None:
    given(folder, {**PROFILE, half: ""})
    place = f'`{half}` of profile "ci" of ~/.aliyun/config.json is not set'
    drift(*somewhere, "--profile", "ci").failed(place, "Correct the profile with")


@pytest.fixture
def expired(small: Account) -> Emulator:
    """Return a service for which all tokens are over."""
    faults = (Fault(ErrorAnswer("SecurityTokenExpired")),)
    return Emulator(Recording(small.recording), faults=faults)


TEMPORARY = {
    "the environment (OSS_ACCESS_KEY_ID)": {**KEY, "OSS_SESSION_TOKEN": "token"},
    "the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)": ALIBABA,
    'profile "ci" of ~/.aliyun/config.json': {"ALIBABA_CLOUD_PROFILE": "ci"},
}


@pytest.fixture(params=TEMPORARY)
def temporary(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return where a temporary key comes from, each source in turn."""
    for name in KEY:
        monkeypatch.delenv(name)
    source: str = request.param
    for name, value in TEMPORARY[source].items():
        monkeypatch.setenv(name, value)
    (folder / ".aliyun").mkdir(exist_ok=True)
    given(folder, PROFILE)
    return source


def test_a_token_that_is_over_leads_to_the_source_that_it_comes_from(
    drift: Drift, somewhere: tuple[str, ...], expired: Emulator, temporary: str
) -> None:
    with expired:
        ran = drift(*somewhere, "--endpoint", expired.url, "--verbose")
        examined = drift("doctor", "a.json", "--endpoint", expired.url)
    ran.failed(f"Credentials: {temporary}.")
    assert "could not be judged: SecurityTokenExpired" in ran.out
    assert "The session token has expired." in ran.out
    assert "`drift doctor` says where they come from." in " ".join(ran.out.split())
    assert not [name for name in (*KEY, *ALIBABA, "OSS_SESSION_TOKEN") if name in ran.out]
    assert examined.code == 1
    assert f"They come from {temporary}" in examined.out
