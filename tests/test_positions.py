"""Where values stand in a JSON text, and what in it is suspicious, however deep it stands."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drift.positions import JsonText, escaped, parse_json

NAMES = st.sampled_from(["a", "b", "~", "/", "~1", "0", "", "é", '"', "x" * 600])
SCALARS = st.sampled_from([0, True, "null", "NaN", {}, []])
SPECIAL = {"null": None, "NaN": float("nan"), "-Infinity": float("-inf")}
VALUES = st.recursive(
    SCALARS | st.sampled_from([*SPECIAL.values()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
STEPS = st.lists(NAMES | st.integers(0, 2), min_size=1, max_size=8)


def wrapped(steps: list[str | int], inner: str) -> str:
    """Return a text in which `inner` stands at the end of the steps."""
    for step in reversed(steps):
        before = "0, " * step if isinstance(step, int) else f"{json.dumps(step)}: "
        inner = f"[{before}{inner}]" if isinstance(step, int) else f"{{{before}{inner}}}"
    return inner


def pointer_to(steps: list[str | int]) -> str:
    return "".join(f"/{escaped(str(step))}" for step in steps)


def values(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value in a value, with its pointer."""
    yield pointer, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from values(inner, f"{pointer}/{escaped(name)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from values(inner, f"{pointer}/{index}")


@given(STEPS, NAMES)
@example(["$defs", "x" * 985], "a")
@example(["x" * 100_000], "a")
@example(["dependentSchemas", "Bucket"] * 200, "a")
@example([0] * 600, "a")
def test_a_repeated_name_is_found_however_long_its_pointer_is(
    steps: list[str | int], name: str
) -> None:
    """A name that is given twice in one object is found, at any depth, and told by itself."""
    twice = f"{json.dumps(name)}: 1, {json.dumps(name, ensure_ascii=False)}: 2"
    text = wrapped(steps, f"{{{twice}}}")
    [(found, place)] = JsonText("a.json", text).repeated()
    assert found == name
    assert place.start is not None
    assert place.start.byte == len(
        text[: text.rindex(json.dumps(name, ensure_ascii=False))].encode()
    )


@given(STEPS, st.sampled_from([*SPECIAL]))
@example(["x" * 100_000], "NaN")
@example(["dependentSchemas", "Bucket"] * 200, "null")
def test_a_void_is_found_however_long_its_pointer_is(steps: list[str | int], word: str) -> None:
    """A null, and a number that JSON lacks, is found at any depth."""
    text = wrapped(steps, word)
    [(found, place)] = JsonText("a.json", text).voids()
    assert found == word
    assert place.start is not None
    assert text.encode()[place.start.byte :].startswith(word.encode())


@given(VALUES)
def test_every_value_is_found_by_its_pointer(value: Any) -> None:
    """A pointer leads to the value that it names, and a longer one to what would hold that."""
    text = json.dumps(value, indent=1)
    source = JsonText("a.json", text)
    for pointer, inner in values(value):
        assert source.nearest(pointer) == pointer
        start = source.value(pointer).start
        assert start is not None
        found, _ = json.JSONDecoder().raw_decode(text[start.byte :])
        assert repr(found) == repr(inner)
        assert source.is_void(pointer) == (repr(inner) in map(repr, SPECIAL.values()))
        for missing in ("/missing/~0/1", "/00", "/-1", "/9999999999"):
            assert source.nearest(pointer + missing) == pointer
        assert source.line_and_column(pointer + "/missing") == (start.line, start.column)


@given(VALUES)
def test_a_text_without_repetition_has_none(value: Any) -> None:
    """Equal names in different objects are no repetition."""
    assert [*JsonText("a.json", json.dumps([value, value])).repeated()] == []


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4), st.data())
@example([("a", 1), ("b", [0] * 40), ("a", {"b": [2] * 40})], None)
def test_a_place_does_not_depend_on_what_was_asked_before(
    members: list[tuple[str, Any]], data: st.DataObject | None
) -> None:
    """A text that was walked through to its end, and one that was not, answer alike."""
    text = ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in members)
    text = f"{{{text}}}"
    pointers = [pointer for _, value in members for pointer, _ in values(value, "/a")]
    asked = data.draw(st.permutations([*pointers, "/0", "/b/1"])) if data else ["/a/b/3", "/a"]
    walked = JsonText("a.json", text)
    repeated, voids = [*walked.repeated()], [*walked.voids()]
    for pointer in asked:
        fresh = JsonText("a.json", f"{text} " + " " * len(pointer))  # no walk of it is kept
        assert fresh.value(pointer) == walked.value(pointer)
    _, parsed = parse_json("a.json", text)
    assert ([*parsed.repeated()], [*parsed.voids()]) == (repeated, voids)


def test_members_of_a_repeated_member_are_not_repeated() -> None:
    source = JsonText("a.json", '{"a": {"b": 1}, "a": {"b": 2, "c": 3, "c": 4}}')
    assert [name for name, _ in source.repeated()] == ["a", "c"]


@pytest.mark.parametrize(("length", "shown"), [(999, "/" + "x" * 999), (1000, "")])
def test_a_pointer_is_reported_up_to_1000_characters(length: int, shown: str) -> None:
    source = JsonText("a.json", f'{{"{"x" * length}": 1}}')
    assert source.value("/" + "x" * length).pointer == shown


def test_long_pointers_to_many_values_take_little_memory() -> None:
    import tracemalloc

    text = f'{{"{"x" * 500_000}": [{", ".join(["0"] * 100_000)}]}}'
    tracemalloc.start()
    try:
        assert [*JsonText("a.json", text).repeated()] == []
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
