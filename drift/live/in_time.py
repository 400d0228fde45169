"""Waiting for something for so long, and no longer, with Ctrl-C at any time."""

from collections.abc import Callable
from concurrent.futures import Future
from math import inf
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

_LOOK = 0.5
"""Seconds after which a thread that waits looks up: Ctrl-C may come without waking it.

Once in a thousand runs or so it did not, on a busy machine; another thread may have taken it.
"""


def arrival(queue: SimpleQueue[T], seconds: float | None) -> T:
    """Return what is put into `queue` next; raise `queue.Empty` if that takes more `seconds`."""
    end = inf if seconds is None else monotonic() + seconds
    while True:
        left = max(0.0, end - monotonic())
        try:
            return queue.get(timeout=min(left, _LOOK))
        except Empty:
            if left <= _LOOK:
                raise


def in_time(ask: Callable[[], T], seconds: float | None) -> T:
    """Return what `ask` returns, or raise what it raises; raise `TimeoutError` if it is late.

    With None for seconds it is never late. What is late is left to itself, and does not hold up
    the exit: an answer that drips ends no timeout of a socket, and no signal ends a search for a
    name.
    """
    answers: SimpleQueue[Future[T]] = SimpleQueue()

    def work() -> None:
        answer: Future[T] = Future()
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            answer.set_exception(error)
        answers.put(answer)

    Thread(target=work, daemon=True).start()
    try:
        answer = arrival(answers, seconds)
    except Empty:
        raise TimeoutError from None
    return answer.result()
