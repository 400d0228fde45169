"""Waiting: for what comes, to an end, and with an ear for Ctrl-C."""

import os
import signal
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread, get_ident
from time import sleep

import pytest

from drift.errors import StoppedError
from drift.live.fleet import Fleet
from drift.live.in_time import arrival, in_time
from drift.live.source import Answer
from tests.live.sources import Playing, requests

PATIENCE = 20


def nothing_comes(_: Event) -> object:
    return arrival(SimpleQueue[None](), None)


def nothing_is_said(over: Event) -> object:
    return in_time(lambda: over.wait(2 * PATIENCE), None)


def no_bucket_is_read(over: Event) -> object:
    def read(_: str) -> Answer:
        over.wait(2 * PATIENCE)
        raise AssertionError

    return Fleet(Playing(read), concurrency=1).read(requests(1))


@pytest.mark.parametrize("wait", [nothing_comes, nothing_is_said, no_bucket_is_read])
def test_ctrl_c_ends_the_wait_even_if_another_thread_takes_the_signal(
    wait: Callable[[Event], object],
) -> None:
    over, woken = Event(), list[bool]()

    def interrupt() -> None:
        sleep(0.2)  # until the main thread waits
        signal.pthread_kill(get_ident(), signal.SIGINT)
        woken.append(over.wait(PATIENCE))
        if not woken[0]:
            os.kill(os.getpid(), signal.SIGINT)

    interrupting = Thread(target=interrupt)
    interrupting.start()
    try:
        with pytest.raises((KeyboardInterrupt, StoppedError)):
            wait(over)
    finally:
        over.set()
        interrupting.join(PATIENCE)
    assert woken == [True]


def test_what_comes_is_returned_and_what_does_not_is_not_waited_for() -> None:
    queue: SimpleQueue[int] = SimpleQueue()
    queue.put(1)
    assert arrival(queue, 0) == 1
    for seconds in (0, 0.01, 0.6):
        with pytest.raises(Empty):
            arrival(queue, seconds)


def test_an_answer_is_returned_an_error_raised_and_lateness_told() -> None:
    over = Event()
    assert in_time(lambda: 1, 10) == 1
    with pytest.raises(ZeroDivisionError):
        in_time(lambda: 1 // 0, None)
    with pytest.raises(TimeoutError):
        in_time(lambda: over.wait(PATIENCE), 0.01)
    over.set()
