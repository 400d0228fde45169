"""Waiting for what another thread or process does, and not for ever."""

from collections.abc import Callable
from time import monotonic, sleep

LONGEST = 30
"""Seconds after which what should have come long ago is given up."""


def until(done: Callable[[], object], seen: Callable[[], object] = str) -> None:
    """Return once `done`; else fail, and show what was `seen` last."""
    end = monotonic() + LONGEST
    while not done():
        assert monotonic() < end, seen()
        sleep(0.01)
