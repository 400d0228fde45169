"""What every transport does, and what the environment has to say in it."""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Protocol

from requests.utils import get_environ_proxies, select_proxy

from drift.live.source import Answer

_LOOKED_AT = ("date", "retry-after", "x-oss-qos-delay-time")
_PROXY = re.compile(r"(https?|socks4a?|socks5h?)://\S+", re.IGNORECASE)


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
    """The other side was reached, and TLS was not agreed on."""


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


def trusted() -> Path | None:
    """Return what holds certificates to trust beside the system's: a file, or a folder of them.

    Raise `TransportError` for anything else: to open a pipe is to wait.
    """
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if os.environ.get(name):
            path = Path(os.environ[name])
            if not path.is_file() and not path.is_dir():
                raise TransportError("CertificatesNotReadable")
            return path
    return None


def proxy_of(url: str) -> str | None:
    """Return the proxy that the environment names for `url`; NO_PROXY is honoured."""
    proxy: str | None = select_proxy(url, get_environ_proxies(url))
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def usable_proxy_of(url: str) -> str | None:
    """Return the proxy for `url`; raise `TransportError` for what cannot be one."""
    proxy = proxy_of(url)
    if proxy and not _PROXY.fullmatch(proxy):
        raise TransportError("ProxyFailed")
    return proxy


def looked_at(header: Callable[[str], str | None]) -> dict[str, str]:
    """Return the headers that an `Answer` has, of those that `header` finds by name."""
    found: dict[str, str] = {}
    for name in _LOOKED_AT:
        with suppress(ValueError):  # bytes that are no text
            value = header(name)
            if value is not None:
                found[name] = value
    return found
