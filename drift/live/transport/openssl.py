"""urllib3, which speaks TLS with the OpenSSL of this machine's Python: slower, and older suites.

Its pools are left out: their timeouts are those of one step each, and a server can drip for ever.
"""

import logging
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPException, HTTPResponse
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from weakref import WeakSet

import socks
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as SlowError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, make_headers, parse_url
from urllib3.util.response import assert_header_parsing

from drift.live.source import Answer
from drift.live.transport.environment import Proxies, TrustStore
from drift.live.transport.response import answer
from drift.live.transport.transport import HEADERS, Request, TransportError
from drift.xml import LIMIT

logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it logs headers that it cannot read


_SOCKS = {
    "socks4": (socks.SOCKS4, False),
    "socks4a": (socks.SOCKS4, True),
    "socks5": (socks.SOCKS5, False),
    "socks5h": (socks.SOCKS5, True),
}
"""By the scheme of a proxy's URL: its protocol, and whether it searches for the host's name."""


class OpenSSL:
    """A transport with a connection for each request, and one TLS context for all.

    To load the store of certificates anew for each would take 4 ms.
    """

    def __init__(self, proxies: Proxies, trust: TrustStore) -> None:
        """Take the proxies, and the certificates to trust; raise `TransportError`."""
        self._proxies = proxies
        self._opened = _Opened()
        self._context = _context(self._opened, trust)

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """Return the answer; raise `TransportError`."""
        return self.send(Request("GET", url, headers), timeout)

    def send(self, request: Request, timeout: float) -> Answer:
        """Return the answer to a request of any method; raise `TransportError`."""
        connection = self._connection(urlsplit(request.url))
        connection.opened, connection.end = self._opened, monotonic() + timeout
        with closing(connection):
            try:
                connection.request(
                    request.method,
                    _target(request.url),
                    body=request.body,
                    headers={**request.headers, **HEADERS},
                    preload_content=False,
                )
                with closing(connection.getresponse()) as response:
                    return answer(
                        response.status, response.headers.getlist, partial(_body, response)
                    )
            except (HTTPError, HTTPException, OSError, ValueError) as error:
                raise TransportError(_code(error, connection)) from None

    def close(self) -> None:
        """Break off what is under way, but for the search for a name: nothing can end that."""
        self._opened.close()

    def _connection(self, url: SplitResult) -> "_Connection":
        if url.scheme == "http":  # which is for this machine and the metadata service
            return _Connection(str(url.hostname), url.port)
        proxy = self._proxies.for_url(url.geturl())
        if proxy is None:
            return _Secure(str(url.hostname), url.port, ssl_context=self._context)
        try:
            address = parse_url(proxy)
            if str(address.scheme).startswith("socks"):
                return _ThroughSocks(url, address, self._context)
            return self._tunnel(url, address)
        except ValueError:
            raise self._proxies.unusable(url.geturl()) from None

    def _tunnel(self, url: SplitResult, proxy: Url) -> "_Secure":
        through = _Secure(
            str(proxy.host),
            proxy.port or (443 if proxy.scheme == "https" else 80),
            ssl_context=self._context,
            proxy=proxy,
            proxy_config=ProxyConfig(self._context, False, None, None),
        )
        login = make_headers(proxy_basic_auth=unquote(proxy.auth)) if proxy.auth else None
        through.set_tunnel(str(url.hostname), url.port or 443, login, str(proxy.scheme))
        return through


class _Timed(socket.socket):
    """A socket on which all reads together take no longer than to `end`, however it drips."""

    end = float("inf")

    def recv(self, *arguments: Any) -> bytes:  # noqa: ANN401 - as the standard library has it
        self.settimeout(_left(self.end))
        return super().recv(*arguments)

    def recv_into(self, *arguments: Any) -> int:  # noqa: ANN401
        self.settimeout(_left(self.end))
        return super().recv_into(*arguments)


class _TimedTLS(_Timed, ssl.SSLSocket):
    pass


class _Opened:
    """The sockets of a transport, which can all be broken off by another thread."""

    def __init__(self) -> None:
        self._sockets: WeakSet[_Timed] = WeakSet()
        self._closed = False
        self._lock = Lock()

    def add(self, one: _Timed) -> None:
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError
            self._sockets.add(one)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for one in self._sockets:
                with suppress(OSError):  # closed already
                    # That of the base: an SSLSocket would forget its TLS, and go on in plain.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)


