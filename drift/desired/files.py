"""Finding desired files, and reading their text."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from drift import disk
from drift.diagnostic import Diagnostic
from drift.errors import FileError
from drift.positions import Place

LARGEST = 16 << 20
"""The largest desired file that is read, in bytes: enough to name 200,000 buckets."""


def find(paths: Iterable[Path]) -> list[Path | Diagnostic]:
    """Return the files that `paths` name, and all `*.json` in the folders that they name.

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
                files.setdefault(os.path.abspath(found), found)  # noqa: PTH100 - resolve takes long
    return [*sorted(files.values(), key=str), *faults]


def text_of(path: Path) -> str:
    """Return the text of a desired file, with its byte order mark; raise `FileError` if none."""
    try:
        if not path.is_file() and path.exists():
            kind = "a folder" if path.is_dir() else "no regular file"
            raise FileError(f"This is {kind}, not a desired file")
        data = disk.read(path, LARGEST)
    except OSError as error:
        raise FileError(f"The file cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise FileError(f"The file is larger than {LARGEST >> 20} MiB", "Split it.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8: byte {error.start} cannot be read"
        raise FileError(message, "Save it as UTF-8.") from None


def name_of(path: Path) -> str:
    """Return the path as people and plans see it: with `/`, and with nothing undecodable."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # its name is too long, for one; reading the file will say so
        return False


def _under(path: Path) -> Iterator[Path | Diagnostic]:
    if not _is_folder(path) or _is_json(path.name):
        yield path
        return
    found = [*_walked(path)]
    yield from found
    if not found:
        detail = "Name the folder that holds the desired files."
        yield Diagnostic("error", Place(name_of(path)), "There is no *.json in this folder", detail)


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
