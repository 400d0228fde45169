"""What fails in passing is tried again, as often and as late as is promised; nothing else is."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from threading import Lock, active_count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.live.attempt import Attempt, listing, reading
from drift.live.fleet import Fleet, Request
from drift.live.http_date import moment
from drift.live.outcome import Absence
from drift.live.patience import RETRIES, Patience
from drift.live.problem import THROTTLED, own
from drift.live.service_error import error_body
from drift.live.source import Answer, Bucket, NoAnswerError
from drift.plan import Problem
from drift.settings.https import HttpsConfiguration
from tests.live.sources import Playing, document, named, requests, runs_out
from tests.live.throttling import Clock

BUCKET = Bucket("b000", "cn-hangzhou")

PASSING: dict[str, Answer | str] = {
    "InternalError": Answer(500, error_body("InternalError", "No.")),
    "ServiceUnavailable": Answer(503, error_body("ServiceUnavailable", "No.")),
    "QpsLimitExceeded": Answer(429, error_body("QpsLimitExceeded", "No.")),
    "MetaOperationQpsLimitExceeded": Answer(
        503, error_body("MetaOperationQpsLimitExceeded", "No.")
    ),
    "a new code with 500": Answer(500, error_body("BrandNewCode", "No.")),
    "a new code with 429": Answer(429, error_body("BrandNewCode", "No.")),
    "a new code with 408": Answer(408, error_body("BrandNewCode", "No.")),
    "RequestTimeout": Answer(400, error_body("RequestTimeout", "No.")),
    "400 of a proxy": Answer(400, b"<html><h1>400 Bad Request</h1></html>"),
    "400 with nothing": Answer(400, b""),
    "400 with an error that has no code": Answer(400, b"<Error><Message>No.</Message></Error>"),
    "408 of a proxy": Answer(408, b"<!DOCTYPE html><html/>"),
    "408 with nothing": Answer(408, b""),
    "502 of a proxy": Answer(502, b"<html>Bad Gateway</html>"),
    "504 with nothing": Answer(504, b""),
    "200 with nothing": Answer(200, b""),
    "200 with a page": Answer(200, b"<!DOCTYPE html><html/>"),
    "200 with half a document": Answer(200, b"<HttpsConfiguration><TLS>"),
    "200 with an error": Answer(200, error_body("InternalError", "No.")),
    "200 with too much": Answer(200, b" " * (2 << 20)),
    "a connection": "ConnectionFailed",
    "a timeout": "Timeout",
}
LASTING: dict[str, Answer | str] = {
    "AccessDenied": Answer(403, error_body("AccessDenied", "No.")),
    "InvalidAccessKeyId": Answer(403, error_body("InvalidAccessKeyId", "No.")),
    "SecurityTokenExpired": Answer(403, error_body("SecurityTokenExpired", "No.")),
    "RequestTimeTooSkewed": Answer(403, error_body("RequestTimeTooSkewed", "No.")),
    "NoSuchBucket": Answer(404, error_body("NoSuchBucket", "No.")),
    "NoSuchHttpsConfig": Answer(404, error_body("NoSuchHttpsConfig", "No.")),
    "301": Answer(301, b""),
    "400 with a code": Answer(400, error_body("InvalidArgument", "No.")),
    "403 of a proxy": Answer(403, b"<html/>"),
    "404 with nothing": Answer(404, b""),
    "an unknown value": Answer(
        200, b"<HttpsConfiguration><TLS><Enable>maybe</Enable></TLS></HttpsConfiguration>"
    ),
    "a name": "HostNotFound",
    "a certificate": "CertificateNotTrusted",
    "a handshake": "TLSHandshakeFailed",
    "a proxy": "ProxyFailed",
}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every retry be due at once."""
    monkeypatch.setattr("drift.live.patience._JITTER", lambda _: 0)


def said(fault: Answer | str) -> Answer:
    if isinstance(fault, str):
        raise NoAnswerError(own(fault))
    return fault


class Faulty:
    """A source that fails `times` for each bucket before it answers."""

    def __init__(self, fault: Answer | str, times: int) -> None:
        self._fault = fault
        self._times = times
        self._lock = Lock()
        self.asked: Counter[str] = Counter()

    def __call__(self, bucket: str) -> Answer:
        with self._lock:
            self.asked[bucket] += 1
        return said(self._fault) if self.asked[bucket] <= self._times else document(bucket)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_leaves_no_trace(fault: Answer | str) -> None:
    faulty = Faulty(fault, 2)
    fleet = Fleet(Playing(faulty), deadline=30, concurrency=4, retries=2)
    found = fleet.read(requests(6))
    assert [named(one.outcome) for one in found] == [f"b{number:03}" for number in range(6)]
    assert set(faulty.asked.values()) == {3}
    assert (fleet.tally.attempts, fleet.tally.retries, fleet.tally.done) == (18, 12, 6)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("retries", [0, 1, 3])