class _Context(ssl.SSLContext):
    """A TLS context whose handshakes end in time, and can be broken off."""

    sslsocket_class = _TimedTLS
    opened: _Opened

    def wrap_socket(self, sock: socket.socket, *_: Any, **options: Any) -> ssl.SSLSocket:  # noqa: ANN401
        secure = super().wrap_socket(sock, **options, do_handshake_on_connect=False)
        try:
            if isinstance(sock, _Timed) and isinstance(secure, _Timed):
                secure.end = sock.end
                self.opened.add(secure)
                secure.settimeout(_left(secure.end))
            secure.do_handshake()
        except BaseException:
            secure.close()
            raise
        return secure


class _TimedSocks(_Timed, socks.socksocket):  # type: ignore[misc]
    """A socket that a SOCKS proxy connects to the other side."""


class _Response(HTTPResponse):
    """A response with a head in order, and without the interim ones before it."""

    def begin(self) -> None:
        super().begin()
        while 101 < self.status < 200:  # 100 is left out already; 101 changes the protocol
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()
        assert_header_parsing(self.msg)


class _Connection(HTTPConnection):
    """A connection of which all is over at `end`."""

    response_class = _Response
    end: float
    opened: _Opened
    is_through = True
    """Whether nothing is a proxy's any more."""

    def _new_conn(self) -> socket.socket:
        return self._reached(self.host, self.port)

    def _reached(self, host: str, port: int) -> socket.socket:
        failure = OSError()
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, place in places:
            one = self._socket(family, kind, protocol)
            one.end = self.end
            try:
                self.opened.add(one)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.settimeout(_left(self.end))
                self._connect(one, place)
            except OSError as error:
                one.close()
                failure = error
            else:
                return one
        raise failure

    def _socket(self, *kind: Any) -> _Timed:  # noqa: ANN401
        return _Timed(*kind)

    def _connect(self, one: Any, place: Any) -> None:  # noqa: ANN401
        one.connect(place)


class _Secure(_Connection, HTTPSConnection):
    def set_tunnel(self, *arguments: Any) -> None:  # noqa: ANN401
        super().set_tunnel(*arguments)
        self.is_through = False

    def _tunnel(self) -> None:
        super()._tunnel()
        self.is_through = True


class _ThroughSocks(_Secure):
    """A connection to the host of a URL that a SOCKS proxy makes."""

    def __init__(self, url: SplitResult, proxy: Url, context: ssl.SSLContext) -> None:
        super().__init__(str(url.hostname), url.port, ssl_context=context)
        self._socks = proxy
        self.is_through = False

    def _new_conn(self) -> socket.socket:
        reached = self._reached(str(self._socks.host), self._socks.port or 1080)
        self.is_through = True
        return reached

    def _socket(self, *kind: Any) -> _Timed:  # noqa: ANN401
        return _TimedSocks(*kind)

    def _connect(self, one: Any, place: Any) -> None:  # noqa: ANN401
        kind, resolves = _SOCKS[str(self._socks.scheme)]
        user, _, password = (self._socks.auth or "").partition(":")
        one.set_proxy(kind, *place[:2], resolves, unquote(user), unquote(password))
        one.connect((self.host, self.port), catch_errors=True)


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _context(opened: _Opened, trust: TrustStore) -> ssl.SSLContext:
    context = _Context(ssl.PROTOCOL_TLS_CLIENT)
    context.opened = opened
    trust.load_into(context)
    return context


def _target(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def _body(response: BaseHTTPResponse) -> bytes:
    """Return the body, or its beginning if it is too large."""
    body = b""
    while len(body) <= LIMIT and (chunk := response.read1(LIMIT, decode_content=False)):
        body += chunk
    return body


def _code(error: Exception, connection: _Connection) -> str:
    """Return drift's code for a failure."""
    match error:
        case TimeoutError() | SlowError():
            return "Timeout"
        case _ if not connection.is_through:
            return "ProxyFailed"
        case socket.gaierror(errno=socket.EAI_AGAIN):
            return "ConnectionFailed"
        case socket.gaierror() | UnicodeError():
            return "HostNotFound"
        case ssl.SSLCertVerificationError():
            return "CertificateNotTrusted"
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "ConnectionFailed"
        case ssl.SSLError():
            return "TLSHandshakeFailed"
        case _:
            return "ConnectionFailed"
