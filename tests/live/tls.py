"""Certificates, and servers on loopback that speak TLS as a test wants it."""

import socket
import ssl
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.live.wire import Talk, Wire, _head, served


class Certificate(NamedTuple):
    """A certificate that nobody trusts unless told to, its key, and who vouches for it."""

    path: Path
    key: Path
    authority: Path


def certificate_in(
    folder: Path, names: str = "IP:127.0.0.1", *, common_name: str = "drift"
) -> Certificate:
    """Return a new certificate for this machine by those names, which may be none."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem", folder / "authority.pem")
    vouching = folder / "authority.key"
    _openssl("-subj", f"/CN=authority of {names}", "-out", made.authority, "-keyout", vouching)
    alternatives = ["-addext", f"subjectAltName={names}"] if names else []
    _openssl(
        "-subj", f"/CN={common_name}", *alternatives,
        "-addext", "basicConstraints=critical,CA:FALSE", "-CA", made.authority, "-CAkey", vouching,
        "-out", made.path, "-keyout", made.key,
    )  # fmt: skip
    return made


def _openssl(*options: str | Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", *options],
        check=True,
        capture_output=True,
        timeout=30,
    )  # fmt: skip


def speaking(
    certificate: Certificate, talk: Talk, change: Callable[[ssl.SSLContext], object] | None = None
) -> Talk:
    """Return what speaks TLS, as `change` has it, and then reads a request and says `talk`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)
    if change:
        change(context)

    def secured(wire: Wire, connection: socket.socket) -> None:
        # A client that refuses what is offered is what the tests are about.
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            wire.received(_head(secure))
            talk(wire, secure)

    return secured


@contextmanager
def https(
    certificate: Certificate, talk: Talk, change: Callable[[ssl.SSLContext], object] | None = None
) -> Iterator[Wire]:
    """Serve over TLS; the URL of what is yielded is https."""
    with served(speaking(certificate, talk, change), listens=False) as wire:
        wire.url = wire.url.replace("http:", "https:")
        yield wire


def tunnelling(certificate: Certificate, answer: bytes) -> Talk:
    """Return what lets a request for a tunnel through, and is itself what is at its other end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)

    def talk(wire: Wire, connection: socket.socket) -> None:
        def carried(step: Callable[..., object], *arguments: object) -> object:
            while True:
                try:
                    return step(*arguments)
                except ssl.SSLWantReadError:
                    connection.sendall(sent.read())
                    received.write(connection.recv(65536))
                finally:
                    connection.sendall(sent.read())

        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        # TLS may be within TLS here, so that it cannot have the socket.
        secure = context.wrap_bio(received, sent, server_side=True)
        carried(secure.do_handshake)
        wire.heads.append(str(carried(secure.read, 65536)))
        carried(secure.write, answer)

    return talk


def old_suites(context: ssl.SSLContext) -> None:
    """Offer TLS 1.2 with a CBC suite and nothing else, which rustls does not have."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA256")


def old_version(context: ssl.SSLContext) -> None:
    """Offer TLS 1.0 and nothing else, which neither transport speaks."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # which is why it is tested
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
