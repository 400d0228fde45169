"""Every plan says whose credentials it used: another account's green is no green."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from drift.emulator import EMULATOR_KEY, Emulator
from drift.live.recording import Recording
from tests.cli.running import SAMPLES, Ran
from tests.live.services import answering, key, success
from tests.live.wire import http

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

ARN = "acs:ram::1234567890123456:role/drift"
KEY = {"OSS_ACCESS_KEY_ID": EMULATOR_KEY.id, "OSS_ACCESS_KEY_SECRET": EMULATOR_KEY.secret}


@pytest.fixture(autouse=True)
def exported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(Recording(SAMPLES / "recording")) as emulator:
        yield emulator


def issued() -> bytes:
    """Return the answer of STS with the one key that the emulator knows."""
    known = key(AccessKeyId=EMULATOR_KEY.id, AccessKeySecret=EMULATOR_KEY.secret)
    return success({"Credentials": known})


def test_a_plan_names_the_source_on_one_line(
    drift: Drift, write: Write, emulator: Emulator
) -> None:
    ran = drift("plan", write("a.json"), "--endpoint", emulator.url)
    assert ran.code == 0
    assert ran.err == "Credentials: the environment (OSS_ACCESS_KEY_ID).\n"
    assert "Credentials" not in ran.out
    listed = drift("plan", write("a.json"), "--endpoint", emulator.url, "--list")
    assert listed.err == ran.err


def test_a_plan_names_the_account_where_it_is_known(
    drift: Drift, write: Write, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(issued()) as sts:
        monkeypatch.setenv("ALIBABA_CLOUD_STS_ENDPOINT", sts.url)
        options = ("--endpoint", emulator.url, "--role-arn", ARN)
        ran = drift("plan", write("a.json"), *options)
        verbose = drift("plan", write("a.json"), *options, "--verbose")
        checked = drift("doctor", write("a.json"), *options)
    name = f"the role {ARN}, assumed with the environment (OSS_ACCESS_KEY_ID)"
    assert ran.err == f"Credentials: {name}, account 1234567890123456.\n"
    assert f"{name}, account 1234567890123456; they end at 20" in verbose.err
    assert f"They come from {name}, account 1234567890123456; they end at 20" in checked.out
    assert EMULATOR_KEY.id not in ran.err + verbose.err + checked.out


def test_a_recording_needs_no_credentials_and_names_none(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    assert drift("plan", write("a.json"), *recorded).err == ""


BUSY = http(json.dumps({"Code": "Throttling.User"}).encode(), "503 Service Unavailable")


def test_requests_for_credentials_end_at_the_deadline(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(BUSY) as sts:
        monkeypatch.setenv("ALIBABA_CLOUD_STS_ENDPOINT", sts.url)
        options = ("--role-arn", ARN, "--deadline", "0.5", "--retries", "20")
        ran = drift("plan", write("a.json"), *options)
    ran.failed("No credentials were found before the deadline.")


def test_requests_for_credentials_are_tried_again_as_often_as_others(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(BUSY) as sts:
        monkeypatch.setenv("ALIBABA_CLOUD_STS_ENDPOINT", sts.url)
        ran = drift("plan", write("a.json"), "--role-arn", ARN, "--retries", "1")
    ran.failed("the answer is HTTP 503 with the error Throttling.User.")
    assert len(sts.lines) == 2
