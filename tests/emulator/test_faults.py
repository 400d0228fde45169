"""What goes wrong when it is told to: each fault as a client sees it, over HTTP."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from typing import TypeAlias

import oss2
import pytest
import requests

from drift.emulator import (
    EMULATOR_KEY,
    Clock,
    CutOff,
    Emulator,
    ErrorAnswer,
    Fault,
    Garbage,
    Handshake,
    HangUp,
    Latency,
    Reset,
    Throttle,
)
from drift.errors import OptionError
from drift.live.recording import Recording
from drift.live.service_error import ServiceError

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
Send: TypeAlias = Callable[[requests.PreparedRequest], requests.Response]
Ask: TypeAlias = Callable[..., requests.Response]
NEW = b"<HttpsConfiguration><TLS><Enable>false</Enable></TLS></HttpsConfiguration>"


@pytest.fixture
def ask(sign: Sign, send: Send) -> Ask:
    """Ask the emulator at a URL for a bucket's document."""
    return lambda url, bucket="oss-example", **more: send(sign(url, bucket=bucket, **more))


def failing(folder: Path, *faults: Fault) -> Emulator:
    return Emulator(Recording(folder), faults=faults)


def code(answer: requests.Response) -> tuple[int, str | None]:
    error = ServiceError.parse(answer.content)
    assert answer.headers["x-oss-request-id"] == error.request_id
    return answer.status_code, error.code


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ErrorAnswer(), (503, "ServiceUnavailable")),
        (ErrorAnswer("InternalError"), (500, "InternalError")),
        (ErrorAnswer("QpsLimitExceeded"), (429, "QpsLimitExceeded")),
        (ErrorAnswer("AccessDenied"), (403, "AccessDenied")),
        (ErrorAnswer("Unheard", 599), (599, "Unheard")),
    ],
)
def test_an_error_takes_the_place_of_the_answer(
    folder: Path, ask: Ask, error: ErrorAnswer, expected: tuple[int, str]
) -> None:
    with failing(folder, Fault(error)) as running:
        answer = ask(running.url)
    assert code(answer) == expected
    assert "Retry-After" not in answer.headers
    assert "x-oss-qos-delay-time" not in answer.headers


def test_an_error_says_when_to_come_back(folder: Path, ask: Ask) -> None:
    with failing(folder, Fault(ErrorAnswer(qos_delay=250, retry_after=0))) as running:
        answer = ask(running.url)
    assert (answer.headers["x-oss-qos-delay-time"], answer.headers["Retry-After"]) == ("250", "0")


def test_only_buckets_of_the_pattern_are_hit(folder: Path, ask: Ask) -> None:
    with failing(folder, Fault(ErrorAnswer(), "oss-[a-e]*")) as running:
        assert ask(running.url).status_code == 503
        assert ask(running.url, "oss-fresh").status_code == 404
        assert running.requests == {"oss-example": 1, "oss-fresh": 1}


def test_a_transient_fault_is_over_after_its_times_for_each_bucket(folder: Path, ask: Ask) -> None:
    with failing(folder, Fault(ErrorAnswer(), times=2)) as running:
        for bucket, status in (("oss-example", 200), ("oss-fresh", 404)):
            answers = [ask(running.url, bucket).status_code for _ in range(4)]
            assert answers == [503, 503, status, status]


def test_of_several_errors_the_first_rule_counts(folder: Path, ask: Ask) -> None:
    rules = Fault(ErrorAnswer("InternalError"), times=1), Fault(ErrorAnswer(), times=1)
    with failing(folder, *rules) as running:
        assert [ask(running.url).status_code for _ in range(3)] == [500, 503, 200]


def test_a_fault_needs_no_signature(folder: Path, ask: Ask) -> None:
    with failing(folder, Fault(ErrorAnswer())) as running:
        assert ask(running.url, auth=oss2.AnonymousAuth()).status_code == 503


def test_garbage_is_no_document(folder: Path, ask: Ask) -> None:
    with failing(folder, Fault(Garbage(), times=1), Fault(Garbage(b"<html>"))) as running:
        first, second = ask(running.url), ask(running.url)
    assert (first.status_code, first.content) == (200, b"\x00\xff<garbage>")
    assert (second.status_code, second.content) == (200, b"<html>")


