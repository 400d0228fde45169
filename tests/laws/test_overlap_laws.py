"""A name that two patterns have in common: against brute force over short names."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from drift.desired.overlap import Budget, common_name
from drift.desired.pattern import may_meet

patterns = st.text("ab-*?", min_size=1, max_size=5)
several = st.lists(patterns, min_size=1, max_size=3)


@cache
def names() -> tuple[str, ...]:
    """Return all names of 3 to 6 of these characters: `x` is one that no pattern has."""
    found = ("".join(one) for size in range(3, 7) for one in product("abx-", repeat=size))
    return tuple(one for one in found if one[0] != "-" != one[-1])


def is_meant(name: str, wanted: Sequence[str], without: Sequence[str]) -> bool:
    return all(fnmatchcase(name, one) for one in wanted) and not any(
        fnmatchcase(name, one) for one in without
    )


@settings(max_examples=200)
@given(several, st.lists(patterns, max_size=2))
def test_a_name_is_found_if_there_is_one_and_it_is_a_shortest(
    wanted: list[str], without: list[str]
) -> None:
    """What is found is a bucket's name that all match and none excludes; no shorter one is."""
    found = common_name(wanted, without)
    shortest = next((one for one in names() if is_meant(one, wanted, without)), None)
    if shortest is not None:
        assert found is not None
        assert len(found) == len(shortest)
    if found is not None:
        assert is_meant(found, wanted, without)
        assert 3 <= len(found) <= 63
        assert found[0] != "-" != found[-1]
        assert shortest is not None or len(found) > 6


@given(patterns, patterns)
def test_what_has_a_name_in_common_may_meet(one: str, other: str) -> None:
    assert may_meet(one, other) >= (common_name([one, other]) is not None)


@given(several, st.lists(patterns, max_size=2))
def test_what_is_found_within_a_budget_is_what_is_found_without(
    wanted: list[str], without: list[str]
) -> None:
    budget = Budget(5)
    found = common_name(wanted, without, budget)
    assert found in (None, common_name(wanted, without))
    assert common_name(wanted, without, Budget(0)) is None


def test_names_are_of_63_characters_at_most() -> None:
    assert common_name(["?" * 63]) == "x" * 63
    assert common_name(["?" * 64]) is None
    assert common_name(["a" * 64]) is None


def test_a_pattern_of_all_characters_has_a_name_of_them() -> None:
    every = "x0123456789abcdefghijklmnopqrstuvwyz"
    assert common_name([f"{every}*"]) == every
