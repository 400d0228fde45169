"""Files that others wrote or read: read only so far, and replaced whole or not at all."""

import os
from contextlib import suppress
from errno import ELOOP, ENOTDIR, EPERM
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_ISFIFO


def read(path: Path | str, most: int) -> bytes:
    """Return the bytes of a file; of one that is longer than `most`, `most` + 1 of them.

    Raises `OSError`. Nobody is waited for: a terminal is empty, and so is a pipe that nobody has
    open to write. To ask `read` for the most would set that much memory aside for each file.
    """
    with open(path, "rb", opener=_at_once) as file:
        found = os.fstat(file.fileno())
        if S_ISFIFO(found.st_mode):
            os.set_blocking(file.fileno(), True)
        size = found.st_size or most  # a pipe does not know its size
        data = file.read(min(size, most) + 1) or b""
        # It grows while it is read, or its file system does not know its size.
        return data + file.read(most + 1 - len(data)) if size < len(data) <= most else data


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def replace(path: Path, data: bytes) -> None:
    """Replace the file in one step, so that nobody ever reads half of it. Raises `OSError`.

    A file that is there already keeps its mode: who could not read it still cannot.
    """
    draft = path.with_name(f".{token_hex(8)}")
    try:
        with draft.open("xb") as file:
            with suppress(FileNotFoundError):
                draft.chmod(S_IMODE(path.stat().st_mode))
            file.write(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def append(path: Path, data: bytes) -> None:
    """Add bytes to the end of a file, all of them or none. Raises `OSError`.

    A disk can become full in the middle of them; then the file has the size of before again.
    """
    with path.open("ab", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        except BaseException:
            file.truncate(size)
            raise


def create(top: Path, name: str, data: bytes) -> bool:
    """Create a file below the folder `top`, unless there is one; return whether there was none.

    Raises `OSError`. What is there is never written to, nor is anything outside of `top`, wherever
    links lead. A file that could not be written whole is taken away again.
    """
    path = _folder_below(top, (top / name).parent) / Path(name).name
    try:
        file = path.open("xb")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(data)
    except BaseException:
        path.unlink()
        raise
    return True


def _folder_below(top: Path, folder: Path) -> Path:
    """Return the real path of a folder, which is made if there is none."""
    try:
        real = folder.resolve()
    except RuntimeError:
        raise OSError(ELOOP, "links in its path lead to each other") from None
    if not real.is_relative_to(top.resolve()):
        raise OSError(EPERM, "a link in its path leads out of the folder")
    try:
        real.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise OSError(ENOTDIR, "a file stands where its folder should be") from None
    return real