def test_what_does_not_pass_is_given_up_after_the_retries(
    fault: Answer | str, retries: int
) -> None:
    faulty = Faulty(fault, 99)
    (found,) = Fleet(Playing(faulty), deadline=30, retries=retries).read(requests(1))
    assert isinstance(found.outcome, Problem)
    assert found.outcome.retryable
    assert faulty.asked["b000"] == retries + 1


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("fault", LASTING.values(), ids=LASTING)
def test_what_lasts_is_not_asked_for_again(fault: Answer | str) -> None:
    faulty = Faulty(fault, 1)
    (found,) = Fleet(Playing(faulty), deadline=30).read(requests(1))
    assert faulty.asked["b000"] == 1
    assert isinstance(found.outcome, Problem | Absence)
    assert not isinstance(found.outcome, Problem) or not found.outcome.retryable


@pytest.mark.usefixtures("at_once")
def test_by_default_there_are_seven_retries() -> None:
    faulty = Faulty("Timeout", 99)
    Fleet(Playing(faulty), deadline=30).read(requests(1))
    assert faulty.asked["b000"] == RETRIES + 1 == 8


def test_a_bucket_that_waits_occupies_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty buckets wait for long, and one thread reads the others; then time is up."""
    monkeypatch.setattr("drift.live.patience._JITTER", lambda _: 30)

    def read(bucket: str) -> Answer:
        return said("Timeout") if bucket < "b020" else document(bucket)

    fleet = Fleet(Playing(read), concurrency=1, deadline=30)
    runs_out(fleet, monkeypatch, lambda: fleet.tally.done == 20)
    found = fleet.read(requests(40))
    assert [one.outcome == own("NotRead") for one in found] == [True] * 20 + [False] * 20
    assert fleet.tally.attempts == 40


def test_retries_come_when_they_are_due_whatever_the_other_threads_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses = Random(1)
    monkeypatch.setattr("drift.live.patience._JITTER", lambda _: pauses.uniform(0, 0.02))
    faulty = Faulty("ConnectionFailed", 3)
    before = active_count()
    found = Fleet(Playing(faulty), concurrency=16, retries=3, deadline=30).read(requests(200))
    assert [named(one.outcome) for one in found] == [f"b{number:03}" for number in range(200)]
    assert active_count() <= before + 16


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock by which patience is measured."""
    clock = Clock()
    monkeypatch.setattr("tenacity.time", clock)
    return clock


def pauses(clock: Clock, attempt: float, asked: float, retries: int = RETRIES) -> Iterator[float]:
    """Yield the pauses between attempts that take so many seconds."""
    patience = Patience(retries)
    while (pause := patience.pause(asked)) is not None:
        yield pause
        clock.now += pause + attempt


