"""The saved plan that a command takes: from a file, or from standard input."""

import os
import sys
from errno import EBADF
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from drift.plan import Plan

PlanArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="PLAN", help="A plan saved with --out; - is standard input.")
]


def read_plan(path: Path, *, largest: int | None = None) -> "Plan":
    """Return the plan of at most `largest` bytes; raise `PlanFileError` if there is none."""
    from drift.errors import PlanFileError
    from drift.planfile import MAX_PLAN_BYTES, load, parse

    most = largest or MAX_PLAN_BYTES
    if path != Path("-"):
        return load(path, largest=most)
    try:
        data = _read_stdin(most)
    except OSError as error:
        raise PlanFileError(f"The plan <stdin> cannot be read: {error.strerror}.") from None
    return parse(data, "<stdin>", largest=most)


def _read_stdin(most: int) -> bytes:
    """Return what is on standard input, to its end, but at most `most` + 1 bytes of it."""
    if sys.stdin is None:  # it was closed before drift began
        raise OSError(EBADF, os.strerror(EBADF))
    return sys.stdin.buffer.read(most + 1)
