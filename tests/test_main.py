"""The process around the command line: its exit code, Ctrl-C, and tracebacks of bugs."""

import signal
import sys
import threading
from collections.abc import Iterator
from runpy import run_module
from typing import NoReturn

import pytest

from drift import __main__, bundled
from drift.cli import output
from tests.cli.running import ROOT


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave signals and hooks as they were."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "argv", ["drift", "--version"])
    yield
    signal.signal(signal.SIGINT, signal.default_int_handler)


def exit_code() -> object:
    with pytest.raises(SystemExit) as ended:
        __main__.run()
    return ended.value.code


def test_the_process_exits_with_the_code_of_the_command_and_ignores_ctrl_c_from_then_on() -> None:
    assert exit_code() == 0
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_only_the_first_ctrl_c_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> NoReturn:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError

    monkeypatch.setattr("drift.cli.main", stopped)
    assert exit_code() == 130


def test_ctrl_c_that_is_ignored_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def interrupted() -> int:
        signal.raise_signal(signal.SIGINT)
        return 7

    monkeypatch.setattr("drift.cli.main", interrupted)
    assert exit_code() == 7


def test_a_bug_exits_with_1_and_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bug() -> NoReturn:
        raise AssertionError("a bug")

    monkeypatch.setattr("drift.cli.main", bug)
    assert exit_code() == 1
    assert capsys.readouterr().err.endswith("AssertionError: a bug\n")


def test_a_bug_in_a_thread_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    error = ValueError("a bug")
    output.show_thread_bug(threading.ExceptHookArgs((ValueError, error, None, None)))
    output.show_thread_bug(threading.ExceptHookArgs((SystemExit, None, None, None)))
    assert capsys.readouterr().err == "ValueError: a bug\n"


def test_the_published_schemas_come_with_drift() -> None:
    assert bundled.schema("plan") == (ROOT / "schemas" / "plan.schema.json").read_text()


@pytest.mark.filterwarnings("ignore:.*found in sys.modules.*:RuntimeWarning")
def test_python_m_drift_is_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_module("drift", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("drift ")
