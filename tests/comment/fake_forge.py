"""A forge on loopback, over real HTTP: what was asked, and what it answers out of turn."""

import json
import ssl
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from drift.comment.place import Place
from tests.live.tls import Certificate

PATIENCE = 10
"""Seconds after which a connection that says nothing is given up."""


class Request(NamedTuple):
    """What came: `parts` is the path, split at its slashes and only then unquoted."""

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


class Reply(NamedTuple):
    """What goes back: JSON, or bytes as they are."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = {}


ME, STRANGER = "drift-bot", "mallory"


@dataclass
class FakeForge(ABC):
    """The comments of pull request 7. `scripted` replies come first, one for each request."""

    url: str = ""
    token: str = "example-token"
    is_open: bool = True
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The author and the body of each comment, by its id."""
    requests: list[Request] = field(default_factory=list)
    scripted: deque[Reply] = field(default_factory=deque)
    lock: Lock = field(default_factory=Lock)
    last: int = 100

    def add(self, body: str, author: str = ME) -> str:
        """Add a comment as if somebody had written it, and return its id."""
        self.last += 1
        id_ = self.id_of(self.last)
        self.said[id_] = (author, body)
        return id_

    def id_of(self, number: int) -> str:
        """Return the id that the comment with this number has."""
        return str(number)

    @abstractmethod
    def place(self, **changed: Any) -> Place:
        """Return where it is, as the environment would say."""

    def reply(self, request: Request) -> Reply:
        """Return the scripted reply, if any is left, or that of the forge itself."""
        with self.lock:
            self.requests.append(request)
            return self.scripted.popleft() if self.scripted else self.answer(request)

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Return what the forge answers."""

    def says(self, *replies: Reply) -> None:
        """Answer the next requests with these."""
        self.scripted.extend(replies)

    @property
    def asked(self) -> list[str]:
        """The methods of all requests, in the order in which they came."""
        return [request.method for request in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    wbufsize = -1  # or the body would wait until the head was acknowledged
    server: "_Server"

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # any method is one for the forge
            return self._do
        raise AttributeError(name)

    def _do(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.forge.reply(
            Request(
                self.command,
                tuple(map(unquote, url.path.strip("/").split("/"))),
                dict(parse_qsl(url.query)),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(raw) if raw else None,
            )
        )
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        if reply.status == 204:
            body = b""
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, forge: FakeForge) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.forge = forge

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up."""


@contextmanager
def running(forge: FakeForge, certificate: Certificate | None = None) -> Iterator[None]:
    """Serve `forge`, over TLS if there is a certificate; its `url` says where."""
    with _Server(forge) as server:
        forge.url = f"http://127.0.0.1:{server.server_address[1]}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.path, certificate.key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            forge.url = forge.url.replace("http:", "https:")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(PATIENCE)
