"""A certificate authority that nobody else has, and the TLS of servers that it vouches for."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from drift.emulator.request import ENDPOINT

_NAMES = ("localhost", ENDPOINT, f"*.{ENDPOINT}", "127.0.0.1")
_CBC = "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256"


class Certificates(NamedTuple):
    """What clients have to trust, and the two ways in which the server speaks TLS."""

    ca: Path
    """The certificate of the authority, in PEM."""
    modern: ssl.SSLContext
    """TLS 1.2 and 1.3."""
    old: ssl.SSLContext
    """TLS 1.2 with CBC suites only: those that Python's own clients still offer."""


@contextmanager
def certificates() -> Iterator[Certificates]:
    """Provide certificates that are made now and forgotten at the end. Raises `OSError`.

    The authority's key never leaves memory. OpenSSL takes that of the server from a file alone: it
    is there for that moment, and readable by nobody else.
    """
    import trustme  # noqa: PLC0415 - a tenth of a second that only TLS has to wait for

    authority = trustme.CA(organization_name="drift emulator")
    leaf = authority.issue_cert(*_NAMES)
    modern, old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for context in (modern, old):
        leaf.configure_cert(context)
    # Tickets to resume a session cost a fifth of a handshake, and few clients come back.
    modern.num_tickets = 0
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers(_CBC)
    with authority.cert_pem.tempfile() as name:
        yield Certificates(Path(name), modern, old)
