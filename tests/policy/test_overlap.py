"""Whether two patterns can mean one bucket, against all short names by brute force."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from drift.desired.overlap import Budget, common_name
from drift.desired.pattern import may_meet

patterns = st.text("ab-?*", min_size=1, max_size=4)
ALNUM = "0123456789abcdefghijklmnopqrstuvwxyz"


@cache
def names() -> tuple[str, ...]:
    """Return all names of up to five characters that differ to these patterns."""
    return tuple(
        name
        for length in (3, 4, 5)
        for name in map("".join, product("abx-", repeat=length))
        if name[0] != "-" != name[-1]
    )


def matches(pattern: str, name: str) -> bool:
    """Return whether a name is one of a pattern, by another engine than that of drift."""
    steps = {"*": ".*", "?": "."}
    return bool(re.fullmatch("".join(steps.get(one, re.escape(one)) for one in pattern), name))


def common(wanted: list[str], without: list[str]) -> Iterator[str]:
    for name in names():
        refused = any(matches(one, name) for one in without)
        if not refused and all(matches(one, name) for one in wanted):
            yield name


@given(st.lists(patterns, min_size=1, max_size=3), st.lists(patterns, max_size=2))
def test_a_common_name_is_found_if_there_is_one_and_none_is_shorter(
    wanted: list[str], without: list[str]
) -> None:
    found, shortest = common_name(wanted, without), next(common(wanted, without), None)
    if shortest is not None:
        assert found is not None
        assert len(found) == len(shortest)
    if found is not None:
        assert 3 <= len(found) <= 63
        assert found[0] != "-" != found[-1]
        assert all(matches(one, found) for one in wanted)
        assert not any(matches(one, found) for one in without)
        assert shortest is not None or len(found) > 5


@given(patterns, patterns)
def test_patterns_of_which_a_name_is_common_may_meet(one: str, other: str) -> None:
    assert may_meet(one, other) == may_meet(other, one)
    if common_name([one, other]) is not None:
        assert may_meet(one, other)


def test_a_name_is_no_longer_than_those_of_buckets() -> None:
    assert common_name(["a*", "*" + 62 * "b"]) == "a" + 62 * "b"
    assert common_name(["a*", "*" + 63 * "b"]) is None


def test_a_name_may_have_a_dash_where_it_may_have_nothing_else() -> None:
    without = [f"?{character}*" for character in ALNUM]
    found = common_name(["*"], without)
    assert found is not None
    assert found[1] == "-"
    assert common_name(["*"], [*without, "?-*"]) is None


def test_a_search_ends_with_the_budget_which_searches_share() -> None:
    budget = Budget(10)
    assert common_name(["*" + 20 * "a", "b*"], budget=budget) is None
    assert budget.left <= 0
    assert common_name(["*"], budget=budget) is None
    assert common_name(["*" + 20 * "a", "b*"]) == "b" + 20 * "a"
