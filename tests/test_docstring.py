"""Docstrings that are data, also where Python drops them."""

import subprocess
import sys
from collections.abc import Callable  # noqa: TC003
from pathlib import Path

import pytest

from drift.docstring import docstring
from tests.cli.running import PATIENCE, ROOT, SAMPLES, command, environment


class _Documented:
    """Say what it is.

    And more.
    """


def _undocumented() -> None: ...


_assigned = lambda: None  # noqa: E731


def test_a_docstring_is_read_from_the_source_where_python_dropped_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = "Say what it is.\n\nAnd more."
    assert docstring(_Documented) == expected
    monkeypatch.setattr(_Documented, "__doc__", None)
    assert docstring(_Documented) == expected


def test_what_has_no_docstring_has_an_empty_one() -> None:
    assert docstring(_undocumented) == ""
    assert docstring(_assigned) == ""


def test_where_there_is_no_source_the_docstring_is_empty() -> None:
    made: dict[str, Callable[[], None]] = {}
    exec("def made(): ...", made)
    assert docstring(made["made"]) == ""


COMMANDS = {
    "help": ["--help"],
    "help of a command": ["plan", "--help"],
    "help of the emulator": ["emulator", "--help"],
    "doctor": ["doctor", SAMPLES / "desired"],
    "doctor as JSON": ["doctor", SAMPLES / "desired", "--format", "json"],
    "schema of desired files": ["schema", "oss-bucket"],
    "schema of waivers": ["schema", "waivers"],
    "schema of plans": ["schema", "plan"],
    "plan": ["plan", SAMPLES / "desired", "--live", SAMPLES / "recording", "--format", "text"],
    "policy": ["policy", SAMPLES / "desired"],
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_python_without_docstrings_prints_the_same(
    arguments: list[str | Path], tmp_path: Path
) -> None:
    """Law: PYTHONOPTIMIZE changes nothing that people see."""
    printed = [
        subprocess.run(
            command(*arguments),
            cwd=tmp_path,
            env=environment(PYTHONOPTIMIZE=level, PYTHONDONTWRITEBYTECODE="1"),
            capture_output=True,
            timeout=2 * PATIENCE,
        )
        for level in ("", "2")
    ]
    assert printed[0].stdout
    assert (printed[0].stdout, printed[0].stderr, printed[0].returncode) == (
        printed[1].stdout,
        printed[1].stderr,
        printed[1].returncode,
    )


def test_init_writes_the_published_schemas_without_docstrings(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-OO", "-m", "drift", "init", str(tmp_path)],
        env=environment(),
        capture_output=True,
        timeout=2 * PATIENCE,
        check=True,
    )
    name = "oss-bucket.schema.json"
    written = (tmp_path / "schemas" / name).read_text()
    assert written == (ROOT / "schemas" / name).read_text()
