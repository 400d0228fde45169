"""Trying an endpoint from the ground up, without a request."""

import socket
import ssl
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest

from drift.emulator import Emulator
from drift.live.probe import Reached, Target, _tried, reach, spoken
from drift.live.recording import Recording
from tests.cli.running import SAMPLES
from tests.live.wire import served, silent


def target(url: str, *, is_tls: bool = False) -> Target:
    """Return where a URL leads."""
    parts = urlsplit(url)
    assert parts.port
    return Target(str(parts.hostname), parts.port, is_tls)


def problem(at: Target, timeout: float = 5) -> str:
    """Return the code of the problem with the only target."""
    (reached,) = reach([at], timeout)
    assert reached.problem
    return reached.problem.code


def closed() -> Target:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return Target("127.0.0.1", server.getsockname()[1], is_tls=False)


def test_an_endpoint_that_is_there_is_reached() -> None:
    with served(b"", listens=False) as wire:
        assert reach([target(wire.url)], 5) == (Reached(target(wire.url)),)


def test_tls_that_is_agreed_on_says_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator(Recording(SAMPLES / "recording"), tls=True) as emulator:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(emulator.ca))
        at = target(emulator.url, is_tls=True)
        assert reach([at], 5) == (Reached(at, "TLSv1.3"),)


def test_a_certificate_of_a_stranger_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Emulator(Recording(SAMPLES / "recording"), tls=True) as emulator:
        at = target(emulator.url, is_tls=True)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
        assert problem(at) == "CertificateNotTrusted"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
        assert problem(at) == "CertificateNotTrusted"
        (tmp_path / "empty").touch()
        for bundle in ("nothing", "empty"):
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / bundle))
            assert problem(at) == "CertificatesNotReadable"


def test_what_is_no_tls_is_a_problem() -> None:
    with served(b"HTTP/1.1 400 Bad Request\r\n\r\n", listens=False) as wire:
        assert problem(target(wire.url, is_tls=True)) == "TLSHandshakeFailed"


def test_a_port_at_which_nobody_listens_is_a_problem() -> None:
    assert problem(closed()) == "ConnectionFailed"


@pytest.mark.parametrize("host", ["nobody.invalid", "a..b", "a" * 64 + ".invalid"])
def test_a_name_that_nobody_has_is_a_problem(host: str) -> None:
    assert problem(Target(host, 443, is_tls=True)) == "HostNotFound"


def test_silence_ends_in_time_and_holds_up_nobody_else() -> None:
    with served(silent, listens=False) as wire, served(b"", listens=False) as other:
        quiet, quick = target(wire.url, is_tls=True), target(other.url)
        late, done = reach([quiet, quick], 0.5)
    assert late.problem
    assert late.problem.code == "Timeout"
    assert done == Reached(quick)


def test_a_handshake_that_is_not_answered_ends_in_time() -> None:
    with served(silent, listens=False) as wire:
        reached = _tried(target(wire.url, is_tls=True), 0.1)
    assert reached.problem
    assert reached.problem.code == "Timeout"


def test_a_name_that_is_long_looked_for_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()

    def slow(*_arguments: object, **_options: object) -> None:
        over.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert problem(Target("slow.invalid", 443, is_tls=True), 0.2) == "Timeout"
    over.set()


def test_no_targets_are_reached_at_once() -> None:
    assert reach([], 5) == ()


def test_versions_that_are_forbidden_here_are_not_spoken() -> None:
    assert spoken() == ("TLSv1.2", "TLSv1.3")
    context = ssl.create_default_context()
    with pytest.warns(DeprecationWarning, match="OP_NO"):  # a range would have no holes
        context.options |= ssl.OP_NO_TLSv1_3
    assert spoken(context) == ("TLSv1.2",)
