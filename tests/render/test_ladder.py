"""A report fits wherever it goes, is as long as it may be, and says what it left out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.plan import Finding, Plan, ResourceChange
from drift.render import Screen, markdown
from drift.render.ladder import RESERVE, Limit, climb
from tests.render.fleets import drifted, fleet, missing, of_strangers, planned, unreadable
from tests.render.test_fold_text import folding_plans

PLACES = {
    "GitHub": Limit(65_536),
    "Codeup": Limit(65_535),
    "GitLab": Limit(1_000_000),
    "summary": Limit(1 << 20, "bytes"),
}
REGIONS = ("cn-hangzhou", "cn-beijing", "cn-shanghai", "eu-central-1", "us-west-1", "ap-south-1")
WHOLE = "[The run](https://ci.example/1) has all."


def alike(name: str, index: int) -> ResourceChange:
    return drifted(name, region=REGIONS[index % len(REGIONS)])


def different(name: str, index: int) -> ResourceChange:
    return drifted(name, f"V{index}", region=REGIONS[index % len(REGIONS)])


def emoji(name: str, index: int) -> ResourceChange:
    return different(f"😀{name}" + "😀" * 50, index)


def refused(name: str, _: int) -> ResourceChange:
    return unreadable(name)


FLEETS: dict[str, Callable[[str, int], ResourceChange]] = {
    "alike": alike,
    "different": different,
    "emoji": emoji,
    "refused": refused,
}


@cache
def rungs(name: str, number: int = 10_000) -> tuple[str, ...]:
    return tuple(markdown._rungs(fleet(number, FLEETS[name]), WHOLE))


def size(text: str, limit: Limit) -> int:
    return len(text) if limit.unit == "characters" else len(text.encode())


@pytest.mark.parametrize("limit", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("name", FLEETS)
def test_ten_thousand_buckets_fit_anywhere(name: str, limit: Limit) -> None:
    text = climb(iter(rungs(name)), limit)
    assert size(text, limit) + 2_000 <= limit.most
    assert "10000 of 10000 buckets" in text.partition("\n")[0]


@pytest.mark.parametrize("limit", [PLACES["GitHub"], PLACES["summary"]], ids=["GitHub", "summary"])
@pytest.mark.parametrize(
    "say", ["\U000e0041" * 5_000, "`" * 500, "` " * 500, "a ! " * 500, "😀" * 5_000, "\ud800" * 900]
)
def test_the_last_rung_fits_by_construction(say: str, limit: Limit) -> None:
    """Whatever strangers wrote, and wherever: here each bucket has a region of its own."""
    kinds = of_strangers(lambda _: say).resource_changes
    many = planned(
        *(replace(one, region=f"{number}{say}") for one in kinds for number in range(20))
    )
    assert limit.holds([*markdown._rungs(many, WHOLE)][-1])


@given(folding_plans(), st.integers(0, 12_000), st.sampled_from(["characters", "bytes"]))
def test_a_rung_is_taken_if_and_only_if_none_above_it_fits(
    plan: Plan, room: int, unit: str
) -> None:
    """Law: `fitted` is the first rung that fits with the reserve, or else the last."""
    limit = Limit(room + 2_000, "bytes" if unit == "bytes" else "characters")
    every = [*markdown._rungs(plan, WHOLE)]
    fitting = [rung for rung in every if size(rung, limit) <= room]
    assert markdown.fitted(plan, limit, whole=WHOLE) == (fitting or every[-1:])[0]
    assert every[0] == markdown.render(plan, Screen())


@given(st.lists(st.text(max_size=30), min_size=1), st.integers(0, 30))
def test_no_rung_is_asked_for_in_vain(texts: list[str], room: int) -> None:
    asked: list[str] = []

    def each() -> Iterator[str]:
        for text in texts:
            asked.append(text)
            yield text

    found = climb(each(), Limit(room + RESERVE))
    assert asked[-1] == found
    assert all(len(text) > room for text in asked[:-1])
    assert len(found) <= room or asked == texts


def test_characters_are_code_points_and_bytes_are_of_utf_8() -> None:
    assert Limit(RESERVE + 3).holds("😀é桶")
    assert not Limit(RESERVE + 2).holds("😀é桶")
    assert Limit(RESERVE + 9, "bytes").holds("😀é桶")
    assert not Limit(RESERVE + 8, "bytes").holds("😀é桶")


def test_what_fits_is_whole_and_says_nothing_of_a_rest() -> None:
    plan = planned(drifted("a"), drifted("b"))
    text = markdown.fitted(plan, PLACES["GitHub"], whole=WHOLE)
    assert text == markdown.render(plan, Screen())
    assert "Left out" not in text


def test_the_second_rung_has_every_diff_and_a_few_names() -> None:
    _, text, _, _ = rungs("alike")
    assert text.count("```diff\n") == 1
    assert (
        "> **Shortened to fit.** Left out: the names of 9995 buckets, "
        f"where the 10000 that are alike are declared. {WHOLE}\n" in text
    )
    assert (
        "Buckets: `bucket-000000`, `bucket-000001`, `bucket-000002`, `bucket-000003`, "
        "`bucket-000004` and 9995 more\n" in text
    )
    regions = "`cn-beijing` 1667, `cn-hangzhou` 1667, `cn-shanghai` 1667, `eu-central-1` 1667, "
    assert f"By region: {regions}`ap-south-1` 1666, 1666 in 1 more\n" in text


def test_the_second_rung_says_how_many_notes_it_leaves_out() -> None:
    warnings = (Finding(path="/x", message="odd"), Finding(path="/y", message="odd"))
    plan = planned(drifted("a", warnings=warnings), missing("b"), missing("c"))
    _, text, _, _ = markdown._rungs(plan, WHOLE)
    assert (
        "Left out: where the 2 that are alike are declared, "
        f"2 notes on what is stored without effect, or suspicious. {WHOLE}\n" in text
    )
    assert "`a` is weaker than desired\n\nIn `cn-hangzhou` · `desired/app.json:3`\n" in text
    assert "Buckets: `b`, `c`\n" in text


def test_where_nothing_folds_there_is_no_second_rung() -> None:
    assert len(rungs("different")) == 3


def test_the_third_rung_has_a_line_for_each_bucket() -> None:
    text = rungs("refused")[2]
    assert "```" not in text
    assert (
        len(re.findall(r"^- `bucket-\d{6}` · .* · `AccessDenied`$", text, re.MULTILINE)) == 10_000
    )
    left_out = "for each of 10000 buckets, what must change, why, and the notes."
    assert f"> **Shortened to fit.** Left out: {left_out} {WHOLE}\n" in text


def test_the_last_rung_has_the_numbers_and_the_worst() -> None:
    kinds = {0: unreadable, 1: missing, 2: drifted}
    plan = fleet(30, lambda name, index: kinds[index % 3](name))
    text = [*markdown._rungs(plan, WHOLE)][-1]
    left_out = "what must change, and all but the worst of 30 buckets."
    assert f"> **Shortened to fit.** Left out: {left_out} {WHOLE}\n" in text
    assert "\n- 10 buckets could not be judged: `cn-hangzhou` 10\n- 10 buckets are weaker" in text
    worst = text.partition("### The worst\n\n")[2].splitlines()
    assert len(worst) == 10
    assert worst[0] == (
        "- `bucket-000000` · `cn-hangzhou` · `desired/app.json:3`: could not be judged · "
        "`AccessDenied`: These credentials may not read the setting."
    )


def test_the_worst_say_what_their_drift_means() -> None:
    text = [*markdown._rungs(planned(drifted("a")), "")][-1]
    assert ": is weaker than desired · accepts TLS 1.0, which is not wanted\n" in text


def test_without_a_better_place_the_saved_plan_has_the_whole() -> None:
    text = markdown.fitted(fleet(2_000, different), PLACES["GitHub"])
    assert "`drift plan --out PLAN` saves the whole plan, and `drift show PLAN` prints it." in text
