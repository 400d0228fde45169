"""Temporary credentials, renewed before they end, by one thread at a time."""

from collections.abc import Callable
from math import inf
from threading import Lock
from time import time
from typing import NamedTuple

from drift.errors import CredentialsError
from drift.live.credentials.key import Credentials, Service

_PAUSE = 30
"""Seconds between two attempts to renew: thousands of requests must not become as many calls."""

_LEAST = 60
"""Seconds for which new credentials are used, even if a clock that is off says they ended."""


class _Held(NamedTuple):
    credentials: Credentials
    renew: float
    end: float


class Refreshing:
    """Credentials from `fetch`, which raises `CredentialsError`.

    They are renewed after three quarters of their life. As long as the old ones hold, nobody waits
    for new ones, and a failure to get them is no failure.
    """

    def __init__(
        self,
        name: str,
        fetch: Callable[[], Credentials],
        *,
        service: Service | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        """Take what people call the source, and a clock of seconds since 1970."""
        self.name = name
        self.service = service
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._held: _Held | None = None
        self._failure: tuple[CredentialsError, float] | None = None

    def credentials(self) -> Credentials:
        """Return credentials that still hold; raise `CredentialsError` if there are none."""
        held, now = self._held, self._clock()
        if held and now < held.renew:
            return held.credentials
        holds = held is not None and now < held.end
        if not self._lock.acquire(blocking=not holds) and held:
            return held.credentials  # another thread is at it
        try:
            return self._renewed()
        finally:
            self._lock.release()

    def _renewed(self) -> Credentials:
        held, now = self._held, self._clock()
        if held and now < held.renew:
            return held.credentials
        if self._failure and now < self._failure[1]:
            raise CredentialsError(str(self._failure[0]), self._failure[0].advice)
        try:
            new = self._fetch()
        except CredentialsError as error:
            if held and now < held.end:
                self._held = held._replace(renew=now + _PAUSE)
                return held.credentials
            self._failure = (error, now + _PAUSE)
            raise
        self._held = _held(new, now)
        return new


def _held(credentials: Credentials, now: float) -> _Held:
    if credentials.expires is None:
        return _Held(credentials, inf, inf)
    left = credentials.expires - now
    return _Held(credentials, now + max(left * 3 / 4, _LEAST), now + max(left, _LEAST))
