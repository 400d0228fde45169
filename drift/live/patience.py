"""How often a request is tried, and how long after the last attempt: tenacity's policies."""

from tenacity import (
    RetryCallState,
    Retrying,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

RETRIES = 7
"""How often what failed is tried again, unless told otherwise."""

_LONG_ENOUGH = stop_before_delay(61)  # so that who is asked to wait for a minute does
_POLICY = Retrying()
_JITTER = wait_random_exponential(multiplier=0.2, max=10)  # "full jitter": 0 to 0.2, 0.4, 0.8 ... s


class Patience:
    """That with one request that failed. Its last attempt begins within a minute."""

    def __init__(self, retries: int = RETRIES) -> None:
        """Begin when the first attempt, which is none of the retries, has failed."""
        self._state = RetryCallState(_POLICY, None, (), {})
        self._enough = stop_after_attempt(retries + 1) | _LONG_ENOUGH

    def pause(self, asked: float) -> float | None:
        """Return the seconds to wait after an attempt that failed, None if it was the last.

        `asked` is what the service asks for: it is waited for, or the request given up.
        """
        self._state.set_result(None)
        self._state.upcoming_sleep = max(_JITTER(self._state), asked)
        if self._enough(self._state):
            return None
        self._state.prepare_for_next_attempt()
        return self._state.upcoming_sleep
