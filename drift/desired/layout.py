"""The one order and layout of a file that people write. What it says, and its spelling, stay.

The layout is one that prettier leaves alone with its defaults: where both run before a commit, each
would undo the other's work for ever. How prettier lays JSON out, version 3.10.1:
https://github.com/prettier/prettier/blob/3.10.1/src/language-js/print/array.js
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from json import loads
from pathlib import Path
from typing import NamedTuple, get_args, get_origin
from unicodedata import category, east_asian_width

from pydantic import BaseModel

from drift.desired.faults import lapses
from drift.desired.file_model import DesiredFile
from drift.desired.parse import parse
from drift.diagnostic import Diagnostic, limit
from drift.policy.keywords import OWN, is_dialect
from drift.positions import WORD, Place
from drift.settings import SETTINGS

_WIDTH = 80
_INDENT = "  "
_DEEPEST = 32
"""How deep a text may be nested. A desired file has 4 levels; a hostile one would be indented to
a hundred times its size."""
_MOST_WORDS = 1_000_000
"""How many words a text may have, of which each takes a hundred times its size in memory."""
_CLOSING = {"{": "}", "[": "]"}
_COLUMNS = {"W": 2, "F": 2}
_MARKS = ("Cc", "Me", "Mn")


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
    has_object: bool = False
    """Whether it is or holds an object that is not empty."""

    @property
    def is_number(self) -> bool:
        return self.word[0] in "-0123456789"


class _DepthError(Exception):
    """The text is nested deeper than anything that is meant."""


def layout(
    path: Path, model: type[BaseModel] = DesiredFile
) -> Layout | tuple[Diagnostic, ...] | None:
    """Return the file's layout, or why its text is not to be touched: not UTF-8, or not JSON.

    A member that is given twice, or a number that JSON lacks, is no JSON either. Whether the file
    can be used as what `model` says does not matter, but it must be meant as that: of a file that
    is something else, such as another tool's, None is returned.
    """
    parsed = parse(path)
    if isinstance(parsed, Diagnostic):
        return (parsed,)
    if not _is_meant(parsed.value, model):
        return None
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


def _is_meant(value: object, model: type[BaseModel]) -> bool:
    """Return whether a JSON value has what makes it a desired file or a policy, or the waivers."""
    if not isinstance(value, dict):
        return False
    if model is DesiredFile and is_dialect(value.get("$schema")):
        return OWN in value
    required = {str(one.alias) for one in model.model_fields.values() if one.is_required()}
    is_about = model is not DesiredFile or any(one.root in value for one in SETTINGS)
    return required <= value.keys() and is_about


def laid_out(text: str, model: type[BaseModel] = DesiredFile) -> str:
    """Return a text that is known to be JSON in the one order and layout.

    Members stand in the order of the model, those that it does not know after them in the order
    that they have, and tags, which have free names, by name. An object that holds an object has a
    line for each member; so has what is too long for one line; the rest stands on one line.
    """
    words = (match[0] for match in WORD.finditer(text))
    root = _node(words, next(words), model)
    if root.word == "{" and root.children:
        root = root._replace(flat=None)
    return "\n".join(_lines(root, "", "")) + "\n"


def _node(words: Iterator[str], word: str, kind: object, depth: int = 0) -> _Node:
    if word not in _CLOSING:
        return _Node(word, word)
    if depth == _DEEPEST:
        raise _DepthError
    read = _members if word == "{" else _elements
    children = tuple(read(words, kind, depth + 1))
    has_object = (word == "{" and bool(children)) or any(child.has_object for child in children)
    return _Node(word, _flat(word, children), children, has_object=has_object)


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
    if len(flats) < len(children) or (_is_open if word == "{" else _is_table)(children):
        return None
    space = " " if word == "{" and children else ""
    flat = f"{word}{space}{', '.join(flats)}{space}{_CLOSING[word]}"
    return flat if _width(flat) <= _WIDTH else None


def _is_open(members: tuple[_Node, ...]) -> bool:
    """Return whether an object has a line for each member, however short they are."""
    return any(member.has_object for member in members)


def _is_table(elements: tuple[_Node, ...]) -> bool:
    """Return whether a list has a line for each element: prettier's rule for lists of rows."""
    kinds = {element.word for element in elements}
    rows = len(kinds) == 1 and not kinds.isdisjoint(_CLOSING)
    return rows and len(elements) > 1 and all(len(element.children) > 1 for element in elements)


def _width(text: str) -> int:
    """Return how many columns prettier gives to a text; it counts an emoji of several as one."""
    if text.isascii():
        return len(text)
    return sum(
        _COLUMNS.get(east_asian_width(one), 1) for one in text if category(one) not in _MARKS
    )


def _lines(node: _Node, indent: str, comma: str) -> Iterator[str]:
    start = indent + node.name
    if node.flat is not None and (
        not node.children or _width(start) + _width(node.flat) + len(comma) <= _WIDTH
    ):
        yield f"{start}{node.flat}{comma}"
        return
    yield start + node.word
    inner = indent + _INDENT
    if node.word == "[" and node.children[1:] and all(one.is_number for one in node.children):
        yield from _filled([child.word for child in node.children], inner)
    else:
        last = len(node.children) - 1
        for index, child in enumerate(node.children):
            yield from _lines(child, inner, "," if index < last else "")
    yield f"{indent}{_CLOSING[node.word]}{comma}"


def _filled(numbers: Sequence[str], indent: str) -> Iterator[str]:
    """Yield lines of as many numbers as there is room for."""
    words = [f"{number}," for number in numbers[:-1]] + [numbers[-1]]
    line = indent + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = indent + word
        else:
            line = f"{line} {word}"
    yield line


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
