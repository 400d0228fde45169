"""How fast requests begin: as fast as they can, until the service throttles."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

_FREE = 10_000.0
"""Requests a second above which nothing is held back."""

_FIRST = 20.0
"""Requests a second that are tried at least when the pace is cut for the first time."""

_SLOWEST = 1.0
"""Requests a second that are tried, however little is answered."""

_BEHIND = 0.02
"""Seconds by which requests may be late, and are made up for: threads do not wake on the dot."""

_STRAY = 3
"""Throttled requests in a second of which fewer say nothing, as long as there is no limit."""


class Pace:
    """Spreads the beginnings of requests, so that fewer are under way, too.

    Where the service throttles more than one in ten, the pace becomes a little less than what it
    answered in the last second, which is how limits are measured: so it is cut once a second.
    From there it rises by the cube of the time, as TCP does by CUBIC (RFC 9438): carefully at
    first, and in half a minute to where nothing is held back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Begin without any limit."""
        self._clock = clock
        self._lock = Lock()
        self._answered: deque[float] = deque(maxlen=int(_FREE))
        self._refused: deque[float] = deque(maxlen=int(_FREE))
        self._rate: float | None = None
        self._cut = self._last = float("-inf")

    @property
    def rate(self) -> float | None:
        """The requests a second that may begin now; None if there is no limit."""
        with self._lock:
            return self._current(self._clock())

    def turn(self) -> float:
        """Return 0 if a request may begin now, and count it; else the seconds to ask again in."""
        with self._lock:
            now = self._clock()
            rate = self._current(now)
            if rate is None:
                return 0
            due = self._last + 1 / rate
            if due > now:
                return due - now
            self._last = max(due, now - _BEHIND)
            return 0

    def answered(self) -> None:
        """Count a request that was not throttled."""
        with self._lock:
            self._answered.append(self._clock())

    def throttled(self) -> None:
        """Count a request that was throttled, and cut the pace if there is reason to."""
        with self._lock:
            now = self._clock()
            self._refused.append(now)
            if now < self._cut + 1:
                return
            rate = self._current(now)
            answered = _of_last_second(self._answered, now)
            refused = _of_last_second(self._refused, now)
            if refused * 10 < answered or (rate is None and refused < _STRAY):
                return
            self._rate = max(0.95 * answered, _FIRST if rate is None else _SLOWEST)
            self._cut = self._last = now

    def _current(self, now: float) -> float | None:
        if self._rate is None:
            return None
        since = max(now - self._cut, 0)
        rate = self._rate * (1 + 0.01 * since + 0.003 * since**3)
        if rate > _FREE:
            self._rate = None
            return None
        return rate


def _of_last_second(moments: deque[float], now: float) -> int:
    while moments and moments[0] < now - 1:
        moments.popleft()
    return len(moments)
