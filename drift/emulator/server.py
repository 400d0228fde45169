"""The emulator as a server on this machine."""

import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from drift.emulator.app import App, Now
from drift.emulator.certificates import Certificates, certificates
from drift.emulator.connection import Connection
from drift.emulator.fault import Fault
from drift.emulator.listening import HOST, Connect, listener, serving
from drift.emulator.request import ENDPOINT
from drift.emulator.secure_connection import Doorman, SecureConnection
from drift.emulator.signature import Key
from drift.emulator.store import Store
from drift.emulator.trouble import Troubles
from drift.errors import OptionError, ServerError
from drift.live.recording import Recording

EMULATOR_KEY = Key("drift-emulator", "drift-emulator-secret")
"""The key of an emulator that is given none: no secret, and good for nothing else."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class Emulator:
    """Serves a recording while its context lasts, once."""

    recording: Recording
    _: KW_ONLY
    port: int = 0
    """0 takes any that is free."""
    write: bool = False
    """Whether what is PUT changes the recording's files, and not just what is served."""
    keys: Sequence[Key] = (EMULATOR_KEY,)
    """Who is served: those who hold one of these."""
    now: Now = _now
    faults: Sequence[Fault] = ()
    """What goes wrong, in the order in which rules are looked at."""
    tls: bool = False
    """Whether it speaks https, with a certificate that `ca` vouches for."""
    url: str = field(init=False)
    """The endpoint, such as `http://127.0.0.1:49152`, as soon as the context is entered."""
    ca: Path | None = field(init=False, default=None)
    """What clients have to trust while the context lasts: a file in PEM, with `tls`."""
    _troubles: Troubles = field(init=False, repr=False)
    _running: ExitStack = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raise `OptionError` for faults that can never happen."""
        self._troubles = Troubles(self.faults)
        if self._troubles.has_handshakes and not self.tls:
            raise OptionError("A fault of the handshake needs TLS.", "Add --tls.")

    def __enter__(self) -> Self:
        """Start; raise `ServerError` if the port or the certificates cannot be had."""
        with ExitStack() as stack:
            listening = stack.enter_context(closing(listener(self.port)))
            identity = stack.enter_context(_certificates()) if self.tls else None
            self.ca = identity and identity.ca
            self.url = _url(listening.getsockname()[1], tls=self.tls)
            stack.enter_context(serving(listening, self._connect(identity)))
            self._running = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, whatever clients are up to."""
        self._running.close()

    def serve_forever(self, ready: Callable[[str], None]) -> None:
        """Serve until Ctrl-C or SIGTERM, in the main thread; call `ready` with the URL."""
        with _stop_signal() as stopped, self:
            ready(self.url)
            stopped.wait()

    @property
    def requests(self) -> Mapping[str, int]:
        """How many requests each bucket got so far; ListBuckets is under the empty name."""
        return dict(self._troubles.requests)

    def _connect(self, identity: Certificates | None) -> Connect:
        store = Store(self.recording, write=self.write)
        app = App(store, self.keys, self.now, self._troubles)
        if identity is None:
            return partial(Connection, app)
        return partial(SecureConnection, app, Doorman(identity, self._troubles))


@contextmanager
def _certificates() -> Iterator[Certificates]:
    with ExitStack() as stack:
        try:
            made = stack.enter_context(certificates())
        except OSError as error:
            message = f"The emulator's certificates cannot be written: {error.strerror}."
            advice = "Set TMPDIR to a folder that can be written to."
            raise ServerError(message, advice) from None
        yield made


def _url(port: int, *, tls: bool) -> str:
    """Return the endpoint: over TLS by name, so that each bucket has a host of its own."""
    if not tls:
        return f"http://{HOST}:{port}"
    return f"https://{ENDPOINT if _leads_here(f'bucket.{ENDPOINT}') else HOST}:{port}"


def _leads_here(name: str) -> bool:
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET)
    except OSError:
        return False
    return any(address[0] == HOST for *_, address in found)


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
