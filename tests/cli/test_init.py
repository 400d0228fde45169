"""`drift init`: a starter that works at once, and touches nothing that is there."""

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from drift import bundled, disk
from drift.schema import SCHEMAS, dumps
from tests.cli.running import PATIENCE, ROOT, SAMPLES, Ran, desired

Run = Callable[..., Ran]
Write = Callable[..., Path]

SCHEMA_FILES = [f"schemas/{name}.schema.json" for name in SCHEMAS if name != "plan"]
COMMON = [*SCHEMA_FILES, ".vscode/settings.json", ".pre-commit-config.yaml",
          ".github/workflows/drift-plan.yml"]  # fmt: skip
STARTER = ["desired/example.json", *COMMON]
NEXT = """
Put your buckets into desired/example.json; `drift validate` checks it, `drift plan` compares.
Fill in the address and the commit of drift in .pre-commit-config.yaml; run `pre-commit install`.
Fill in the commit of drift in .github/workflows/drift-plan.yml, and set the variables it names.
"""
PROFILES = [*bundled.profiles()]


def tree(folder: Path) -> dict[str, bytes]:
    """Return all that is below a folder: links by where they lead, folders without content."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        is_file = path.is_file() and not path.is_symlink()
        found[name] = path.read_bytes() if is_file else b""
        if path.is_symlink():
            found[name] = b"-> " + os.fsencode(path.readlink())
    return found


def files(folder: Path) -> list[str]:
    return sorted(name for name in tree(folder) if (folder / name).is_file())


def lines(ran: Ran) -> list[str]:
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


# What is written


def test_each_file_is_written_and_said_with_what_to_do_next(drift: Run, folder: Path) -> None:
    said = lines(drift("init"))
    assert said[: len(STARTER)] == [f"wrote {name}" for name in STARTER]
    assert "\n".join(said[len(STARTER) :]) + "\n" == NEXT
    assert files(folder) == sorted(STARTER)


def test_the_example_is_valid_at_once(drift: Run) -> None:
    drift("init")
    out = "The desired files are valid: 1 declared, 0 errors, 0 warnings.\n"
    assert drift("validate") == (0, out, "")
    assert drift("fmt", "--check") == (0, "", "")


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_written_instead_of_the_example(drift: Run, folder: Path, name: str) -> None:
    said = lines(drift("init", "--profile", name))
    assert said[0] == f"wrote desired/{name}.json"
    assert f"desired/{name}.json judges every bucket of the account; " in said[len(COMMON) + 2]
    assert files(folder) == sorted([f"desired/{name}.json", *COMMON])
    written = folder / f"desired/{name}.json"
    assert written.read_bytes() == (SAMPLES / f"policies/{name}.json").read_bytes()
    out = "The desired files are valid: 1 declared, 0 errors, 0 warnings.\n"
    assert drift("validate") == (0, out, "")
    assert drift("fmt", "--check") == (0, "", "")


def test_another_folder_is_named_in_what_is_said(drift: Run, folder: Path) -> None:
    (folder / "repository").mkdir()
    said = lines(drift("init", "repository"))
    assert said[: len(STARTER)] == [f"wrote repository/{name}" for name in STARTER]
    assert [*folder.iterdir()] == [folder / "repository"]


def test_the_schemas_are_those_of_files_that_people_write(drift: Run, folder: Path) -> None:
    drift("init")
    for name in SCHEMAS:
        path = folder / f"schemas/{name}.schema.json"
        assert path.exists() == (name != "plan")
        assert name == "plan" or path.read_text() == dumps(name)
    example = json.loads((folder / "desired/example.json").read_text())
    assert (folder / "desired" / example["$schema"]).resolve() == folder / SCHEMA_FILES[0]


def test_the_editor_is_told_of_each_schema(drift: Run, folder: Path) -> None:
    drift("init")
    settings = json.loads((folder / ".vscode/settings.json").read_text())
    assert [one["url"] for one in settings["json.schemas"]] == [f"./{one}" for one in SCHEMA_FILES]


def test_the_workflow_is_the_recipe(drift: Run, folder: Path) -> None:
    drift("init")
    written = (folder / ".github/workflows/drift-plan.yml").read_text()
    assert written == (SAMPLES / "ci/github/drift-plan.yml").read_text()


def test_pre_commit_accepts_the_hooks_which_are_those_of_the_docs(drift: Run, folder: Path) -> None:
    drift("init")
    written = folder / ".pre-commit-config.yaml"
    check = [sys.executable, "-m", "pre_commit", "validate-config", str(written)]
    assert subprocess.run(check, timeout=PATIENCE).returncode == 0
    shown = "".join(f"    {line}" for line in written.read_text().splitlines(keepends=True))
    assert f"\n\n{shown}\n" in (ROOT / "docs/ci.md").read_text()


# What is there


def test_a_second_time_nothing_is_written(drift: Run, folder: Path) -> None:
    drift("init")
    before = tree(folder)
    said = lines(drift("init"))
    kept = [f"kept {name}: it is there already" for name in STARTER]
    assert said == [*kept, "", "Nothing was written."]
    assert tree(folder) == before


def test_what_is_there_is_kept_byte_for_byte(drift: Run, folder: Path, write: Write) -> None:
    mine = {name: os.urandom(8) for name in STARTER}
    for name, content in mine.items():
        write(name, content).chmod(0o400)
    said = lines(drift("init"))
    assert [line.split(": ")[0] for line in said[: len(STARTER)]] == [f"kept {n}" for n in STARTER]
    assert {name: (folder / name).read_bytes() for name in STARTER} == mine
    assert files(folder) == sorted(STARTER)


def test_what_somebodys_own_settings_lack_is_said(drift: Run, write: Write) -> None:
    write(".vscode/settings.json", "// mine\n{}")
    write(".pre-commit-config.yaml", "repos: []")
    said = "\n".join(lines(drift("init")))
    start = '^kept .vscode/settings.json: it is there already. Add to its "json.schemas": '
    (schemas,) = re.findall(f"{start}(.*)$", said, re.MULTILINE)
    theirs = json.loads((SAMPLES / "starter/.vscode/settings.json").read_text())
    assert json.loads(f"[{schemas}]") == theirs["json.schemas"]
    start = "^kept .pre-commit-config.yaml: it is there already. Add to its repos: "
    (hooks,) = re.findall(f"{start}(.*)$", said, re.MULTILINE)
    config = yaml.safe_load((SAMPLES / "starter/.pre-commit-config.yaml").read_text())
    assert [yaml.safe_load(hooks)] == config["repos"]


def test_what_somebodys_own_settings_have_is_not_asked_for(drift: Run, write: Write) -> None:
    write(".vscode/settings.json", '{"json.schemas": [{"url": "./x/oss-bucket.schema.json"}]}')
    write(".pre-commit-config.yaml", "repos: [{hooks: [{id: drift-validate}]}]")
    assert "Add to its" not in drift("init").out


def test_beside_other_desired_files_there_is_no_example(
    drift: Run, folder: Path, write: Write
) -> None:
    write("desired/prod/logs.json", desired())
    said = lines(drift("init"))
    assert said[0] == "left desired/example.json out: its folder is not empty"
    assert files(folder) == sorted(["desired/prod/logs.json", *COMMON])


def test_an_example_beside_other_desired_files_is_kept(drift: Run, write: Write) -> None:
    drift("init")
    write("desired/logs.json", desired())
    assert lines(drift("init"))[0] == "kept desired/example.json: it is there already"


def test_beside_other_desired_files_a_profile_is_what_was_asked_for(
    drift: Run, write: Write
) -> None:
    write("desired/logs.json", desired())
    assert lines(drift("init", "--profile", PROFILES[0]))[0] == f"wrote desired/{PROFILES[0]}.json"


@pytest.mark.parametrize("name", ["desired/example.json", ".vscode/settings.json"])
def test_whatever_has_the_name_of_a_file_is_kept(drift: Run, folder: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)
    assert f"kept {name}: it is there already" in drift("init").out
    assert [*(folder / name).iterdir()] == []


# Links


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder elsewhere, which nobody may write to."""
    return tmp_path_factory.mktemp("outside")


