"""A connection over TLS; the host that a client asks for decides how it is spoken to.

asyncio's own TLS takes a tenth more time for a handshake, and knows the host too late to speak
another version of TLS.
"""

import ssl
from contextlib import suppress

from drift.emulator.app import App
from drift.emulator.certificates import Certificates
from drift.emulator.connection import Connection, Connections
from drift.emulator.fault import Handshake
from drift.emulator.request import bucket_of_host
from drift.emulator.trouble import Troubles

_CHUNK = 1 << 16


class Doorman:
    """Knows which TLS a client is to meet, by the first message that it sends."""

    def __init__(self, certificates: Certificates, troubles: Troubles) -> None:
        """Let `troubles` decide."""
        self._certificates = certificates
        self._troubles = troubles
        self._refusing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._refusing.sni_callback = self._refuse
        self._host = ""

    def context(self, hello: bytes) -> ssl.SSLContext | None:
        """Return the context to answer with; None as long as the message is not complete."""
        if not self._troubles.has_handshakes:
            return self._certificates.modern
        incoming = ssl.MemoryBIO()
        incoming.write(hello)
        self._host = ""
        try:
            # OpenSSL reads the host out of the message, and is stopped there.
            self._refusing.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True).do_handshake()
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLError:
            pass  # as it is told to, or since the message is no TLS
        match self._troubles.of_handshake(bucket_of_host(self._host)):
            case Handshake("refuse"):
                return self._refusing
            case Handshake():
                return self._certificates.old
            case _:
                return self._certificates.modern

    def _refuse(self, _tls: ssl.SSLObject, host: str | None, _context: ssl.SSLContext) -> int:
        self._host = (host or "").lower()
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE


class SecureConnection(Connection):
    """One client over TLS."""

    def __init__(self, app: App, doorman: Doorman, connections: Connections) -> None:
        """Answer what `app` answers to whom `doorman` lets in."""
        super().__init__(app, connections)
        self._doorman = doorman
        self._hello = b""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject
        self._is_met = False

    def data_received(self, data: bytes) -> None:
        """Go on with the handshake, or answer the requests that end in `data`."""
        if not self._is_met:
            self._hello += data
            data = self._hello
            context = self._doorman.context(data)
            if context is None:
                return
            self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
            self._is_met = True
        self._incoming.write(data)
        try:
            self._tls.do_handshake()  # nothing happens if it is done
            while plain := self._tls.read(_CHUNK):
                super().data_received(plain)
            self._close()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError:
            self._flush()
            self._transport.close()

    def _write(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def _close(self) -> None:
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush()
        super()._close()

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._transport.write(data)
