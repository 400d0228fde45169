"""The lock file has what the project asks for."""

import re
import tomllib
from importlib.metadata import requires
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = {
        re.split(r"[<>=]", name)[0].lower() for name in chain(project["dependencies"], *extras)
    }
    assert asked <= locked("requirements.lock").keys()


def test_the_recipes_install_what_is_tested_and_build_it_with_what_is_locked() -> None:
    every, run, build = (locked(f"requirements{name}.lock") for name in ("", "-run", "-build"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[<>=]", name)[0].lower() for name in project["dependencies"]}
    assert asked | {"pygithub", "python-gitlab"} <= run.keys()
    assert run.items() <= every.items()
    assert {"hatchling", "setuptools", "wheel"} <= build.keys()


def locked(name: str) -> dict[str, str]:
    """Return the versions that a lock file names with hashes; it may name none without."""
    lock = (ROOT / name).read_text()
    versions = re.findall(
        r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)[^\n]* \\\n    --hash=sha256:", lock, re.MULTILINE
    )
    assert len(versions) == len(re.findall(r"^[^ #\n]", lock, re.MULTILINE))
    return dict(versions)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_what_a_dependency_asks_for_with_an_extra_is_locked_with_it(name: str) -> None:
    # Else pip goes by the newest version, and refuses that for having no hash.
    extras = r"([A-Za-z0-9-]+)\[([a-z]+)\](?!.*extra ==)"
    asked = {
        found.groups()
        for one in locked(name)
        for asks in requires(one) or ()
        if (found := re.match(extras, asks))
    }
    lock = (ROOT / name).read_text()
    assert asked
    for package, extra in asked:
        assert re.search(rf"^{package.lower()}\[[a-z,]*{extra}[a-z,]*\]==", lock, re.MULTILINE)
