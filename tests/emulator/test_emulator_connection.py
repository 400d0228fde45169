"""Connections as HTTP has them: kept, pipelined, awaited, slow, and none of it."""

import re
import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import sleep
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest
import requests

from drift.emulator import Emulator, Fault, HangUp, Latency
from drift.emulator.connection import MOST
from drift.emulator.reader import Reader
from drift.live.recording import Recording
from drift.xml import LIMIT
from tests.waiting import until

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
Talk: TypeAlias = Callable[[str, bytes], bytes]


def raw(bucket: str, *headers: bytes, method: bytes = b"GET") -> bytes:
    lines = (b"%s /%s/?httpsConfig HTTP/1.1" % (method, bucket.encode()), b"Host: a", *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def fates(answers: bytes) -> list[bytes]:
    """Return the status and the connection's fate of each answer."""
    return re.findall(rb"HTTP/1\.1 [0-9]+ [A-Za-z ]+|Connection: [a-z-]+", answers)


KEPT = [b"HTTP/1.1 403 Forbidden", b"Connection: keep-alive"]
ENDED = [b"HTTP/1.1 403 Forbidden", b"Connection: close"]
NO_HTTP = [b"HTTP/1.1 400 Bad Request", b"Connection: close"]


def test_requests_that_come_at_once_are_answered_in_turn(folder: Path, talk: Talk) -> None:
    late = Fault(Latency(0.05), "oss-example", times=1)
    end = Fault(HangUp(), "oss-fresh")
    with Emulator(Recording(folder), faults=(late, end)) as running:
        answers = talk(running.url, raw("oss-example") * 2 + raw("oss-fresh") + raw("oss-denied"))
        assert running.requests == {"oss-example": 2, "oss-fresh": 1}
    assert fates(answers) == KEPT * 2


def test_a_request_that_comes_while_another_waits_is_answered_after_it(folder: Path) -> None:
    late = Fault(Latency(0.2), "oss-example")
    with Emulator(Recording(folder), faults=(late,)) as running:
        parts = urlsplit(running.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
            connection.sendall(raw("oss-example"))
            until(lambda: running.requests)
            connection.sendall(raw("nothing", b"Connection: close").replace(b"/nothing", b"/A"))
            answers = b"".join(iter(lambda: connection.recv(65536), b""))
    assert fates(answers) == KEPT + NO_HTTP


def test_a_connection_ends_if_the_client_asks_for_it(emulator: Emulator, talk: Talk) -> None:
    close = raw("oss-example", b"Connection: close")
    assert fates(talk(emulator.url, raw("oss-example") + close)) == KEPT + ENDED
    old = raw("oss-example").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert fates(talk(emulator.url, old)) == ENDED


def test_what_follows_and_is_no_http_ends_the_connection(emulator: Emulator, talk: Talk) -> None:
    assert fates(talk(emulator.url, raw("oss-example") + b"\x16\x03\x01")) == KEPT + NO_HTTP


def test_an_upgrade_ends_the_connection(emulator: Emulator, talk: Talk) -> None:
    upgrade = raw("oss-example", b"Connection: upgrade", b"Upgrade: h2c")
    assert fates(talk(emulator.url, upgrade + b"PRI * HTTP/2.0")) == ENDED


def test_a_head_has_no_body(emulator: Emulator, talk: Talk) -> None:
    answer = talk(emulator.url, raw("oss-example", b"Connection: close", method=b"HEAD"))
    assert answer.endswith(b"\r\n\r\n")
    assert b"\r\nContent-Length: 0\r\n" not in answer


def test_a_client_that_waits_for_a_word_is_told_to_go_on(
    emulator: Emulator, sign: Sign, document: bytes
) -> None:
    request = sign(emulator.url, "PUT", body=document, headers={"Expect": "100-continue"})
    lines = [f"PUT {request.path_url} HTTP/1.1", "Connection: close"]
    lines += [f"{name}: {value!s}" for name, value in request.headers.items()]
    head = "\r\n".join(line for line in lines if line != "Connection: keep-alive")
    parts = urlsplit(emulator.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(head.encode() + b"\r\n\r\n")
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(document[:9])
        connection.sendall(document[9:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_went_away_gets_no_late_answer(folder: Path) -> None:
    gone = Event()

    def now() -> datetime:
        assert gone.wait(5)  # the emulator looks at the clock before it looks at a request
        return datetime.now(UTC)

    with Emulator(Recording(folder), faults=(Fault(Latency(0.1)),), now=now) as running:
        parts = urlsplit(running.url)
        connection = socket.create_connection((parts.hostname, parts.port), timeout=5)
        connection.sendall(raw("oss-example") * 2)
        connection.shutdown(socket.SHUT_WR)
        gone.set()
        assert connection.recv(1) == b""
        connection.close()
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as other:
            other.sendall(raw("oss-fresh"))
            assert other.recv(9) == b"HTTP/1.1 "
        assert running.requests == {"oss-example": 1, "oss-fresh": 1}


def test_a_client_that_takes_no_answers_is_not_read_from(folder: Path, sign: Sign) -> None:
    number, body = 40, b" " * LIMIT
    (folder / "cn-hangzhou" / "oss-fresh" / "httpsConfig.xml").write_bytes(body)
    with Emulator(Recording(folder)) as running:
        request = sign(running.url, bucket="oss-fresh")
        lines = [f"GET {request.path_url} HTTP/1.1"]
        lines += [f"{name}: {value!s}" for name, value in request.headers.items()]
        parts = urlsplit(running.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() * number)
            until(lambda: running.requests)
            sleep(0.2)
            assert running.requests["oss-fresh"] < number
            connection.shutdown(socket.SHUT_WR)
            taken = sum(map(len, iter(lambda: connection.recv(1 << 20), b"")))
        assert number * LIMIT < taken < number * (LIMIT + 1000)


def test_the_connections_that_are_silent_for_long_make_room_for_others(folder: Path) -> None:
    late = (Fault(Latency(3600), "oss-fresh"),)
    with ExitStack() as stack, Emulator(Recording(folder), faults=late) as running:
        parts = urlsplit(running.url)

        def connected() -> socket.socket:
            where = (str(parts.hostname), int(str(parts.port)))
            return stack.enter_context(socket.create_connection(where, timeout=5))

        def answered(connection: socket.socket) -> bytes:
            connection.sendall(raw("oss-example"))
            return connection.recv(9)

        waiting, busy, silent = connected(), connected(), connected()
        waiting.sendall(raw("oss-fresh"))
        assert answered(silent) == answered(busy) == b"HTTP/1.1 "
        for _ in range(MOST):
            assert answered(connected()) == b"HTTP/1.1 "
            busy.recv(65536)
            assert answered(busy) == b"HTTP/1.1 "
        assert len(silent.recv(65536)) > 0
        assert silent.recv(1) == b""
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)


def test_a_head_without_end_is_not_read_for_ever() -> None:
    reader = Reader()
    assert reader.feed(b"GET / HTTP/1.1\r\n") == []
    line = b"X: " + b"y" * 9_995 + b"\r\n"
    fed = [message for _ in range(LIMIT // len(line) + 1) for message in reader.feed(line)]
    assert fed == [None]
    assert reader.feed(b"\r\n") == []
