"""From a JSON pointer to the line and column where its value stands in a JSON text."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Possessive: else a string of some megabytes takes a hundred times its size in memory.
WORD = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+')
"""A bracket, a comma, a colon, or a scalar as it is spelled, of a text that is known to be JSON."""
_DEEPEST = 1000
"""How long pointers get, in characters. A hostile file could make millions of any length."""
_NO_VALUES = ("null", "NaN", "Infinity", "-Infinity")


class Position(NamedTuple):
    """A place in a text: line and column count from 1 in characters, byte from 0 in UTF-8."""

    line: int
    column: int
    byte: int


class Place(NamedTuple):
    """Where a value stands in a file; without positions, the whole file."""

    file: str
    pointer: str = ""
    start: Position | None = None
    end: Position | None = None

    def __str__(self) -> str:
        """Write it as compilers do: file, line and column."""
        if self.start is None:
            return self.file
        return f"{self.file}:{self.start.line}:{self.start.column}"


class _Table(NamedTuple):
    """Where everything in a text begins: pointers and offsets, of which the first counts."""

    values: dict[str, int]
    names: dict[str, int]
    repeated: list[tuple[str, int]]
    voids: list[tuple[str, int]]
    lines: list[int]


class JsonText:
    """A text that is known to be JSON, and where everything in it stands."""

    def __init__(self, file: str, text: str) -> None:
        """Take the file's name, and its text, which `json.loads` must accept."""
        self.file = file
        self.text = text

    def nearest(self, pointer: str) -> str:
        """Return `pointer`, or that of the nearest value which would hold what it names."""
        while pointer not in self._table.values:
            pointer = pointer.rpartition("/")[0]
        return pointer

    def value(self, pointer: str) -> Place:
        """Return where the value at `pointer` stands, up to the end of its first word."""
        return self._place(pointer, self._table.values[pointer])

    def name(self, pointer: str) -> Place:
        """Return where the name of the member at `pointer` stands."""
        table = self._table
        return self._place(pointer, table.names.get(pointer, table.values[pointer]))

    def is_void(self, pointer: str) -> bool:
        """Return whether a null, or one of the numbers that JSON lacks, is at `pointer`."""
        return self.text.startswith(_NO_VALUES, self._table.values[pointer])

    def repeated(self) -> Iterator[Place]:
        """Yield the places of names that their object has already."""
        yield from (self._place(*where) for where in self._table.repeated)

    def voids(self) -> Iterator[tuple[str, Place]]:
        """Yield every null, and every NaN and Infinity, which JSON lacks, with its place."""
        for pointer, start in self._table.voids:
            yield self.text[start : self._end(start)], self._place(pointer, start)

    def line_and_column(self, pointer: str) -> tuple[int, int]:
        """Return where the value at `pointer`, or the nearest that would hold it, begins."""
        position = self._position(self._table.values[self.nearest(pointer)])
        return position.line, position.column

    def _place(self, pointer: str, start: int) -> Place:
        end = self._position(self._end(start))
        return Place(self.file, pointer, self._position(start), end)

    def _end(self, start: int) -> int:
        word = WORD.match(self.text, start)
        return word.end() if word else start

    def _position(self, offset: int) -> Position:
        lines = self._table.lines
        line = bisect_right(lines, offset)
        column = offset - lines[line - 1] + 1
        # To count the bytes of all that stands before takes long, and a text has many places.
        byte = offset if self.text.isascii() else len(self.text[:offset].encode())
        return Position(line, column, byte)

    @property
    def _table(self) -> _Table:
        return _table(self.text)


@lru_cache(maxsize=8)  # a table is many times its text, and most files are asked about but once
def _table(text: str) -> _Table:
    table = _Table({}, {}, [], [], [0, *(match.end() for match in re.finditer("\n", text))])
    for pointer, start, is_name in _walk(text):
        if is_name and table.names.setdefault(pointer, start) != start:
            table.repeated.append((pointer, start))
        elif not is_name:
            table.values.setdefault(pointer, start)
            if text.startswith(_NO_VALUES, start):
                table.voids.append((pointer, start))
    return table


def escaped(name: str) -> str:
    """Return a member's name as a JSON pointer spells it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """Return the member's name that one step of a JSON pointer spells."""
    return step.replace("~1", "/").replace("~0", "~")


def _walk(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield the pointer and offset of every value and, with True, of every member's name."""
    pointer, wants_name = "", False
    above: list[tuple[str, int | None]] = []  # the containers, and in a list the next index
    for match in WORD.finditer(text):
        word = match[0]
        if word in "}]":
            above.pop()
            wants_name = False
        elif word == ",":
            holder, index = above[-1]
            wants_name = index is None
            if index is not None:
                above[-1] = holder, index + 1
                pointer = _below(holder, str(index + 1))
        elif wants_name:
            name = json.loads(word) if "\\" in word else word[1:-1]
            pointer = _below(above[-1][0], escaped(name))
            wants_name = False
            if len(pointer) < _DEEPEST:
                yield pointer, match.start(), True
        elif word != ":":
            if len(pointer) < _DEEPEST:
                yield pointer, match.start(), False
            if word in "{[":
                wants_name = word == "{"
                above.append((pointer, None if wants_name else 0))
                pointer = pointer if wants_name else _below(pointer, "0")


def _below(holder: str, step: str) -> str:
    return f"{holder}/{step}"[:_DEEPEST]
