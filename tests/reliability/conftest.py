"""A folder to work in, drift to run there, and what a run may not leave behind."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tenacity import wait_random_exponential

from drift.emulator import EMULATOR_KEY
from drift.live import oss  # noqa: F401 - its fast transport is to be loaded by the main thread
from drift.live.pace import Pace
from tests.cli.running import Ran, by_itself, run_here
from tests.reliability.account import Account, account

KEY = {"OSS_ACCESS_KEY_ID": EMULATOR_KEY.id, "OSS_ACCESS_KEY_SECRET": EMULATOR_KEY.secret}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty folder in which everything happens, away from the environment's wishes."""
    return by_itself(tmp_path, monkeypatch, **KEY)


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return what runs drift in this process."""
    return partial(run_here, capsys)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let drift try again at once: how long it pauses is tested elsewhere, and takes its time."""
    pauses = wait_random_exponential(multiplier=0.002, max=0.02)
    monkeypatch.setattr("drift.live.patience._JITTER", pauses)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let throttling slow nothing down.

    It comes at random here, and slower requests are throttled as often: drift would go on to slow
    down, and take minutes.
    """
    monkeypatch.setattr(Pace, "throttled", lambda *_: None)


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Return an account of 2,000 buckets."""
    return account(tmp_path_factory.mktemp("fleet"), 2000)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Return an account of 400 buckets."""
    return account(tmp_path_factory.mktemp("small"), 400)
