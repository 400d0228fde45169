"""Ctrl-C and deadlines, against a server that never answers."""

import json
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from socket import create_server, socket
from threading import Event
from time import monotonic, sleep
from typing import Any, TypeAlias

import pytest

from drift.cli import main
from drift.desired.load import Desired, load
from tests.cli.running import PATIENCE, Ran, begun, desired

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

KEY = {"OSS_ACCESS_KEY_ID": "LTAI5tExample", "OSS_ACCESS_KEY_SECRET": "example-secret"}


@pytest.fixture
def silent() -> socket:
    """Return a server that takes connections, and never says a word."""
    server = create_server(("127.0.0.1", 0))
    server.settimeout(PATIENCE)
    return server


def url(server: socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_ctrl_c_ends_the_run_at_once_and_names_what_was_not_looked_at(
    silent: socket, write: Write, folder: Path
) -> None:
    write("a.json", desired(["oss-one", "oss-two", "oss-three"]))
    write("plan.json", "old")
    arguments = ("plan", "a.json", "--endpoint", url(silent), "--concurrency", "2")
    with (
        closing(silent),
        begun(*arguments, "--timeout", "600", "--out", "plan.json", env=KEY, cwd=folder) as running,
    ):
        connections = [silent.accept()[0] for _ in range(2)]
        started = monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
        assert monotonic() - started < 10
        for connection in connections:
            connection.close()
    ran = Ran(running.returncode, out, err).harmless()
    assert ran == (
        130,
        "",
        "Error: Stopped. 3 buckets were not looked at: oss-one, oss-three, oss-two.\n",
    )
    assert Path("plan.json").read_text() == "old"


def test_a_deadline_ends_the_run_and_nothing_is_called_green(
    silent: socket, drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    path = write("a.json", desired(["oss-one", "oss-two", "oss-three"]))
    arguments = ("plan", path, "--endpoint", url(silent), "--concurrency", "2", "--timeout", "20")
    with closing(silent):
        started = monotonic()
        ran = drift(*arguments, "--deadline", "0.3", "--format", "json")
        assert monotonic() - started < 10
    assert ran.code == 1
    plan = json.loads(ran.out)
    assert (plan["verdict"], plan["complete"], plan["errored"]) == ("incomplete", False, True)
    assert [one["name"] for one in plan["resource_changes"]] == ["oss-one", "oss-three", "oss-two"]
    for one in plan["resource_changes"]:
        assert one["status"] == "unreadable"
        assert one["problem"]["code"] == "NotRead"
        assert one["problem"]["message"] == "It was not read before the deadline."
        assert one["problem"]["advice"] == "Give --deadline more seconds."


def test_a_deadline_begins_before_the_desired_files_are_read(
    drift: Drift, write: Write, recorded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.json")

    def slow(*arguments: Any, **options: Any) -> Desired:
        sleep(0.2)
        return load(*arguments, **options)

    monkeypatch.setattr("drift.desired.load.load", slow)
    ran = drift("plan", path, *recorded, "--deadline", "0.1", "--format", "json")
    assert ran.code == 1
    (change,) = json.loads(ran.out)["resource_changes"]
    assert change["problem"]["code"] == "NotRead"


def test_a_deadline_ends_the_search_for_credentials(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    monkeypatch.setattr("drift.live.credentials.find", lambda _: over.wait(PATIENCE))
    path = write("a.json")
    said = "No credentials were found before the deadline. Give --deadline more seconds."
    drift("plan", path, "--deadline", "0.1").failed(said)
    over.set()


def test_ctrl_c_before_the_first_request_is_130_too(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("drift.desired.load.load", stopped)
    assert main(["plan", str(write("a.json"))]) == 130


def test_a_run_that_is_stopped_says_so(
    capsys: pytest.CaptureFixture[str],
    write: Write,
    recorded: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("drift.live.recording.Recording.read", stopped)
    assert main(["plan", str(write("a.json")), *map(str, recorded)]) == 130
    said = "Error: Stopped. 1 bucket was not looked at: oss-example.\n"
    assert capsys.readouterr() == ("", said)


def test_a_run_that_is_stopped_while_buckets_are_listed_names_those_that_are_declared(
    capsys: pytest.CaptureFixture[str],
    write: Write,
    recorded: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("drift.live.recording.Recording.page", stopped)
    path = write("a.json", desired(["oss-two", "oss-*", "oss-one"]))
    assert main(["plan", str(path), *map(str, recorded)]) == 130
    said = "Error: Stopped. 2 buckets were not looked at: oss-one, oss-two.\n"
    assert capsys.readouterr() == ("", said)
