"""The summary of a CI job: a file in Markdown, which GitHub Actions names and shows."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drift import disk
from drift.cli import output
from drift.errors import FileError
from drift.masking import masked
from drift.untrusted import visible

if TYPE_CHECKING:
    from drift.plan import Plan

LARGEST = 1 << 20
"""The largest summary of a step, in bytes: a larger one GitHub drops whole."""

_VARIABLE = "GITHUB_STEP_SUMMARY"


def add(plan: "Plan") -> None:
    """Append as much of the plan as fits to the job's summary, if there is one."""

    def fitting(room: int) -> str:
        from drift.render.ladder import Limit
        from drift.render.markdown import fitted

        return fitted(plan, Limit(room, "bytes"))

    _append(fitting)


def append(text: str) -> bool:
    """Append Markdown to the job's summary, and return whether there is one that it is in now.

    What keeps it from being written is said on standard error, and is no error.
    """
    return _append(lambda _room: text)


def _append(fitting: Callable[[int], str]) -> bool:
    """Append the text that is made for so many bytes."""
    name = os.environ.get(_VARIABLE)
    if not name:
        return False
    try:
        return _written(Path(name), fitting)
    except OSError as error:
        reason = f"{error.strerror}."
    except FileError as error:
        reason = str(error)
    output.note(f"Warning: Nothing was added to {_VARIABLE}. {visible(reason, 500)}")
    return False


def _written(path: Path, fitting: Callable[[int], str]) -> bool:
    output.refuse_unwritable(path)
    room = LARGEST - (path.stat().st_size if path.exists() else 0)
    data = masked(f"\n{fitting(room)}\n").encode()
    if len(data) > room:
        raise FileError("It is full: GitHub takes 1 MiB.")
    disk.append(path, data)
    return True
