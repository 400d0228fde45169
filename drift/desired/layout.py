"""The one order and layout of a file that people write. What it says, and its spelling, stay."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from json import loads
from pathlib import Path
from typing import NamedTuple, get_args, get_origin

from pydantic import BaseModel

from drift.desired.faults import lapses
from drift.desired.file_model import DesiredFile
from drift.desired.parse import parse
from drift.diagnostic import Diagnostic, limit
from drift.positions import WORD, Place

_WIDTH = 100
_INDENT = "  "
_DEEPEST = 32
"""How deep a text may be nested. A desired file has 4 levels; a hostile one would be indented to
a hundred times its size."""
_MOST_WORDS = 1_000_000
"""How many words a text may have, of which each takes a hundred times its size in memory."""
_CLOSING = {"{": "}", "[": "]"}


class Layout(NamedTuple):
    """A desired file's text as it is, and as it should be."""

    path: Path
    before: str
    after: str


class _Node(NamedTuple):
    """A value: its word, if it holds something the opening bracket, and itself on one line.

    A member has its name before it, with the colon. None: it does not go on one line.
    """

    word: str
    flat: str | None
    children: tuple["_Node", ...] = ()
    name: str = ""


class _DepthError(Exception):
    """The text is nested deeper than anything that is meant."""


def layout(path: Path, model: type[BaseModel] = DesiredFile) -> Layout | tuple[Diagnostic, ...]:
    """Return the file's layout, or why its text is not to be touched: not UTF-8, or not JSON.

    A member that is given twice, or a number that JSON lacks, is no JSON either. Whether the file
    can be used as what `model` says does not matter.
    """
    parsed = parse(path)
    if isinstance(parsed, Diagnostic):
        return (parsed,)
    text = parsed.text.text
    if any(islice(WORD.finditer(text), _MOST_WORDS, None)):
        said = f"The JSON has more than {_MOST_WORDS:,} names, values and marks"
        return (Diagnostic("error", Place(parsed.text.file), said, "Split it."),)
    if wrong := limit(lapses(parsed.text)):
        return wrong
    try:
        return Layout(path, parsed.mark + text, laid_out(text, model))
    except _DepthError:
        return (Diagnostic("error", Place(parsed.text.file), "The JSON is nested too deeply"),)


def laid_out(text: str, model: type[BaseModel] = DesiredFile) -> str:
    """Return a text that is known to be JSON in the one order and layout.

    Members stand in the order of the model, those that it does not know after them in the order
    that they have, and tags, which have free names, by name. What holds an object has a line for
    each member; so has what is too long for one line; the rest stands on one line.
    """
    words = (match[0] for match in WORD.finditer(text))
    root = _node(words, next(words), model)
    return "\n".join(_lines(root._replace(flat=None), "")) + "\n"


def _node(words: Iterator[str], word: str, kind: object, depth: int = 0) -> _Node:
    if word not in _CLOSING:
        return _Node(word, word)
    if depth == _DEEPEST:
        raise _DepthError
    read = _members if word == "{" else _elements
    children = tuple(read(words, kind, depth + 1))
    return _Node(word, _flat(word, children), children)


def _members(words: Iterator[str], kind: object, depth: int) -> list[_Node]:
    known = _known(kind)
    members: list[tuple[tuple[int, str], _Node]] = []
    while (spelled := next(words)) != "}":
        if spelled != ",":
            name = loads(spelled)
            next(words)  # the colon
            value = _node(words, next(words), known.get(name), depth)
            members.append((_rank(name, kind), value._replace(name=f"{spelled}: ")))
    return [member for _, member in sorted(members, key=lambda ranked: ranked[0])]


def _elements(words: Iterator[str], kind: object, depth: int) -> Iterator[_Node]:
    while (word := next(words)) != "]":
        if word != ",":
            yield _node(words, word, kind, depth)


def _flat(word: str, children: tuple[_Node, ...]) -> str | None:
    flats = [child.name + child.flat for child in children if child.flat is not None]
    if len(flats) < len(children) or any(child.word == "{" for child in children):
        return None
    flat = f"{word}{', '.join(flats)}{_CLOSING[word]}"
    return flat if len(flat) <= _WIDTH else None


def _lines(node: _Node, indent: str, comma: str = "") -> Iterator[str]:
    start = indent + node.name
    # A comma has its place also where none follows: else a member's place would change its shape.
    if node.flat is not None and len(start) + len(node.flat) + 1 <= _WIDTH:
        yield f"{start}{node.flat}{comma}"
    elif not node.children:
        yield f"{start}{node.word}{_CLOSING.get(node.word, '')}{comma}"
    else:
        yield start + node.word
        last = len(node.children) - 1
        for index, child in enumerate(node.children):
            yield from _lines(child, indent + _INDENT, "," if index < last else "")
        yield f"{indent}{_CLOSING[node.word]}{comma}"


def _rank(name: str, kind: object) -> tuple[int, str]:
    """Return what sorts the members of an object of this kind."""
    if kind is dict:
        return 0, name
    known = list(_known(kind))
    return (known.index(name) if name in known else len(known)), ""


@cache
def _known(kind: object) -> dict[str, object]:
    """Return the kinds of a model's members, by the API's names and in the schema's order."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {}
    fields = kind.model_fields.values()
    return {str(field.alias): _kind(field.annotation) for field in fields}


def _kind(annotation: object) -> object:
    """Return the model of a member or its elements, `dict` if it has free names, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is dict:
        return dict
    return next(filter(None, map(_kind, get_args(annotation))), None)
