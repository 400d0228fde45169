"""pyreqwest, which speaks TLS with rustls: the fast way. It has no old cipher suites."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from threading import Lock

from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.response import SyncResponse

from drift.live.source import Answer
from drift.live.transport.transport import (
    HandshakeError,
    TransportError,
    looked_at,
    trusted,
    usable_proxy_of,
)
from drift.xml import LIMIT


class Rustls:
    """A transport that opens a connection for each request unless `connections` are kept."""

    def __init__(self, *, proxies: bool, connections: int) -> None:
        """Take whether the environment's proxies count, and how many connections a host keeps.

        Raise `TransportError` if the certificates to trust are none, and `ValueError` if rustls
        takes those of this machine for none.
        """
        self._proxies = proxies
        self._connections = connections
        self._bundle = _bundle()
        self._clients: dict[str | None, SyncClient] = {None: self._made(None)}
        self._closed = False
        self._lock = Lock()

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """Return the answer; raise `TransportError`, or `HandshakeError` if TLS was in the way."""
        client = self._client(usable_proxy_of(url) if self._proxies else None)
        try:
            request = client.get(url).headers(dict(headers)).timeout(timedelta(seconds=timeout))
            with request.build_streamed() as response:
                return Answer(response.status, _body(response), looked_at(response.headers.get))
        except RequestTimeoutError:
            raise TransportError("Timeout") from None
        except PyreqwestError as error:
            raise _told(error) from None
        except ValueError:  # of a header that cannot be sent, which it repeats
            raise TransportError("ConnectionFailed") from None

    def close(self) -> None:
        """Let go of what is under way: whoever waits is told so at once.

        pyreqwest keeps the sockets of such requests until the server is done, or their time over.
        """
        with self._lock:
            self._closed = True
            for client in self._clients.values():
                client.close()
            self._clients.clear()  # connections that were kept are closed when nobody has it

    def _client(self, proxy: str | None) -> SyncClient:
        with self._lock:
            if self._closed:  # pyreqwest would still send the request, and then break it off
                raise TransportError("ConnectionFailed")
            if proxy not in self._clients:
                self._clients[proxy] = self._made(proxy)
            return self._clients[proxy]

    def _made(self, proxy: str | None) -> SyncClient:
        builder = (
            SyncClientBuilder()
            .follow_redirects(enable=False)
            .referer(enable=False)
            .brotli(enable=False)
            .zstd(enable=False)
            .deflate(enable=False)
            .pool_max_idle_per_host(self._connections)
            .no_proxy()
        )
        if proxy:
            try:
                builder = builder.proxy(ProxyBuilder.all(proxy))
            except ValueError:
                raise TransportError("ProxyFailed") from None
        if self._bundle:
            builder = builder.add_root_certificate_pem(self._bundle)
        return builder.build()


def _bundle() -> bytes | None:
    path = trusted()
    if path is None:
        return None
    try:
        # rustls takes a file without any certificate; OpenSSL says that it is none.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        return path.read_bytes()
    except OSError:
        raise TransportError("CertificatesNotReadable") from None


def _body(response: SyncResponse) -> bytes:
    body, reader = bytearray(), response.body_reader
    while len(body) <= LIMIT and (chunk := reader.read_chunk()) is not None:
        body += chunk
    return bytes(body)


def _told(error: PyreqwestError) -> TransportError:
    """Return what `error` means. Its causes are plain text, from the outermost to the innermost."""
    details = getattr(error, "details", None) or {}
    causes = [str(cause["message"]) for cause in details.get("causes") or ()]
    if "client error (Connect)" not in causes:
        return TransportError("ConnectionFailed")
    if any(cause.startswith("tunnel error") or "socks proxy" in cause for cause in causes):
        return TransportError("ProxyFailed")
    if "dns error" in causes:
        later = any("Temporary failure" in cause for cause in causes)
        return TransportError("ConnectionFailed" if later else "HostNotFound")
    if any("connect error" in cause for cause in causes):
        return TransportError("ConnectionFailed")
    return HandshakeError("TLSHandshakeFailed")
