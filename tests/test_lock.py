"""The lock file has what the project asks for."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, version
from itertools import chain, starmap
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


def extras(requirements: Iterable[str]) -> set[tuple[str, str]]:
    """Return the packages that are asked for with an extra, which is not for an extra itself."""
    pattern = re.compile(r"([A-Za-z0-9-]+)\[([a-z]+)\](?!.*extra ==)")
    matches = map(pattern.match, requirements)
    return {(match[1], match[2]) for match in matches if match}


def requirements_of(name: str, locked_version: str) -> list[str]:
    """Return what a package asks for, if just this version is installed.

    `pip install -e '.[test]'` brings newer ones, and none of the tools; the full check installs the
    lock, and misses nothing.
    """
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return []
    return (package.requires or []) if package.version == locked_version else []


def test_only_what_is_always_asked_for_counts() -> None:
    assert extras(["a>=1", "b[c]>=1; python_version > '3'", "d[e]; extra == 'f'"]) == {("b", "c")}


def test_a_package_that_is_not_installed_or_not_as_locked_tells_nothing() -> None:
    assert requirements_of("pytest-cov", version("pytest-cov"))
    assert requirements_of("pytest-cov", "0") == []
    assert requirements_of("no-such-package", "0") == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_what_a_dependency_asks_for_with_an_extra_is_locked_with_it(name: str) -> None:
    # Else pip goes by the newest version, and refuses that for having no hash.
    asked = extras(chain.from_iterable(starmap(requirements_of, locked(name).items())))
    lock = (ROOT / name).read_text()
    for package, extra in asked:
        assert re.search(rf"^{package.lower()}\[[a-z,]*{extra}[a-z,]*\]==", lock, re.MULTILINE)
