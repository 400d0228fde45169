"""The standard streams: what is written where, and how it survives a hostile text or terminal."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path
from threading import ExceptHookArgs
from traceback import format_exception
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias

from drift import disk
from drift.diagnostic import Diagnostic
from drift.errors import FileError, StoppedError
from drift.masking import masked
from drift.render import Screen
from drift.untrusted import visible

if TYPE_CHECKING:
    from drift.plan import Finding, Plan

Color: TypeAlias = Literal["auto", "always", "never"]

_MOST_NAMES = 50
_MAX_IGNORED_PATHS = 5
_LONGEST = 10_000
"""The longest error, in characters: fifty names of buckets, or two paths, and a sentence."""

_NOTABLE_OFFSET = timedelta(minutes=1)
"""How far clocks are apart at least if somebody has to set one: networks are slow, too."""

_PIECE = 1 << 20
"""How many characters are written at once: to encode a plan takes its size in memory once more."""


def prepare() -> None:
    """Make the standard streams take every character, whatever encoding the terminal has.

    Python has None for a stream that the caller closed. In its place comes a standard output that
    cannot be written, so that it fails as any other, and a standard error that leads nowhere.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str, *, for_people: bool = True) -> None:
    """Write to standard output, now and whole; raise `FileError` if that fails.

    Text for people has the encoding of the console. Everything else is UTF-8: the formats say so
    themselves, and a program that reads them does not know the console.
    """
    if not for_people and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    text = masked(text)
    try:
        for start in range(0, len(text), _PIECE):
            sys.stdout.write(text[start : start + _PIECE])
        sys.stdout.flush()
    except OSError as error:
        raise lost(error) from None


def lost(error: OSError) -> FileError:
    """Give standard output up, and return the error to raise for it."""
    _silence(sys.stdout)
    return FileError(f"Standard output cannot be written: {error.strerror}.")


def note(text: str) -> None:
    """Write a line to standard error; if nobody can read it, the verdict is the same."""
    try:
        sys.stderr.write(masked(f"{text}\n"))
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def show_bug(error: BaseException) -> None:
    """Write the traceback of a bug to standard error, as Python does, but without secrets.

    An exception may repeat what it stumbled over.
    """
    note("".join(format_exception(error)).rstrip())


def show_thread_bug(arguments: ExceptHookArgs) -> None:
    """Write the traceback of a bug in a thread to standard error, without secrets."""
    if arguments.exc_value:
        show_bug(arguments.exc_value)


def note_ignored(paths: Sequence[str]) -> None:
    """Write which paths patterns left out of a search, if any: what was not read is said."""
    if paths:
        shown = ", ".join(visible(path, 300) for path in sorted(paths)[:_MAX_IGNORED_PATHS])
        more = len(paths) - _MAX_IGNORED_PATHS
        rest = f" and {more:,} more" if more > 0 else ""
        note(f"Note: Not read because of .driftignore or --exclude: {shown}{rest}.")


def fail(message: str, advice: str = "") -> None:
    """Write an error to standard error."""
    note(visible(" ".join(filter(None, (f"Error: {message}", advice))), _LONGEST))


def fail_stopped(error: StoppedError) -> None:
    """Write which buckets a stopped run did not look at to standard error."""
    if not error.unread:
        fail(f"{error} No bucket was looked at.")
        return
    names = ", ".join(error.unread[:_MOST_NAMES])
    more = len(error.unread) - _MOST_NAMES
    rest = f" and {more} more" if more > 0 else ""
    number = len(error.unread)
    were = "bucket was" if number == 1 else "buckets were"
    fail(f"{error} {number} {were} not looked at: {names}{rest}.")


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Write each diagnostic on a line of standard error, as compilers do."""
    for one in diagnostics:
        pointer = f" [{visible(one.place.pointer)}]" if one.place.pointer else ""
        detail = f" {one.detail}" if one.detail else ""
        place = visible(str(one.place), 500)
        summary = _ended(visible(one.summary, 500))
        note(f"{place}: {one.severity}: {summary}{visible(detail, 500)}{pointer}")


def warn(plan: "Plan", *, but: "frozenset[Finding]" = frozenset()) -> None:
    """Write the plan's warnings to standard error, but for those that were reported already."""
    for resource in plan.resource_changes:
        for finding in (finding for finding in resource.warnings if finding not in but):
            place = f"{visible(resource.address)}: warning:"
            note(f"{place} {_ended(visible(finding.message, 500))} [{visible(finding.path)}]")


def warn_of_clock(offset: timedelta) -> None:
    """Write that the service's clock, which counts, is not this machine's, if that matters."""
    if abs(offset) >= _NOTABLE_OFFSET:
        side = "behind" if offset > timedelta() else "ahead of"
        seconds = f"{abs(offset.total_seconds()):,.0f}"
        note(
            f"Warning: This machine's clock is {seconds} seconds {side} that of the service. The "
            "plan goes by the service's, and waivers count only if they hold by both. Set it."
        )


def screen(color: Color, *, explain: bool = False) -> Screen:
    """Return what standard output can show, and whether text explains why a change matters."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    has_color = color == "always" or (color == "auto" and _has_color())
    return Screen(width, has_color, explain)


def save(path: Path, text: str) -> None:
    """Replace the file `path` as a whole, or not at all; raise `FileError` if that fails."""
    refuse_unwritable(path)
    target = path.resolve()
    try:
        disk.replace(target, masked(text).encode())
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.") from None


def refuse_unwritable(path: Path) -> None:
    """Raise `FileError` if it is plain already that `path` cannot be replaced."""
    try:
        target = path.resolve()
        irregular = target.is_symlink() or (target.exists() and not target.is_file())
        has_folder = target.parent.is_dir()
    except (OSError, RuntimeError):  # its name is too long, or links lead to each other
        raise FileError(f"{path} cannot be written: it is no path to a file.") from None
    if irregular:
        raise FileError(f"{path} cannot be written: it is no regular file.")
    if not has_folder:
        raise FileError(f"{path} cannot be written: its folder does not exist.")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _silence(stream: TextIO) -> None:
    """Lead `stream` nowhere: what it still holds would fail once more at exit, with code 120."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _has_color() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
