"""What is alike is said once in the text, as Terraform would, and every bucket is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.plan import Impact, Plan, ResourceChange
from drift.render import Screen, render
from drift.render.fold import folded
from drift.render.phrase import by_region
from tests.hostile import HOSTILE
from tests.render.fleets import (
    drifted,
    fleet,
    inert,
    missing,
    never_configured,
    of_strangers,
    partly_waived,
    planned,
    stricter,
    undeclared,
    unreadable,
    violating,
    waived,
    waiver,
)
from tests.render.fleets import in_sync as same

REGIONS = st.sampled_from(["cn-hangzhou", "cn-beijing", None])


@st.composite
def folding_plans(draw: st.DrawFn) -> Plan:
    """Plans of which many buckets are alike."""
    kinds = [
        drifted,
        lambda name, **more: drifted(name, "TLSv1.0", "TLSv1.1", impact=Impact.MIXED, **more),
        lambda name, **more: drifted(name, impact=None, **more),
        waived,
        lambda name, **more: waived(name, excuse=waiver("Another reason."), **more),
        partly_waived,
        violating,
        stricter,
        missing,
        unreadable,
        lambda name, **more: unreadable(name, "NotRead", request=f"R-{name}", **more),
        same,
    ]
    drawn = draw(st.lists(st.tuples(st.sampled_from(kinds), REGIONS), min_size=1, max_size=40))
    return planned(
        *(kind(f"app-{number:02}", region=region) for number, (kind, region) in enumerate(drawn)),
        fail_on=draw(st.sampled_from(["any", "weaker"])),
    )


def shown(*resources: ResourceChange) -> str:
    """Return what the text says of the buckets, without its head and its summary."""
    text = render(planned(*resources), "text")
    return text[: text.index("Plan: ")].rpartition("  - remove\n\n")[2]


@given(folding_plans())
def test_the_legend_has_each_symbol_that_is_drawn_and_no_other(plan: Plan) -> None:
    """Law: whatever has to change."""
    text = render(plan, "text")
    legend, _, rest = text.partition("\n\n")
    listed = re.findall(r"^  ([-+~]) (?:add|remove|update)$", legend, re.MULTILINE)
    drawn = set(re.findall(r"^ +([-+~]) (?:resource|\w+ [{=]|\w+ += |\")", rest, re.MULTILINE))
    assert len(listed) == len(set(listed))
    assert set(listed) == drawn


def test_buckets_that_need_the_same_are_one_block() -> None:
    assert shown(
        drifted("app-a"),
        drifted("app-long", region="cn-beijing", inert=(inert("/x"),)),
        drifted("app-z", region=None),
        drifted("other", "TLSv1.1"),
    ) == (
        "  # 3 buckets are weaker than desired (unknown 1, cn-beijing 1, cn-hangzhou 1)\n"
        "  # Each accepts TLS 1.0, which is not wanted.\n"
        '  ~ resource "oss_bucket_https_config" {\n'
        "      ~ TLS {\n"
        "          ~ TLSVersion = [\n"
        '              - "TLSv1.0",\n'
        "                # (1 unchanged element hidden)\n"
        "            ]\n"
        "            # (1 unchanged attribute hidden)\n"
        "        }\n"
        "    }\n"
        "  #   app-a     cn-hangzhou  desired/app.json:3\n"
        "  #   app-long  cn-beijing   desired/app.json:3\n"
        "  #     It stores /x, which has no effect.\n"
        "  #   app-z     unknown      desired/app.json:3\n"
        "\n"
        "  # oss_bucket_https_config.other is weaker than desired\n"
        "  # It accepts TLS 1.0, which is not wanted.\n"
        "  # Declared in desired/app.json:3.\n"
        '  ~ resource "oss_bucket_https_config" "other" {\n'
        "      ~ TLS {\n"
        "          ~ TLSVersion = [\n"
        '              - "TLSv1.1",\n'
        "                # (1 unchanged element hidden)\n"
        "            ]\n"
        "            # (1 unchanged attribute hidden)\n"
        "        }\n"
        "    }\n"
        "\n"
    )


def test_buckets_that_were_never_configured_are_one_block() -> None:
    text = shown(never_configured("a"), never_configured("b"))
    assert "  # 2 buckets differ from desired, with the same effect (cn-hangzhou 2)\n" in text
    assert "  # Each was never configured: it accepts TLS 1.0" in text
    assert text.count('  + resource "oss_bucket_https_config" {\n') == 1


def test_of_a_meaning_that_is_not_known_nothing_is_said() -> None:
    plan = planned(drifted("a", meaning=""), drifted("b", meaning=""))
    for resources in (plan.resource_changes, plan.resource_changes[:1]):
        for name in ("text", "markdown", "github"):
            text = render(planned(*resources), name)
            assert not re.search(r"(It|it|Each) \.", text)
            assert "weaker than desired" in text


def test_buckets_that_do_not_exist_are_one_block() -> None:
    assert shown(missing("a"), missing("b", region="cn-beijing")) == (
        "  ! 2 buckets do not exist (cn-beijing 1, cn-hangzhou 1)\n"
        "    #   a  cn-hangzhou  desired/app.json:3\n"
        "    #   b  cn-beijing   desired/app.json:3\n"
        "\n"
    )


def test_buckets_with_one_problem_are_one_block_whose_advice_is_for_any() -> None:
    assert shown(unreadable("a", request="R-1"), unreadable("b"), unreadable("c", "Other")) == (
        "  ? 2 buckets could not be judged: AccessDenied (cn-hangzhou 2)\n"
        "    # These credentials may not read the setting. "
        "Allow the RAM action oss:GetBucketHttpsConfig on acs:oss:*:*:BUCKET.\n"
        "    #   a  cn-hangzhou  desired/app.json:3  Request R-1.\n"
        "    #   b  cn-hangzhou  desired/app.json:3\n"
        "\n"
        "  ? oss_bucket_https_config.c could not be judged: Other\n"
        "    # These credentials may not read the setting. "
        "Allow the RAM action oss:GetBucketHttpsConfig on acs:oss:*:*:c.\n"
        "    # Declared in desired/app.json:3.\n"
        "\n"
    )


def test_of_thousands_with_one_problem_most_are_only_named() -> None:
    text = shown(*fleet(23, lambda name, _: unreadable(name)).resource_changes)
    assert text.count("desired/app.json:3") == 10
    assert text.endswith(
        "    # and 13 more:\n"
        "    #   bucket-000010, bucket-000011, bucket-000012, bucket-000013, bucket-000014\n"
        "    #   bucket-000015, bucket-000016, bucket-000017, bucket-000018, bucket-000019\n"
        "    #   bucket-000020, bucket-000021, bucket-000022\n"
        "\n"
    )


def test_of_many_problems_with_one_code_ten_are_told_and_all_are_named() -> None:
    def each_its_own(name: str, _: int) -> ResourceChange:
        return unreadable(name, "Warning", region=None, source=None, message=f"It is {name}.")

    text = shown(*fleet(12, each_its_own).resource_changes, unreadable("z"))
    assert text.count("It is bucket-") == 10
    assert text.endswith(
        "  ? 2 more could not be judged: Warning\n    #   bucket-000010, bucket-000011\n\n"
    )


@given(folding_plans())
def test_every_bucket_that_is_not_in_sync_is_named_in_the_text(plan: Plan) -> None:
    text = render(plan, "text").split("\n\nPlan: ")[0]
    named = set(re.findall(r"app-\d\d", text))
    assert named == {one.name for one in plan.resource_changes if one.status != "in_sync"}


@given(folding_plans(), st.integers(1, 100))
def test_color_and_width_change_no_word_of_what_is_folded(plan: Plan, width: int) -> None:
    plain = render(plan, "text").replace("#", " ").split()
    assert render(plan, "text", Screen(width)).replace("#", " ").split() == plain
    colored = render(plan, "text", Screen(None, color=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(plan, "text")


@given(folding_plans(), st.none() | st.integers(0, 3))
def test_the_numbers_by_region_add_up_to_the_group(plan: Plan, most: int | None) -> None:
    groups = folded(plan.resource_changes)
    assert sum(len(group.resources) for group in groups) == len(plan.resource_changes)
    for group in groups:
        told = by_region(group.regions, str, most)
        numbers = re.findall(r"(?:^|, )(?:cn-\w+ |unknown )?(\d+)", told)
        assert sum(map(int, numbers)) == len(group.resources)
        assert most is None or told.count("cn-") + told.count("unknown") <= most


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_stranger_wrote_commands_neither_a_terminal_nor_a_log(text: str) -> None:
    lines = render(of_strangers(lambda _: text), "text").split("\n")
    for line in lines:
        assert line.isprintable()
        assert "##[" not in line
        assert "##vso[" not in line
        assert not line.lstrip().startswith("::")


@pytest.mark.parametrize("number", [2, 11])
def test_undeclared_buckets_are_listed_as_before(number: int) -> None:
    text = render(fleet(number, lambda name, _: undeclared(name)), "text")
    assert text.count("  # bucket-") == min(10, number)
    more = "(1 more; `drift plan --list` or `drift show PLAN --format json` has all)"
    assert (more in text) == (number == 11)
