"""The bounds of regular expressions are drift's own, whatever version of the validator runs them.

The full check installs the oldest validator that is allowed, and runs this file with it, too.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.policy.regex import MAX_DEPTH, MAX_SIZE, is_bounded
from drift.policy.validator import can_run

WITHIN = [
    "",
    "a" * MAX_SIZE,
    f"a{{{MAX_SIZE}}}",
    f"a{{{MAX_SIZE - 1},}}",
    r"\w{1,1000}",
    "(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1),
    "(a|" * (MAX_DEPTH - 1) + "b" + ")*" * (MAX_DEPTH - 1),
    "." * 200,
    "[^a]{200}",
    r"\S{200}",
    r"[\u0041-\u{FFFF}]{100}",
    "[一-龥]{100}",
    r"\p{L}{6}",
    r"(?i)\p{L}{6}",
    "(?i:[^a]{6})",
    "(?i)" + "k" * 3999,
    "^[a-z0-9.-]{3,63}$",
    "[]a]{4000}",
    r"[\]a]{4000}",
    "(?<name>a){4000}",
    "(?:a){4000}",
    "a+?b*?c??d{2}?",
    "(a*)*",
    r"\{5000}",
]

BEYOND = [
    "a" * (MAX_SIZE + 1),
    f"a{{{MAX_SIZE + 1}}}",
    f"a{{{MAX_SIZE},}}",
    "a{99999999999999999999}",
    "a{" + "9" * 5000 + "}",
    "a{ 0, 5000 }",
    r"(\w{1,1000}){1,1000}",
    r"(\w{1,100}){1,100}",
    "(?:a{1,100}b{1,100}){1,100}",
    "(){5000}",
    "(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH,
    "." * 201,
    r"\S{201}",
    r"\p{L}{7}",
    r"\pL{7}",
    r"[\p{L}\p{N}]{4}",
    "(?i:[^a]{7})",
    "(?i).{7}",
    "a**",
    "a{2}{3}",
    "(?x)a",
    "(?i-x:a)",
]


@pytest.mark.parametrize("pattern", WITHIN)
def test_a_regular_expression_within_the_bounds_can_run(pattern: str) -> None:
    assert is_bounded(pattern)
    assert can_run(pattern)


@pytest.mark.parametrize("pattern", BEYOND)
def test_a_regular_expression_beyond_the_bounds_cannot_run(pattern: str) -> None:
    assert not is_bounded(pattern)
    assert not can_run(pattern)


@pytest.mark.parametrize(
    "pattern", ["(?=a)", r"(a)\1", "(?<!a)b", "(", "a)", "[a", "a{2,1}", "[b-a]"]
)
def test_a_malformed_regular_expression_cannot_run(pattern: str) -> None:
    assert is_bounded(pattern)
    assert not can_run(pattern)


ATOMS = st.sampled_from(
    [
        "a",
        "é",
        "一",
        ".",
        "[a-z]",
        "[^a]",
        "[一-龥]",
        r"\w",
        r"\W",
        r"\S",
        r"\p{L}",
        r"\P{Lu}",
        "^",
        r"\b",
    ]
)
REPEATS = st.sampled_from(["", "", "*", "+?", "?", "{3}", "{0,40}", "{7,}", "{1000}"])


def grouped(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    content = st.lists(parts, min_size=1, max_size=4).map("".join)
    alternatives = st.lists(content, min_size=1, max_size=3).map("|".join)
    return st.builds("({}){}".format, alternatives, REPEATS)


PARTS = st.recursive(st.builds("{}{}".format, ATOMS, REPEATS), grouped, max_leaves=12)


@given(st.lists(PARTS, min_size=1, max_size=6).map("".join), st.sampled_from(["", "(?i)"]))
def test_what_is_within_the_bounds_is_never_too_large_for_the_validator(
    pattern: str, flags: str
) -> None:
    assert can_run(flags + pattern) is is_bounded(flags + pattern)