@pytest.mark.parametrize("link", ["desired", "schemas", ".vscode", ".github", ".github/workflows"])
def test_nothing_is_written_where_a_link_leads_out_of_the_folder(
    drift: Run, folder: Path, outside: Path, link: str
) -> None:
    (folder / link).parent.mkdir(exist_ok=True)
    (folder / link).symlink_to(outside)
    ran = drift("init").failed(" cannot be written: a link in its path leads out of the folder.")
    assert f"Error: {link}/" in ran.err
    assert tree(outside) == {}


@pytest.mark.parametrize("name", STARTER)
@pytest.mark.parametrize("target", ["there.json", "nowhere.json"])
def test_a_link_of_the_name_is_kept_wherever_it_leads(
    drift: Run, folder: Path, outside: Path, name: str, target: str
) -> None:
    (outside / "there.json").write_text("mine")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(outside / target)
    assert f"kept {name}: it is there already" in drift("init").out
    assert tree(outside) == {"there.json": b"mine"}
    assert (folder / name).readlink() == outside / target


def test_a_link_inside_the_folder_is_followed(drift: Run, folder: Path) -> None:
    (folder / "config").mkdir()
    (folder / "desired").symlink_to("config")
    assert lines(drift("init"))[0] == "wrote desired/example.json"
    assert (folder / "config/example.json").is_file()


