"""`drift fmt`: put desired files in the one order and layout."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drift.cli import output
from drift.cli.options import ExcludeOption, Paths, paths_or_default
from drift.errors import FileError
from drift.untrusted import visible

if TYPE_CHECKING:
    from drift.desired.layout import Layout
    from drift.diagnostic import Diagnostic

_LONGEST = 5000
"""The longest name of a file that is printed whole: some systems have paths of 4096 bytes."""
_LINE = re.compile("[^\n]*\n|[^\n]+")


def fmt(
    paths: Paths = None,
    *,
    exclude: ExcludeOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a file would change.")
    ] = False,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff", help="Print what changes, not the names; it is written all the same."
        ),
    ] = False,
) -> int:
    """Put desired files in the one order and layout, and print the names of those that change.

    What they say stays as it is. Policies and waivers are laid out, too. Any other file is left
    alone, and reported as `drift validate` reports it. Exits with 0 if all could be done, and with
    1 if not. With --check it exits with 1 if a file would change, too.
    """
    from drift.desired.layout import Layout

    good = True
    for laid in _laid_out(paths_or_default(paths), exclude or ()):
        if not isinstance(laid, Layout):
            output.report(laid)
            good = good and all(one.severity == "warning" for one in laid)
        elif laid.before != laid.after:
            good = _put(laid, check=check, diff=diff) and good
    return 0 if good else 1


def _laid_out(
    paths: list[Path], exclude: Sequence[str]
) -> "Iterator[Layout | tuple[Diagnostic, ...]]":
    """Yield the layout of each file, or why it has none; what is beside a file is left alone."""
    from drift.desired.files import find, find_waivers
    from drift.desired.layout import layout
    from drift.desired.load import load
    from drift.waivers.file_model import WaiversFile
    from drift.waivers.load import load as load_waivers

    today = datetime.now(UTC).date()
    search = find(paths, exclude=exclude)
    output.note_ignored(search.ignored)
    for file in map(Path, search.files):
        laid = layout(file)
        yield load([file]).diagnostics if laid is None else laid
    yield search.diagnostics
    for waivers in find_waivers(paths, exclude=exclude):
        if waivers.searched or waivers.named:
            laid = layout(waivers.path, WaiversFile)
            yield load_waivers([waivers.path], today=today).faults if laid is None else laid


def _put(laid: "Layout", *, check: bool, diff: bool) -> bool:
    """Write the file, unless it is only checked, and say so; return whether all is well then."""
    from drift.desired.files import name_of

    if not check:
        try:
            output.save(laid.path, laid.after)
        except FileError as error:
            output.fail(str(error))
            return False
    name = visible(name_of(laid.path), _LONGEST)
    output.write("".join(_diff(name, laid)) if diff else f"{name}\n")
    return not check


def _diff(name: str, laid: "Layout") -> Iterator[str]:
    """Yield the lines of a unified diff, harmless for a terminal."""
    before, after = _LINE.findall(laid.before), _LINE.findall(laid.after)
    for line in unified_diff(before, after, name, name):
        shown = visible(line.removesuffix("\n"), len(line))
        yield f"{shown}\n" if line.endswith("\n") else f"{shown}\n\\ No newline at end of file\n"
