"""Finding desired files, and reading their text."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from drift import disk
from drift.diagnostic import Diagnostic
from drift.errors import FileError
from drift.positions import Place

WAIVERS = "waivers.json"
"""The name of a file that holds waivers, and is no desired file."""

LARGEST = 16 << 20
"""The largest desired file that is read, in bytes: enough to name 200,000 buckets."""


class Waivers(NamedTuple):
    """A file of waivers: in a folder that was searched, named itself, or beside one that was."""

    path: Path
    searched: bool
    named: bool


def find(paths: Iterable[Path]) -> list[Path | Diagnostic]:
    """Return the desired files that `paths` name, and all `*.json` in the folders that they name.

    Folders are searched to any depth, but not those whose names begin with a dot. A file is
    returned once, however often it is named, and the files are sorted. A folder that cannot be
    read, or has nothing to read, is a diagnostic: to check nothing is not to find nothing wrong.
    """
    files: dict[str, Path] = {}
    faults: list[Diagnostic] = []
    for path in paths:
        for found in _under(path):
            if isinstance(found, Diagnostic):
                faults.append(found)
            else:
                files.setdefault(_absolute(found), found)
    return [*sorted(files.values(), key=str), *faults]


def find_waivers(paths: Iterable[Path]) -> list[Waivers]:
    """Return the files of waivers that are named, in a folder that is, or beside a file that is.

    What is wrong with the folders themselves, `find` says.
    """
    files: dict[str, Waivers] = {}
    for path in paths:
        for found in _waivers(path):
            known = files.setdefault(_absolute(found.path), found)
            files[_absolute(found.path)] = max(known, found, key=lambda one: one[1:])
    return sorted(files.values(), key=lambda one: str(one.path))


def text_of(path: Path, largest: int = LARGEST) -> str:
    """Return the text of a desired file, with its byte order mark; raise `FileError` if none."""
    try:
        if not path.is_file() and path.exists():
            kind = "a folder" if path.is_dir() else "no regular file"
            raise FileError(f"This is {kind}, not a desired file")
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
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - resolve takes long


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not _is_json(path.name)
    except OSError:  # its name is too long, for one; reading the file will say so
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_waivers(found: Path | Diagnostic) -> bool:
    return isinstance(found, Path) and found.name == WAIVERS


def _under(path: Path) -> Iterator[Path | Diagnostic]:
    if not _is_folder(path):
        yield from () if _is_waivers(path) else (path,)
        return
    found = [one for one in _walked(path) if not _is_waivers(one)]
    yield from found
    if not found:
        detail = "Name the folder that holds the desired files."
        said = "There is no desired file in this folder"
        yield Diagnostic("error", Place(name_of(path)), said, detail)


def _waivers(path: Path) -> Iterator[Waivers]:
    if _is_folder(path):
        for found in _walked(path):
            if isinstance(found, Path) and found.name == WAIVERS:
                yield Waivers(found, searched=True, named=False)
    elif path.name == WAIVERS or _is_file(path.with_name(WAIVERS)):
        yield Waivers(path.with_name(WAIVERS), searched=False, named=path.name == WAIVERS)


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def _linked(folder: Path) -> Diagnostic:
    # It may lead back to where the search came from, and to leave it out would be to see less.
    detail = "Give the folder that it leads to as a path of its own."
    return Diagnostic("error", Place(name_of(folder)), "Links to folders are not followed", detail)


def _walked(top: Path) -> Iterator[Path | Diagnostic]:
    unreadable: list[OSError] = []
    for parent, folders, files in os.walk(top, onerror=unreadable.append):
        # A folder that is named like a file is handed on, to be reported like a bad file.
        yield from (Path(parent, name) for name in (*folders, *files) if _is_json(name))
        folders[:] = (name for name in folders if name[0] != "." and not _is_json(name))
        yield from (_linked(link) for name in folders if (link := Path(parent, name)).is_symlink())
    for error in unreadable:
        place = Place(name_of(Path(error.filename)))
        yield Diagnostic("error", place, f"The folder cannot be read: {error.strerror}")
