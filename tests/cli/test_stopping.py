"""Ctrl-C and deadlines, against a server that never answers."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from socket import create_server, socket
from threading import Event
from time import monotonic, sleep
from typing import Any, TypeAlias

import pytest

from drift.cli import main
from drift.desired.load import Desired, load
from tests.cli.running import PATIENCE, Ran, begun, desired, python
from tests.live.wire import DOCUMENT, Wire, http, served

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


@pytest.fixture
def half_answering() -> Iterator[tuple[str, Event]]:
    """Return a server that answers for `oss-one` only, and what is set once three have asked."""
    asked = Event()

    def talk(wire: Wire, connection: socket) -> None:
        if "/oss-one/" in wire.heads[-1]:
            connection.sendall(http(DOCUMENT))
            return
        if len(wire.heads) >= 3:
            asked.set()
        wire.stopped.wait(PATIENCE)

    with served(talk) as wire:
        yield wire.url, asked


@pytest.mark.parametrize("name", ["text", "json"])
def test_ctrl_c_prints_and_saves_what_was_read_until_then(
    half_answering: tuple[str, Event], write: Write, folder: Path, name: str
) -> None:
    server, asked = half_answering
    write("a.json", desired(["oss-one", "oss-two", "oss-xyz"]))
    write("plan.json", "old")
    options = ("--timeout", "600", "--concurrency", "2", "--out", "plan.json", "--format", name)
    with begun("plan", "a.json", "--endpoint", server, *options, env=KEY, cwd=folder) as running:
        assert asked.wait(PATIENCE)
        sleep(1)  # in which the one answer is read
        started = monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
        assert monotonic() - started < 10
    ran = Ran(running.returncode, out, err).harmless()
    assert ran.code == 130
    assert ran.err == (
        "Credentials: the environment (OSS_ACCESS_KEY_ID).\n"
        "Error: Stopped. 2 buckets were not looked at: oss-two, oss-xyz.\n"
    )
    plan = json.loads(Path("plan.json").read_text())
    assert plan["verdict"] == "incomplete"
    statuses = {one["name"]: one["status"] for one in plan["resource_changes"]}
    assert statuses == {"oss-one": "in_sync", "oss-two": "unreadable", "oss-xyz": "unreadable"}
    codes = {one["problem"]["code"] for one in plan["resource_changes"] if one["problem"]}
    assert codes == {"Stopped"}
    assert ("Verdict: incomplete" in out) if name == "text" else (json.loads(out) == plan)


@pytest.mark.parametrize("pause", [0, 0.01, 0.1, 0.3])
def test_however_often_ctrl_c_comes_the_plan_is_printed_and_the_code_is_130(
    silent: socket, write: Write, folder: Path, pause: float
) -> None:
    write("a.json", desired(["oss-one", "oss-two", "oss-three"]))
    arguments = ("plan", "a.json", "--endpoint", url(silent), "--timeout", "600")
    with closing(silent), begun(*arguments, env=KEY, cwd=folder) as running:
        connections = [silent.accept()[0] for _ in range(3)]
        for _ in range(10):
            running.send_signal(signal.SIGINT)
            sleep(pause)
        out, err = running.communicate(timeout=PATIENCE)
        for connection in connections:
            connection.close()
    ran = Ran(running.returncode, out, err).harmless()
    assert ran.code == 130
    assert "Verdict: incomplete" in ran.out
    assert ran.err == (
        "Credentials: the environment (OSS_ACCESS_KEY_ID).\n"
        "Error: Stopped. 3 buckets were not looked at: oss-one, oss-three, oss-two.\n"
    )


def test_ctrl_c_while_drift_is_loaded_is_130_without_a_traceback(folder: Path) -> None:
    ran = python(
        "import os, signal, sys\n"
        "from drift.__main__ import run\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'drift.cli': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "run()\n",
        cwd=folder,
    )
    assert ran == (130, "", "")


def test_ctrl_c_while_the_process_ends_changes_nothing(folder: Path) -> None:
    ran = python(
        "import atexit, os, signal, sys\n"
        "from drift.__main__ import run\n"
        "atexit.register(lambda: [os.kill(os.getpid(), signal.SIGINT) for _ in range(3)])\n"
        "sys.argv = ['drift', '--version']\n"
        "run()\n",
        cwd=folder,
    )
    assert (ran.code, ran.err) == (0, "")


def test_ctrl_c_stays_ignored_where_the_shell_ignores_it(write: Write, folder: Path) -> None:
    write("a.json", desired())
    ran = python(
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from drift import __main__\n"
        "import drift.cli\n"
        "drift.cli.main = lambda: os.kill(os.getpid(), signal.SIGINT) or 7\n"
        "__main__.run()\n",
        cwd=folder,
    )
    assert ran == (7, "", "")


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
    told = capsys.readouterr()
    assert told.err == "Error: Stopped. 1 bucket was not looked at: oss-example.\n"
    assert "The run was stopped before it was read." in told.out
    assert told.out.endswith("Verdict: incomplete\n")


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
