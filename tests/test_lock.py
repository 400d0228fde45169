"""The lock file has what the project asks for."""

import re
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = {
        re.split(r"[<>=]", name)[0].lower() for name in chain(project["dependencies"], *extras)
    }
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9-]+)==[^\n]+ \\\n    --hash=sha256:", lock, re.MULTILINE))
    assert asked <= locked
