"""Files that others wrote or read: read only so far, and replaced whole or not at all."""

import os
from pathlib import Path
from secrets import token_hex


def read(path: Path, most: int) -> bytes:
    """Return the bytes of a file; of one that is longer than `most`, `most` + 1 of them.

    Raises `OSError`. To ask `read` for the most would set that much memory aside for each file.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size or most  # a pipe does not know its size
        return file.read(min(size, most) + 1)


def replace(path: Path, data: bytes) -> None:
    """Replace the file in one step, so that nobody ever reads half of it. Raises `OSError`."""
    draft = path.with_name(f".{token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
