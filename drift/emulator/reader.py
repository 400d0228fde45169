"""Bytes of a client in, requests out."""

from typing import NamedTuple

import httptools

from drift.xml import LIMIT


class Message(NamedTuple):
    """A request as it came. Names of headers are in lower case.

    Of a body that is longer than `LIMIT` it has one byte more than that.
    """

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    keep_alive: bool


class Reader:
    """Reads the requests of one connection."""

    def __init__(self) -> None:
        """Begin with the first request."""
        self._events = _Events()
        self._parser = httptools.HttpRequestParser(self._events)
        self._events.parser = self._parser
        self._is_over = False

    def feed(self, data: bytes) -> list[Message | None]:
        """Return the requests that end in `data`, and None in place of what is no HTTP.

        Nothing comes after that, nor after a request to speak something else from then on.
        """
        if self._is_over:
            return []
        events = self._events
        try:
            events.head_size += len(data)
            self._parser.feed_data(data)
            is_http = events.head_size <= LIMIT
        except httptools.HttpParserUpgrade:
            is_http = self._is_over = True
        except httptools.HttpParserError:
            is_http = False
        if not is_http:
            self._is_over = True
            events.complete.append(None)
        complete, events.complete = events.complete, []
        return complete

    def is_awaited(self) -> bool:
        """Return, once, whether the client wants to be told to go on before it sends the body."""
        events = self._events
        awaited, events.is_awaited = events.is_awaited, False
        return awaited


class _Events:
    """What the parser calls, by its names."""

    parser: httptools.HttpRequestParser

    def __init__(self) -> None:
        self.complete: list[Message | None] = []
        self.is_awaited = False
        self.on_message_begin()

    def on_message_begin(self) -> None:
        self.head_size = 0
        self._target, self._body = b"", bytearray()
        self._headers: list[tuple[bytes, bytes]] = []

    def on_url(self, part: bytes) -> None:
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        self.head_size = 0
        self.is_awaited = (b"expect", b"100-continue") in self._headers

    def on_body(self, part: bytes) -> None:
        self.head_size = 0
        self._body += part[: LIMIT + 1 - len(self._body)]

    def on_message_complete(self) -> None:
        self.head_size, self.is_awaited = 0, False
        keep_alive = self.parser.should_keep_alive() and not self.parser.should_upgrade()
        method = self.parser.get_method().decode()
        headers, body = tuple(self._headers), bytes(self._body)
        self.complete.append(Message(method, self._target, headers, body, keep_alive))
