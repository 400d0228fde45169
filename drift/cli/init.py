"""`drift init`: write a starter into a repository, and leave alone what is there."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drift import bundled, disk
from drift.cli import output
from drift.cli.options import path
from drift.errors import FileError, OptionError
from drift.untrusted import visible

if TYPE_CHECKING:
    from drift.starter import Part

_LONGEST = 5000
"""The longest path that is printed whole."""
_READ = 1 << 20
"""How much of somebody's own file is searched."""


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(
            parser=path,
            metavar="[FOLDER]",
            help="The top folder of the repository; without it, the current one.",
            show_default=False,
        ),
    ] = None,
    *,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help=f"A ready policy instead of the example: {', '.join(bundled.profiles())}.",
        ),
    ] = None,
) -> int:
    """Write a starter into a repository: a desired file, schemas, and what editors and CI need.

    What is there already stays as it is. Exits with 0, and with 1 if a file could not be written.
    """
    from drift.starter import starter

    top = folder or Path()
    _refuse(top, profile)
    then = []
    for part in starter(profile):
        if _is_spare(top, part):
            output.write(f"left {_shown(top, part)} out: its folder is not empty\n")
        elif _created(top, part):
            output.write(f"wrote {_shown(top, part)}\n")
            then += [part.then] if part.then else []
        else:
            output.write(f"kept {_shown(top, part)}: it is there already{_missing(top, part)}\n")
    output.write(_next(then))
    return 0


def _refuse(top: Path, profile: str | None) -> None:
    """Raise an error if there is no such profile, or no such folder."""
    if profile is not None and profile not in bundled.profiles():
        names = ", ".join(bundled.profiles())
        raise OptionError(f'There is no profile "{profile}".', f"Choose one of {names}.")
    try:
        found = "" if top.is_dir() else "is no folder" if top.exists() else "does not exist"
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
    if found:
        raise FileError(f"{top} {found}.", "Name the folder of your repository.")


def _is_spare(top: Path, part: "Part") -> bool:
    """Return whether it is the example, and there is something else in its folder."""
    from drift.starter import EXAMPLE

    there: set[str] = set()
    if part.name == EXAMPLE:
        with suppress(OSError):
            there = {path.name for path in (top / EXAMPLE).parent.iterdir()}
    return bool(there) and Path(EXAMPLE).name not in there


def _created(top: Path, part: "Part") -> bool:
    """Write a file, and return whether there was none; raise `FileError` if that fails."""
    try:
        return disk.create(top, part.name, part.text.encode())
    except OSError as error:
        raise FileError(f"{top / part.name} cannot be written: {error.strerror}.") from None


def _missing(top: Path, part: "Part") -> str:
    """Return what to add to somebody's own file, unless it is there."""
    with suppress(OSError):
        if part.mark.encode() in disk.read(top / part.name, _READ):
            return ""
    return f". {part.missing}"


def _next(then: list[str]) -> str:
    if not then:
        return "\nNothing was written.\n"
    return "\n" + "".join(f"{sentence}\n" for sentence in then)


def _shown(top: Path, part: "Part") -> str:
    return visible((top / part.name).as_posix(), _LONGEST)
