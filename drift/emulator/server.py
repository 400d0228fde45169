"""The emulator as a server on this machine, in a thread of its own."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from types import TracebackType
from typing import Self

import uvicorn

from drift.emulator.app import App, Clock
from drift.emulator.signature import Key
from drift.emulator.store import Store
from drift.errors import ServerError
from drift.live.recording import Recording

HOST = "127.0.0.1"
"""The only address that is listened on: the key is known to all."""

_BACKLOG = 128

EMULATOR_KEY = Key("drift-emulator", "drift-emulator-secret")
"""The key of an emulator that is given none: no secret, and good for nothing else."""


def _now() -> datetime:
    return datetime.now(UTC)


class Emulator:
    """Serves a recording while its context lasts, once; `port` 0 takes any that is free."""

    url: str
    """The endpoint, such as `http://127.0.0.1:49152`, as soon as the context is entered."""
    _thread: Thread

    def __init__(
        self,
        recording: Recording,
        *,
        port: int = 0,
        write: bool = False,
        keys: Sequence[Key] = (EMULATOR_KEY,),
        now: Clock = _now,
    ) -> None:
        """Serve `recording` to who holds one of `keys`; with `write`, what is PUT changes it."""
        app = App(Store(recording, write=write), keys, now)
        self._port = port
        self._server = _Server(_config(app))

    def __enter__(self) -> Self:
        """Start; raise `ServerError` if the port cannot be had."""
        listener = _listener(self._port)
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        self._thread = Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, whatever clients are up to."""
        self._server.should_exit = True
        self._thread.join()

    def serve_forever(self, ready: Callable[[str], None]) -> None:
        """Serve until Ctrl-C or SIGTERM, in the main thread; call `ready` with the URL."""
        with _stop_signal() as stopped, self:
            ready(self.url)
            stopped.wait()


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn waits for connections to end by themselves, and a client may never end one.
        hanging_up = asyncio.create_task(self._hang_up())
        await super().shutdown(sockets)
        hanging_up.cancel()

    async def _hang_up(self) -> None:
        # More than once: a connection can still come in while the listener is being closed.
        while True:
            for connection in tuple(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0.01)


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what a hostile client does is no news; only a bug of ours is
        access_log=False,
        backlog=_BACKLOG,
        proxy_headers=False,
        server_header=False,
        date_header=False,
    )


def _listener(port: int) -> socket.socket:
    if port not in range(1 << 16):
        raise _unavailable(port, "there is no such port")
    # It listens before uvicorn has it, so clients can connect at once.
    try:
        listener = socket.create_server((HOST, port), backlog=_BACKLOG)
    except OSError as error:
        raise _unavailable(port, os.strerror(error.errno or 0)) from None
    # asyncio does so only for sockets that name their protocol; without, the second packet of an
    # answer waits 40 ms for the client to acknowledge the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return listener


def _unavailable(port: int, reason: str) -> ServerError:
    message = f"The emulator cannot listen on {HOST}, port {port}: {reason}."
    return ServerError(message, "Give another port, or 0 for any that is free.")


@contextmanager
def _stop_signal() -> Iterator[Event]:
    """Provide an event that Ctrl-C and SIGTERM set, in place of what they do otherwise."""
    stopped = Event()
    caught = (signal.SIGINT, signal.SIGTERM)
    former = {number: signal.signal(number, lambda *_: stopped.set()) for number in caught}
    try:
        yield stopped
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
