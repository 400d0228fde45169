"""From a JSON pointer to the line and column where its value stands in a JSON text."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

# Possessive: else a string of some megabytes takes a hundred times its size in memory.
WORD = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+')
"""A bracket, a comma, a colon, or a scalar as it is spelled, of a text that is known to be JSON."""
_LONGEST_POINTER = 1000
"""The longest pointer that is reported, in characters: a hostile file could ask for any length."""
_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_NEAR_TOP = 1024
"""Up to here, in characters, lines are counted each time; beyond, a list of all is made once."""
_MIN_WORDS = 8
"""How many words a walk goes on at least."""
_NO_VALUES = ("null", "NaN", "Infinity", "-Infinity")


def parse_json(file: str, text: str) -> tuple[object, "JsonText"]:
    """Return the value of a JSON text, and where everything in it stands.

    Raise what `json.loads` does.
    """
    repeats = False

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal repeats
        value = dict(pairs)
        repeats = repeats or len(value) < len(pairs)
        return value

    value = json.loads(text, parse_int=_number, object_pairs_hook=members)
    is_plain = not repeats and not any(word in text for word in _NO_VALUES)
    return value, JsonText(file, text, is_plain=is_plain)


def _number(digits: str) -> float:
    """Return a number; of one with thousands of digits, which `int` refuses, the size is enough."""
    return int(digits) if len(digits) < 100 else float(digits)


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


class _Holder:
    """An object or a list: where the values in it begin, and in an object their names.

    Of a name that is given more than once, the first counts. No pointer is kept: in a hostile file
    they could be a million times as long as the file.
    """

    __slots__ = ("above", "holders", "names", "starts", "step")

    def __init__(self, above: "_Holder | None", step: str, *, is_object: bool) -> None:
        self.above = above
        self.step = step
        self.names: dict[str, int] | None = {} if is_object else None
        self.starts: dict[str, int] | list[int] = {} if is_object else []
        self.holders: dict[str, _Holder] = {}

    def add(self, name: str, start: int) -> str:
        """Note where a value begins, and return the step that leads to it."""
        if isinstance(self.starts, dict):
            self.starts.setdefault(name, start)
            return name
        self.starts.append(start)
        return str(len(self.starts) - 1)

    def has(self, step: str) -> bool:
        """Return whether a step of a pointer leads to a value in it."""
        if isinstance(self.starts, dict):
            return step in self.starts
        return _INDEX.fullmatch(step) is not None and int(step) < len(self.starts)

    def start(self, step: str) -> int:
        """Return where the value begins to which a step leads."""
        return self.starts[step] if isinstance(self.starts, dict) else self.starts[int(step)]

    def pointer(self, step: str) -> str:
        """Return the pointer to the value at a step."""
        steps, holder = [step], self
        while holder.above is not None:
            steps.append(holder.step)
            holder = holder.above
        # The outermost holder has the whole text as its only value, to which "" points.
        return "".join(f"/{escaped(one)}" for one in reversed(steps[:-1]))


class _Word(NamedTuple):
    """A name or a value: in what it stands, and where it begins."""

    holder: _Holder
    step: str
    start: int


class _Walk:
    """A walk through a text, word by word, which goes no further than it is asked to.

    Most is asked of what stands first: in a desired file, where each bucket is named.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.repeated: list[_Word] = []
        self.voids: list[_Word] = []
        self.is_done = False
        self._words = WORD.finditer(text)
        self._top = self._holder = _Holder(None, "", is_object=False)
        self._name, self._wants_name = "", False

    @cached_property
    def lines(self) -> list[int]:
        """Where each line begins."""
        return list(accumulate((len(line) + 1 for line in self._text.split("\n")), initial=0))

    def find(self, pointer: str) -> tuple[_Holder, str, int]:
        """Return the value at `pointer`, or the nearest, and how many steps are missing to it."""
        words = _MIN_WORDS
        while True:
            holder, step, missing = self._find(pointer)
            # Below a text, a number and the like nothing can come any more.
            is_scalar = holder.has(step) and step not in holder.holders
            if not missing or is_scalar or self.is_done:
                return holder, step, missing
            self._go_on(words)
            words *= 2

    def finish(self) -> "_Walk":
        """Walk to the end, and return the walk."""
        self._go_on(None)
        return self

    def _find(self, pointer: str) -> tuple[_Holder, str, int]:
        holder, step = self._top, "0"
        steps = pointer.split("/")[1:]
        if not holder.has(step):
            return holder, step, len(steps) + 1
        for depth, below in enumerate(steps):
            inner = holder.holders.get(step)
            name = unescaped(below) if "~" in below else below
            if inner is None or not inner.has(name):
                return holder, step, len(steps) - depth
            holder, step = inner, name
        return holder, step, 0

    def _go_on(self, words: int | None) -> None:
        holder, name, wants_name = self._holder, self._name, self._wants_name
        self.is_done = True
        for number, match in enumerate(self._words, 1):
            word, start = match[0], match.start()
            if word in "}]":
                holder, wants_name = holder.above or self._top, False
            elif word == ",":
                wants_name = holder.names is not None
            elif wants_name:
                name, wants_name = json.loads(word) if "\\" in word else word[1:-1], False
                if holder.names is not None and holder.names.setdefault(name, start) != start:
                    self.repeated.append(_Word(holder, name, start))
            elif word != ":":
                holder = self._add(holder, name, word, start)
                wants_name = word == "{"
            if number == words:
                self.is_done = False
                break
        self._holder, self._name, self._wants_name = holder, name, wants_name

    def _add(self, holder: _Holder, name: str, word: str, start: int) -> _Holder:
        """Note where a value begins, and return what holds the next one."""
        step = holder.add(name, start)
        if word in "{[":
            inner = _Holder(holder, step, is_object=word == "{")
            if holder.start(step) == start:  # of a name that is repeated, the first counts
                holder.holders[step] = inner
            return inner
        if word in _NO_VALUES:
            self.voids.append(_Word(holder, step, start))
        return holder


