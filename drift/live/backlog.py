"""What is still to be done: by many threads, each thing when it is due."""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from threading import Condition, Event, Lock
from time import monotonic
from typing import NamedTuple

from drift.live.patience import Patience


class Task(NamedTuple):
    """One number of a backlog; with some patience, if it failed before."""

    number: int
    patience: Patience | None = None


class Again(NamedTuple):
    """A task that is due in `pause` seconds."""

    pause: float
    number: int
    patience: Patience


class Backlog:
    """The numbers from 0 to `count`. Each is taken, and then done, or taken again later."""

    def __init__(self, count: int) -> None:
        """Take how many there are."""
        self._left = count
        self._fresh: Iterator[int] = iter(range(count))
        self._due: list[tuple[float, int, Patience]] = []
        self._gate = Lock()
        self._changed = Condition()
        self._stopped = Event()

    def take(self, turn: Callable[[], float]) -> Task | None:
        """Return one that is due, which may take its time; None when nothing is left to do.

        It is due when `turn` returns 0, too, and not the seconds to wait. One thread waits for
        all this at a time, and the others behind it.
        """
        with self._gate:
            task = self._first()
            while task and (wait := turn()) > 0:
                if self._stopped.wait(wait):
                    return None
            return task

    def _first(self) -> Task | None:
        with self._changed:
            while self._left and not self._stopped.is_set():
                now = monotonic()
                task = self.ready(now)
                if task:
                    return task
                self._changed.wait(self._due[0][0] - now if self._due else None)
            return None

    def ready(self, now: float) -> Task | None:
        """Return one that is due by `now`: first what was tried before."""
        if self._due and self._due[0][0] <= now:
            return Task(*heappop(self._due)[1:])
        fresh = next(self._fresh, None)
        return None if fresh is None else Task(fresh)

    def done(self) -> None:
        """Count one that was taken as done."""
        with self._changed:
            self._left -= 1
            if not self._left:
                self._changed.notify()

    def again(self, again: Again, now: float) -> None:
        """Put one back that was taken."""
        with self._changed:
            heappush(self._due, (now + again.pause, again.number, again.patience))
            self._changed.notify()

    def stop(self) -> None:
        """Let nothing more be taken."""
        self._stopped.set()
        with self._changed:
            self._changed.notify()
