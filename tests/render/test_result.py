"""What reports for machines have in common: results, their fingerprints, and how they fold."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.plan import Change, DocumentChange, Finding, Impact, Plan, ResourceChange, Source, Status
from drift.render import Format, render
from drift.render.few import fitted
from drift.render.result import Result, anchor, results
from drift.render.rule import Rule
from drift.render.steps import steps
from tests.render.fleets import in_sync as same
from tests.render.plans import (
    HOSTILE_PLANS,
    PLAIN_PLANS,
    change,
    drifted,
    in_sync,
    missing,
    names,
    one_of_each,
    plan_of,
    undeclared,
    unlisted,
    unreadable,
)
from tests.render.test_fold import KINDS, named


def only(plan: Plan) -> Result:
    (result,) = results(plan)
    return result


def fingerprints(found: Sequence[Result]) -> list[str]:
    return [one.fingerprint for one in found]


@given(HOSTILE_PLANS | PLAIN_PLANS)
def test_every_bucket_that_is_not_in_sync_has_exactly_one_result(plan: Plan) -> None:
    """Law: as many results as buckets that are not in sync; those that are have warnings only."""
    said = Counter(
        one.resources[0].address
        for one in results(plan)
        if one.resources and one.rule is not Rule.WARNING
    )
    assert said == Counter(
        one.address for one in plan.resource_changes if one.status is not Status.IN_SYNC
    )


@given(HOSTILE_PLANS | PLAIN_PLANS, st.integers(0, 8))
def test_a_bucket_is_said_once_however_much_is_folded(plan: Plan, most: int) -> None:
    """Law: what is folded has all buckets, unless it is cut; and then the worst are kept."""
    found, kept = results(plan), fitted(results(plan), most)
    assert len(kept) <= most
    said = Counter(name for one in kept for name in names(one.resources))
    all_of_them = Counter(name for one in found for name in names(one.resources))
    assert said <= all_of_them
    if len(kept) < most:
        assert said == all_of_them
    assert [one.kind.gravity for one in kept] == sorted(one.kind.gravity for one in kept)
    assert len({one.kind for one in kept}) == min(most, len({one.kind for one in found}))
    assert {one.kind for one in found[:1]} == {one.kind for one in kept[:1]} or not most


@given(HOSTILE_PLANS | PLAIN_PLANS, st.integers(0, 8))
def test_no_two_results_of_a_report_have_the_same_fingerprint(plan: Plan, most: int) -> None:
    """Law: fingerprints are unique, folded or not: readers drop what has one twice."""
    for found in (results(plan), fitted(results(plan), most)):
        assert len(set(fingerprints(found))) == len(found)


@given(PLAIN_PLANS | HOSTILE_PLANS, st.randoms(use_true_random=False))
def test_results_are_the_same_in_any_order_of_buckets(plan: Plan, random: object) -> None:
    """Law: what a report says does not depend on the order in which a plan has its buckets."""
    shuffled = list(plan.resource_changes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = plan.model_copy(update={"resource_changes": tuple(shuffled)})
    assert results(again) == results(plan)


@given(st.permutations(["TLSv1.0", "TLSv1.1", True, None]), st.integers(1), st.integers(1))
def test_a_fingerprint_survives_the_order_of_changes_and_where_they_stand(
    values: list[str | bool | None], line: int, column: int
) -> None:
    """Law: a file that is edited above, or moved, does not open the same alert once more."""
    usual = drifted("app", *(change(value) for value in ("TLSv1.0", "TLSv1.1", True, None)))
    source = Source("desired/moved.json", line, column)
    moved = [change(value).model_copy(update={"source": source}) for value in values]
    again = replace(usual, changes=tuple(moved), source=source, meaning="in other words")
    assert only(plan_of(usual)).fingerprint == only(plan_of(again)).fingerprint


OTHERS: dict[str, ResourceChange] = {
    "another value": drifted("app", change("TLSv1.1")),
    "one value more": drifted("app", change(), change("TLSv1.1")),
    "another member": drifted("app", change(path="/HttpsConfiguration/CipherSuite/X")),
    "another action": drifted("app", change().model_copy(update={"action": "update"})),
    "another desired value": drifted("app", change().model_copy(update={"after": "TLSv1.3"})),
    "a text, not a boolean": drifted("app", change("true")),
    "a boolean": drifted("app", change(value=True)),
    "another bucket": drifted("app-2"),
    "another region": drifted("app", region="cn-beijing"),
    "no region": drifted("app", region=None),
    "another setting": replace(drifted(), type="oss_bucket_encryption"),
    "another impact": drifted("app", impact=Impact.MIXED),
    "no such bucket": missing("app"),
    "a problem": unreadable("app"),
    "another problem": unreadable("app", "SocketTimeout"),
    "a warning": in_sync("app", Finding(path="/x", message="y")),
    "another warning": in_sync("app", Finding(path="/x", message="z")),
    "a warning of another member": in_sync("app", Finding(path="/z", message="y")),
}


def test_a_dismissed_alert_never_hides_another_drift() -> None:
    found = [only(plan_of(one)) for one in (drifted(), *OTHERS.values())]
    assert len(set(fingerprints(found))) == len(found)


def test_a_fingerprint_is_not_of_the_request() -> None:
    problem = unreadable().problem
    assert problem
    other = problem.model_copy(update={"request_id": None, "message": "No.", "retryable": True})
    again = replace(unreadable(), problem=other)
    assert only(plan_of(again)).fingerprint == only(plan_of(unreadable())).fingerprint


def test_a_fingerprint_is_what_it_was() -> None:
    """If this fails, every alert that somebody dismissed comes back."""
    result = only(plan_of(drifted()))
    assert result.fingerprint == (
        "d054c75f2291597ec6c8722e8041bd8f6030dfff7569930d962d890ebfdcdb7f"
    )


def test_the_worst_come_first_and_then_it_goes_by_name() -> None:
    plan = plan_of(*reversed(one_of_each()), drifted("a-weaker"))
    assert [(one.rule.value, one.resources[0].name) for one in results(plan)] == [
        ("bucket-unreadable", "a-unreadable"),
        ("drift-weaker", "a-weaker"),
        ("drift-weaker", "b-weaker"),
        ("drift-mixed", "c-mixed"),
        ("bucket-missing", "d-missing"),
        ("drift-stricter", "e-stricter"),
        ("drift-neutral", "f-neutral"),
        ("bucket-undeclared", "g-undeclared"),
        ("live-warning", "h-warned"),
        ("drift-waived", "j-waived"),
    ]


def test_what_is_in_sync_has_no_result() -> None:
    assert results(plan_of(in_sync())) == ()


@pytest.mark.parametrize("buckets", [(), (undeclared(),)], ids=["nothing", "undeclared"])
def test_a_plan_with_nothing_to_judge_is_an_error(buckets: tuple[ResourceChange, ...]) -> None:
    plan = plan_of(*buckets)
    first, *rest = results(plan)
    assert (first.rule, first.level, first.resources) == (Rule.UNREADABLE, "error", ())
    assert first.message == "No declared bucket was found, so nothing is called green."
    assert plan.verdict == "incomplete"
    assert len(rest) == len(buckets)


MESSAGES = {
    "oss_bucket_https_config.app is weaker than desired: it accepts TLS 1.0, which is not wanted. "
    'Needed: TLS/TLSVersion: remove "TLSv1.0".': drifted(),
    "oss_bucket_https_config.app is weaker than desired: it was never configured: it accepts TLS "
    '1.0, which is not wanted. Needed: TLS/TLSVersion: remove "TLSv1.0".': replace(
        drifted(), change=DocumentChange(actions=("create",), after={})
    ),
    "oss_bucket_https_config.app is weaker than desired. "
    'Needed: TLS/TLSVersion: remove "TLSv1.0".': replace(drifted(), meaning=""),
    "oss_bucket_https_config.app does not exist.": replace(missing(), meaning="is fine"),
    "oss_bucket_https_config.app could not be judged: AccessDenied. These credentials may not read "
    "the setting. Allow it on acs:oss:*:*:app.": unreadable(),
    "oss_bucket.app is declared by no desired file.": undeclared(),
    "oss_bucket_https_config.app has something suspicious: It looks wrong [/x]": in_sync(
        "app", Finding(path="/x", message="It looks wrong")
    ),
}


@pytest.mark.parametrize(("message", "resource"), MESSAGES.items())
def test_a_message_says_what_it_is_and_what_is_needed(
    message: str, resource: ResourceChange
) -> None:
    assert results(plan_of(resource))[-1].message == message


def edited(action: str, before: object, after: object) -> Change:
    return change(before, "/HttpsConfiguration/TLS/Enable").model_copy(  # type: ignore[arg-type]
        update={"action": action, "after": after}
    )


def test_changes_are_told_in_words() -> None:
    changes = (
        edited("update", before=False, after=True),
        edited("add", before=None, after=True),
        change("TLSv1.0"),
        change("TLSv1.1"),
        *(change(f"SUITE-{number}", "/HttpsConfiguration/X") for number in range(9)),
        change("x", "/"),
        change("y" * 500, "/a/b"),
    )
    assert steps(drifted("app", *changes)) == (
        "TLS/Enable: update false to true",
        "TLS/Enable: add true",
        'TLS/TLSVersion: remove "TLSv1.0" and "TLSv1.1"',
        'X: remove "SUITE-0", "SUITE-1", "SUITE-2", "SUITE-3", "SUITE-4" and 4 more',
        '/: remove "x"',
        f'b: remove "{"y" * 116}...',
    )


def test_of_many_steps_the_message_has_the_first() -> None:
    many = [change("x", f"/HttpsConfiguration/X{number}") for number in range(10)]
    assert only(plan_of(drifted("app", *many))).detail.endswith(
        'X6: remove "x"; X7: remove "x"; and 2 more.'
    )


def test_a_result_stands_where_its_first_change_does() -> None:
    found = results(plan_of(drifted("a", change(line=8), change("x", line=9)), missing("b", 4)))
    assert [one.location for one in found] == [("desired/a.json", 8, 43), ("desired/a.json", 4, 13)]


def test_a_warning_stands_where_its_bucket_is_declared() -> None:
    warned = replace(drifted(), warnings=(Finding(path="/x", message="y"),))
    assert [one.location and one.location.line for one in results(plan_of(warned))] == [6, 3]


def test_a_warning_that_is_there_twice_is_said_once() -> None:
    finding = Finding(path="/x", message="y")
    assert len(results(plan_of(in_sync("app", finding, finding)))) == 1


def test_a_place_is_fit_for_any_reader() -> None:
    source = Source("./desired/../a\x1b.json", 10**30, 10**30)
    result = only(plan_of(replace(missing(), source=source)))
    assert result.location == (r"a\x1b.json", 2**31 - 1, 2**31 - 1)


def test_what_has_no_place_is_said_at_the_first_of_the_desired_files() -> None:
    later = replace(missing(), source=Source("desired/b.json", 7, 7))
    assert anchor(plan_of(undeclared(), later, missing())) == ("desired/a.json", 1, 1)
    assert anchor(plan_of(unlisted())) == ("desired", 1, 1)
    assert only(plan_of(unlisted())).location is None


def test_results_that_fit_are_not_folded() -> None:
    found = results(plan_of(drifted("a"), drifted("b")))
    assert fitted(found, 2) == found


def test_alike_results_of_one_line_are_folded_first() -> None:
    plan = plan_of(
        drifted("a"),
        drifted("b", region="cn-beijing"),
        drifted("c", region=None),
        drifted("d"),
        drifted("e", change(line=7)),
        drifted("f", change("TLSv1.1")),
    )
    folded = fitted(results(plan), 3)
    assert [names(one.resources) for one in folded] == [["a", "b", "c", "d"], ["e"], ["f"]]
    assert folded[0].message.endswith(
        '"TLSv1.0". 4 buckets are alike: a, b, c and d; '
        "2 in cn-hangzhou, 1 in an unknown region, 1 in cn-beijing."
    )
    assert folded[1:] == results(plan)[4:]


@pytest.mark.parametrize(
    ("regions", "told"),
    [
        ("abcde", "1 in a, 1 in b, 1 in c, 1 in d, 1 in e."),
        ("abcdef", "1 in a, 1 in b, 1 in c, 1 in d, 1 in e, 1 in 1 more region."),
        ("aaaabcdeffgh", "4 in a, 2 in f, 1 in b, 1 in c, 1 in d, 3 in 3 more regions."),
    ],
)
def test_regions_that_are_not_named_are_counted(regions: str, told: str) -> None:
    buckets = [drifted(f"b-{at}", region=region) for at, region in enumerate(regions)]
    (folded,) = fitted(results(plan_of(*buckets)), 1)
    assert folded.message.endswith(f"; {told}")


BOTH = "weaker and stricter than desired"


@pytest.mark.parametrize(
    ("impacts", "said"),
    [
        ([Impact.WEAKER, Impact.STRICTER], f"is {BOTH}:"),
        ([Impact.WEAKER, Impact.STRICTER, Impact.MIXED], f"is {BOTH}:"),
        ([Impact.MIXED], f"is {BOTH}, or may be:"),
        ([Impact.MIXED, Impact.WEAKER], f"is {BOTH}, or may be:"),
    ],
)
def test_what_is_certain_is_not_called_possible(impacts: list[Impact], said: str) -> None:
    changes = [
        change(f"v{at}").model_copy(update={"impact": one}) for at, one in enumerate(impacts)
    ]
    plan = plan_of(drifted("a", *changes, impact=Impact.MIXED))
    assert said in only(plan).message
    for name in get_args(Format):
        if name in ("json", "terraform-json"):  # which have impacts, and no titles
            continue
        shown = re.sub(r"<[^>]+>", "", render(plan, name))
        assert BOTH in shown
        # SARIF tells of the rule, too, which is that of both cases.
        assert (f"{BOTH}, or may be" in shown) == ("or may be" in said or name == "sarif")


def test_then_alike_results_are_folded_wherever_they_stand() -> None:
    plan = plan_of(*(unreadable(f"app-{line}", line=line) for line in range(1, 9)), missing("z"))
    first, second = fitted(results(plan), 2)
    assert first.location == ("desired/a.json", 1, 13)
    assert first.message.endswith(
        "acs:oss:*:*:BUCKET. 8 buckets are alike: app-1, app-2, app-3 and 5 more; 8 in cn-hangzhou."
    )
    assert first.buckets == 8
    assert second == results(plan)[-1]


def test_at_last_only_the_worst_are_kept() -> None:
    plan = plan_of(missing("a"), drifted("b"), unreadable("c"))
    assert [one.rule for one in fitted(results(plan), 2)] == [Rule.UNREADABLE, Rule.WEAKER]


def test_the_first_of_each_rule_is_kept_before_a_second_of_any() -> None:
    unread = (unreadable(f"a-{number}", f"Code{number}") for number in range(12))
    found = results(plan_of(*unread, drifted("b"), drifted("c", impact=Impact.MIXED)))
    kept = [one.rule for one in fitted(found, 4)]
    assert kept == [Rule.UNREADABLE, Rule.UNREADABLE, Rule.WEAKER, Rule.MIXED]


def test_one_bucket_that_has_two_settings_is_not_named_twice() -> None:
    one = in_sync("app", Finding(path="/x", message="y"))
    found = results(plan_of(one, replace(one, type="oss_bucket_encryption"), undeclared("b")))
    assert [names(kept.resources) for kept in fitted(found, 2)] == [["b"], ["app"]]


WARNED = st.builds(
    lambda path, message: same("", warnings=(Finding(path=path, message=message),)),
    st.sampled_from(["/x", "/y"]),
    st.sampled_from(["It looks wrong", "It looks odd"]),
)


def told(result: Result, name: str) -> tuple[object, ...]:
    """Return what is said, but for the bucket's name."""
    summary = result.summary.replace(f".{name} ", ".BUCKET ")
    return result.rule, result.level, summary.replace(f"acs:oss:*:*:{name}", "acs:oss:*:*:BUCKET")


