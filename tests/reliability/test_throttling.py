"""A service with a limit: all is read, about as fast as the limit lets it be, without a storm."""

import json
from collections.abc import Callable
from time import monotonic
from typing import TypeAlias

from drift.emulator import Emulator, Fault, Throttle
from drift.live.recording import Recording
from tests.cli.running import Ran
from tests.reliability.account import Account

Drift: TypeAlias = Callable[..., Ran]

LIMIT = 50
"""Requests a second that the service answers."""
LONGEST = 60
"""Seconds after which a run that the limit lets take six has hung."""


def test_a_throttled_endpoint_is_read_to_the_end_without_a_storm(
    drift: Drift, small: Account
) -> None:
    with Emulator(Recording(small.recording)) as emulator:
        clean = drift("plan", small.by_names, "--endpoint", emulator.url, "--format", "json")
        needed = sum(emulator.requests.values())
    with Emulator(Recording(small.recording), faults=(Fault(Throttle(LIMIT)),)) as emulator:
        started = monotonic()
        ran = drift("plan", small.by_names, "--endpoint", emulator.url, "--format", "json")
        seconds = monotonic() - started
        sent = sum(emulator.requests.values())
    found = json.loads(ran.out)
    assert found["resource_changes"] == json.loads(clean.out)["resource_changes"]
    assert sent <= 1.3 * needed, f"{sent / needed:.2f} times the {needed} requests needed"
    assert seconds < LONGEST
