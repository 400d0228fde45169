"""Many buckets at once: in their order, never too many, and no bug swallowed."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from threading import Barrier, Event, Lock, active_count
from time import monotonic

import pytest

from drift.errors import DriftError, StoppedError
from drift.live.credentials import Credentials, Fixed
from drift.live.fleet import Fleet, Request
from drift.live.oss import Oss
from drift.live.outcome import Absence
from drift.live.problem import own
from drift.live.service_error import error_body
from drift.live.source import Answer, Bucket, NoAnswerError
from drift.live.transport.either import Name
from drift.plan import Problem
from drift.settings.https import HttpsConfiguration
from drift.settings.setting import Setting
from tests.declared import Answers
from tests.live.sources import Playing, document, named, requests, runs_out
from tests.live.wire import DOCUMENT, Wire, served
from tests.waiting import until

PATIENCE = 20


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

    outcomes = [found.outcome for found in Fleet(Playing(read), concurrency=9).read(requests(9))]
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

    outcomes = [found.outcome for found in Fleet(Playing(read), retries=0).read(requests(4))]
    assert named(outcomes[0]) == "b000"
    assert isinstance(outcomes[1], Problem)
    assert outcomes[1].code == "Timeout"
    assert outcomes[2] is Absence.BUCKET
    assert named(outcomes[3]) == "b003"


def test_a_deadline_keeps_what_was_read_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()

    def read(bucket: str) -> Answer:
        if bucket == "b002":
            assert over.wait(PATIENCE)
        return document(bucket)

    started = monotonic()
    fleet = Fleet(Playing(read), concurrency=2, deadline=PATIENCE)
    runs_out(fleet, monkeypatch, lambda: fleet.tally.done == 4)
    outcomes = [found.outcome for found in fleet.read(requests(5))]
    assert monotonic() - started < PATIENCE / 2
    over.set()
    assert outcomes[2] == own("NotRead")
    assert [named(outcomes[index]) for index in (0, 1, 3, 4)] == ["b000", "b001", "b003", "b004"]


def test_after_the_deadline_no_further_bucket_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    over = Event()

    def read(bucket: str) -> Answer:
        asked.append(bucket)
        assert over.wait(PATIENCE)
        return document(bucket)

    def begun() -> set[threading.Thread]:
        return {*threading.enumerate()} - before

    def all_have_asked() -> bool:
        if not begun():
            return False
        until(lambda: len(asked) == 3)
        return True

    before = {*threading.enumerate()}
    fleet = Fleet(Playing(read), concurrency=3, deadline=PATIENCE)
    runs_out(fleet, monkeypatch, all_have_asked)
    outcomes = [found.outcome for found in fleet.read(requests(20))]
    assert outcomes == [own("NotRead")] * 20
    over.set()
    until(lambda: not begun())
    assert sorted(asked) == ["b000", "b001", "b002"]


def test_a_deadline_that_is_not_reached_changes_nothing() -> None:
    fleet = Fleet(Playing(document), deadline=PATIENCE)
    outcomes = [found.outcome for found in fleet.read(requests(3))]
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


def deadline(fleet: Fleet) -> None:
    found = fleet.read([*requests(40), Request(Bucket("late", "cn-hangzhou"), HttpsConfiguration)])
    assert [one.outcome for one in found] == [*[own("NotRead")] * 40, own("Timeout")]


def a_bug(fleet: Fleet) -> None:
    with pytest.raises(BugError):
        fleet.read([*requests(40), Request(Bucket("bug", "cn-hangzhou"), HttpsConfiguration)])


def ctrl_c(fleet: Fleet) -> None:
    with pytest.raises(StoppedError) as raised:
        fleet.read([*requests(40), Request(Bucket("stop", "cn-hangzhou"), HttpsConfiguration)])
    assert len(raised.value.unread) == 41


@pytest.mark.parametrize("end", [deadline, a_bug, ctrl_c])
@pytest.mark.parametrize("carrier", ["auto", "openssl"], indirect=True)
def test_no_thread_and_no_socket_is_left_behind(
    carrier: Name, end: Callable[[Fleet], None]
) -> None:
    class Breaking(Oss):
        """The service; but for three buckets that end the run, once many are under way."""

        def read(self, bucket: Bucket, setting: type[Setting]) -> Answer:
            if bucket.name == "bug":
                until(lambda: len(reached) == 40)
                raise BugError
            if bucket.name == "stop":
                until(lambda: len(reached) == 40)
                raise KeyboardInterrupt
            if bucket.name == "late":
                until(lambda: len(reached) == 40)
                fleet._end = monotonic()
                raise NoAnswerError(own("Timeout"))
            return super().read(bucket, setting)

    reached: list[socket.socket] = []

    def talk(wire: Wire, connection: socket.socket) -> None:
        reached.append(connection)
        assert connection.recv(1) == b""  # whoever is at the other end hung up
        wire.sent += 1

    key = Fixed(Credentials("id", "secret"))
    # rustls keeps its sockets until the request is over; OpenSSL lets go of them at once.
    timeout = 3 if carrier == "auto" else 600
    with served(talk) as wire:
        source = Breaking(key, endpoint=wire.url, timeout=timeout, carrier=carrier)
        before = active_count()
        begun = monotonic()
        fleet = Fleet(source, concurrency=41, deadline=PATIENCE, retries=0)
        end(fleet)
        assert monotonic() - begun < PATIENCE / 2
        until(lambda: wire.sent == len(wire.heads) == 40)
        until(lambda: active_count() <= before)


def test_a_run_that_is_complete_leaves_its_source_open() -> None:
    source = Playing(document)
    fleet = Fleet(source)
    fleet.read(requests(3))
    assert (source.closed, fleet.tally.done, fleet.tally.total) == (0, 3, 3)


def test_after_the_deadline_nothing_more_begins() -> None:
    source = Playing(document)
    fleet = Fleet(source, deadline=0)
    assert fleet.read(requests(1))[0].outcome == own("NotRead")
    assert fleet.listing("cn-hangzhou") == own("NotListed")
    assert (source.closed, fleet.tally.attempts) == (2, 0)


def test_a_recording_is_read_until_the_deadline_too() -> None:
    fleet = Fleet(Answers({"b000": DOCUMENT}), deadline=0)
    assert fleet.read(requests(1))[0].outcome == own("NotRead")


def test_ctrl_c_reaches_the_thread_that_waits() -> None:
    """The signal comes as if from outside, while all wait for answers."""
    both, over = Barrier(2), Event()

    def read(bucket: str) -> Answer:
        if both.wait(PATIENCE) == 0:
            os.kill(os.getpid(), signal.SIGINT)
        assert over.wait(PATIENCE)
        return document(bucket)

    source = Playing(read)
    with pytest.raises(StoppedError) as raised:
        Fleet(source).read(requests(2))
    over.set()
    assert (raised.value.unread, source.closed) == (("b000", "b001"), 1)


class Scarce(threading.Thread):
    """Threads of which a machine has only a few."""

    left = 0

    def start(self) -> None:
        if not Scarce.left:
            raise RuntimeError("can't start new thread")
        Scarce.left -= 1
        super().start()


def test_where_threads_are_scarce_fewer_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.live.fleet.Thread", Scarce)
    monkeypatch.setattr(Scarce, "left", 2)
    found = Fleet(Playing(document)).read(requests(9))
    assert [named(one.outcome) for one in found] == [f"b{number:03}" for number in range(9)]


def test_where_there_is_no_thread_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.live.fleet.Thread", Scarce)
    with pytest.raises(DriftError, match="This machine has no thread left to read with") as raised:
        Fleet(Playing(document)).read(requests(9))
    assert "limits" in raised.value.advice


def test_ctrl_c_while_buckets_are_listed_is_one_too() -> None:
    def page(_marker: str) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(StoppedError) as raised:
        Fleet(Playing(document, page)).listing("cn-hangzhou")
    assert raised.value.unread == ()
