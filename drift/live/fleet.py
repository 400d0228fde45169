"""Reading many buckets at once, in bounded time."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import NamedTuple, TypeAlias, TypeVar

from drift.errors import DriftError, StoppedError
from drift.live.attempt import Attempt, Found, listing, reading
from drift.live.backlog import Again, Backlog, Task
from drift.live.in_time import arrival
from drift.live.listing import Page
from drift.live.pace import Pace
from drift.live.patience import RETRIES, Patience
from drift.live.problem import own, unexpected
from drift.live.source import Bucket, Source, Tag
from drift.live.tally import Tally
from drift.plan import Problem
from drift.settings.setting import Setting

T = TypeVar("T")
Job: TypeAlias = Callable[[], Attempt[T]]
"""One attempt at something."""

_PAGES = 1000
"""After so many, a list of buckets has no end: a million buckets, in 300 MB."""

_Done: TypeAlias = SimpleQueue[tuple[int, T | BaseException]]


class Request(NamedTuple):
    """One setting of one bucket that is to be read."""

    bucket: Bucket
    setting: type[Setting]


class StoppedReadingError(StoppedError):
    """A person stopped the reading; `found` has what came of each request until then."""

    def __init__(self, requests: Sequence[Request], found: Mapping[int, Found]) -> None:
        """Take the requests, and what came of some of them by their index."""
        names = (r.bucket.name for index, r in enumerate(requests) if index not in found)
        super().__init__(tuple(names))
        self.found = _whole(requests, found, "Stopped")


class Fleet:
    """A source that is read by `concurrency` threads, and for `deadline` seconds from now.

    What fails in passing is tried again. A source that never changes is read without either.
    """

    def __init__(
        self,
        source: Source,
        *,
        concurrency: int = 32,
        retries: int = RETRIES,
        deadline: float | None = None,
    ) -> None:
        """Take the source, which is closed if a run is broken off."""
        self.tally = Tally(Pace())
        self._source = source
        self._concurrency = concurrency
        self._retries = retries
        self._end = None if deadline is None else monotonic() + deadline
        self._owners: set[str] = set()

    def read(self, requests: Sequence[Request]) -> tuple[Found, ...]:
        """Return what came of each request, in their order.

        Raise `StoppedReadingError` on Ctrl-C. What a source raises beside its problems is a bug of
        ours, and is raised here.
        """
        found: dict[int, Found] = {}
        self.tally.total, self.tally.found = len(requests), found
        try:
            self._run([partial(reading, self._source, *request) for request in requests], found)
        except KeyboardInterrupt:
            raise StoppedReadingError(requests, found) from None
        return _whole(requests, found, "NotRead")

    def listing(self, region: str | None, tag: Tag | None = None) -> tuple[Bucket, ...] | Problem:
        """Return the buckets of the account that have `tag`, sorted by name, or why not.

        They are asked for in `region`. Raise `StoppedError` on Ctrl-C.
        """
        buckets: list[Bucket] = []
        marker = ""
        for _ in range(_PAGES):
            page = self._page(region, marker, tag)
            if isinstance(page, Problem):
                return page
            self._owners.update(filter(None, (page.owner,)))
            if len(self._owners) > 1:
                return unexpected("lists the buckets of another account than the page before it")
            buckets += page.buckets
            self.tally.listed = max(self.tally.listed, len(buckets))
            if page.next_marker is None:
                return tuple(buckets)
            marker = page.next_marker
        return unexpected("has no end")

    def _page(self, region: str | None, marker: str, tag: Tag | None) -> Page | Problem:
        pages: dict[int, Page | Problem] = {}
        try:
            self._run([partial(listing, self._source, region, marker, tag)], pages)
        except KeyboardInterrupt:
            raise StoppedError(()) from None
        return pages.get(0) or own("NotListed")

    def _run(self, jobs: Sequence[Job[T]], results: dict[int, T]) -> None:
        """Put what comes of each job into `results` by its index, until all is done or time up."""
        if not self._source.changing:
            self._run_in_turn(jobs, results)
            return
        backlog = Backlog(len(jobs))
        done: _Done[T] = SimpleQueue()
        late = self._left() == 0
        try:
            work = partial(self._work, jobs, backlog, done)
            _start(0 if late else min(self._concurrency, len(jobs)), work)
            while len(results) < len(jobs):
                index, result = arrival(done, self._left())
                if isinstance(result, BaseException):
                    raise result
                results[index] = result
        except Empty:
            return
        finally:
            backlog.stop()
            if len(results) < len(jobs):
                self._source.close()

    def _run_in_turn(self, jobs: Sequence[Job[T]], results: dict[int, T]) -> None:
        for index, job in enumerate(jobs):
            if self._left() == 0:
                return
            results[index] = job().result

    def _work(self, jobs: Sequence[Job[T]], backlog: Backlog, done: _Done[T]) -> None:
        while task := backlog.take(self.tally.pace.turn):
            try:
                attempt = jobs[task.number]()
                again = self.judged(attempt, task)
            except BaseException as error:  # noqa: BLE001 - raised again in the main thread
                done.put((task.number, error))
                return
            if again is None:
                done.put((task.number, attempt.result))
                backlog.done()
            else:
                backlog.again(again, monotonic())

    def judged(self, attempt: Attempt[T], task: Task) -> Again | None:
        """Learn from an attempt; return how it is tried again, if it is."""
        if attempt.throttled:
            self.tally.pace.throttled()
        else:
            self.tally.pace.answered()
        again = None
        if attempt.retryable:
            patience = task.patience or Patience(self._retries)
            pause = patience.pause(attempt.wait)
            again = None if pause is None else Again(pause, task.number, patience)
        self.tally.attempted(throttled=attempt.throttled, again=again is not None)
        return again

    def _left(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - monotonic())


def _whole(requests: Sequence[Request], found: Mapping[int, Found], code: str) -> tuple[Found, ...]:
    """Return what came of each request; `code` says why there is nothing of the others."""
    unread = own(code)
    return tuple(
        found.get(index) or Found(unread, request.bucket) for index, request in enumerate(requests)
    )


def _start(number: int, work: Callable[[], None]) -> None:
    """Start threads; raise `DriftError` if this machine has none left."""
    for started in range(number):
        try:
            # Daemons: a thread that waits for a slow answer must not hold up the exit.
            Thread(target=work, daemon=True).start()
        except RuntimeError:
            if started:
                return
            message = "This machine has no thread left to read with."
            raise DriftError(message, "Raise its limits, or end what else it does.") from None
