"""A fleet that reads from a service with a limit, all in a simulated time."""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple, Protocol

import pytest

from drift.live.attempt import Attempt
from drift.live.backlog import Backlog, Task
from drift.live.fleet import Fleet
from drift.live.pace import Pace
from tests.declared import Answers

INFINITE = float("inf")


class Clock:
    """A clock that a test sets, in place of the module `time`."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Limit(Protocol):
    """A limit of a service, which is told when each request comes."""

    def admits(self, now: float) -> bool: ...


class SlidingWindow:
    """At most `rate` in any second."""

    def __init__(self, rate: float) -> None:
        self._most = int(rate)
        self._admitted: deque[float] = deque()

    def admits(self, now: float) -> bool:
        while self._admitted and self._admitted[0] <= now - 1:
            self._admitted.popleft()
        if len(self._admitted) >= self._most:
            return False
        self._admitted.append(now)
        return True


class FixedWindow:
    """At most `rate` in each second of the clock."""

    def __init__(self, rate: float) -> None:
        self._most = int(rate)
        self._second = -1
        self._admitted = 0

    def admits(self, now: float) -> bool:
        if int(now) != self._second:
            self._second, self._admitted = int(now), 0
        self._admitted += 1
        return self._admitted <= self._most


class TokenBucket:
    """`rate` a second in the long run, of which a second's worth can be saved up."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = rate
        self._last = 0.0

    def admits(self, now: float) -> bool:
        self._tokens = min(self._rate, self._tokens + (now - self._last) * self._rate)
        self._last = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


LIMITS: tuple[Callable[[float], Limit], ...] = (SlidingWindow, FixedWindow, TokenBucket)


class Run(NamedTuple):
    """What came of a run: how long it took, how many requests it sent, and of how many buckets."""

    seconds: float
    sent: int
    throttled: int
    given_up: int
    ends: tuple[float, ...] = ()


class Unlimited:
    def admits(self, now: float) -> bool:  # noqa: ARG002
        return True


def simulate(  # noqa: PLR0913
    monkeypatch: pytest.MonkeyPatch,
    limit: Limit,
    *,
    buckets: int,
    latency: float = 0.02,
    concurrency: int = 32,
    seed: int = 0,
    retries: int = 7,
) -> Run:
    """Read `buckets` as the threads of a fleet do: each takes a task, rests, asks, and learns."""
    clock, random = Clock(), Random(seed)
    monkeypatch.setattr("tenacity.time", clock)
    monkeypatch.setattr("tenacity.wait.random", random)
    fleet = Fleet(Answers({}), concurrency=concurrency, retries=retries)
    pace = fleet.tally.pace = Pace(clock.monotonic)
    backlog, started = Backlog(buckets), clock.now
    idle, left, given_up = concurrency, buckets, 0
    ends: list[float] = []
    # When, in which order, whether it comes back, and what.
    events: list[tuple[float, int, bool, Task]] = []
    passed: dict[int, bool] = {}
    count = iter(range(1 << 60))
    waiting: Task | None = None  # for its turn; all other threads wait behind it
    while left:
        if idle and waiting is None:
            waiting = backlog.ready(clock.now)
        wait = pace.turn() if waiting else INFINITE
        if waiting and wait <= 0:
            idle -= 1
            way = latency * random.uniform(0.25, 0.75)
            heappush(events, (clock.now + way, next(count), False, waiting))
            waiting = None
            continue
        due = backlog._due[0][0] if backlog._due and idle and not waiting else INFINITE
        soonest = min(due, clock.now + wait)
        if not events or soonest < events[0][0]:
            clock.now = soonest
            continue
        clock.now, _, answered, task = heappop(events)
        if not answered:
            way = latency * random.uniform(0.25, 0.75)
            passed[task.number] = limit.admits(clock.now)
            heappush(events, (clock.now + way, next(count), True, task))
            continue
        idle += 1
        throttled = not passed[task.number]
        again = fleet.judged(Attempt(None, throttled, throttled), task)
        if again is None:
            left -= 1
            given_up += throttled
            ends.append(clock.now - started)
        else:
            backlog.again(again, clock.now)
    tally = fleet.tally
    return Run(clock.now - started, tally.attempts, tally.throttled, given_up, tuple(ends))