@given(st.lists(KINDS | WARNED, max_size=30).map(named), st.integers(1, 9))
def test_what_is_said_of_a_folded_result_is_true_of_each_of_its_buckets(
    found: list[ResourceChange], most: int
) -> None:
    """Law: told by itself, each bucket is told like all of them, but for its name."""
    for one in fitted(results(plan_of(*found)), most):
        for resource in one.resources:
            alone = results(plan_of(resource))[-1]
            assert told(alone, resource.name) == told(one, one.resources[0].name)
            assert one.detail.startswith(alone.detail)
        if one.buckets > 1:
            assert f":{one.resources[0].name}" not in one.message


def test_a_folded_alert_that_was_dismissed_hides_no_further_bucket() -> None:
    few = plan_of(drifted("a"), drifted("b"))
    more = plan_of(drifted("a"), drifted("b"), drifted("c"))
    (before,), (after,) = fitted(results(few), 1), fitted(results(more), 1)
    assert before.fingerprint != after.fingerprint


ALL_FOUR = """
import sys
from drift.render import render
from tests.render.plans import change, drifted, one_of_each, plan_of
plan = plan_of(*one_of_each(), drifted("z", *map(change, "abcdefgh")))
for name in ("sarif", "junit", "github", "gitlab"):
    sys.stdout.write(render(plan, name))
"""


def test_a_report_has_the_same_bytes_in_every_process() -> None:
    command = [sys.executable, "-c", ALL_FOUR]
    root = Path(__file__).parent.parent.parent
    first, second = (
        subprocess.run(
            command, cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, timeout=60
        )
        for seed in ("0", "1")
    )
    assert first.stderr == b""
    assert first.stdout == second.stdout != b""
