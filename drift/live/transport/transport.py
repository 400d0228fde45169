"""What every transport does."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple, Protocol

from drift.live.source import Answer

HEADERS: Mapping[str, str] = {"Accept-Encoding": "gzip", "Connection": "close"}
"""What every request says beside its own headers.

No connection carries a second request: an answer names no bucket, so that one which nobody asked
for would be taken for the next bucket's.
"""


class Request(NamedTuple):
    """One HTTP request: its method, where it goes, and what it carries."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Transport(Protocol):
    """Carries requests: no redirect, no .netrc, no cookie, no more body than is looked at."""

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """Return the answer, whole and within `timeout` seconds; raise `TransportError`."""
        ...

    def close(self) -> None:
        """Break off what is under way. Nothing can be carried afterwards."""
        ...


class TransportError(Exception):
    """A request was not carried, or its answer did not come; `code` is drift's for the reason."""

    def __init__(self, code: str, message: str | None = None) -> None:
        """Take a code of `drift.live.problem`, and a message if its own does not say enough."""
        super().__init__(message or code)
        self.code = code


class HandshakeError(TransportError):
    """The other side was reached, and has no TLS version or cipher suite of this transport."""

    def __init__(self) -> None:
        """Take nothing: there is one reason."""
        super().__init__("TLSHandshakeFailed")


class MalformedError(TransportError):
    """An answer came that cannot be OSS's; the message ends a sentence on "The answer"."""

    def __init__(self, reason: str) -> None:
        """Take what is wrong with it."""
        super().__init__("UnexpectedAnswer", reason)


class Lazy:
    """A transport that is made for its first request: to load certificates takes 35 ms."""

    def __init__(self, made: Callable[[], Transport]) -> None:
        """Take what makes it, which may raise `TransportError`."""
        self._made = made
        self._transport: Transport | None = None
        self._closed = False
        self._lock = Lock()

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """Return the answer; raise `TransportError`."""
        return self._ready().get(url, headers, timeout)

    def close(self) -> None:
        """Break off what is under way, without waiting for a transport that is being made."""
        self._closed = True
        if self._transport:
            self._transport.close()

    def _ready(self) -> Transport:
        with self._lock:
            if self._transport is None and not self._closed:
                self._transport = self._made()
        if self._closed or self._transport is None:
            self.close()  # which may have come while it was made
            raise TransportError("ConnectionFailed")
        return self._transport
