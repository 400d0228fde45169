"""Connections taken on this machine, in a thread of its own, until it is enough."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TypeAlias

from drift.emulator.connection import Connection, Connections
from drift.errors import ServerError

HOST = "127.0.0.1"
"""The only address that is listened on: the key is known to all."""

_BACKLOG = 1024

Connect: TypeAlias = Callable[[Connections], Connection]
"""Returns a connection that is one of those while it lasts."""


def listener(port: int) -> socket.socket:
    """Return a socket that clients can connect to from now on; raise `ServerError`."""
    if port not in range(1 << 16):
        raise _unavailable(port, "there is no such port")
    try:
        listening = socket.create_server((HOST, port), backlog=_BACKLOG)
    except OSError as error:
        raise _unavailable(port, os.strerror(error.errno or 0)) from None
    # asyncio does so only for sockets that name their protocol; without, the second packet of an
    # answer waits 40 ms for the client to acknowledge the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return listening


@contextmanager
def serving(listening: socket.socket, connect: Connect) -> Iterator[None]:
    """Serve each client of `listening` while the context lasts, and not a moment longer."""
    # uvloop, tried for this work, was no faster.
    runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
    loop, stop = runner.get_loop(), asyncio.Event()

    def run() -> None:
        with runner:
            runner.run(_serve(listening, connect, stop))

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _serve(listening: socket.socket, connect: Connect, stop: asyncio.Event) -> None:
    connections: Connections = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: connect(connections), sock=listening)
    await stop.wait()
    # A client may never end its connection by itself. One that is just being taken is a task, which
    # asyncio would leave behind if the server were closed before.
    loop.remove_reader(listening)
    while connections or len(asyncio.all_tasks()) > 1:
        for connection in tuple(connections):
            connection.abort()
        await asyncio.sleep(0)
    server.close()


def _unavailable(port: int, reason: str) -> ServerError:
    message = f"The emulator cannot listen on {HOST}, port {port}: {reason}."
    return ServerError(message, "Give another port, or 0 for any that is free.")
