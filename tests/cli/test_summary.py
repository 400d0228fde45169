"""`drift plan` adds its report to the summary of a CI job, and never fails because of it."""

import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from drift.cli import summary
from tests.cli.running import SAMPLES, Ran, desired, is_meddling

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

LARGEST = 1_048_576


@pytest.fixture
def file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the summary, which GitHub makes before the step."""
    path = folder / "summary.md"
    path.touch()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


@pytest.fixture
def plan(drift: Drift, recorded: tuple[str, Path]) -> Callable[..., Ran]:
    def planned(*options: str) -> Ran:
        return drift("plan", SAMPLES / "desired", *recorded, *options)

    return planned


def test_a_plan_is_in_the_summary(plan: Callable[..., Ran], file: Path) -> None:
    ran = plan("--format", "markdown")
    assert ran.code == 1
    assert file.read_text() == f"\n{ran.out}\n"
    assert "Warning: Nothing was added" not in ran.err


def test_what_was_in_the_summary_stays(plan: Callable[..., Ran], file: Path) -> None:
    file.write_text("mine")
    plan()
    plan()
    first, *reports = file.read_text().split("\n## ")
    assert first == "mine"
    assert [report.partition(":")[0] for report in reports] == ["⚠️ Incomplete"] * 2


def test_without_the_variable_nothing_is_written(
    plan: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "")
    assert "summary" not in plan().err
    assert not summary.append("text")
    assert not [*folder.iterdir()]


def test_a_list_of_what_decides_is_no_plan(plan: Callable[..., Ran], file: Path) -> None:
    plan("--list")
    assert file.read_text() == ""


def test_nothing_but_the_file_differs(
    plan: Callable[..., Ran], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = plan()
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert plan() == ran
    assert file.stat().st_size


@pytest.mark.parametrize("there", [0, 900_000, 1_030_000])
def test_the_report_takes_the_room_that_is_left(
    drift: Drift, write: Write, file: Path, there: int
) -> None:
    file.write_text("x" * there)
    names = [f"bucket-{index:05}" for index in range(5_000)]
    write("desired/many.json", desired(names))
    write("live/cn-hangzhou/other/httpsConfig.xml", "x")
    ran = drift("plan", "--live", "live")
    assert ran.code == 2
    report = file.read_bytes()[there:].decode()
    assert len(report) > 300
    assert file.stat().st_size + 2_000 <= LARGEST
    assert ("Shortened to fit" in report) == (there > 0)


@pytest.mark.parametrize("room", [0, 100])
def test_a_full_summary_stays_as_it_is(plan: Callable[..., Ran], file: Path, room: int) -> None:
    file.write_text("x" * (LARGEST - room))
    ran = plan()
    assert ran.code == 1
    assert ran.err.endswith(
        "Warning: Nothing was added to GITHUB_STEP_SUMMARY. It is full: GitHub takes 1 MiB.\n"
    )
    assert file.stat().st_size == LARGEST - room


def test_a_summary_may_be_as_large_as_github_takes(file: Path) -> None:
    assert summary.append("x" * (LARGEST - 2))
    assert file.stat().st_size == LARGEST
    file.write_text("")
    assert not summary.append("x" * (LARGEST - 1))


def test_a_text_is_appended(file: Path) -> None:
    assert summary.append("# größe")
    assert summary.append("more")
    assert file.read_text(encoding="utf-8") == "\n# größe\n\nmore\n"


def test_a_summary_that_is_not_there_yet_is_made(file: Path) -> None:
    file.unlink()
    assert summary.append("text")
    assert file.read_text() == "\ntext\n"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def nowhere(path: Path) -> None:
    path.symlink_to("no/such/folder/file")


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (Path.mkdir, "it is no regular file."),
        (pipe, "it is no regular file."),
        (nowhere, "its folder does not exist."),
        (loop, "it is no path to a file."),
    ],
)
def test_a_summary_that_cannot_be_written_changes_nothing_else(
    plan: Callable[..., Ran], file: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    expected = plan()
    file.unlink()
    spoil(file)
    ran = plan()
    assert (ran.code, ran.out) == (expected.code, expected.out)
    *others, said = ran.err.splitlines(keepends=True)
    assert "".join(others) == expected.err
    assert said == (
        f"Warning: Nothing was added to GITHUB_STEP_SUMMARY. {file} cannot be written: {reason}\n"
    )


@pytest.mark.parametrize("there", [b"", b"mine\n"])
@pytest.mark.parametrize("limit", [10, 1_000, 60_000])
def test_on_a_full_disk_nothing_is_added_as_the_message_says(
    file: Path, capsys: pytest.CaptureFixture[str], there: bytes, limit: int
) -> None:
    """The kernel writes what still fits, and refuses only the rest."""
    file.write_bytes(there)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        assert not summary.append("x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert capsys.readouterr().err == (
        "Warning: Nothing was added to GITHUB_STEP_SUMMARY. File too large.\n"
    )
    assert file.read_bytes() == there


def test_the_path_of_a_summary_is_harmless(
    plan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no\x1b[31m/such\n::error::x")
    assert r"no\x1b[31m/such\n::error::x cannot be written" in plan().err


@pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "CI", "CI_JOB_ID", "GITLAB_CI", "gitee_x"])
def test_tests_do_not_see_the_ci_system_that_they_run_in(name: str) -> None:
    assert is_meddling(name)
