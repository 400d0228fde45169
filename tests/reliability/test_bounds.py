"""What a run holds of memory, files and threads does not grow with what it has behind it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest

from drift.emulator import EMULATOR_KEY
from drift.live.credentials import Credentials, Fixed
from drift.live.fleet import Fleet, Request
from drift.live.oss import Oss
from drift.live.source import Bucket
from drift.live.transport.either import Name
from drift.settings.https import HttpsConfiguration
from tests.cli.running import PATIENCE, ROOT, command, environment
from tests.reliability.account import HOMES, Account
from tests.waiting import until

CONCURRENCY = 32
FEW = 16
"""Files that libraries may open for themselves, such as those in which hosts are looked up."""


class Size(NamedTuple):
    """How many buckets a fleet has, and the bytes that each may take in the end."""

    kind: str
    buckets: int
    most: int


@pytest.mark.parametrize(
    "size", [Size("alike", 100_000, 2_000), Size("different", 5_000, 15_000)], ids=str
)
def test_memory_grows_by_little_for_each_bucket_and_files_and_threads_do_not(size: Size) -> None:
    arguments = (sys.executable, "-m", "tests.reliability.large_fleet")
    done = subprocess.run(
        [*arguments, str(size.buckets), size.kind],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
        timeout=3 * PATIENCE,
    )
    found = json.loads(done.stdout)
    assert found["summary"]["buckets"] == size.buckets
    first, *later = found["seen"]
    assert len(later) == 12
    assert max(one["bytes"] for one in later) - first["bytes"] < size.most * size.buckets
    assert max(one["files"] for one in later) <= first["files"] + FEW
    assert max(one["threads"] for one in later) <= first["threads"] + CONCURRENCY
    assert later[-1]["threads"] == first["threads"]


@pytest.fixture(scope="module")
def endpoint(fleet: Account) -> Iterator[tuple[str, str]]:
    """Serve 2,000 buckets over TLS in another process; return the URL and what is to be trusted.

    Answers take a while, so that the connections that wait for them can be counted.
    """
    with subprocess.Popen(
        command("emulator", fleet.recording, "--tls", "--fault", "*:latency=0.02"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as emulator:
        assert emulator.stdout
        exported = {}
        for line in emulator.stdout:
            if found := re.fullmatch(r"export (\w+)=(.*)\n", line):
                exported[found[1]] = found[2]
            else:
                break
        yield exported["DRIFT_ENDPOINT"], exported["REQUESTS_CA_BUNDLE"]
        emulator.terminate()


@contextmanager
def watched() -> Iterator[list[int]]:
    """Count the open files of this process all the time."""
    counts: list[int] = []
    over = Event()

    def watch() -> None:
        while not over.wait(0.005):
            counts.append(open_files())

    watching = Thread(target=watch)
    watching.start()
    try:
        yield counts
    finally:
        over.set()
        watching.join(PATIENCE)


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize("carrier", ["auto", "openssl"])
def test_connections_to_two_thousand_hosts_are_about_as_many_as_are_read_at_once(
    endpoint: tuple[str, str], fleet: Account, carrier: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, ca = endpoint
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca)
    key = Credentials(EMULATOR_KEY.id, EMULATOR_KEY.secret)
    source = Oss(Fixed(key), endpoint=url, carrier=carrier)
    requests = [
        Request(Bucket(name, HOMES[number % len(HOMES)]), HttpsConfiguration)
        for number, name in enumerate(fleet.names)
    ]
    before = open_files()
    with watched() as counts:
        found = Fleet(source, concurrency=CONCURRENCY).read(requests)
    assert len(found) == 2000
    assert not [one for one in found if getattr(one.outcome, "retryable", False)]
    # A read that has no connection yet may hold a file, in which its host is looked up.
    assert before < max(counts) <= before + 2 * CONCURRENCY
    # Connections of rustls are closed a moment after whoever read from them is done.
    until(lambda: open_files() <= before + FEW, open_files)