def test_the_folder_itself_may_be_a_link(drift: Run, folder: Path, outside: Path) -> None:
    (folder / "link").symlink_to(outside)
    assert lines(drift("init", "link"))[0] == "wrote link/desired/example.json"
    assert files(outside) == sorted(STARTER)


def test_links_that_lead_to_each_other_are_an_error(drift: Run, folder: Path) -> None:
    (folder / ".vscode").symlink_to(".vscode")
    drift("init").failed(".vscode/settings.json cannot be written: links in its path lead to each ")


# What goes wrong


def test_what_was_written_before_an_error_is_said(drift: Run, write: Write) -> None:
    write(".github", "no folder")
    name = ".github/workflows/drift-plan.yml"
    sentence = f"Error: {name} cannot be written: a file stands where its folder should be.\n"
    ran = drift("init").failed(sentence)
    assert ran.out.splitlines() == [f"wrote {one}" for one in STARTER if one != name]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere", "nowhere does not exist. Name the folder of your repository."),
        ("file", "file is no folder. Name the folder of your repository."),
        ("a" * 300, " cannot be read: File name too long. Name the folder of your repository."),
        ("", "it is empty"),
    ],
)
def test_what_is_no_folder_is_one_sentence(
    drift: Run, folder: Path, write: Write, name: str, sentence: str
) -> None:
    write("file", "")
    ran = drift("init", name).failed(sentence)
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert files(folder) == ["file"]


def test_the_profiles_are_listed_if_there_is_none_of_that_name(drift: Run, folder: Path) -> None:
    ran = drift("init", "--profile", "../x").failed('Error: There is no profile "../x". Choose one')
    assert all(name in ran.err for name in PROFILES)
    assert files(folder) == []


def test_the_profiles_are_listed_in_the_help(drift: Run) -> None:
    shown = re.sub(r"[\s│]+", "", drift("init", "--help").out)
    assert ",".join(PROFILES) in shown


def test_a_folder_that_may_not_be_written_is_one_sentence(
    drift: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    ran = drift("init").failed("Error: desired/example.json cannot be written: Permission denied.")
    assert ran.out == ""


def test_a_file_that_could_not_be_written_whole_is_taken_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def full(path: Path, mode: str) -> Any:
        file = opened(path, mode, buffering=0)
        os.dup2(os.open("/dev/full", os.O_WRONLY), file.fileno())
        return file

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space left"):
        disk.create(folder, "sub/file", b"text")
    assert tree(folder) == {"sub": b""}


def test_a_name_that_a_terminal_would_obey_is_harmless(drift: Run, folder: Path) -> None:
    (folder / "\x1b[2J").mkdir()
    assert lines(drift("init", "\x1b[2J"))[0] == "wrote \\x1b[2J/desired/example.json"
