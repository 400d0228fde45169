"""The connection of one client: requests in, answers out, in turn, and what breaks on the way."""

import asyncio
import socket
import struct
from collections import deque
from typing import TypeAlias

from drift.emulator.app import App
from drift.emulator.fault import CutOff, HangUp, Reset
from drift.emulator.reader import Message, Reader
from drift.emulator.reply import Reply

_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)


Connections: TypeAlias = "dict[Connection, None]"
"""Those that last, the one that was silent for the longest time first."""

MOST = 500
"""How many connections are kept: a client has one to each bucket, and files may be 1,024."""


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, app: App, connections: Connections) -> None:
        """Answer what `app` answers. The connection is one of `connections` while it lasts."""
        self._app = app
        self._connections = connections
        self._reader = Reader()
        self._messages: deque[Message | None] = deque()
        self._is_waiting = self._is_full = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; if there are too many, one that has nothing to do ends for it."""
        self._transport = transport
        self._connections[self] = None
        if len(self._connections) > MOST:
            next(one for one in self._connections if one.is_idle).hang_up()

    def connection_lost(self, _error: Exception | None) -> None:
        """End."""
        del self._connections[self]

    @property
    def is_idle(self) -> bool:
        """Whether nobody misses it: no answer is due, and it is not at its end."""
        return not (self._is_waiting or self._transport.is_closing())

    def hang_up(self) -> None:
        """End when all that was answered is sent."""
        self._transport.close()

    def abort(self) -> None:
        """End at once."""
        self._transport.abort()

    def pause_writing(self) -> None:
        """Answer no more requests of a client that does not take its answers."""
        self._is_full = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Answer requests again."""
        self._is_full = False
        self._transport.resume_reading()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Answer the requests that end in `data`."""
        del self._connections[self]
        self._connections[self] = None
        self._messages += self._reader.feed(data)
        if self._reader.is_awaited():
            self._write(_GO_ON)
        self._go_on()

    def _go_on(self) -> None:
        while self._messages and not (
            self._is_waiting or self._is_full or self._transport.is_closing()
        ):
            reply = self._app.reply(self._messages.popleft())
            if reply.delay:
                self._is_waiting = True
                asyncio.get_running_loop().call_later(reply.delay, self._send_late, reply)
            else:
                self._send(reply)

    def _send_late(self, reply: Reply) -> None:
        self._is_waiting = False
        if not self._transport.is_closing():
            self._send(reply)
            self._go_on()

    def _send(self, reply: Reply) -> None:
        match reply.broken:
            case Reset():
                connection = self._transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                self._transport.abort()
            case HangUp():
                self._transport.close()
            case CutOff():
                self._write(reply.head + reply.body[: len(reply.body) // 2])
                self._transport.close()
            case _:
                self._write(reply.head + reply.body)
                if not reply.keep_alive:
                    self._close()

    def _write(self, data: bytes) -> None:
        self._transport.write(data)

    def _close(self) -> None:
        self._transport.close()
