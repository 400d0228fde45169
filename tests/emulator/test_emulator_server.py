"""The emulator's life: it starts on loopback, keeps or leaves files, and leaves nothing behind."""

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest
import requests

from drift.emulator import EMULATOR_KEY, Emulator, Key
from drift.emulator.connection import Connection
from drift.errors import ServerError
from drift.live.recording import Recording
from drift.live.service_error import ServiceError

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
Send: TypeAlias = Callable[[requests.PreparedRequest], requests.Response]

NEW = b"<HttpsConfiguration><TLS><Enable>false</Enable></TLS></HttpsConfiguration>"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(str(parts.port))


def test_it_listens_on_loopback_and_says_where(folder: Path) -> None:
    with Emulator(Recording(folder)) as running:
        host, port = address(running.url)
        assert running.url == f"http://127.0.0.1:{port}"
        socket.create_connection((host, port), timeout=5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)


def test_its_key_is_known() -> None:
    assert Key("drift-emulator", "drift-emulator-secret") == EMULATOR_KEY
    assert EMULATOR_KEY.secret not in repr(EMULATOR_KEY)


def test_it_leaves_no_thread_and_no_socket(folder: Path, sign: Sign, send: Send) -> None:
    before = {*threading.enumerate()}
    with Emulator(Recording(folder)) as running:
        assert send(sign(running.url)).status_code == 200
    assert {*threading.enumerate()} <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(running.url), timeout=5)


