"""Tools that tests need beside Python, and what a run says of those that it lacks."""

import os
import re
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

_APT = "apt-get install "
CHROMIUM = ("Chromium", _APT + "chromium chromium-driver")
_NPM = _APT + "nodejs npm && npm ci --prefix tests"
AXE = ("axe-core", _NPM)
PRETTIER = ("prettier", _NPM)
TERRAFORM_JSON = (
    "Go's reader of plans",
    _APT + "golang-go golang-github-hashicorp-terraform-json-dev",
)


def lacking(tool: tuple[str, str]) -> NoReturn:
    """Skip a test for want of a tool; fail it in CI, which installs all of them."""
    name, command = tool
    reason = f"{name} is missing: {command}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def how_to_run(reasons: Iterable[str]) -> str | None:
    """Return one line that says which tools skipped tests lack, and how to install them."""
    matches = [re.fullmatch(r"(?:Skipped: )?(.+) is missing: (.+)", reason) for reason in reasons]
    lacks = [match.groups() for match in matches if match]
    if not lacks:
        return None
    counts = Counter(name for name, _ in lacks)
    listed = ", ".join(f"{name} (skips {count})" for name, count in sorted(counts.items()))
    commands = sorted({part for _, command in lacks for part in command.split(" && ")})
    packages = [command.removeprefix(_APT) for command in commands if command.startswith(_APT)]
    others = [command for command in commands if not command.startswith(_APT)]
    install = " && ".join([*([_APT + " ".join(packages)] if packages else []), *others])
    return f"This machine lacks {listed}. To run all tests: {install}"
