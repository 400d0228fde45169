"""What holds of the layout of every desired file, and of every JSON text."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drift.desired.layout import Layout, laid_out, layout
from drift.desired.load import load
from drift.positions import WORD
from tests.laws.test_schema_laws import JUNK, nearly_desired
from tests.strategies import desired_documents

SPACE = st.text(" \t\r\n", max_size=3)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)  # what JSON has
SCALARS = st.none() | st.booleans() | NUMBERS | st.text()
LETTERS = st.sampled_from(["\\u0042", "\\ud83d\\ude00", "\\ud800", "\\/", "\\u00e9", "é", "\u2028"])
TAGS = st.dictionaries(st.text(min_size=1, max_size=8), st.text(min_size=1), min_size=1, max_size=4)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)


names = st.text(max_size=6) | st.sampled_from(["Bucket", "TLS", "Enable", "Tags", "Region"])
anything = st.recursive(SCALARS, nested, max_leaves=20)


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """A file that can be used as a desired file, with or without tags."""
    file: dict[str, Any] = {"Bucket": draw(st.sampled_from(["app-*", ["app-*", "app-a"]]))}
    if draw(st.booleans()):
        file |= {"$schema": "schema.json", "Region": "cn-hangzhou", "Tags": draw(TAGS)}
    return file | draw(desired_documents).document()


@st.composite
def written(draw: st.DrawFn, value: Any, *, ascii_only: bool = False) -> str:
    """A value as some person may write it: members in any order, spaced out."""
    words = _words(value, draw, ascii_only)
    return "".join(f"{draw(SPACE)}{word}" for word in words) + draw(SPACE)


def _words(value: Any, draw: st.DrawFn, ascii_only: bool) -> Iterator[str]:
    if isinstance(value, dict) and value:
        members = draw(st.permutations(list(value.items())))
        yield "{"
        for index, (name, inner) in enumerate(members):
            yield from ([","] if index else [])
            yield from (json.dumps(name), ":", *_words(inner, draw, ascii_only))
        yield "}"
    elif isinstance(value, list) and value:
        yield "["
        for index, inner in enumerate(value):
            yield from ([","] if index else [])
            yield from _words(inner, draw, ascii_only)
        yield "]"
    else:
        spelled = json.dumps(value, ensure_ascii=ascii_only)
        yield spelled.encode("utf-8", "backslashreplace").decode()  # UTF-8 has no lone surrogates


def words_of(text: str) -> list[str]:
    return [match[0] for match in WORD.finditer(text)]


def on_disk(text: str, then: Callable[[Path], Any]) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder, "desired.json")
        path.write_text(text, encoding="utf-8", newline="")
        return then(path)


def messages(path: Path) -> list[tuple[str, str, str, str]]:
    found = load([path]).diagnostics
    return sorted((one.severity, one.place.pointer, one.summary, one.detail) for one in found)


@given(anything | nearly_desired() | files(), st.data())
def test_nothing_is_lost_added_or_spelled_otherwise(value: Any, data: st.DataObject) -> None:
    """The words are the same, and so is the value; the order of lists is part of it."""
    text = data.draw(written(value))
    after = laid_out(text)
    assert json.loads(after) == json.loads(text)
    assert sorted(words_of(after)) == sorted(words_of(text))


@given(st.lists(LETTERS).map("".join), st.sampled_from(["Bucket", "B\\u0075cket", "other"]))
def test_a_string_keeps_its_own_escapes(spelled: str, name: str) -> None:
    """Every word of the text stands in its layout as it was spelled, names of members too."""
    after = laid_out(f'{{"{name}": "{spelled}", "list": ["{spelled}"]}}')
    assert after.count(f'"{spelled}"') == 2
    assert f'"{name}": ' in after


@given(anything | nearly_desired() | files(), st.data())
def test_what_is_laid_out_stays_as_it_is(value: Any, data: st.DataObject) -> None:
    """The layout of a layout is that layout."""
    after = laid_out(data.draw(written(value)))
    assert laid_out(after) == after


@given(files(), st.data())
def test_files_that_say_the_same_become_the_same(file: dict[str, Any], data: st.DataObject) -> None:
    """Two files that differ only in the order of members and in space have one layout."""
    anyhow = written(file, ascii_only=data.draw(st.booleans()))
    assert laid_out(data.draw(anyhow)) == laid_out(data.draw(anyhow))


@given(nearly_desired() | files() | st.sampled_from(JUNK), st.data())
def test_what_was_wrong_stays_wrong_and_nothing_else(value: Any, data: st.DataObject) -> None:
    """A file has the same errors and warnings, at the same values, before and after."""
    text = data.draw(written(value))
    assert on_disk(laid_out(text), messages) == on_disk(text, messages)


@given(anything | files(), st.data())
def test_every_line_is_plain(value: Any, data: st.DataObject) -> None:
    """Two spaces a level, no other white space, one line feed at the end, 80 columns.

    Longer is only a line that cannot be divided: one word, and a name before it.
    """
    lines = laid_out(data.draw(written(value))).split("\n")
    assert lines.pop() == ""
    for line in lines:
        inner = line.lstrip(" ")
        assert (len(line) - len(inner)) % 2 == 0
        assert inner.strip(" \t\r") == inner != ""
        assert len(line) <= 80 or len([w for w in words_of(line) if w != ","]) <= 3


@given(anything | nearly_desired() | files(), st.data())
def test_a_layout_is_of_the_file_as_it_is(value: Any, data: st.DataObject) -> None:
    """What is to be written back belongs to just the text that was read, or nothing is written."""
    text = data.draw(written(value))
    laid = on_disk(text, layout)
    if isinstance(value, dict) and {"Bucket", "HttpsConfiguration"} <= value.keys():
        assert isinstance(laid, Layout)
        assert (laid.before, laid.after) == (text, laid_out(text))
    else:
        assert laid is None
        assert any(severity == "error" for severity, *_ in on_disk(text, messages))
