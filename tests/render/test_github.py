"""The plan as annotations of GitHub Actions: few, the worst first, and no command but ours."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drift.plan import Impact, Plan, ResourceChange, Source
from drift.render import render
from drift.render.result import results
from tests.hostile import HOSTILE
from tests.render.plans import (
    HOSTILE_PLANS,
    PLAIN_PLANS,
    change,
    drifted,
    hostile_plan,
    in_sync,
    missing,
    one_of_each,
    plan_of,
    undeclared,
    unlisted,
    unreadable,
)
from tests.render.runner import Command, commands

OURS = {"error", "warning", "notice"}


def annotations(plan: Plan) -> list[Command]:
    """Return the annotations, once it is sure that the verdict is all that stands below them."""
    log = render(plan, "github")
    assert log.endswith("\n")
    found, plain = commands(log)
    assert plain == log.splitlines()[-1:]
    assert plain[0].startswith(f"Verdict: {plan.verdict}. Buckets: ")
    assert {one.name for one in found} <= OURS
    for one in found:
        assert set(one.properties) <= {"file", "line", "col", "title"}
    return found


@given(HOSTILE_PLANS | PLAIN_PLANS)
def test_any_plan_gives_its_own_commands_and_no_other(plan: Plan) -> None:
    """Law: what the runner finds in the log is what was to be said, and all that there is."""
    found, said = annotations(plan), results(plan)
    assume(max(Counter(one.level for one in said).values(), default=0) < 10)
    levels = ["error", "warning", "note"]
    for one, result in zip(
        found, sorted(said, key=lambda one: levels.index(one.level)), strict=True
    ):
        place = result.location
        assert one.data == result.message
        assert one.properties == {"title": result.rule.value} | (
            {"file": place.file, "line": str(place.line), "col": str(place.column)} if place else {}
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_begins_a_command(text: str) -> None:
    annotations(hostile_plan(text))


NAMES = ["error", "add-mask", "stop-commands", "set-env name=X", "vso[task.setvariable]", ""]
LEADS = ["", " ", "\n", "\r", "\r\n", "%0A", "\u2028", "\x85", "\x0b", "\ufe0f", "x"]
MARKS = ["::", "##[", "##vso[", "%3A%3A", "##\ufe0f["]


@given(st.sampled_from(LEADS), st.sampled_from(MARKS), st.sampled_from(NAMES), st.text(max_size=3))
def test_no_command_can_be_put_together(lead: str, mark: str, name: str, tail: str) -> None:
    """Law: wherever a command stands in a plan, in pieces or whole, the runner does not find it."""
    text = f"{lead}{mark}{name}]::{tail}"
    annotations(hostile_plan(text))
    annotations(plan_of(replace(drifted(mark), type="#", region=text)))
    halves = change(f"{name}]", path="/a/##/##")
    annotations(plan_of(drifted("[", halves, halves.model_copy(update={"path": "/a/#"}))))


def test_the_grammar_finds_what_the_runner_finds() -> None:
    """It must not be that the tests above see no command at all."""
    log = "\n  ::error file=a%2Cb,line=1,::x::y%0A%2525\n::add-mask::e\nx ::error::y\n::nothing"
    assert commands(log) == (
        [Command("error", {"file": "a,b", "line": "1"}, "x::y\n%25"), Command("add-mask", {}, "e")],
        ["x ::error::y", "::nothing"],
    )
    with pytest.raises(AssertionError):
        commands("x ##[add-mask]e")


def test_an_annotation() -> None:
    assert render(plan_of(drifted()), "github") == (
        "::error file=desired/a.json,line=6,col=43,title=drift-weaker::"
        "oss_bucket_https_config.app is weaker than desired: it accepts TLS 1.0, which is not "
        'wanted. Needed: TLS/TLSVersion: remove "TLSv1.0".\n'
        "Verdict: drift. Buckets: 1 drifted.\n"
    )


def test_a_plan_that_is_in_sync_is_one_line() -> None:
    assert render(plan_of(in_sync()), "github") == "Verdict: in_sync. Buckets: 1 in sync.\n"


def test_the_worst_come_first() -> None:
    found = annotations(plan_of(*one_of_each()))
    assert [(one.name, one.properties["title"]) for one in found] == [
        ("error", "bucket-unreadable"),
        ("error", "drift-weaker"),
        ("error", "drift-mixed"),
        ("error", "bucket-missing"),
        ("warning", "drift-stricter"),
        ("warning", "drift-neutral"),
        ("warning", "live-warning"),
        ("notice", "bucket-undeclared"),
        ("notice", "drift-waived"),
    ]


def test_the_verdict_counts_every_bucket() -> None:
    assert render(plan_of(*one_of_each()), "github").splitlines()[-1] == (
        "Verdict: incomplete. "
        "Buckets: 2 in sync, 1 waived, 4 drifted, 1 missing, 1 not judged, 1 undeclared."
    )


@pytest.mark.parametrize("plan", [plan_of(), plan_of(unlisted())], ids=["nothing", "unlisted"])
def test_what_could_not_be_judged_is_an_error(plan: Plan) -> None:
    (found,) = annotations(plan)
    assert (found.name, found.properties) == ("error", {"title": "bucket-unreadable"})


def test_a_plan_of_no_bucket_says_so() -> None:
    assert render(plan_of(), "github").endswith("\nVerdict: incomplete. Buckets: none.\n")


def test_a_path_is_escaped_as_a_property() -> None:
    source = Source("desired/a,line=9::b%0A.json", 2, 3)
    text = render(plan_of(replace(missing(), source=source)), "github")
    assert text.startswith(
        "::error file=desired/a%2Cline=9%3A%3Ab%250A.json,line=2,col=3,title=bucket-missing::"
    )


def test_more_than_ten_alike_are_one() -> None:
    plan = plan_of(*(unreadable(f"app-{line:02}", line=line) for line in range(1, 13)))
    (found,) = annotations(plan)
    assert found.data.endswith("12 buckets are alike: app-01, app-02, app-03 and 9 more; "
                               "12 in cn-hangzhou.")  # fmt: skip


def test_ten_of_each_kind_are_shown_and_the_others_counted() -> None:
    def many(kind: str, count: int) -> list[ResourceChange]:
        return [drifted(f"{kind}-{n:02}", change(f"{kind}-{n}")) for n in range(count)]

    plan = plan_of(*many("a", 13), *many("b", 2), missing("c"))
    found = annotations(plan)
    assert [one.name for one in found] == ["error"] * 10 + ["notice"]
    assert found[-1].data == "6 more results are not shown here. `drift show PLAN` has all."
    assert found[-1].properties == {"title": "drift"}


NUMBERS = st.integers(0, 13)


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans())
def test_no_more_than_ten_of_a_kind_are_said(
    errors: int, warnings: int, notices: int, alike: bool
) -> None:
    """Law: the runner shows all that there is, and that which says that there is more."""
    differing = [drifted(f"a-{n:02}", change(f"{n}")) for n in range(errors)]
    stricter = [
        drifted(f"b-{n:02}", change(f"{n}"), impact=Impact.STRICTER) for n in range(warnings)
    ]
    others = [
        replace(undeclared(f"c-{n:02}"), meaning="" if alike else f"{n}") for n in range(notices)
    ]
    found = annotations(plan_of(in_sync("d"), *differing, *stricter, *others))
    assert max(Counter(one.name for one in found).values(), default=0) <= 10
    shown = sum(
        int((re.search(r"(\d+) buckets are alike", one.data) or [0, 1])[1]) for one in found
    )
    (hidden,) = [
        int(one.data.split()[0]) for one in found if one.properties["title"] == "drift"
    ] or [0]
    assert shown - bool(hidden) + hidden == errors + warnings + notices