class JsonText:
    """A text that is known to be JSON, and where everything in it stands."""

    def __init__(self, file: str, text: str, *, is_plain: bool = False) -> None:
        """Take the file's name, and its text, which `json.loads` must accept.

        Who parsed it may know that it is plain: no name is repeated, and nothing is null or NaN.
        """
        self.file = file
        self.text = text
        self.is_plain = is_plain

    def nearest(self, pointer: str) -> str:
        """Return `pointer`, or that of the nearest value which would hold what it names."""
        missing = self._walk.find(pointer)[2]
        return pointer.rsplit("/", missing)[0] if missing else pointer

    def value(self, pointer: str) -> Place:
        """Return where the value at `pointer` stands, up to the end of its first word."""
        return self._place(pointer, self._start(pointer))

    def name(self, pointer: str) -> Place:
        """Return where the name of the member at `pointer` stands."""
        holder, step, _ = self._walk.find(pointer)
        start = self._start(pointer) if holder.names is None else holder.names[step]
        return self._place(pointer, start)

    def is_void(self, pointer: str) -> bool:
        """Return whether a null, or one of the numbers that JSON lacks, is at `pointer`."""
        return self.text.startswith(_NO_VALUES, self._start(pointer))

    def repeated(self) -> Iterator[tuple[str, Place]]:
        """Yield the names that their object has already, with their places."""
        for holder, name, start in () if self.is_plain else self._walk.finish().repeated:
            yield name, self._place(holder.pointer(name), start)

    def voids(self) -> Iterator[tuple[str, Place]]:
        """Yield every null, and every NaN and Infinity, which JSON lacks, with its place."""
        for holder, step, start in () if self.is_plain else self._walk.finish().voids:
            yield self.text[start : self._end(start)], self._place(holder.pointer(step), start)

    def line_and_column(self, pointer: str) -> tuple[int, int]:
        """Return where the value at `pointer`, or the nearest that would hold it, begins."""
        return self._line_and_column(self._start(pointer))

    def _start(self, pointer: str) -> int:
        holder, step, _ = self._walk.find(pointer)
        return holder.start(step)

    def _place(self, pointer: str, start: int) -> Place:
        if len(pointer) > _LONGEST_POINTER:
            pointer = pointer[: _LONGEST_POINTER + 1].rpartition("/")[0]
        end = self._position(self._end(start))
        return Place(self.file, pointer, self._position(start), end)

    def _end(self, start: int) -> int:
        word = WORD.match(self.text, start)
        return word.end() if word else start

    def _position(self, offset: int) -> Position:
        # To count the bytes of all that stands before takes long, and a text has many places.
        byte = offset if self.text.isascii() else len(self.text[:offset].encode())
        return Position(*self._line_and_column(offset), byte)

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        if offset < _NEAR_TOP:
            before = self.text.rfind("\n", 0, offset)
            return self.text.count("\n", 0, offset) + 1, offset - before
        lines = self._walk.lines
        line = bisect_right(lines, offset)
        return line, offset - lines[line - 1] + 1

    @property
    def _walk(self) -> _Walk:
        return _walk(self.text)


@lru_cache(maxsize=8)  # a walk is many times its text, and most files are asked about but once
def _walk(text: str) -> _Walk:
    return _Walk(text)


def escaped(name: str) -> str:
    """Return a member's name as a JSON pointer spells it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """Return the member's name that one step of a JSON pointer spells."""
    return step.replace("~1", "/").replace("~0", "~")
