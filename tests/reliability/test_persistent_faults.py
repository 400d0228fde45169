"""What fails for good is told bucket by bucket, and nothing else is touched by it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import pytest

from drift.emulator import (
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
from tests.reliability.account import Account

Drift: TypeAlias = Callable[..., Ran]


class Kind(NamedTuple):
    """What happens, and the problem that a bucket has of it."""

    effect: Effect
    code: str
    retryable: bool = True


KINDS = (
    Kind(ErrorAnswer("ServiceUnavailable"), "ServiceUnavailable"),
    Kind(ErrorAnswer("InternalError"), "InternalError"),
    Kind(ErrorAnswer("SomethingNew", 502), "SomethingNew"),
    Kind(ErrorAnswer("QpsLimitExceeded"), "QpsLimitExceeded"),
    Kind(ErrorAnswer("QpsLimitExceeded", retry_after=1), "QpsLimitExceeded"),
    Kind(ErrorAnswer("TotalQpsLimitExceeded"), "TotalQpsLimitExceeded"),
    Kind(ErrorAnswer("ActiveRequestLimitExceeded", 503), "ActiveRequestLimitExceeded"),
    Kind(
        ErrorAnswer("MetaOperationQpsLimitExceeded", qos_delay=50), "MetaOperationQpsLimitExceeded"
    ),
    Kind(ErrorAnswer("AccessDenied"), "AccessDenied", retryable=False),
    Kind(ErrorAnswer("InvalidAccessKeyId"), "InvalidAccessKeyId", retryable=False),
    Kind(ErrorAnswer("SecurityTokenExpired"), "SecurityTokenExpired", retryable=False),
    Kind(ErrorAnswer("SignatureDoesNotMatch"), "SignatureDoesNotMatch", retryable=False),
    Kind(ErrorAnswer("InvalidArgument"), "InvalidArgument", retryable=False),
    Kind(ErrorAnswer("RequestTimeTooSkewed"), "RequestTimeTooSkewed", retryable=False),
    Kind(ErrorAnswer("SomethingNew", 403), "SomethingNew", retryable=False),
    Kind(ErrorAnswer("Moved", 302), "Moved", retryable=False),
    Kind(ErrorAnswer("NoSuchBucket", 403), "NoSuchBucket", retryable=False),
    Kind(Reset(), "ConnectionFailed"),
    Kind(HangUp(), "ConnectionFailed"),
    Kind(CutOff(), "ConnectionFailed"),
    Kind(Garbage(), "UnexpectedAnswer"),
    Kind(Garbage(b""), "UnexpectedAnswer"),
    Kind(Garbage(b"<html><body>Sign in</body></html>"), "UnexpectedAnswer"),
    Kind(
        Garbage(b"<HttpsConfiguration><TLS><Enable>TRUE</Enable></TLS></HttpsConfiguration>"),
        "UnexpectedAnswer",
        retryable=False,
    ),
    Kind(Latency(600), "Timeout"),
)
HANDSHAKES = (
    Kind(Handshake("refuse"), "TLSHandshakeFailed", retryable=False),
    Kind(Handshake("old"), ""),  # which OpenSSL still speaks, so that nothing is wrong
)


class Made(NamedTuple):
    """A plan, and how many requests each bucket was sent for it."""

    plan: dict[str, Any]
    requests: Mapping[str, int]

    @property
    def said(self) -> dict[str, str]:
        """What was found of each bucket: the code of its problem, or its status."""
        return {
            one["name"]: one["problem"]["code"] if one["problem"] else one["status"]
            for one in self.plan["resource_changes"]
        }

    def without(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """Return all that the plan says of the other buckets."""
        return [one for one in self.plan["resource_changes"] if one["name"] not in names]


Planned: TypeAlias = Callable[..., Made]


@pytest.fixture
def planned(drift: Drift, small: Account, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """Make a plan of 400 buckets of a service with faults; what fails is tried again once."""

    def run(kinds: Sequence[Kind] = (), *, transport: str, tls: bool = False) -> Made:
        faults = [Fault(kind.effect, f"app-00[012]{at:02}") for at, kind in enumerate(kinds)]
        with Emulator(Recording(small.recording), faults=faults, tls=tls) as emulator:
            if emulator.ca:
                monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(emulator.ca))
            # An answer that is late by itself would be one more fault. Of few that are asked for at
            # once none is; and the timeout is short only where answers are awaited in vain.
            in_vain = any(isinstance(kind.effect, Latency) for kind in kinds)
            bounds = ("--timeout", "3" if in_vain else "60", "--concurrency", "8")
            options = ("--format", "json", "--retries", "1", *bounds)
            where = ("--endpoint", emulator.url, "--transport", transport)
            ran = drift("plan", small.by_names, *options, *where)
            assert ran.code == 1
            return Made(json.loads(ran.out), emulator.requests)

    return run


def failing(kinds: Sequence[Kind]) -> dict[str, Kind]:
    """Return the buckets that fail, three for each kind."""
    return {
        f"app-00{hundreds}{at:02}": kind for at, kind in enumerate(kinds) for hundreds in range(3)
    }


@pytest.mark.parametrize("transport", ["auto", "openssl"])
@pytest.mark.usefixtures("hasty", "unhurried")
def test_exactly_the_buckets_that_fail_are_unreadable(planned: Planned, transport: str) -> None:
    clean, found = planned(transport=transport), planned(KINDS, transport=transport)
    hit = failing(KINDS)
    assert found.said == clean.said | {name: kind.code for name, kind in hit.items()}
    assert found.without(hit) == clean.without(hit)
    assert found.plan["verdict"] == "incomplete"
    for one in found.plan["resource_changes"]:
        if one["name"] in hit:
            assert one["status"] == "unreadable"
            assert one["problem"]["retryable"] == hit[one["name"]].retryable


@pytest.mark.usefixtures("hasty", "unhurried")
def test_nothing_is_tried_again_that_will_not_pass(planned: Planned) -> None:
    kinds = [kind for kind in KINDS if not isinstance(kind.effect, Latency)]
    requests = planned(kinds, transport="auto").requests
    for name, kind in failing(kinds).items():
        # Nor a request whose time is refused by a clock that is right.
        assert requests[name] == (2 if kind.retryable else 1), kind


@pytest.mark.parametrize("transport", ["auto", "openssl"])
def test_a_handshake_that_fails_is_that_buckets_problem_alone(
    planned: Planned, transport: str
) -> None:
    clean = planned(transport=transport)
    found = planned(HANDSHAKES, transport=transport, tls=True)
    hit = failing(HANDSHAKES[:1])
    assert found.said == clean.said | dict.fromkeys(hit, "TLSHandshakeFailed")
    assert found.without(hit) == clean.without(hit)
