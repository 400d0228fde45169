"""A server on loopback that says whatever a test wants, byte for byte, and what was said to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread, local
from typing import Any, TypeAlias

LONGEST = 20
"""Seconds after which a server gives a conversation up."""

ENOUGH = 64 << 20
"""The bytes after which an endless answer ends, so that a reader without measure does, too."""

DOCUMENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<HttpsConfiguration>
  <TLS>
    <Enable>true</Enable>
    <TLSVersion>TLSv1.2</TLSVersion>
    <TLSVersion>TLSv1.3</TLSVersion>
  </TLS>
</HttpsConfiguration>
"""
"""What is in sync with what the tests declare."""


@dataclass
class Wire:
    """One server: where it is, the heads of the requests that came, and how much was answered."""

    url: str
    stopped: Event = field(default_factory=Event)
    heads: list[str] = field(default_factory=list)
    sent: int = 0
    _here: local = field(default_factory=local)

    @property
    def head(self) -> str:
        """The head of the request on the connection that this thread serves."""
        head: str = self._here.head
        return head

    def received(self, head: str) -> None:
        """Take the head of a request on the connection that this thread serves."""
        self._here.head = head
        self.heads.append(head)

    def header(self, name: str) -> str:
        """Return a header of the only request, whatever the case of its name."""
        (head,) = self.heads
        lines = (line.partition(": ") for line in head.splitlines()[1:])
        return {key.lower(): value for key, _, value in lines}[name.lower()]

    @property
    def lines(self) -> list[str]:
        """The first line of every request."""
        return [head.splitlines()[0] for head in self.heads]


Talk: TypeAlias = Callable[[Wire, socket], object]
"""What a server does with a connection, once it has read the head of a request."""


class _Handler(BaseRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        wire, connection = self.server.wire, self.request
        connection.settimeout(LONGEST)
        with suppress(OSError):
            if self.server.listens:
                wire.received(_head(connection))
            self.server.talk(wire, connection)


class _Server(ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, talk: Talk, *, listens: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.talk = talk
        self.listens = listens
        self.wire = Wire(f"http://127.0.0.1:{self.server_address[1]}")


def _head(connection: socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
        head += chunk
    return head.decode("latin-1")


@contextmanager
def served(talk: Talk | bytes, *, listens: bool = True) -> Iterator[Wire]:
    """Serve bytes, or whatever `talk` says; without `listens`, before the request is read."""
    answer = talk if callable(talk) else saying(talk)
    with _Server(answer, listens=listens) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.wire
        finally:
            server.wire.stopped.set()
            server.shutdown()
            thread.join(LONGEST)


def saying(data: bytes) -> Talk:
    """Return what says `data` at once, and then hangs up."""

    def talk(wire: Wire, connection: socket) -> None:
        connection.sendall(data)
        wire.sent += len(data)

    return talk


def silent(wire: Wire, _connection: socket) -> None:
    """Say nothing until the test is over."""
    wire.stopped.wait(LONGEST)


def hanging_up(_wire: Wire, connection: socket) -> None:
    """Say nothing, and hang up."""
    connection.shutdown(SHUT_RDWR)


def dripping(data: bytes, *, at_once: bytes = b"") -> Talk:
    """Return what says `at_once`, and then `data`, twenty bytes a second."""

    def talk(wire: Wire, connection: socket) -> None:
        connection.sendall(at_once)
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            if wire.stopped.wait(0.05):
                return

    return talk


def endless(start: bytes, piece: bytes) -> Talk:
    """Return what says `start`, and then `piece` again and again, for `ENOUGH` bytes."""

    def talk(wire: Wire, connection: socket) -> None:
        connection.sendall(start)
        while wire.sent < ENOUGH and not wire.stopped.is_set():
            connection.sendall(piece)
            wire.sent += len(piece)

    return talk


def http(body: bytes = b"", status: str = "200 OK", **headers: Any) -> bytes:
    """Return an answer; a header's name is given with `_`, and None leaves it out."""
    given = {"Content-Length": len(body), "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


def error(code: str, status: str, **members: str) -> bytes:
    """Return an answer that is an error of the service."""
    texts = {"Code": code, "Message": "No.", "RequestId": "534B371674E88A4D8906008B", **members}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items())
    return http(f"<Error>{inner}</Error>".encode(), status)
