"""Trying an endpoint from the ground up: its name, a connection, TLS; and what TLS is spoken here.

It sends no request. `drift doctor` asks it what a failed read leaves in the dark.
"""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import NamedTuple

from drift.live.in_time import arrival
from drift.live.problem import own
from drift.live.transport.environment import TrustStore, VariableError
from drift.plan import Problem

_VERSIONS = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
"""As OSS names them."""

_HANDSHAKE = b"\x16"
"""How a TLS record with a hello begins; one that gives up begins with 0x15."""


class Target(NamedTuple):
    """Where a connection is tried."""

    host: str
    port: int
    is_tls: bool


class Reached(NamedTuple):
    """How far it went: the TLS version that was agreed on, if there is TLS, or the problem."""

    target: Target
    version: str | None = None
    problem: Problem | None = None


def reach(targets: Sequence[Target], timeout: float) -> tuple[Reached, ...]:
    """Try all at once, each for `timeout` seconds; return what came of them, in their order."""
    done: SimpleQueue[Reached] = SimpleQueue()
    for target in targets:
        # Daemons: nothing ends the search for a name before its time.
        Thread(
            target=lambda one: done.put(_tried(one, timeout)), args=(target,), daemon=True
        ).start()
    end, found = monotonic() + timeout, dict[Target, Reached]()
    try:
        while len(found) < len(targets):
            one = arrival(done, max(0, end - monotonic()))
            found[one.target] = one
    except Empty:
        pass
    late = own("Timeout")
    return tuple(found.get(target) or Reached(target, problem=late) for target in targets)


def spoken(context: ssl.SSLContext | None = None) -> tuple[str, ...]:
    """Return the TLS versions that drift can speak here, in rising order.

    OpenSSL says what it was built for, and not what the machine's policy then forbids; that shows
    when it is to say hello.
    """
    context = context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lowest = context.minimum_version
    return tuple(
        name
        for name, version in _VERSIONS.items()
        if version >= lowest and _says_hello(context, version)
    )


def _says_hello(context: ssl.SSLContext, version: ssl.TLSVersion) -> bool:
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    context.minimum_version = version
    context.maximum_version = version
    hello = ssl.MemoryBIO()
    with suppress(ssl.SSLError):  # also where it waits for an answer
        context.wrap_bio(ssl.MemoryBIO(), hello, server_hostname="oss").do_handshake()
    return hello.read(1) == _HANDSHAKE


def _tried(target: Target, timeout: float) -> Reached:
    try:
        context = TrustStore.from_environment().context() if target.is_tls else None
    except VariableError as error:
        return Reached(target, problem=error.problem)
    try:
        with socket.create_connection((target.host, target.port), timeout) as connection:
            if context is None:
                return Reached(target)
            with context.wrap_socket(connection, server_hostname=target.host) as secure:
                return Reached(target, secure.version())
    except (OSError, ValueError) as error:
        return Reached(target, problem=own(_code(error)))


def _code(error: OSError | ValueError) -> str:
    """Return drift's code for a failure."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "CertificateNotTrusted"
    if isinstance(error, ssl.SSLError):
        return "TLSHandshakeFailed"
    if isinstance(error, socket.gaierror | ValueError):  # or it is no name at all
        return "HostNotFound"
    if isinstance(error, TimeoutError):
        return "Timeout"
    return "ConnectionFailed"