def exchange(url: str, request: requests.PreparedRequest) -> bytes:
    """Send a request, and return all that comes until the server hangs up."""
    host, _, port = url.removeprefix("http://").partition(":")
    lines = [f"GET {request.path_url} HTTP/1.1"]
    lines += [f"{name}: {value!s}" for name, value in request.headers.items()]
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_that_is_cut_off_is_shorter_than_it_says(
    folder: Path, sign: Sign, document: bytes
) -> None:
    with failing(folder, Fault(CutOff())) as running:
        answer = exchange(running.url, sign(running.url))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nContent-Length: %d\r\n" % len(document) in head
    assert body == document[: len(document) // 2]


def test_a_connection_is_closed_without_an_answer(folder: Path, sign: Sign) -> None:
    with failing(folder, Fault(HangUp(), times=1)) as running:
        assert exchange(running.url, sign(running.url)) == b""


def test_a_connection_is_reset_without_an_answer(folder: Path, sign: Sign) -> None:
    with failing(folder, Fault(Reset())) as running, pytest.raises(ConnectionResetError):
        exchange(running.url, sign(running.url))


def test_what_is_put_into_a_broken_connection_is_not_stored(
    folder: Path, sign: Sign, send: Send, ask: Ask, document: bytes
) -> None:
    with failing(folder, Fault(Reset(), times=1)) as running:
        with pytest.raises(requests.ConnectionError):
            send(sign(running.url, "PUT", body=NEW))
        assert ask(running.url).content == document


@pytest.mark.parametrize("latency", [Latency(0.2), Latency(0.2, 0.3)])
def test_an_answer_is_late(folder: Path, ask: Ask, document: bytes, latency: Latency) -> None:
    with failing(folder, Fault(latency)) as running:
        started = monotonic()
        assert ask(running.url).content == document
        assert monotonic() - started >= 0.2


def test_latencies_add_up_and_do_not_keep_an_error_from_coming(folder: Path, ask: Ask) -> None:
    late = Fault(Latency(0.1))
    with failing(folder, late, Fault(ErrorAnswer()), late) as running:
        started = monotonic()
        assert ask(running.url).status_code == 503
        assert monotonic() - started >= 0.2


def test_one_late_answer_does_not_hold_up_another(folder: Path, sign: Sign, ask: Ask) -> None:
    with failing(folder, Fault(Latency(3600), "oss-example")) as running:
        parts = running.url.removeprefix("http://").split(":")
        with socket.create_connection((parts[0], int(parts[1])), timeout=5) as waiting:
            request = sign(running.url)
            head = f"GET {request.path_url} HTTP/1.1\r\nHost: a\r\n\r\n"
            waiting.sendall(head.encode())
            assert ask(running.url, "oss-fresh").status_code == 404


def test_an_exponential_latency_is_short_for_most_and_long_for_few() -> None:
    latency = Latency(mean=1)
    assert latency.at(0) == 0
    assert latency.at(0.5) == pytest.approx(0.6931, abs=0.001)
    assert latency.at(0.999) == pytest.approx(6.9078, abs=0.001)


def test_no_more_is_served_in_a_second_than_the_rate(
    folder: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("drift.emulator.trouble.monotonic", lambda: now)
    slow = Throttle(3, ErrorAnswer("MetaOperationQpsLimitExceeded", qos_delay=300))
    with failing(folder, Fault(slow)) as running:
        answers = [ask(running.url) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        now = 0.9
        refused = ask(running.url)
        assert code(refused) == (503, "MetaOperationQpsLimitExceeded")
        assert refused.headers["x-oss-qos-delay-time"] == "300"
        now = 1
        assert ask(running.url).status_code == 200


def test_a_wrong_clock_is_wrong_in_the_date_and_in_the_check(
    folder: Path, sign: Sign, send: Send
) -> None:
    with failing(folder, Fault(Clock(-1200), "oss-example")) as running:
        answer = send(sign(running.url))
        assert code(answer) == (403, "RequestTimeTooSkewed")
        date = parsedate_to_datetime(answer.headers["Date"])
        off = datetime.now(UTC) - date
        assert timedelta(minutes=19) < off < timedelta(minutes=21)
        assert send(sign(running.url, bucket="oss-fresh")).status_code == 404
        moment = (date + timedelta(seconds=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        signed = sign(
            running.url,
            auth=oss2.Auth(EMULATOR_KEY.id, EMULATOR_KEY.secret),
            headers={"x-oss-date": moment},
        )
        assert send(signed).status_code == 200


def test_a_fault_of_the_handshake_needs_tls(folder: Path) -> None:
    with pytest.raises(OptionError, match=r"A fault of the handshake needs TLS\.") as raised:
        failing(folder, Fault(Handshake()))
    assert raised.value.advice == "Add --tls."


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Fault(Reset(), p=1.1), "p is 1.1, and must be from 0 to 1"),
        (lambda: Fault(Reset(), p=float("nan")), "p is nan, and must be from 0 to 1"),
        (lambda: Fault(Reset(), times=0), "times is 0, and must be from 1 to 1000000"),
        (lambda: Throttle(0), "throttle is 0, and must be from 1 to 1000000"),
        (lambda: Latency(-1), "latency is -1, and must be from 0 to 3600"),
        (lambda: Latency(2, 1), "latency is 2..1, whose end is out of range"),
        (lambda: Latency(mean=float("inf")), "latency is inf, and must be from 0 to 3600"),
        (lambda: Clock(1e9), "clock is 1000000000.0, and must be from -31622400 to 31622400"),
        (lambda: ErrorAnswer("a b"), "code is 'a b', and must be a word such as AccessDenied"),
        (lambda: ErrorAnswer("Unheard"), "code is Unheard, which needs a status beside it"),
        (lambda: ErrorAnswer(status=200), "status is 200, and must be from 300 to 599"),
        (lambda: ErrorAnswer(qos_delay=-1), "delay is -1, and must be from 0 to 3600000"),
        (lambda: ErrorAnswer(retry_after=3601), "retry-after is 3601, and must be from 0 to 3600"),
    ],
)
def test_a_fault_that_can_never_be_is_refused(make: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("(", r"\(")) as raised:
        make()
    assert str(raised.value) == reason
