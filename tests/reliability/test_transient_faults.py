"""What fails in passing leaves no trace: the plan is byte for byte the plan without faults.

The fleet has 2,000 buckets, a fifth of the requests fails, and a bucket meets at most seven
failures: as many as drift tries again.
"""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from drift.emulator import (
    Clock,
    CutOff,
    Emulator,
    ErrorAnswer,
    Fault,
    Garbage,
    Handshake,
    HangUp,
    Latency,
    Reset,
)
from drift.emulator.fault import Effect
from drift.live.recording import Recording
from tests.cli.running import Ran
from tests.declared import NOW
from tests.reliability.account import Account

Drift: TypeAlias = Callable[..., Ran]

KINDS: tuple[Effect, ...] = (
    ErrorAnswer("ServiceUnavailable"),
    ErrorAnswer("InternalError"),
    ErrorAnswer("SomethingNew", 502),
    ErrorAnswer("QpsLimitExceeded"),
    ErrorAnswer("TotalQpsLimitExceeded"),
    ErrorAnswer("ActiveRequestLimitExceeded", 503),
    ErrorAnswer("MetaOperationQpsLimitExceeded", qos_delay=30),
    Reset(),
    HangUp(),
    CutOff(),
    Garbage(),
    Garbage(b"<html><body>Sign in</body></html>"),
    Garbage(b""),
    Latency(0.02, 0.05),
)
TIMEOUT = 5
"""Seconds for a request: many more than one takes here, since some may not fail once more."""
RARE: tuple[tuple[str, Effect], ...] = (
    ("*-*07", ErrorAnswer("QpsLimitExceeded", retry_after=1)),
    ("app-000[1-4]7", Latency(600)),
)
"""What takes a second each time, or the whole timeout: of buckets that are among the first."""
HALVES = (("*[02468]", KINDS[:7]), ("*[13579]", KINDS[7:]))
SHARE = 0.032
"""Of the requests, for each kind: seven of them make a fifth."""

CERTAIN = (("app-00340", KINDS[:7]), ("app-00341", KINDS[6:13]))
"""Two buckets that answer only when they are asked for the eighth time."""

FAULTS = (
    *(Fault(kind, bucket, times=1) for bucket, kinds in CERTAIN for kind in kinds),
    *(Fault(kind, half, p=SHARE, times=1) for half, kinds in HALVES for kind in kinds),
    *(Fault(kind, buckets, times=1) for buckets, kind in RARE),
    *(Fault(kind, "", times=1) for kind in (*KINDS[:6], KINDS[9])),
)
"""Faults of every kind; ListBuckets, whose name is empty, fails seven times, too."""


class Stopped:
    """A clock that stands still, in place of the class `datetime`."""

    @staticmethod
    def now(_zone: tzinfo) -> datetime:
        """Return the moment at which tests make their plans."""
        return NOW


class Done(NamedTuple):
    """A plan as JSON, how it went otherwise, and how many requests it took."""

    plan: str
    code: int
    requests: int


_TIME = re.compile('"timestamp": "[^"]+"')


@pytest.fixture
def planned(drift: Drift, fleet: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Make a plan of the whole fleet, by the command line, of a service with faults."""
    monkeypatch.setattr("drift.cli.plan.datetime", Stopped)

    def run(desired: Path, *faults: Fault, tls: bool = False, transport: str = "auto") -> Done:
        with Emulator(Recording(fleet.recording), faults=faults, tls=tls) as emulator:
            if emulator.ca:
                monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(emulator.ca))
            options = ("--format", "json", "--timeout", str(TIMEOUT), "--transport", transport)
            ran = drift("plan", desired, "--endpoint", emulator.url, *options)
            return Done(ran.out, ran.code, sum(emulator.requests.values()))

    return run


def no_different(found: Done, clean: Done) -> None:
    """Check that two plans differ by the service's time only, and that the first met faults."""
    plans = [_TIME.sub("", done.plan, count=1) for done in (found, clean)]
    assert plans[0] == plans[1], _first_difference(*plans)
    assert found.code == clean.code == 1  # some buckets are recorded as denied
    assert 0.19 < 1 - clean.requests / found.requests < 0.25


def _first_difference(found: str, clean: str) -> list[str]:
    pairs = zip(found.splitlines(), clean.splitlines(), strict=False)
    return next(([*pair] for pair in pairs if pair[0] != pair[1]), ["one is longer"])


@pytest.mark.usefixtures("hasty", "unhurried")
def test_buckets_by_patterns_with_openssl_and_a_clock_that_is_off(
    planned: Callable[..., Done], fleet: Account
) -> None:
    clean = planned(fleet.by_patterns)
    found = '"in_sync": 1356, "waived": 0, "drift": 416, "missing": 104, "unreadable": 104'
    assert f'{found}, "undeclared": 20' in clean.plan
    faults = (Fault(Clock(-1200)), *FAULTS)
    no_different(planned(fleet.by_patterns, *faults, transport="openssl"), clean)


@pytest.mark.usefixtures("hasty", "unhurried")
def test_buckets_by_names_over_tls_with_handshakes_that_are_refused(
    planned: Callable[..., Done], fleet: Account
) -> None:
    clean = planned(fleet.by_names)
    found = '"in_sync": 1370, "waived": 0, "drift": 420, "missing": 106, "unreadable": 105'
    assert found in clean.plan
    refused = Fault(Handshake("refuse"), p=0.1, times=1)
    faults = (refused, Fault(Clock(4000)), *FAULTS)
    no_different(planned(fleet.by_names, *faults, tls=True), clean)
