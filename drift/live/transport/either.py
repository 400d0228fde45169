"""Which transport carries a request: the fast one, and OpenSSL where that cannot."""

from collections.abc import Mapping
from functools import partial
from threading import current_thread, main_thread
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeAlias

from drift.live.source import Answer
from drift.live.transport.openssl import OpenSSL
from drift.live.transport.transport import HandshakeError, Lazy, Transport, trusted

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


def transport(name: Name, *, proxies: bool, connections: int) -> Transport:
    """Return a transport; without `proxies`, those of the environment do not count.

    `connections` is how many may stay open for more requests to the same host. Raise
    `TransportError` if the certificates to trust cannot be read.
    """
    fallback = Lazy(partial(OpenSSL, proxies=proxies))
    bundle = trusted()
    if name == "openssl" or _Fast is None or (bundle and bundle.is_dir()):
        return fallback
    try:
        return Either(_Fast(proxies=proxies, connections=connections), fallback)
    except ValueError:  # OpenSSL takes some certificates that rustls refuses
        return fallback


class Either:
    """Two transports; the second is tried once where the first cannot agree on TLS."""

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
