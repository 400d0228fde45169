"""Which files a search of folders reads, what it leaves out, and what it says of the rest."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cli.running import Ran, command, desired, environment

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

_UNPRIVILEGED = 65534


def run_unprivileged(folder: Path, *arguments: str) -> Ran:
    """Run drift as a user for whom modes bind, as they do not for root.

    That user may not be able to read drift itself. So root runs it first, which loads all modules.
    """
    code = (
        "import os, sys\n"
        "from contextlib import redirect_stderr, redirect_stdout\n"
        "from drift.cli import main\n"
        "if os.geteuid() == 0:\n"
        "    with open(os.devnull, 'w') as nowhere:\n"
        "        with redirect_stdout(nowhere), redirect_stderr(nowhere):\n"
        "            main([*sys.argv[1:], *['--check'] * (sys.argv[1] == 'fmt')])\n"
        "            main([sys.argv[1], 'is-no-folder'])\n"
        f"    os.setgroups([]); os.setgid({_UNPRIVILEGED}); os.setuid({_UNPRIVILEGED})\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout, done.stderr).harmless()


@pytest.fixture
def open_folder(folder: Path) -> Path:
    """Return the working folder, which everybody may enter."""
    for each in (folder, *folder.parents):
        if each.stat().st_uid == os.geteuid() and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o055)
    return folder


LINKS = {
    "to nothing": ("/nonexistent", "No such file or directory"),
    "to itself": ("prod", "Too many levels of symbolic links"),
    "through a file": ("a.json/inside", "Not a directory"),
    "to a name that is too long": ("x" * 300, "File name too long"),
}


@pytest.mark.parametrize("name", ["validate", "fmt"])
@pytest.mark.parametrize(("target", "reason"), LINKS.values(), ids=LINKS)
def test_link_that_cannot_be_followed_is_an_error(
    drift: Drift, write: Write, name: str, target: str, reason: str
) -> None:
    write("desired/a.json")
    Path("desired/prod").symlink_to(target)
    drift(name).failed(f"desired/prod: error: The link cannot be followed: {reason}.")


def test_link_that_cannot_be_followed_makes_a_plan_fail(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    write("desired/a.json", desired(TLS={"Enable": False}))
    Path("desired/prod").symlink_to("/nonexistent")
    drift("plan", *recorded).failed("desired/prod: error: The link cannot be followed")


def test_link_into_a_folder_that_may_not_be_entered_is_an_error(
    open_folder: Path, write: Write
) -> None:
    write("desired/a.json")
    write("closed/inside/b.json")
    Path("desired/prod").symlink_to("../closed/inside")
    Path("closed").chmod(0)
    ran = run_unprivileged(open_folder, "validate")
    Path("closed").chmod(0o755)
    ran.failed("desired/prod: error: The link cannot be followed: Permission denied.")


@pytest.mark.parametrize("name", ["validate", "fmt"])
def test_folder_that_may_be_listed_but_not_entered_is_an_error(
    open_folder: Path, write: Write, name: str
) -> None:
    write("desired/a.json")
    write("desired/b/c.json")
    write("desired/waivers.json", '{"Waivers": []}')
    Path("desired/README.md").symlink_to("/nonexistent")
    Path("desired").chmod(0o444)
    ran = run_unprivileged(open_folder, name)
    Path("desired").chmod(0o755)
    ran.failed(
        "desired/a.json: error: The file cannot be read: Permission denied.",
        "desired/b: error: The folder cannot be read: Permission denied.",
        "desired/waivers.json: error: The file cannot be read: Permission denied.",
        "desired/README.md: error: The link cannot be followed: Permission denied.",
    )


@pytest.mark.parametrize("mode", [0o000, 0o111])
def test_folder_that_may_not_be_listed_is_an_error(
    open_folder: Path, write: Write, mode: int
) -> None:
    write("desired/a.json")
    write("desired/b/c.json")
    Path("desired/b").chmod(mode)
    ran = run_unprivileged(open_folder, "validate")
    Path("desired/b").chmod(0o755)
    ran.failed("desired/b: error: The folder cannot be read: Permission denied.")


class Blind:
    """An entry of a file system that does not say what its entries are, in a closed folder."""

    def __init__(self, entry: "os.DirEntry[str]") -> None:
        self.name, self.path = entry.name, entry.path

    def is_symlink(self) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.path)


def test_entry_that_cannot_be_looked_at_is_an_error(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("desired/a.json")
    write("desired/b/c.json")
    scan = os.scandir

    class Scanned:
        def __init__(self, path: str) -> None:
            with scan(path) as found:
                self._entries = [Blind(entry) if entry.name == "b" else entry for entry in found]

        def __enter__(self) -> "list[Blind | os.DirEntry[str]]":
            return self._entries

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", Scanned)
    drift("validate").failed("desired/b: error: The file cannot be looked at: Permission denied.")


def test_link_to_waivers_that_leads_nowhere_is_an_error_beside_a_named_file(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json")
    Path("desired/waivers.json").symlink_to("gone.json")
    drift("validate", "desired/a.json").failed("desired/waivers.json: error: The file cannot be")


def test_link_to_a_file_that_is_no_desired_file_is_passed_over(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("README.md", "")
    Path("desired/README.md").symlink_to("../README.md")
    assert drift("validate").code == 0


def test_named_link_to_a_folder_is_searched(drift: Drift, write: Write) -> None:
    write("elsewhere/a.json")
    Path("desired").symlink_to("elsewhere")
    assert "1 declared" in drift("validate").out


@pytest.mark.parametrize("suffix", ["jsonc", "json5", "yaml", "yml", "YAML"])
def test_file_that_looks_like_a_desired_file_is_a_warning(
    drift: Drift, write: Write, recorded: tuple[str, Path], suffix: str
) -> None:
    write("desired/a.json", desired(TLS={"Enable": True, "TLSVersion": ["TLSv1.2"]}))
    write(f"desired/b/c.{suffix}", "")
    warning = f"desired/b/c.{suffix}: warning: This file is not read: desired files are *.json."
    ran = drift("validate")
    assert ran.code == 0
    assert warning in ran.err
    assert "1 warning." in ran.out
    assert warning in drift("plan", *recorded).err
    strict = drift("plan", *recorded, "--strict").failed(warning.replace("warning:", "error:"))
    assert strict.out == ""
    assert drift("fmt").code == 0


def test_hidden_file_of_another_format_is_no_desired_file(drift: Drift, write: Write) -> None:
    write("a.json")
    write(".pre-commit-config.yaml", "")
    assert "0 warnings" in drift("validate", ".").out


@pytest.fixture
def tree(write: Write) -> None:
    """Write desired files of which some are old."""
    write("desired/a.json")
    write("desired/old/b.json", "{")
    write("desired/new/old.json", "{")
    write("desired/waivers.json", '{"Waivers": []}')


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("place", [".driftignore", "desired/.driftignore"])
@pytest.mark.parametrize("name", ["validate", "fmt"])
def test_driftignore_leaves_out_what_it_names(
    drift: Drift, write: Write, place: str, name: str
) -> None:
    write(place, "# of last year\nold/\n/new/*.json\n" + "/desired/new/old.json\n")
    ran = drift(name)
    assert ran.code == 0, ran.err
    assert "Note: Not read because of .driftignore or --exclude: desired/new/old.json, " in ran.err


@pytest.mark.usefixtures("tree")
def test_exclude_is_anchored_to_the_working_folder(drift: Drift, folder: Path) -> None:
    for place in ("desired", folder / "desired"):
        ran = drift("validate", place, "--exclude", "/desired/old", "--exclude", "new/")
        assert ran.code == 0, ran.err
        assert ran.err.count("desired/old") == 1


@pytest.mark.usefixtures("tree")
def test_exclude_elsewhere_is_anchored_to_the_root(
    drift: Drift, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")
    inside = folder / "desired"
    assert drift("validate", inside, "--exclude", f"{inside}/old", "--exclude", "new/").code == 0
    drift("validate", inside, "--exclude", "/old", "--exclude", "new").failed("old/b.json")


@pytest.mark.usefixtures("tree")
def test_plan_takes_exclude(drift: Drift, recorded: tuple[str, Path]) -> None:
    drift("plan", *recorded).failed("desired/old/b.json")
    assert drift("plan", *recorded, "--exclude", "old*").code in (0, 2)


@pytest.mark.usefixtures("tree")
def test_deeper_driftignore_counts_more_and_exclude_most(drift: Drift, write: Write) -> None:
    write("desired/.driftignore", "*.json\n")
    write("desired/new/.driftignore", "!old.json\n")
    drift("validate").failed("desired/new/old.json:1:2: error: Not JSON")
    drift("validate", "--exclude", "old.json").failed("no desired file in this folder that")
    assert drift("validate", "--exclude", "!a.json", "--exclude", "new/").code == 0


@pytest.mark.usefixtures("tree")
def test_named_file_is_read_whatever_patterns_say(drift: Drift, write: Write) -> None:
    write(".driftignore", "*\n")
    drift("validate", "desired/old/b.json", "--exclude", "*").failed("desired/old/b.json:1:2")


@pytest.mark.usefixtures("tree")
def test_folder_of_which_everything_is_ignored_is_an_error(drift: Drift, write: Write) -> None:
    write(".driftignore", "desired/\n")
    drift("validate").failed(
        "desired: error: There is no desired file in this folder that .driftignore or --exclude "
        "leaves."
    )


def test_ignored_lookalike_is_no_warning(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/b.yaml", "")
    write("desired/.driftignore", "*.yaml\n")
    ran = drift("validate")
    assert (ran.code, ran.err) == (0, "")


def test_ignored_link_is_no_error(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    Path("desired/prod").symlink_to("/nonexistent")
    write("desired/.driftignore", "prod\r\n")
    assert drift("validate").err.endswith("--exclude: desired/prod.\n")


def test_ignored_waivers_excuse_nothing(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/waivers.json", "{")
    drift("validate").failed("desired/waivers.json:1:2")
    assert drift("validate", "--exclude", "waivers.json").code == 0


@pytest.mark.parametrize("command", ["policy", "doctor"])
def test_every_command_that_searches_says_what_it_left_out(
    drift: Drift, write: Write, command: str
) -> None:
    write("desired/a.json")
    write("desired/b.json", "{")
    ran = drift(command, "--exclude", "b.json")
    assert "Note: Not read because of .driftignore or --exclude: desired/b.json." in ran.err
    assert "Not JSON" not in ran.out + ran.err


def test_many_ignored_paths_are_counted(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    for number in range(8):
        write(f"desired/old-{number}.json")
    assert "desired/old-4.json and 3 more." in drift("validate", "--exclude", "old-*").err


@pytest.mark.parametrize("pattern", ["!", "/", "a[", "[z-a]", "\\", "x" * 1001])
def test_invalid_pattern_is_an_error(drift: Drift, write: Write, pattern: str) -> None:
    write("desired/a.json")
    drift("validate", "--exclude", pattern).failed("--exclude", "is not a pattern in the syntax")
    write("desired/.driftignore", f"\ufeffé\n\n{pattern}\n")
    ran = drift("validate", "--format", "json").failed()
    (found,) = json.loads(ran.out)["diagnostics"]
    assert found["range"]["filename"] == "desired/.driftignore"
    assert found["range"]["start"] == {"line": 3, "column": 1, "byte": 4}
    assert found["summary"] == "The line is not a pattern in the syntax of .gitignore"


def test_pattern_with_a_class_of_letters_is_an_error(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    pattern = "[[:alpha:]]*.json"
    drift("validate", "--exclude", pattern).failed("--exclude", "drift does not support")
    write("desired/.driftignore", f"{pattern}\n")
    drift("validate").failed("desired/.driftignore:1:1", "has a class such as [:alpha:]")


@pytest.mark.parametrize("pattern", ["old[[]1].json", "[a&&o]ld[[]1].json"])
def test_set_that_python_may_read_otherwise_is_read_as_git_does(
    drift: Drift, write: Write, pattern: str
) -> None:
    write("desired/a.json")
    write("desired/old[1].json", "{")
    ran = drift("validate", "--exclude", pattern)
    assert ran.code == 0
    assert "Warning" not in ran.err


@pytest.mark.parametrize("content", [b"\xff", b" " * ((1 << 20) + 1)], ids=["latin", "large"])
def test_driftignore_that_cannot_be_used_is_an_error(
    drift: Drift, write: Write, content: bytes
) -> None:
    write("desired/a.json")
    write("desired/.driftignore", content)
    drift("validate").failed("desired/.driftignore: error: The file is ")


def test_driftignore_that_cannot_be_read_is_an_error(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    Path(".driftignore").symlink_to("gone")
    drift("validate").failed(".driftignore: error: The file cannot be read: No such file")
    Path(".driftignore").unlink()
    Path("desired/.driftignore").mkdir()
    drift("validate").failed("This is a folder, not a file of patterns.")


def test_patterns_are_loaded_only_if_there_are_some(write: Write, folder: Path) -> None:
    write("desired/a.json")
    code = (
        "import sys; from drift.cli import main; main(['validate']); "
        "print('pathspec' in sys.modules)"
    )
    for expected in (False, True):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
        )
        assert done.stdout.splitlines()[-1] == str(expected), done
        write(".driftignore", "")


COMMANDS = (
    ("validate",),
    ("plan",),
    ("plan", "--live", "recording"),
    ("plan", "--out", "plan.json"),
    ("fmt",),
    ("init",),
    ("show", "plan.json"),
    ("comment", "plan.json"),
    ("doctor",),
    ("policy",),
    ("emulator", "recording"),
    ("validate", "--exclude", "a"),
)


def run_in_a_deleted_folder(folder: Path, *arguments: str | Path) -> Ran:
    gone = folder / "gone"
    gone.mkdir()
    script = 'rmdir "$0" && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, str(gone), *command(*arguments)],
        cwd=gone,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout, done.stderr).harmless()


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_deleted_working_folder_is_an_error_without_a_traceback(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    assert "error: " in run_in_a_deleted_folder(folder, *arguments).failed().err.lower()


def test_deleted_working_folder_is_named(folder: Path) -> None:
    ran = run_in_a_deleted_folder(folder, "validate")
    assert ran.err == "Error: The working folder does not exist any more. Change to another one.\n"


def test_absolute_paths_are_read_in_a_deleted_working_folder(folder: Path, write: Write) -> None:
    write("desired/a.json")
    write("desired/old/b.json", "{")
    place = folder / "desired"
    ran = run_in_a_deleted_folder(folder, "validate", place, "--exclude", "old")
    assert ran.code == 0, ran.err


def test_deleted_working_folder_is_nothing_that_patterns_are_anchored_to(
    drift: Drift, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("desired/a.json")
    write("desired/old/b.json", "{")
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    assert drift("validate", folder / "desired", "--exclude", "old").code == 0
    drift("validate", "desired").failed("Error: The working folder does not exist any more.")


def test_demo_works_or_fails_plainly_in_a_deleted_working_folder(folder: Path) -> None:
    assert run_in_a_deleted_folder(folder, "demo").code in (0, 1)
