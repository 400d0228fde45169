"""Waiting for something for so long, and no longer, with Ctrl-C at any time."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def in_time(ask: Callable[[], T], seconds: float | None) -> T:
    """Return what `ask` returns, or raise what it raises; raise `TimeoutError` if it is late.

    With None for seconds it is never late.

    What is late is left to itself, and does not hold up the exit: an answer that drips ends no
    timeout of a socket, and no signal ends a search for a name.
    """
    done: Future[T] = Future()

    def work() -> None:
        try:
            done.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            done.set_exception(error)

    Thread(target=work, daemon=True).start()
    return done.result(seconds)