def test_no_answer_waits_for_an_acknowledgement(
    folder: Path, send: Send, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which may take 40 ms, by Nagle's algorithm: so that is off."""
    off = []

    class Looking(Connection):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            taken = self._transport.get_extra_info("socket")
            off.append(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr("drift.emulator.server.Connection", Looking)
    with Emulator(Recording(folder)) as running:
        assert send(sign(running.url)).status_code == 200
    assert off == [1]


def test_it_stops_before_it_has_done_anything(folder: Path) -> None:
    before = {*threading.enumerate()}
    for _ in range(5):
        with Emulator(Recording(folder)):
            pass
    assert {*threading.enumerate()} <= before


def test_it_does_not_wait_for_clients_that_dawdle(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"PUT /oss-example/?httpsConfig HTTP/1.1\r\nHost: a\r\n"
    starts = (
        b"",
        head,
        head + b"Content-Length: 9\r\n\r\n<Ht",
        head + b"Content-Length: 0\r\n\r\n",
    )
    connections = []
    with Emulator(Recording(folder)) as running:
        for start in starts:
            connections.append(socket.create_connection(address(running.url), timeout=5))
            connections[-1].sendall(start)
        assert connections[-1].recv(9) == b"HTTP/1.1 "  # so the server has seen them all
        # None of them says more, so to wait for one would be for ever.
    for connection in connections:
        connection.close()
    assert caplog.records == []


def test_it_hangs_up_on_a_client_that_comes_in_while_it_stops(folder: Path) -> None:
    before = {*threading.enumerate()}
    clients: list[socket.socket] = []
    for _ in range(20):
        with Emulator(Recording(folder)) as running:
            clients += [
                socket.create_connection(address(running.url), timeout=5) for _ in range(20)
            ]
    for client in clients:
        with client, suppress(ConnectionResetError):
            assert client.recv(1) == b""
    assert {*threading.enumerate()} <= before


def test_a_put_that_is_cut_off_is_not_stored(folder: Path, sign: Sign, send: Send) -> None:
    before = files(folder)
    with Emulator(Recording(folder), write=True) as running:
        request = sign(running.url, "PUT", body=NEW)
        lines = [f"PUT {request.path_url} HTTP/1.1"]
        lines += [f"{name}: {value!s}" for name, value in request.headers.items()]
        head = "\r\n".join(lines).encode().replace(b"Content-Length: 74", b"Content-Length: 75")
        with socket.create_connection(address(running.url), timeout=5) as connection:
            connection.sendall(head + b"\r\n\r\n" + NEW)
        assert send(sign(running.url)).status_code == 200
    assert files(folder) == before


def test_a_taken_port_is_a_clear_error(folder: Path) -> None:
    with Emulator(Recording(folder)) as running:
        port = address(running.url)[1]
        other = Emulator(Recording(folder), port=port)
        with pytest.raises(ServerError) as raised, other:
            pass
    message = f"The emulator cannot listen on 127.0.0.1, port {port}: {os.strerror(98)}."
    assert str(raised.value) == message
    assert "another port" in raised.value.advice
    assert raised.value.__cause__ is None


def test_a_port_that_does_not_exist_is_a_clear_error(folder: Path) -> None:
    for port in (-1, 65536):
        with pytest.raises(ServerError, match=f"port {port}: there is no such port"):
            Emulator(Recording(folder), port=port).__enter__()


def test_a_port_can_be_chosen_and_taken_again(folder: Path, sign: Sign, send: Send) -> None:
    with Emulator(Recording(folder)) as running:
        assert send(sign(running.url)).status_code == 200
        port = address(running.url)[1]
    with Emulator(Recording(folder), port=port) as again:
        assert again.url == running.url
        assert send(sign(again.url)).status_code == 200


def test_without_write_the_files_stay_as_they_are(folder: Path, sign: Sign, send: Send) -> None:
    before = files(folder)
    with Emulator(Recording(folder)) as running:
        for bucket in ("oss-example", "oss-fresh"):
            assert send(sign(running.url, "PUT", bucket, body=NEW)).status_code == 200
            assert b"<Enable>false" in send(sign(running.url, bucket=bucket)).content
    assert files(folder) == before
    with Emulator(Recording(folder)) as fresh:
        assert b"<Enable>true" in send(sign(fresh.url)).content


def test_with_write_the_files_are_what_was_put(folder: Path, sign: Sign, send: Send) -> None:
    before = files(folder)
    with Emulator(Recording(folder), write=True) as running:
        for bucket in ("oss-example", "oss-fresh"):
            assert send(sign(running.url, "PUT", bucket, body=NEW)).status_code == 200
        live = send(sign(running.url)).content
    after = files(folder)
    paths = [f"cn-hangzhou/{bucket}/httpsConfig.xml" for bucket in ("oss-example", "oss-fresh")]
    assert after == before | dict.fromkeys(paths, live)
    with Emulator(Recording(folder)) as again:
        assert send(sign(again.url)).content == live


def test_a_refused_put_writes_nothing(folder: Path, sign: Sign, send: Send) -> None:
    before = files(folder)
    with Emulator(Recording(folder), write=True) as running:
        assert send(sign(running.url, "PUT", body=b"<HttpsConfiguration/>")).status_code == 400
        assert send(sign(running.url, "PUT", "oss-denied", body=NEW)).status_code == 403
    assert files(folder) == before


def test_a_recording_that_cannot_be_read_is_an_internal_error(
    folder: Path, sign: Sign, send: Send
) -> None:
    with Emulator(Recording(folder)) as running:
        (folder / "cn-hangzhou" / "oss-fresh" / "httpsConfig.xml").mkdir()
        answer = send(sign(running.url, bucket="oss-fresh"))
    assert answer.status_code == 500
    assert ServiceError.parse(answer.content).code == "InternalError"


def test_a_recording_that_cannot_be_written_is_an_internal_error(
    folder: Path, sign: Sign, send: Send
) -> None:
    with Emulator(Recording(folder), write=True) as running:
        (folder / "cn-hangzhou" / "oss-fresh").rmdir()
        answer = send(sign(running.url, "PUT", "oss-fresh", body=NEW))
    assert answer.status_code == 500
    assert ServiceError.parse(answer.content).code == "InternalError"


def test_a_write_that_fails_half_way_leaves_nothing(folder: Path, sign: Sign, send: Send) -> None:
    before = files(folder)
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Emulator(Recording(folder), write=True) as running:
        request = sign(running.url, "PUT", body=NEW)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, former[1]))
        try:
            answer = send(request)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, former)
    assert answer.status_code == 500
    assert files(folder) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(
    folder: Path, sign: Sign, send: Send, number: signal.Signals
) -> None:
    handlers = (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    seen = []

    def ready(url: str) -> None:
        seen.append(send(sign(url)).status_code)
        signal.raise_signal(number)

    Emulator(Recording(folder)).serve_forever(ready)
    assert seen == [200]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers


SCRIPT = """
import sys
from pathlib import Path
from drift.emulator import Emulator
from drift.live.recording import Recording
Emulator(Recording(Path(sys.argv[1]))).serve_forever(lambda url: print(url, flush=True))
print("stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_of_it_stops_without_a_word(
    folder: Path, sign: Sign, send: Send, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert send(sign(url)).status_code == 200
        requests.get(f"{url}/\N{SNOWMAN}", timeout=5)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "stopped\n", "")
