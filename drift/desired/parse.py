"""A desired file's bytes as a JSON value, or the one fault that hides all others."""

import json
from pathlib import Path
from typing import NamedTuple

from drift.desired.files import LARGEST, name_of, text_of
from drift.diagnostic import Diagnostic
from drift.errors import FileError
from drift.positions import JsonText, Place, Position, parse_json

_MARK = "\ufeff"
"""The byte order mark, which UTF-8 does not need."""


class Parsed(NamedTuple):
    """A JSON value, the text that it stands in, and the mark that some editors put before it."""

    text: JsonText
    value: object
    mark: str


def parse(path: Path, largest: int = LARGEST) -> Parsed | Diagnostic:
    """Return what `path` holds, or why it holds no JSON of at most `largest` bytes."""
    name = name_of(path)
    try:
        marked = text_of(path, largest)
    except FileError as error:
        return Diagnostic("error", Place(name), str(error), error.advice)
    text = marked.removeprefix(_MARK)
    try:
        value, parsed = parse_json(name, text)
    except json.JSONDecodeError as error:
        # Its positions count from 1; a byte offset is what editors and SARIF want.
        start = Position(error.lineno, error.colno, len(text[: error.pos].encode()))
        return Diagnostic("error", Place(name, "", start, start), f"Not JSON: {error.msg}")
    except RecursionError:
        return Diagnostic("error", Place(name), "The JSON is nested too deeply")
    return Parsed(parsed, value, marked.removesuffix(text))
