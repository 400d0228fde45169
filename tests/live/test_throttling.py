"""A service that throttles is read at about the pace that it allows, and without a storm."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.live.fleet import Fleet
from drift.live.outcome import Absence
from drift.live.pace import Pace
from drift.live.service_error import error_body
from drift.live.source import Answer
from drift.plan import Problem
from tests.live.sources import Playing, document, requests
from tests.live.throttling import LIMITS, Clock, Limit, SlidingWindow, Unlimited, simulate

THROTTLED = Answer(503, error_body("MetaOperationQpsLimitExceeded", "No."))


@settings(max_examples=25)
@given(
    kind=st.sampled_from(LIMITS),
    rate=st.one_of(st.integers(5, 100), st.integers(5, 1000)),
    latency=st.floats(0.002, 0.5),
    concurrency=st.integers(1, 128),
    seed=st.integers(0, 1000),
)
def test_any_limit_is_kept_to(
    kind: Callable[[float], Limit], rate: int, latency: float, concurrency: int, seed: int
) -> None:
    """At most 1.3 times the requests and the time that are needed, and no bucket is given up.

    For runs that are long enough that their first moment does not count: all threads begin at once.
    """
    buckets = max(30 * rate, 30 * concurrency)
    with pytest.MonkeyPatch.context() as monkeypatch:
        run = simulate(
            monkeypatch,
            kind(rate),
            buckets=buckets,
            latency=latency,
            concurrency=concurrency,
            seed=seed,
        )
    assert run.sent <= 1.3 * buckets
    assert run.given_up == 0
    # A thread does one request at a time, whatever the limit; and jitter adds to the latency.
    assert run.seconds <= 1.3 * buckets / min(rate, concurrency / latency) + 5


class Until:
    """A limit that another replaces at some time."""

    def __init__(self, first: Limit, end: float, second: Limit) -> None:
        self._first, self._end, self._second = first, end, second

    def admits(self, now: float) -> bool:
        return (self._first if now < 1000 + self._end else self._second).admits(now)


def test_the_pace_recovers_when_the_throttling_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Until(SlidingWindow(20), 20, Unlimited())
    run = simulate(monkeypatch, limit, buckets=20_000)
    after = [sum(1 for end in run.ends if second <= end < second + 1) for second in range(60)]
    assert all(count <= 21 for count in after[:20])
    assert max(after[:50]) > 1000


def test_a_limit_that_drops_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Until(SlidingWindow(1000), 5, SlidingWindow(10))
    run = simulate(monkeypatch, limit, buckets=5500)
    assert run.given_up == 0
    assert run.sent <= 1.3 * 5500


class Stray:
    """A service without a limit that throttles some requests all the same."""

    def __init__(self, numbers: frozenset[int]) -> None:
        self._numbers = numbers
        self._count = 0

    def admits(self, _now: float) -> bool:
        self._count += 1
        return self._count not in self._numbers


@settings(max_examples=25)
@given(first=st.integers(1, 3000), apart=st.integers(50, 2000), seed=st.integers(0, 99))
def test_stray_throttling_does_not_ruin_a_run(first: int, apart: int, seed: int) -> None:
    """One request in fifty, and be it the very first: the run takes twice the time at most."""
    stray = Stray(frozenset(range(first, 5000, apart)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        usual = simulate(monkeypatch, Unlimited(), buckets=3000, seed=seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        run = simulate(monkeypatch, stray, buckets=3000, seed=seed)
    assert run.given_up == 0
    assert run.seconds <= 2 * usual.seconds + 1


def test_without_throttling_nothing_is_held_back() -> None:
    pace = Pace(Clock().monotonic)
    for _ in range(1000):
        assert pace.turn() == 0
        pace.answered()
    assert pace.rate is None


def test_the_pace_is_known_while_there_is_one() -> None:
    clock = Clock()
    pace = Pace(clock.monotonic)
    for _ in range(100):
        pace.answered()
    for _ in range(20):
        pace.throttled()
    assert pace.rate == pytest.approx(95)
    assert pace.turn() == pytest.approx(1 / 95)
    clock.now += 100
    assert pace.rate is None
    assert pace.turn() == 0


def test_a_thread_that_wakes_late_does_not_slow_the_others() -> None:
    clock = Clock()
    pace = Pace(clock.monotonic)
    for _ in range(100):
        pace.answered()
    for _ in range(20):
        pace.throttled()
    clock.now += pace.turn() + 0.004
    assert pace.turn() == 0
    assert pace.turn() == pytest.approx(1 / 95 - 0.004, abs=1e-4)


def test_a_clock_that_goes_back_does_no_harm() -> None:
    clock = Clock()
    pace = Pace(clock.monotonic)
    for _ in range(20):
        pace.throttled()
    clock.now -= 100
    assert pace.rate == pytest.approx(20)


def test_fifty_requests_a_second_are_kept_to_in_real_time() -> None:
    """By threads and the clock of this machine."""
    limit, lock = SlidingWindow(50), Lock()

    def read(bucket: str) -> Answer:
        with lock:
            admitted = limit.admits(monotonic())
        return document(bucket) if admitted else THROTTLED

    fleet = Fleet(Playing(read), deadline=60)
    found = fleet.read(requests(400))
    assert not any(isinstance(one.outcome, Problem | Absence) for one in found)
    assert fleet.tally.attempts <= 1.5 * 400
    assert fleet.tally.throttled == fleet.tally.retries > 0