@given(
    attempt=st.floats(0, 100),
    asked=st.floats(0, 60) | st.floats(60, 1e9),
    retries=st.integers(0, 20),
)
def test_no_attempt_begins_later_than_a_minute_after_the_first(
    attempt: float, asked: float, retries: int
) -> None:
    """Nor more than there are retries; and none before the service allows it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock = Clock()
        monkeypatch.setattr("tenacity.time", clock)
        begun, last = clock.now, clock.now
        count = 0
        for pause in pauses(clock, attempt, asked, retries):
            assert pause >= asked
            count += 1
            last = clock.now + pause
        assert last - begun <= 61
        assert count <= retries


def test_pauses_are_drawn_from_a_range_that_doubles(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Highest:
        """The luck that always draws the longest pause."""

        def uniform(self, lowest: float, highest: float) -> float:
            assert lowest == 0
            return highest

    monkeypatch.setattr("tenacity.wait.random", Highest())
    drawn = list(pauses(clock, 0, 0))
    assert drawn == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10])


@pytest.mark.parametrize("asked", [1, 59, 60])
def test_a_wait_of_a_minute_is_the_longest_that_is_obeyed(clock: Clock, asked: float) -> None:
    drawn = list(pauses(clock, 0, asked))
    assert drawn
    assert all(pause >= asked for pause in drawn)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATE = format_datetime(NOW, usegmt=True)
LATER = format_datetime(NOW + timedelta(seconds=9), usegmt=True)
WAITS: dict[str, tuple[dict[str, str], float]] = {
    "nothing": ({}, 0),
    "milliseconds": ({"x-oss-qos-delay-time": "1500"}, 1.5),
    "seconds": ({"retry-after": "7"}, 7),
    "a date, by the service's clock": ({"retry-after": LATER, "date": DATE}, 9),
    "a date that is over": ({"retry-after": DATE, "date": LATER}, 0),
    "both": ({"x-oss-qos-delay-time": "1500", "retry-after": "7"}, 1.5),
    "an hour": ({"retry-after": "3600"}, 3600),
    "many milliseconds": ({"x-oss-qos-delay-time": "999999999"}, 999999.999),
    "a date in years": (
        {"retry-after": format_datetime(NOW.replace(year=2090)), "date": format_datetime(NOW)},
        (NOW.replace(year=2090) - NOW).total_seconds(),
    ),
    "a date beyond": ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 0),
    "less than nothing": ({"x-oss-qos-delay-time": "-5", "retry-after": "-5"}, 0),
    "a number without end": ({"x-oss-qos-delay-time": "9" * 5000, "retry-after": "9" * 5000}, 0),
    "digits of another script": ({"retry-after": "\u0663"}, 0),
    "nonsense": ({"x-oss-qos-delay-time": "soon", "retry-after": "later"}, 0),
    "no number at all": ({"x-oss-qos-delay-time": "nan", "retry-after": "inf"}, 0),
}


@pytest.mark.parametrize(("headers", "wait"), WAITS.values(), ids=WAITS)
def test_what_the_service_asks_for_is_understood(headers: dict[str, str], wait: float) -> None:
    body = error_body("QpsLimitExceeded", "No.")
    source = Playing(lambda _: Answer(429, body, headers))
    attempt = reading(source, BUCKET, HttpsConfiguration)
    assert attempt.wait == pytest.approx(wait)
    assert (attempt.retryable, attempt.throttled) == (True, True)


@given(text=st.text() | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [-+]?\w+", fullmatch=True))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or abs(found - NOW) < timedelta(days=365 * 100)


def test_a_date_without_a_zone_is_that_of_greenwich() -> None:
    assert moment("Sun, 22 Nov 2026 12:00:00 -0000") == NOW


@pytest.mark.parametrize("code", sorted(THROTTLED))
def test_a_throttled_request_is_known_by_its_code(code: str) -> None:
    source = Playing(lambda _: Answer(503, error_body(code, "No.")))
    attempt: Attempt[Any] = reading(source, BUCKET, HttpsConfiguration)
    assert attempt.throttled
    assert listing(Playing(document, lambda _: Answer(429, b"")), None, "", None).throttled


def test_a_service_that_is_down_is_not_one_that_throttles() -> None:
    source = Playing(lambda _: Answer(503, error_body("ServiceUnavailable", "No.")))
    attempt = reading(source, BUCKET, HttpsConfiguration)
    assert (attempt.retryable, attempt.throttled) == (True, False)


FAULTS = [*PASSING.values()]


@given(
    plan=st.lists(st.lists(st.sampled_from(range(len(FAULTS))), max_size=4), max_size=12),
    concurrency=st.integers(1, 8),
)
def test_whatever_passes_the_outcomes_are_those_without_faults(
    plan: list[list[int]], concurrency: int
) -> None:
    left = {f"b{number:03}": list(faults) for number, faults in enumerate(plan)}

    def read(bucket: str) -> Answer:
        return said(FAULTS[left[bucket].pop()]) if left[bucket] else document(bucket)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("drift.live.patience._JITTER", lambda _: 0)
        monkeypatch.setattr("drift.live.pace._STRAY", 10_000)  # nothing waits in this test
        found = Fleet(Playing(read), deadline=30, concurrency=concurrency, retries=4).read(
            requests(len(plan))
        )
    assert [named(one.outcome) for one in found] == sorted(left)


def once(answers: list[Answer]) -> Callable[[str], Answer]:
    return lambda _: answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.mark.usefixtures("at_once")
@pytest.mark.usefixtures("at_once")
def test_a_page_of_the_list_is_tried_again_too() -> None:
    page = Answer(200, b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")
    faults = [fault for fault in PASSING.values() if isinstance(fault, Answer)]
    source = Playing(document, once([*faults, page]))
    fleet = Fleet(source, deadline=30, retries=len(faults))
    assert fleet.listing("cn-hangzhou") == ()
    assert fleet.tally.retries == len(faults)


def test_a_request_that_waits_for_its_turn_is_over_when_time_is() -> None:
    fleet = Fleet(Playing(document), concurrency=3, deadline=0.2)
    for _ in range(3):
        fleet.tally.pace.throttled()
    fleet.tally.pace._rate = 0.01
    found = fleet.read(
        [Request(Bucket(f"b{n:03}", "cn-hangzhou"), HttpsConfiguration) for n in range(9)]
    )
    assert own("NotRead") in [one.outcome for one in found]
