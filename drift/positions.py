"""From a JSON pointer to the line and column where its value stands in a JSON text."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


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


class _Word(NamedTuple):
    """A member's name, or the first word of a value, by its offsets in the text."""

    pointer: str
    start: int
    end: int
    is_name: bool


class JsonText:
    """A text that is known to be JSON, and where everything in it stands."""

    def __init__(self, file: str, text: str) -> None:
        """Take the file's name, and its text, which `json.loads` must accept."""
        self.file = file
        self.text = text

    def nearest(self, pointer: str) -> str:
        """Return `pointer`, or that of the nearest value which would hold what it names."""
        while pointer not in self._values:
            pointer = pointer.rpartition("/")[0]
        return pointer

    def value(self, pointer: str) -> Place:
        """Return where the value at `pointer` stands, up to the end of its first word."""
        return self._place(self._values[pointer])

    def name(self, pointer: str) -> Place:
        """Return where the name of the member at `pointer` stands."""
        return self._place(self._names[pointer])

    def repeated(self) -> Iterator[Place]:
        """Yield the places of names that their object has already."""
        seen = set[str]()
        for word in self._words:
            if word.is_name and word.pointer in seen:
                yield self._place(word)
            elif word.is_name:
                seen.add(word.pointer)

    def nulls(self) -> Iterator[Place]:
        """Yield the places of all nulls."""
        for word in self._words:
            if not word.is_name and self.text.startswith("null", word.start):
                yield self._place(word)

    def line_and_column(self, pointer: str) -> tuple[int, int]:
        """Return where the value at `pointer`, or the nearest that would hold it, begins."""
        offset = self._values[self.nearest(pointer)].start
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _place(self, word: _Word) -> Place:
        return Place(self.file, word.pointer, self._position(word.start), self._position(word.end))

    def _position(self, offset: int) -> Position:
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1, len(self.text[:offset].encode()))

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def _words(self) -> list[_Word]:
        return list(_walk(self.text))

    @cached_property
    def _values(self) -> dict[str, _Word]:
        return {word.pointer: word for word in reversed(self._words) if not word.is_name}

    @cached_property
    def _names(self) -> dict[str, _Word]:
        return {word.pointer: word for word in reversed(self._words) if word.is_name}


def escaped(name: str) -> str:
    """Return a member's name as a JSON pointer spells it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _walk(text: str) -> Iterator[_Word]:
    """Yield every member's name and the first word of every value, as they come."""
    pointer, wants_name = "", False
    above: list[tuple[str, int | None]] = []  # the containers, and in a list the next index
    for match in _WORD.finditer(text):
        word, (start, end) = match[0], match.span()
        if word in "}]":
            above.pop()
            wants_name = False
        elif word == ",":
            holder, index = above[-1]
            wants_name = index is None
            if index is not None:
                above[-1] = holder, index + 1
                pointer = f"{holder}/{index + 1}"
        elif wants_name:
            pointer = f"{above[-1][0]}/{escaped(json.loads(word))}"
            yield _Word(pointer, start, end, is_name=True)
            wants_name = False
        elif word != ":":
            yield _Word(pointer, start, end, is_name=False)
            if word in "{[":
                wants_name = word == "{"
                above.append((pointer, None if wants_name else 0))
                pointer = pointer if wants_name else f"{pointer}/0"
