"""The progress that a terminal shows, and nobody else sees."""

import io
import sys
from collections.abc import Callable
from threading import active_count
from time import sleep
from typing import TypeAlias

import pytest

from drift.cli import progress as drawing
from drift.cli.progress import progress
from drift.live.pace import Pace
from drift.live.tally import Tally
from tests.waiting import until

PATIENCE = 20

Looked: TypeAlias = Callable[[], "Terminal"]


class Terminal(io.StringIO):
    """A standard error on which somebody looks."""

    def isatty(self) -> bool:
        return True

    def shows(self, text: str) -> None:
        """Return once `text` was drawn."""
        until(lambda: text in self.getvalue(), self.getvalue)


def ends(threads: int) -> None:
    """Return once no more than `threads` run: rich tells its own to stop, and does not wait."""
    until(lambda: active_count() <= threads)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Make standard error a terminal, when called: until the test runs, it is pytest's."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def look() -> Terminal:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    return look


def test_a_terminal_shows_how_far_the_run_is(looked_at: Looked) -> None:
    terminal = looked_at()
    tally, threads = Tally(Pace()), active_count()
    with progress(tally):
        tally.listed = 3000
        terminal.shows("3,000 buckets listed")
        tally.total, tally.found = 5000, range(1000)
        terminal.shows("1,000 of 5,000 buckets, ")
        terminal.shows(" s left")
        assert "retries" not in terminal.getvalue()
        tally.retries, tally.throttled = 12, 3
        terminal.shows(", 12 retries, 3 throttled")
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")  # the line is gone, and the cursor there
    ends(threads)


def test_an_error_ends_the_drawing_too(looked_at: Looked) -> None:
    terminal = looked_at()
    tally, threads = Tally(Pace(), total=10), active_count()

    def stop() -> None:
        with progress(tally):
            terminal.shows("0 of 10 buckets")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    ends(threads)


def test_a_run_that_is_over_at_once_draws_nothing(
    looked_at: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_UNNOTICED", PATIENCE)
    terminal, threads = looked_at(), active_count()
    with progress(Tally(Pace(), total=10, found=range(10))):
        pass
    assert "buckets" not in terminal.getvalue()
    ends(threads)


@pytest.mark.parametrize(
    "variables", [{"CI": "true"}, {"TERM": "dumb"}], ids=["under CI", "on a dumb terminal"]
)
def test_nothing_is_drawn(
    looked_at: Looked, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(drawing, "_UNNOTICED", 0)
    terminal = looked_at()
    with progress(Tally(Pace(), total=10)):
        sleep(0.2)
    assert terminal.getvalue() == ""


def test_nothing_is_drawn_into_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(drawing, "_UNNOTICED", 0)
    with progress(Tally(Pace(), total=10)):
        sleep(0.2)
    assert capsys.readouterr().err == ""
