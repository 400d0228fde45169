"""A folder to work in, and the command line to run there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from drift.cli import main
from tests.cli.running import SAMPLES, Ran, desired, is_meddling, text


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty folder in which everything happens, away from the environment's wishes."""
    for name in filter(is_meddling, list(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run drift in this process; whatever it prints must be harmless."""

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([*map(str, arguments)])
        out, err = capsys.readouterr()
        return Ran(code, out, err).harmless()

    return run


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
