"""pyreqwest, which speaks TLS with rustls: the fast way. It has no old cipher suites."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from threading import Lock

from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.response import SyncResponse

from drift.live.source import Answer
from drift.live.transport.environment import Proxies, TrustStore, unusable_certificates
from drift.live.transport.response import answer
from drift.live.transport.transport import HEADERS, HandshakeError, TransportError
from drift.xml import LIMIT

_NOTHING_IN_COMMON = (
    "peer is incompatible",
    "received fatal alert: HandshakeFailure",
    "received fatal alert: InsufficientSecurity",
    "received fatal alert: ProtocolVersion",
)
"""How rustls says that there is no TLS version or cipher suite that both sides speak."""


class Rustls:
    """A transport that opens a connection for each request, by HTTP/1.1."""

    def __init__(self, proxies: Proxies, trust: TrustStore) -> None:
        """Take the proxies, and the certificates to trust, of which a bundle must be a file.

        Raise `TransportError` if the bundle holds none, and `ValueError` if rustls does not accept
        those of this machine.
        """
        self._proxies = proxies
        self._bundle = _bundle(trust)
        self._clients: dict[str | None, SyncClient] = {None: self._made(None)}
        self._closed = False
        self._lock = Lock()

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """Return the answer; raise `TransportError`, or `HandshakeError` if TLS was in the way."""
        client = self._client(self._proxies.for_url(url), url)
        try:
            request = client.get(url).headers({**headers, **HEADERS})
            with request.timeout(timedelta(seconds=timeout)).build_streamed() as response:
                return answer(response.status, response.headers.getall, partial(_body, response))
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

    def _client(self, proxy: str | None, url: str) -> SyncClient:
        with self._lock:
            if self._closed:  # pyreqwest would still send the request, and then break it off
                raise TransportError("ConnectionFailed")
            if proxy not in self._clients:
                try:
                    self._clients[proxy] = self._made(proxy)
                except ValueError:
                    raise self._proxies.unusable(url) from None
            return self._clients[proxy]

    def _made(self, proxy: str | None) -> SyncClient:
        builder = (
            SyncClientBuilder()
            .follow_redirects(enable=False)
            .referer(enable=False)
            .brotli(enable=False)
            .zstd(enable=False)
            .deflate(enable=False)
            .gzip(enable=False)
            .http1_only()
            .pool_max_idle_per_host(0)
            .no_proxy()
        )
        if proxy:
            builder = builder.proxy(ProxyBuilder.all(proxy))
        if self._bundle:
            builder = builder.add_root_certificate_pem(self._bundle)
        return builder.build()


def _bundle(trust: TrustStore) -> bytes | None:
    if trust.bundle is None:
        return None
    try:
        # rustls takes a file without any certificate; OpenSSL says that it is none.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(trust.bundle.path)
        return trust.bundle.path.read_bytes()
    except OSError:
        raise unusable_certificates(trust.bundle.variable) from None


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
    return _handshake_error(causes[-1])


def _handshake_error(cause: str) -> TransportError:
    """Return what a handshake that failed means; only some can go better with OpenSSL."""
    if cause.startswith("invalid peer certificate"):
        return TransportError("CertificateNotTrusted")
    if cause.startswith(_NOTHING_IN_COMMON):
        return HandshakeError()
    if cause.startswith(("received fatal alert", "received corrupt message", "peer misbehaved")):
        return TransportError("TLSHandshakeFailed")
    return TransportError("ConnectionFailed")
