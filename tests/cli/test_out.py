"""`--out`: a whole plan or none, and nothing left behind."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cli.running import SAMPLES, Ran, desired, shell

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_plan_is_saved_whatever_its_verdict(
    drift: Drift, recorded: tuple[str, Path], folder: Path
) -> None:
    for name, code in (("oss-example", 0), ("example-new", 2), ("example-archive", 1)):
        ran = drift("plan", SAMPLES / f"desired/{name}.json", *recorded, "--out", "plan.json")
        assert ran.code == code
        saved = json.loads(Path("plan.json").read_text())
        assert {"in_sync": 0, "drift": 2, "incomplete": 1}[saved["verdict"]] == code
    assert names(folder) == {"plan.json"}


def test_what_is_saved_is_what_is_printed(drift: Drift, recorded: tuple[str, Path]) -> None:
    ran = drift("plan", SAMPLES / "desired", *recorded, "--format", "json", "--out", "plan.json")
    assert Path("plan.json").read_text() == ran.out


def test_an_old_file_is_replaced_as_a_whole(
    drift: Drift, write: Write, recorded: tuple[str, Path], folder: Path
) -> None:
    write("plan.json", "x" * 100_000)
    before = Path("plan.json").stat().st_ino
    assert drift("plan", write("a.json"), *recorded, "--out", "plan.json").code == 0
    assert json.loads(Path("plan.json").read_text())["verdict"] == "in_sync"
    assert Path("plan.json").stat().st_ino != before
    assert names(folder) == {"a.json", "plan.json"}


def test_what_a_link_leads_to_is_replaced(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    write("kept/plan.json", "old")
    Path("plan.json").symlink_to("kept/plan.json")
    assert drift("plan", write("a.json"), *recorded, "--out", "plan.json").code == 0
    assert Path("plan.json").is_symlink()
    assert json.loads(Path("kept/plan.json").read_text())["verdict"] == "in_sync"


UNWRITABLE = {
    "gone/plan.json": "gone/plan.json cannot be written: its folder does not exist.",
    "a.json/plan.json": "a.json/plan.json cannot be written: its folder does not exist.",
    "folder": "folder cannot be written: it is no regular file.",
    "": "cannot be written: it is no regular file.",
    "/dev/null": "/dev/null cannot be written: it is no regular file.",
    "a" * 300: "cannot be written: it is no path to a file.",
    "loop": "loop cannot be written: it is no ",
}


@pytest.mark.parametrize(("path", "sentence"), UNWRITABLE.items(), ids=range(len(UNWRITABLE)))
def test_a_place_that_cannot_be_written_is_refused_at_once(
    drift: Drift, write: Write, folder: Path, path: str, sentence: str
) -> None:
    write("a.json")
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    before = names(folder)
    # There are no credentials: the place is looked at before anything else is.
    ran = drift("plan", "a.json", "--out", path).failed(sentence)
    assert ran.out == ""
    assert names(folder) == before


def test_a_run_that_fails_leaves_the_old_file_alone(
    drift: Drift, write: Write, recorded: tuple[str, Path], folder: Path
) -> None:
    write("plan.json", "old")
    write("bad.json", "{")
    write("a.json")
    for arguments in (
        ("plan", "bad.json", *recorded),
        ("plan", "a.json"),
        ("plan", "a.json", "--live", "nowhere"),
        ("plan", "a.json", *recorded, "--concurrency", "0"),
    ):
        drift(*arguments, "--out", "plan.json").failed()
        assert Path("plan.json").read_text() == "old"
    assert names(folder) == {"a.json", "bad.json", "plan.json"}


def test_a_plan_that_could_not_be_printed_is_saved_all_the_same(write: Write, folder: Path) -> None:
    write("a.json")
    live = SAMPLES / "recording"
    ran = shell(f"drift plan a.json --live '{live}' --out plan.json >/dev/full", cwd=folder)
    ran.harmless().failed("Standard output cannot be written: No space left on device.")
    assert '"verdict": "in_sync"' in Path("plan.json").read_text()


def test_a_disk_that_is_full_leaves_the_old_file_and_no_other(
    drift: Drift,
    write: Write,
    recorded: tuple[str, Path],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("plan.json", "old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", full)
    ran = drift("plan", write("a.json"), *recorded, "--out", "plan.json")
    ran.failed("plan.json cannot be written: No space left on device.")
    assert Path("plan.json").read_text() == "old"
    assert names(folder) == {"a.json", "plan.json"}


def test_a_name_may_be_as_long_as_the_disk_allows(
    drift: Drift, write: Write, recorded: tuple[str, Path], folder: Path
) -> None:
    assert drift("plan", write("a.json"), *recorded, "--out", "p" * 255).code == 0
    assert names(folder) == {"a.json", "p" * 255}


def test_nothing_is_printed_of_a_plan_that_cannot_be_saved(
    drift: Drift, write: Write, recorded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict of 0 on the screen and an exit code of 1 would disagree."""

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", full)
    assert drift("plan", write("a.json"), *recorded, "--out", "plan.json").out == ""


def test_a_file_that_may_not_be_replaced(
    drift: Drift, write: Write, recorded: tuple[str, Path], folder: Path
) -> None:
    if os.geteuid() == 0:  # nothing is forbidden to root, so it has nothing to be told
        return
    write("plan.json", "old")
    path = write("desired/a.json")
    folder.chmod(0o500)
    try:
        drift("plan", path, *recorded, "--out", "plan.json").failed("Permission denied")
    finally:
        folder.chmod(0o700)
    assert Path("plan.json").read_text() == "old"


def test_the_saved_plan_names_no_other_bucket(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    path = write("a.json", desired(["oss-example", "example-new"]))
    drift("plan", path, *recorded, "--out", "plan.json")
    saved = json.loads(Path("plan.json").read_text())
    assert [one["name"] for one in saved["resource_changes"]] == ["example-new", "oss-example"]
