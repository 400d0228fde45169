"""However a run ends before its time, it ends at once, and leaves no thread and no socket behind.

Not for long, that is: the sockets of requests that the fast transport has broken off are there
until their time is over, or the process.
"""

import gc
import json
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from drift.emulator import EMULATOR_KEY, Emulator, ErrorAnswer, Fault, Latency
from drift.errors import StoppedError
from drift.live.credentials import Credentials, Fixed
from drift.live.fleet import Fleet, Request
from drift.live.oss import Oss
from drift.live.recording import Recording
from drift.live.source import Answer, Bucket
from drift.live.transport.either import Name
from drift.plan import Problem
from drift.settings.https import HttpsConfiguration
from drift.settings.setting import Setting
from tests.cli.running import Ran, begun
from tests.reliability.account import HOMES, Account
from tests.reliability.conftest import KEY
from tests.waiting import until

PATIENCE = 20
SLOW = "*[1-9]"
"""All buckets but every tenth, whose name ends in 0."""
NEVER: tuple[Fault, ...] = (Fault(Latency(3600), SLOW),)
LATER = (Fault(ErrorAnswer("QpsLimitExceeded", retry_after=60), SLOW),)
"""What keeps threads waiting: for an answer, and for the time to ask again."""


class Left(NamedTuple):
    """What a process has: its threads, and how many sockets."""

    threads: frozenset[threading.Thread]
    sockets: int

    @classmethod
    def now(cls) -> "Left":
        """Look at this process."""
        gc.collect()
        found = 0
        for path in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):
                found += str(path.readlink()).startswith("socket:")
        return cls(frozenset(threading.enumerate()), found)

    def comes_back(self) -> None:
        """Return once there is no more than this; it takes a moment for threads to end."""

        def is_back() -> bool:
            left = Left.now()
            return left.threads <= self.threads and left.sockets <= self.sockets

        until(is_back, Left.now)


class BugError(Exception):
    """What no source should raise."""


class Broken(Oss):
    """A source with a bug in it, which one bucket brings to light."""

    def read(self, bucket: Bucket, setting: type[Setting]) -> Answer:
        """Read a bucket, if it is not the one."""
        if bucket.name.endswith("20"):
            raise BugError
        return super().read(bucket, setting)


@pytest.fixture(params=[NEVER, LATER], ids=["answers that do not come", "pauses"])
def emulator(small: Account, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Serve buckets of which most keep a run waiting."""
    with Emulator(Recording(small.recording), faults=request.param, tls=True) as running:
        yield running


TIMEOUTS: dict[Name, float] = {"auto": 1, "openssl": 600}
"""Seconds for a request: those after which no socket may be left, and many more than a test has."""


@pytest.fixture(params=TIMEOUTS)
def source(
    emulator: Emulator, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[type[Oss]], Oss]:
    """Return what makes a source that reads from the emulator, by each transport."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(emulator.ca))
    carrier: Name = request.param
    key = Fixed(Credentials(EMULATOR_KEY.id, EMULATOR_KEY.secret))
    return lambda kind: kind(key, endpoint=emulator.url, timeout=TIMEOUTS[carrier], carrier=carrier)


Source: TypeAlias = Callable[[type[Oss]], Oss]


def requests(account: Account) -> list[Request]:
    return [
        Request(Bucket(name, HOMES[number % len(HOMES)]), HttpsConfiguration)
        for number, name in enumerate(account.names)
    ]


def asked(emulator: Emulator, number: int) -> None:
    """Return once so many buckets were asked for."""
    until(lambda: len(emulator.requests) >= number, lambda: emulator.requests)


def test_after_ctrl_c(source: Source, emulator: Emulator, small: Account) -> None:
    left = Left.now()

    def interrupt() -> None:
        asked(emulator, 30)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    with pytest.raises(StoppedError) as raised:
        Fleet(source(Oss), retries=20).read(requests(small))
    interrupting.join(PATIENCE)
    assert {name for name in small.names if not name.endswith("0")} <= {*raised.value.unread}
    left.comes_back()


def test_after_a_deadline(source: Source, small: Account) -> None:
    left = Left.now()
    found = Fleet(source(Oss), retries=20, deadline=0.5).read(requests(small))
    codes = [one.outcome.code for one in found if isinstance(one.outcome, Problem)]
    assert codes.count("NotRead") >= 360
    left.comes_back()


def test_after_a_bug_in_a_source(source: Source, small: Account) -> None:
    left = Left.now()
    with pytest.raises(BugError):
        Fleet(source(Broken), retries=20).read(requests(small))
    left.comes_back()


def test_after_a_whole_run(source: Source, small: Account) -> None:
    left = Left.now()
    quick = [one for one in requests(small) if one.bucket.name.endswith("0")]
    assert len(Fleet(source(Oss)).read(quick)) == 40
    left.comes_back()


@pytest.mark.parametrize("transport", ["auto", "openssl"])
def test_ctrl_c_ends_a_process_at_once_and_it_names_what_was_not_read(
    emulator: Emulator, small: Account, folder: Path, transport: str
) -> None:
    left = Left.now()
    arguments = ("plan", small.by_names, "--endpoint", emulator.url, "--timeout", "600")
    with begun(
        *(*arguments, "--retries", "20", "--transport", transport, "--out", "plan.json"),
        env={**KEY, "REQUESTS_CA_BUNDLE": str(emulator.ca)},
        cwd=folder,
    ) as running:
        asked(emulator, 30)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
    ran = Ran(running.returncode, out, err).harmless()
    assert ran.code == 130
    assert "Verdict: incomplete" in ran.out
    said = re.fullmatch(
        r"Credentials: .*\.\nError: Stopped\. (\d+) buckets were not looked at: (.*)\.\n", ran.err
    )
    assert said
    names, _, more = said[2].partition(" and ")
    # Those of which the name ends in 0 may have been read, or not yet.
    waiting = [name for name in names.split(", ") if not name.endswith("0")]
    assert waiting == [name for name in small.names if not name.endswith("0")][: len(waiting)]
    assert len(waiting) >= 45
    assert more == f"{int(said[1]) - 50} more"
    assert 360 <= int(said[1]) <= 401
    assert json.loads((folder / "plan.json").read_text())["verdict"] == "incomplete"
    left.comes_back()


def test_ctrl_c_while_buckets_are_listed(small: Account, folder: Path) -> None:
    with Emulator(Recording(small.recording), faults=(Fault(Latency(3600), ""),)) as emulator:
        left = Left.now()
        arguments = ("plan", small.by_patterns, "--endpoint", emulator.url)
        with begun(*arguments, env=KEY, cwd=folder) as running:
            asked(emulator, 1)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
        left.comes_back()
    ran = Ran(running.returncode, out, err).harmless()
    assert (ran.code, ran.out) == (130, "")
    assert re.match(r"Credentials: .*\.\nError: Stopped\. ", ran.err)
    assert "0 buckets" not in ran.err  # none of them was looked at
