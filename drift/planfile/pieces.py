"""A hostile JSON text, taken apart: never more than one piece of it is in memory as objects."""

import json
import re
from collections import Counter
from collections.abc import Generator, Iterator
from json import JSONDecodeError
from math import isfinite
from typing import Any, NamedTuple

from drift.planfile.limits import MAX_PIECE_CHARACTERS
from drift.untrusted import visible

DEEPEST = 64
"""How deep objects and lists may stand in each other in one piece. Ours reach 5."""

_SIZES = tuple(MAX_PIECE_CHARACTERS >> shift for shift in (8, 6, 4, 2, 0))
"""How much is decoded at first, and if the value goes on behind that."""

_TOKEN = len("\\ud83d\\ude00")
"""The longest of what may be cut in the middle, but for strings and numbers."""

_SPACE = re.compile(r"[ \t\n\r]*")
# Possessive: else a string of some megabytes takes a hundred times its size in memory.
_NO_BRACKETS = re.compile(r'(?:"(?:[^"\\]++|\\.)*+"|[^][{}"]++)++', re.DOTALL)


class RefusalError(ValueError):
    """A text that is not taken for what it should be; the message is a clause that says why."""


class Piece(NamedTuple):
    """One value of a JSON text."""

    text: str
    value: Any  # JSON
    end: int
    """Where it ends in the whole text."""


class Pieces:
    """The text of a JSON object, of which one member is a long list."""

    def __init__(self, text: str, name: str) -> None:
        """Take the text, and the name of the member that is a long list."""
        self._text = text
        self._name = name
        self._list = 0, 0

    def __iter__(self) -> Iterator[Piece]:
        """Yield the entries of the list, and go to the end of the text. Raises `RefusalError`."""
        symbol, at = self._opened(0, "{}")
        while symbol != "}":
            name = _piece(self._text, at)
            _, at = self._next(name.end, ":")
            if name.value == self._name and self._text.startswith("[", at):
                start, at = at, (yield from self._entries(at))
                self._list = start, at
            else:
                at = _piece(self._text, at).end
            symbol, at = self._next(at, ",}")
        if at < len(self._text):
            raise RefusalError(_NO_OBJECT)

    def rest(self) -> Piece:
        """Return the object with an empty list instead of the one that was gone through.

        Raises `RefusalError`.
        """
        start, end = self._list
        return _piece(self._text[:start] + "[]" * bool(end) + self._text[end:], 0)

    def _entries(self, at: int) -> Generator[Piece, None, int]:
        """Yield the entries of the list that begins at `at`; return its end."""
        symbol, at = self._opened(at, "[]")
        while symbol != "]":
            piece = _piece(self._text, at)
            yield piece
            symbol, at = self._next(piece.end, ",]")
        return at

    def _opened(self, at: int, brackets: str) -> tuple[str, int]:
        """Return what follows the opening bracket: the closing one, or as if a comma did."""
        _, at = self._next(at, brackets[0])
        empty = self._text.startswith(brackets[1], at)
        return self._next(at, brackets[1]) if empty else (",", at)

    def _next(self, at: int, symbols: str) -> tuple[str, int]:
        """Return which of the symbols comes next, and what is behind it."""
        symbol = self._text[(at := self._past_space(at)) : at + 1]
        if not symbol or symbol not in symbols:
            raise RefusalError(_NO_OBJECT)
        return symbol, self._past_space(at + 1)

    def _past_space(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return space.end() if space else at


def _piece(text: str, at: int) -> Piece:
    """Return the value that begins at `at`."""
    # No more is decoded than may be taken: 27 MiB of small objects take 1.7 GB as such.
    for size in _SIZES:
        window = text[at : at + size]
        is_cut = at + size < len(text)
        try:
            value, length = _DECODER.raw_decode(window)
        except JSONDecodeError as error:
            if is_cut and (error.msg.startswith("Unterminated") or error.pos > size - _TOKEN):
                continue
            raise RefusalError(_NO_OBJECT) from None
        except RecursionError:
            raise RefusalError(_TOO_DEEP) from None
        except RefusalError:
            raise
        except ValueError:
            raise RefusalError("it has a number that is too long") from None
        if is_cut and length == size:
            continue  # a number may go on behind it
        piece = window[:length]
        if _is_deep(piece):
            raise RefusalError(_TOO_DEEP)
        return Piece(piece, value, at + length)
    most = f"{MAX_PIECE_CHARACTERS >> 20} MiB"
    raise RefusalError(f"one of its buckets, or all beside them, is larger than {most}")


_NO_OBJECT = "it is not a JSON object"
_TOO_DEEP = f"it is nested deeper than {DEEPEST}"


def _is_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    brackets = _NO_BRACKETS.sub("", text).replace("{", "[").replace("}", "]")
    for _ in range(DEEPEST):
        brackets = brackets.replace("[]", "")
    return bool(brackets)


def _finite(number: str) -> float:
    if not isfinite(value := float(number)):
        raise RefusalError("it has a number that JSON lacks")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; refuse those of which readers may take different ones."""
    members = dict(pairs)
    if len(members) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise RefusalError(f'it has the member "{visible(twice, 60)}" twice')
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=_finite, parse_constant=_finite)
