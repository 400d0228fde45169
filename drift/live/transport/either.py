"""Which transport carries a request: the fast one, and OpenSSL where that cannot."""

from collections.abc import Mapping
from functools import partial
from threading import current_thread, main_thread
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeAlias

from drift.live.source import Answer
from drift.live.transport.environment import Proxies, TrustStore
from drift.live.transport.openssl import OpenSSL
from drift.live.transport.transport import HandshakeError, Lazy, Transport

if TYPE_CHECKING:
    from drift.live.transport.rustls import Rustls


def _loaded() -> "type[Rustls] | None":
    """Return the fast transport, if this machine has it and this thread may load it.

    The memory of pyreqwest (mimalloc) belongs to the thread that loads it: once that has ended, the
    next request crashes the process. Only the main thread is sure to outlive them all.
    """
    if current_thread() is not main_thread():
        return None
    try:
        from drift.live.transport.rustls import Rustls  # noqa: PLC0415 - not for every machine
    except ImportError:
        return None
    return Rustls


_Fast = _loaded()

Name: TypeAlias = Literal["auto", "openssl"]
"""What `--transport` takes."""


def transport(name: Name) -> Transport:
    """Return a transport that goes by the environment as it is now.

    Raise `VariableError` if the certificates to trust cannot be read.
    """
    proxies, trust = Proxies.from_environment(), TrustStore.from_environment()
    fallback = Lazy(partial(OpenSSL, proxies, trust))
    if name == "openssl" or _Fast is None or (trust.bundle and trust.bundle.is_folder):
        return fallback
    try:
        return Either(_Fast(proxies, trust), fallback)
    except ValueError:  # OpenSSL takes some certificates that rustls refuses
        return fallback


class Either:
    """Two transports; the second is tried once where the first has no TLS in common."""

    def __init__(self, first: Transport, second: Transport) -> None:
        """Take both."""
        self._first = first
        self._second = second

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """Return the answer; raise `TransportError`, which is that of the last try."""
        end = monotonic() + timeout
        try:
            return self._first.get(url, headers, timeout)
        except HandshakeError:
            return self._second.get(url, headers, end - monotonic())

    def close(self) -> None:
        """Break off what is under way."""
        self._first.close()
        self._second.close()
