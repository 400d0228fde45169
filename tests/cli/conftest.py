"""A folder to work in, and the command line to run there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran, by_itself, desired, run_here, text


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty folder in which everything happens, away from the environment's wishes."""
    return by_itself(tmp_path, monkeypatch)


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return what runs drift in this process."""
    return partial(run_here, capsys)


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    """Write a file, and the folders above it: bytes and texts as they are, the rest as JSON."""

    def written(name: str, content: object = None) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = desired() if content is None else content
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else text(content))
        return Path(name)

    return written


@pytest.fixture
def recorded() -> tuple[str, Path]:
    """Return the option that makes the samples' recording the live side."""
    return "--live", SAMPLES / "recording"
