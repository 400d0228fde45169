"""Reading many buckets at once, in bounded time."""

from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import NamedTuple

from drift.errors import StoppedError
from drift.live.outcome import Outcome, outcome_of
from drift.live.problem import own
from drift.live.source import Source
from drift.settings.setting import Setting


class Request(NamedTuple):
    """One setting of one bucket that is to be read."""

    bucket: str
    region: str | None
    setting: type[Setting]


@dataclass(frozen=True)
class Fleet:
    """A source that is read by `concurrency` threads, for `deadline` seconds at most."""

    source: Source
    concurrency: int = 16
    deadline: float | None = None

    def read(self, requests: Sequence[Request]) -> tuple[Outcome, ...]:
        """Return what came of each request, in their order.

        Raise `StoppedError` on Ctrl-C. What a source raises beside its problems is a bug of ours,
        and is raised here.
        """
        done: SimpleQueue[tuple[int, Outcome | BaseException]] = SimpleQueue()
        outcomes: dict[int, Outcome] = {}
        stop = Event()
        end = None if self.deadline is None else monotonic() + self.deadline
        self._start(requests, done, stop)
        try:
            while len(outcomes) < len(requests):
                index, result = done.get(timeout=end and max(0, end - monotonic()))
                if isinstance(result, BaseException):
                    raise result
                outcomes[index] = result
        except Empty:
            unread = own("NotRead")
            return tuple(outcomes.get(index, unread) for index in range(len(requests)))
        except KeyboardInterrupt:
            unread_names = (r.bucket for index, r in enumerate(requests) if index not in outcomes)
            raise StoppedError(tuple(unread_names)) from None
        finally:
            stop.set()
        return tuple(outcomes[index] for index in range(len(requests)))

    def _start(
        self,
        requests: Sequence[Request],
        done: "SimpleQueue[tuple[int, Outcome | BaseException]]",
        stop: Event,
    ) -> None:
        todo: SimpleQueue[tuple[int, Request]] = SimpleQueue()
        for item in enumerate(requests):
            todo.put(item)

        def work() -> None:
            while not stop.is_set():
                try:
                    index, request = todo.get_nowait()
                except Empty:
                    return
                try:
                    done.put((index, outcome_of(self.source, *request)))
                except BaseException as error:  # noqa: BLE001 - raised again in the main thread
                    done.put((index, error))

        for _ in range(min(self.concurrency, len(requests))):
            # Daemons: a thread that waits for a slow answer must not hold up the exit.
            Thread(target=work, daemon=True).start()
