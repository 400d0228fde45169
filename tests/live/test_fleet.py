"""Many buckets at once: in their order, never too many, and no bug swallowed."""

from collections.abc import Callable
from threading import Event, Lock, active_count
from time import monotonic

import pytest

from drift.errors import StoppedError
from drift.live.fleet import Fleet, Request
from drift.live.outcome import Absence
from drift.live.problem import own
from drift.live.service_error import error_body
from drift.live.source import Answer, NoAnswerError
from drift.plan import Problem
from drift.settings.https import HttpsConfiguration
from drift.settings.setting import Setting

PATIENCE = 20
Read = Callable[[str], Answer]


class Playing:
    """A source whose answers a test makes up, bucket by bucket."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def read(self, bucket: str, _region: str | None, _setting: type[Setting]) -> Answer:
        return self._read(bucket)


def requests(count: int) -> list[Request]:
    return [Request(f"b{number:03}", "cn-hangzhou", HttpsConfiguration) for number in range(count)]


def document(bucket: str) -> Answer:
    """Return a document that names its bucket."""
    suite = f"<CustomCipherSuite>{bucket}</CustomCipherSuite>"
    inner = f"<CipherSuite><Enable>true</Enable>{suite}</CipherSuite>"
    return Answer(200, f"<HttpsConfiguration>{inner}</HttpsConfiguration>".encode())


def named(outcome: object) -> str:
    """Return the bucket that a document names."""
    assert isinstance(outcome, tuple)
    (suite,) = outcome[0].cipher_suite.tls12
    assert isinstance(suite, str)
    return suite


def test_outcomes_come_in_the_order_of_requests_whatever_the_order_of_arrival() -> None:
    arrived: list[str] = []
    turns = {f"b{number:03}": Event() for number in range(9)}
    turns["b008"].set()

    def read(bucket: str) -> Answer:
        assert turns[bucket].wait(PATIENCE)
        arrived.append(bucket)
        before = f"b{int(bucket[1:]) - 1:03}"
        if before in turns:
            turns[before].set()
        return document(bucket)

    outcomes = Fleet(Playing(read), concurrency=9).read(requests(9))
    assert [named(outcome) for outcome in outcomes] == sorted(turns)
    assert arrived == sorted(turns, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_there_are_never_more_reads_at_once_than_allowed(limit: int) -> None:
    lock, now, most = Lock(), 0, 0
    full, wanted = Event(), min(limit, 30)

    def read(bucket: str) -> Answer:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            if now == wanted:
                full.set()
        assert full.wait(PATIENCE)
        with lock:
            now -= 1
        return document(bucket)

    assert len(Fleet(Playing(read), concurrency=limit).read(requests(30))) == 30
    assert most == wanted


def test_nothing_to_read_is_read() -> None:
    assert Fleet(Playing(document)).read([]) == ()


class BugError(Exception):
    """What no source should raise."""


@pytest.mark.parametrize("bug", [BugError("a bug"), KeyError("bucket"), SystemExit(0)])
def test_a_bug_in_a_source_is_raised_and_not_swallowed(bug: BaseException) -> None:
    def read(bucket: str) -> Answer:
        if bucket == "b003":
            raise bug
        return document(bucket)

    with pytest.raises(type(bug)) as raised:
        Fleet(Playing(read), concurrency=2, deadline=PATIENCE).read(requests(10))
    assert raised.value is bug


def test_after_a_bug_no_further_bucket_is_asked_for() -> None:
    asked: list[str] = []
    over = Event()

    def read(bucket: str) -> Answer:
        asked.append(bucket)
        if bucket == "b000":
            raise BugError
        assert over.wait(PATIENCE)
        return document(bucket)

    with pytest.raises(BugError):
        Fleet(Playing(read), concurrency=2, deadline=PATIENCE).read(requests(50))
    over.set()
    assert len(asked) < 50


def test_one_problem_does_not_touch_the_other_buckets() -> None:
    def read(bucket: str) -> Answer:
        if bucket == "b001":
            raise NoAnswerError(own("Timeout"))
        if bucket == "b002":
            return Answer(404, error_body("NoSuchBucket", "No."))
        return document(bucket)

    outcomes = Fleet(Playing(read)).read(requests(4))
    assert named(outcomes[0]) == "b000"
    assert isinstance(outcomes[1], Problem)
    assert outcomes[1].code == "Timeout"
    assert outcomes[2] is Absence.BUCKET
    assert named(outcomes[3]) == "b003"


def test_a_deadline_keeps_what_was_read_in_time() -> None:
    over = Event()

    def read(bucket: str) -> Answer:
        if bucket == "b002":
            assert over.wait(PATIENCE)
        return document(bucket)

    started = monotonic()
    outcomes = Fleet(Playing(read), concurrency=2, deadline=0.3).read(requests(5))
    assert monotonic() - started < PATIENCE / 2
    over.set()
    assert outcomes[2] == own("NotRead")
    assert [named(outcomes[index]) for index in (0, 1, 3, 4)] == ["b000", "b001", "b003", "b004"]


def test_after_the_deadline_no_further_bucket_is_asked_for() -> None:
    asked: list[str] = []
    over = Event()

    def read(bucket: str) -> Answer:
        asked.append(bucket)
        assert over.wait(PATIENCE)
        return document(bucket)

    before = active_count()
    outcomes = Fleet(Playing(read), concurrency=3, deadline=0.1).read(requests(20))
    assert outcomes == (own("NotRead"),) * 20
    over.set()
    end = monotonic() + PATIENCE
    while active_count() > before:
        assert monotonic() < end
    assert sorted(asked) == ["b000", "b001", "b002"]


def test_a_deadline_that_is_not_reached_changes_nothing() -> None:
    outcomes = Fleet(Playing(document), deadline=PATIENCE).read(requests(3))
    assert [named(outcome) for outcome in outcomes] == ["b000", "b001", "b002"]


def test_stopping_names_what_was_not_looked_at() -> None:
    others_are_done = Event()

    def read(bucket: str) -> Answer:
        if bucket == "b001":
            assert others_are_done.wait(PATIENCE)
            raise KeyboardInterrupt
        if bucket == "b003":
            others_are_done.set()
        return document(bucket)

    with pytest.raises(StoppedError) as raised:
        Fleet(Playing(read), concurrency=2, deadline=PATIENCE).read(requests(4))
    # The last of the others may come in just before or just after.
    assert raised.value.unread in (("b001",), ("b001", "b003"))
    assert raised.value.__suppress_context__
