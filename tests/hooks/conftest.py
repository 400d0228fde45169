"""A team's repository with the published hooks, installed by the real pre-commit."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.running import ROOT, Ran, environment

PUBLISHED = (
    ".pre-commit-hooks.yaml", "LICENSE", "README.md", "drift", "pyproject.toml",
    "requirements-build.lock", "requirements-run.lock", "samples", "schemas",
)  # fmt: skip
INSTALLING = 300
"""Seconds after which an installation that takes about 15 is given up."""


def run(*arguments: str | Path, cwd: Path, env: dict[str, str]) -> Ran:
    done = subprocess.run(
        [*map(str, arguments)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=INSTALLING,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Team(NamedTuple):
    """A repository that uses the hooks."""

    folder: Path
    env: dict[str, str]

    def git(self, *arguments: str | Path) -> Ran:
        return run("git", *arguments, cwd=self.folder, env=self.env)

    def hooks(self, *arguments: str | Path) -> Ran:
        return run(sys.executable, "-m", "pre_commit", *arguments, cwd=self.folder, env=self.env)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def commit(self) -> Ran:
        self.git("add", "-A")
        return self.git("commit", "-m", "A change")


@pytest.fixture(scope="session")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment for git, pre-commit and pip that asks nobody for anything.

    pre-commit installs drift with pip into an environment of its own. What drift depends on is
    found there as it is here, by PYTHONPATH; so no index is asked, and it takes seconds. drift
    itself is here as a checkout, which PYTHONPATH does not lead to.
    """
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(
        "[user]\nname = A Team\nemail = team@example.com\n"
        '[init]\ndefaultBranch = main\n[protocol "file"]\nallow = always\n'
    )
    kept = {name: value for name, value in environment().items() if not name.startswith("GIT_")}
    return kept | {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "PIP_NO_BUILD_ISOLATION": "0",  # turns it off: pip reads this name by its end
        "PIP_NO_INDEX": "1",
        "PRE_COMMIT_COLOR": "never",
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> tuple[Path, str]:
    """Return a repository of what this checkout publishes, and its only commit."""
    folder = tmp_path_factory.mktemp("published")
    for name in PUBLISHED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy(ROOT / name, folder)
    for command in (["init"], ["add", "-A"], ["commit", "-m", "Published"]):
        assert run("git", *command, cwd=folder, env=env).code == 0
    return folder, run("git", "rev-parse", "HEAD", cwd=folder, env=env).out.strip()


@pytest.fixture
def team(tmp_path: Path, env: dict[str, str], published: tuple[Path, str]) -> Callable[[str], Team]:
    """Return what makes a repository with these hooks, for commits and pushes."""

    def made(hooks: str) -> Team:
        team = Team(tmp_path / "team", env)
        team.folder.mkdir()
        team.git("init")
        repository, revision = published
        team.write(
            ".pre-commit-config.yaml",
            f"repos:\n- repo: {repository}\n  rev: {revision}\n  hooks:\n{hooks}",
        )
        installed = team.hooks("install", "--install-hooks", "-t", "pre-commit", "-t", "pre-push")
        assert installed.code == 0, installed
        return team

    return made
