"""Finding desired files, and reading their text."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from drift import disk
from drift.diagnostic import Diagnostic
from drift.errors import FileError
from drift.positions import Place, Position

if TYPE_CHECKING:
    from drift.desired.ignore import Rules

WAIVERS = "waivers.json"
"""The name of a file that holds waivers, and is no desired file."""

IGNORE = ".driftignore"
"""The name of a file of patterns, which a search leaves out from its folder downwards."""

LARGEST = 16 << 20
"""The largest desired file that is read, in bytes: enough to name 200,000 buckets."""

_MAX_IGNORE_BYTES = 1 << 20
_LOOKALIKES = (".jsonc", ".json5", ".yaml", ".yml")
"""Formats that people may take for those of desired files."""


class Waivers(NamedTuple):
    """A file of waivers: in a folder that was searched, named itself, or beside one that was."""

    path: Path
    searched: bool
    named: bool
    whole: bool
    """Whether its folder was searched, and patterns left nothing out."""


class Found(NamedTuple):
    """The desired files that paths lead to, sorted, and what a search met beside them."""

    files: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    ignored: tuple[str, ...]
    """The files, folders and links that patterns left out."""


class _Ignored(NamedTuple):
    """A path that patterns left out."""

    path: str


class _File(NamedTuple):
    """A file as people see its path, and its absolute path."""

    path: str
    absolute: str


_Entry: TypeAlias = _File | _Ignored | Diagnostic


def find(paths: Iterable[Path], *, exclude: Sequence[str] = (), strict: bool = False) -> Found:
    """Return the desired files that `paths` name, and all `*.json` in the folders that they name.

    Folders are searched to any depth, but not those whose names begin with a dot, nor what
    `exclude` and files named .driftignore leave out. A file is returned once, however often it is
    named. A folder that cannot be read, or has nothing to read, is an error: to check nothing is
    not to find nothing wrong. With `strict`, so is a file that looks like a desired file and is
    not read.
    """
    files: dict[str, str] = {}
    diagnostics: dict[Diagnostic, None] = {}
    ignored: dict[str, None] = {}
    for path in paths:
        for entry in _under(path, exclude):
            if isinstance(entry, _File):
                files.setdefault(entry.absolute, entry.path)
            elif isinstance(entry, _Ignored):
                ignored[entry.path] = None
            else:
                diagnostics[replace(entry, severity="error") if strict else entry] = None
    return Found(tuple(sorted(files.values())), tuple(diagnostics), tuple(ignored))


def find_waivers(paths: Iterable[Path], *, exclude: Sequence[str] = ()) -> list[Waivers]:
    """Return the files of waivers that are named, in a folder that is, or beside a file that is.

    What is wrong with the folders themselves, `find` says.
    """
    files: dict[str, Waivers] = {}
    for path in paths:
        for absolute, found in _waivers(path, exclude):
            known = files.setdefault(absolute, found)
            files[absolute] = max(known, found, key=lambda one: one[1:])
    return sorted(files.values(), key=lambda one: str(one.path))


def text_of(path: Path, largest: int = LARGEST, what: str = "a desired file") -> str:
    """Return the text of a desired file, with its byte order mark; raise `FileError` if none."""
    try:
        if not path.is_file() and path.exists():
            kind = "a folder" if path.is_dir() else "no regular file"
            raise FileError(f"This is {kind}, not {what}")
        data = disk.read(path, largest)
    except OSError as error:
        raise FileError(f"The file cannot be read: {error.strerror}") from None
    if len(data) > largest:
        raise FileError(f"The file is larger than {largest >> 20} MiB", "Split it.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8: byte {error.start} cannot be read"
        raise FileError(message, "Save it as UTF-8.") from None


def name_of(path: Path) -> str:
    """Return the path as people and plans see it: with `/`, and with nothing undecodable."""
    name = path.as_posix()
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not _is_json(path.name)
    except OSError:  # its name is too long, for one; reading the file will say so
        return False


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def _is_waivers(entry: _Entry) -> bool:
    return isinstance(entry, _File) and os.path.basename(entry.path) == WAIVERS  # noqa: PTH119


def _under(path: Path, exclude: Sequence[str]) -> Iterator[_Entry]:
    if not _is_folder(path):
        if path.name != WAIVERS:
            yield _File(str(path), os.path.abspath(path))  # noqa: PTH100 - resolve takes long
        return
    is_empty, ignored = True, 0
    for entry in _Search(path, exclude):
        if not _is_waivers(entry):
            yield entry
            ignored += isinstance(entry, _Ignored)
            is_empty &= isinstance(entry, _Ignored) or _is_warning(entry)
    if is_empty:
        yield _nothing(path, ignored)


def _is_warning(entry: _Entry) -> bool:
    return isinstance(entry, Diagnostic) and entry.severity == "warning"


def _nothing(path: Path, ignored: int) -> Diagnostic:
    summary = "There is no desired file in this folder"
    if ignored:
        summary += f" that {IGNORE} or --exclude leaves"
    detail = "Name the folder that holds the desired files."
    return Diagnostic("error", Place(name_of(path)), summary, detail)


def _waivers(path: Path, exclude: Sequence[str]) -> Iterator[tuple[str, Waivers]]:
    """Yield the files of waivers for one path, by their absolute paths."""
    if _is_folder(path):
        entries = list(_Search(path, exclude))
        whole = not any(isinstance(entry, _Ignored) for entry in entries)
        for entry in entries:
            if isinstance(entry, _File) and _is_waivers(entry):
                yield (
                    entry.absolute,
                    Waivers(Path(entry.path), searched=True, named=False, whole=whole),
                )
        return
    beside = path.with_name(WAIVERS)
    # A link that leads nowhere counts: the waivers that it stands for were meant.
    if path.name == WAIVERS or os.path.lexists(beside):
        absolute = os.path.abspath(beside)  # noqa: PTH100 - as above
        yield absolute, Waivers(beside, searched=False, named=path.name == WAIVERS, whole=False)


class _Folder(NamedTuple):
    """A folder as people see its path, its absolute path, and the rules above it."""

    path: str
    absolute: str
    rules: "Rules | None"

    def file(self, name: str) -> _File:
        """Return a file or folder in it."""
        shown = name if self.path == "." else os.path.join(self.path, name)  # noqa: PTH118
        return _File(shown, f"{self.absolute.rstrip('/')}/{name}")


@dataclass
class _Search:
    """A search of a folder to any depth, which yields all that counts in the order of the disk."""

    top: Path
    exclude: Sequence[str]
    waiting: list[_Folder] = field(default_factory=list)

    def __iter__(self) -> Iterator[_Entry]:
        """Yield desired files, what patterns leave out, and what is wrong."""
        absolute = os.path.abspath(self.top)  # noqa: PTH100 - resolve takes long
        folder = _Folder(str(self.top), absolute, _excluded(absolute, self.exclude))
        for above in _above(absolute):
            folder, wrong = _with_rules(folder, os.path.join(above, IGNORE), above)  # noqa: PTH118
            yield from wrong
        self.waiting.append(folder)
        while self.waiting:
            yield from self._searched(self.waiting.pop())

    def _searched(self, folder: _Folder) -> Iterator[_Entry]:
        try:
            with os.scandir(folder.path) as found:
                entries = list(found)
        except OSError as error:
            yield _error(folder.path, f"The folder cannot be read: {error.strerror}")
            return
        if any(entry.name == IGNORE for entry in entries):
            folder, wrong = _with_rules(folder, folder.file(IGNORE).path, folder.absolute)
            yield from wrong
        for entry in entries:
            if entry.name[0] != "." or _is_json(entry.name):
                yield from self._looked_at(entry, folder)

    def _looked_at(self, entry: "os.DirEntry[str]", folder: _Folder) -> Iterator[_Entry]:
        file = folder.file(entry.name)
        if folder.rules is None and _is_json(entry.name):  # the hot path of large folders
            yield file
            return
        wrong, is_folder = "", False
        try:
            is_folder = _leads_to_folder(entry)
        except OSError as error:
            what = "link cannot be followed" if _is_link(entry) else "file cannot be looked at"
            wrong = f"The {what}: {error.strerror}"
        if folder.rules and folder.rules.ignore(file.absolute + "/" * is_folder):
            if is_folder or wrong or _is_json(entry.name):
                yield _Ignored(name_of(Path(file.path)))
        elif _is_json(entry.name):  # what is no file is reported where it is read
            yield file
        elif wrong:
            yield _error(file.path, wrong)
        elif not is_folder:
            if entry.name.lower().endswith(_LOOKALIKES):
                yield _lookalike(file.path)
        elif _is_link(entry):
            # It may lead back to where the search came from; to leave it out would see less.
            detail = "Give the folder that it leads to as a path of its own."
            yield _error(file.path, "Links to folders are not followed", detail)
        else:
            self.waiting.append(_Folder(file.path, file.absolute, folder.rules))


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    """Return whether an entry is a folder or a link to one; raise `OSError`.

    The entry itself would call a link that leads nowhere a file.
    """
    if entry.is_symlink():
        return S_ISDIR(os.stat(entry.path).st_mode)  # noqa: PTH116 - no path is needed
    return entry.is_dir(follow_symlinks=False)


def _is_link(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_symlink()
    except OSError:  # some file systems have to be asked, and the folder may not be entered
        return False


def _error(path: str, summary: str, detail: str = "") -> Diagnostic:
    return Diagnostic("error", Place(name_of(Path(path))), summary, detail)


def _lookalike(path: str) -> Diagnostic:
    return Diagnostic(
        "warning",
        Place(name_of(Path(path))),
        "This file is not read: desired files are *.json",
        f"Write it as JSON, or name it in {IGNORE}.",
    )


def _above(absolute: str) -> Iterator[str]:
    """Yield the working folder, and those from there down to above `absolute`, if that is below."""
    here = _working_folder()
    if here and Path(absolute).is_relative_to(here):
        steps = Path(absolute).relative_to(here).parts
        yield from (str(here.joinpath(*steps[:depth])) for depth in range(len(steps)))


def _excluded(absolute: str, exclude: Sequence[str]) -> "Rules | None":
    """Return the rules of the command line for a folder.

    They are anchored to the working folder; elsewhere, to the root of all folders.
    """
    if not exclude:
        return None
    from drift.desired.ignore import Patterns, Rules  # noqa: PLC0415 - 0.1 s, and few need it

    here = _working_folder()
    folder = here if here and Path(absolute).is_relative_to(here) else "/"
    return Rules((Patterns(str(folder), exclude),))


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # it was deleted, so nothing is below it
        return None


def _with_rules(folder: _Folder, path: str, anchor: str) -> tuple[_Folder, tuple[Diagnostic, ...]]:
    """Return a folder with the rules of a file, if that is there, and what is wrong with them."""
    if not os.path.lexists(path):
        return folder, ()
    from drift.desired.ignore import PatternError, Patterns, Rules  # noqa: PLC0415 - as above

    try:
        text = text_of(Path(path), _MAX_IGNORE_BYTES, "a file of patterns").removeprefix("\ufeff")
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        patterns = Patterns(anchor, lines)
    except FileError as error:
        return folder, (_error(path, str(error), error.advice),)
    except PatternError as error:
        before = "".join(f"{line}\n" for line in text.split("\n")[: error.line - 1])
        start = Position(error.line, 1, len(before.encode()))
        place = Place(name_of(Path(path)), "", start, start)
        summary = f"The line {error}"
        return folder, (Diagnostic("error", place, summary, "Correct it, or remove it."),)
    rules = (folder.rules or Rules()).with_file(patterns)
    return folder._replace(rules=rules), ()
