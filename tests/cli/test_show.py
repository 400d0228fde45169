"""`drift show`: a saved plan is printed, and not believed where it contradicts itself."""

import json
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from drift.errors import PlanFileError
from drift.planfile import load, pieces
from tests.cli.running import SAMPLES, Ran, shell

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]
Edit: TypeAlias = Callable[[dict[str, Any]], object]


@pytest.fixture
def saved(drift: Drift, recorded: tuple[str, Path]) -> dict[str, Any]:
    """Return a plan of the samples as it was saved, with a bucket of every status."""
    drift("plan", SAMPLES / "desired", *recorded, "--out", "plan.json")
    document: dict[str, Any] = json.loads(Path("plan.json").read_text())
    return document


def resource(document: dict[str, Any], status: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in document["resource_changes"] if one["status"] == status
    )
    return found


def drop(document: dict[str, Any], status: str) -> None:
    """Leave out every bucket of a status, and count anew."""
    kept = [one for one in document["resource_changes"] if one["status"] != status]
    document["resource_changes"] = kept
    document["summary"]["buckets"] = len(kept)
    document["summary"][status] = 0


def drifted_only(document: dict[str, Any]) -> dict[str, Any]:
    """Make it a plan that is complete, and in which a single bucket has drifted."""
    for status in ("unreadable", "missing"):
        drop(document, status)
    one = resource(document, "drift")
    others = [one for one in document["resource_changes"] if one["status"] == "in_sync"]
    document["resource_changes"] = [one, *others]
    document["summary"] |= {"buckets": 1 + len(others), "drift": 1}
    document |= {"verdict": "drift", "complete": True, "errored": False, "applyable": True}
    return one


def turned_green(document: dict[str, Any]) -> dict[str, Any]:
    one = drifted_only(document)
    one["status"] = "in_sync"
    count = document["summary"]
    count |= {"in_sync": count["buckets"], "drift": 0}
    document |= {"verdict": "in_sync", "applyable": False}
    return one


def test_a_saved_plan_is_shown_as_it_was_printed(drift: Drift, recorded: tuple[str, Path]) -> None:
    printed = drift("plan", SAMPLES / "desired", *recorded, "--out", "plan.json")
    shown = drift("show", "plan.json")
    assert shown == (0, printed.out, printed.err)
    again = drift("show", "plan.json", "--format", "json")
    assert again.out == Path("plan.json").read_text()


def test_plan_on_standard_input_is_shown(drift: Drift, saved: dict[str, Any], folder: Path) -> None:
    shown = drift("show", "plan.json")
    assert shell("drift show - <plan.json", cwd=folder) == shown
    assert shell("cat plan.json | drift show -", cwd=folder) == shown
    assert resource(saved, "drift")


def test_standard_input_is_read_in_this_process(
    drift: Drift, saved: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = drift("show", "plan.json")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(Path("plan.json").read_bytes())))
    assert drift("show", "-") == shown
    monkeypatch.setattr("sys.stdin", None)
    drift("show", "-").failed("The plan <stdin> cannot be read")
    assert resource(saved, "drift")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("drift show - </dev/null", "<stdin> is no plan: it is not a JSON object."),
        ("drift show - <&-", "The plan <stdin> cannot be read: Bad file descriptor."),
        (r"printf '\xff' | drift show -", "<stdin> is no plan: it is not UTF-8."),
        ("yes | drift show -", "<stdin> is no plan: it is larger than 256 MiB."),
    ],
)
def test_standard_input_without_a_plan_is_an_error(folder: Path, script: str, said: str) -> None:
    shell(script, cwd=folder).harmless().failed(said)


def test_a_byte_order_mark_before_a_plan_is_accepted(
    drift: Drift, saved: dict[str, Any], write: Write
) -> None:
    marked = write("marked.json", Path("plan.json").read_text().encode("utf-8-sig"))
    assert drift("show", marked) == drift("show", "plan.json")
    assert resource(saved, "drift")


def test_an_edited_plan_that_holds_together_is_read(
    drift: Drift, write: Write, saved: dict[str, Any]
) -> None:
    drifted_only(saved)
    ran = drift("show", write("edited.json", saved))
    assert ran.code == 0
    assert "Verdict: drift" in ran.out


@pytest.mark.parametrize("asked", ["--explain", "DRIFT_EXPLAIN"])
def test_a_saved_plan_is_explained_if_that_is_asked_for(
    drift: Drift, saved: dict[str, Any], asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resource(saved, "drift")["changes"][0]["severity"]
    assert "# Severity " not in drift("show", "plan.json").out
    options = ["--explain"] if asked == "--explain" else []
    if not options:
        monkeypatch.setenv(asked, "1")
    ran = drift("show", "plan.json", *options)
    assert ran.code == 0
    assert "  # Severity high: " in ran.out


NO_OBJECT = "it is not a JSON object"
HEAD = '{"format_version": "1.0"'
NO_PLANS = {
    "nothing": ("", NO_OBJECT),
    "words": ("No changes.", NO_OBJECT),
    "half a plan": (f"{HEAD}, ", NO_OBJECT),
    "a colon too few": ('{"format_version" "1.0"}', NO_OBJECT),
    "a comma too many": (f"{HEAD},}}", NO_OBJECT),
    "a plan and more": (f"{HEAD}}}{HEAD}}}", NO_OBJECT),
    "a name that is a number": ("{1: 2}", NO_OBJECT),
    "half a list": (f'{HEAD}, "resource_changes": [', NO_OBJECT),
    "a list": ("[]", NO_OBJECT),
    "two byte order marks": (f"\ufeff\ufeff{HEAD}}}", NO_OBJECT),
    "an object": ("{}", "it has no format_version"),
    "an empty list": ('{"resource_changes": [ ] }', "it has no format_version"),
    "a version that is no text": ('{"format_version": 1.0}', "it has no format_version"),
    "only a version": (f"{HEAD}}}", "/drift_version: Field required"),
    "an older version": ('{"format_version": "0.9"}', "/format_version: "),
    "a version of other digits": ('{"format_version": "\u0662.0"}', "/format_version: "),
    "a version of many digits": (f'{{"format_version": "{"9" * 5000}.0"}}', "/format_version: "),
    "a verdict twice": (
        f'{HEAD}, "verdict": 1, "verdict": 2}}',
        'it has the member "verdict" twice',
    ),
    "buckets twice": (
        f'{HEAD}, "resource_changes": [], "resource_changes": []}}',
        'it has the member "resource_changes" twice',
    ),
    "a hostile name twice": (
        f'{HEAD}, "resource_changes": [{{"\\u001b[0m": 1, "\\u001b[0m": 1}}]}}',
        r'it has the member "\x1b[0m" twice',
    ),
    "buckets that are no list": (f'{HEAD}, "resource_changes": {{}}}}', "/drift_version: "),
    "a bucket that is none": (f'{HEAD}, "resource_changes": [1]}}', "/resource_changes/0: "),
    "deep nesting": (f'{HEAD}, "a": {"[" * 100_000}', "it is nested deeper than 64"),
    "nesting as deep as JSON": (
        f'{HEAD}, "a": {"[{}, " * 65}0{"]" * 65}}}',
        "it is nested deeper than 64",
    ),
    "an infinite number": (f'{HEAD}, "a": -Infinity}}', "it has a number that JSON lacks"),
    "a number beyond all": (f'{HEAD}, "a": [1e999]}}', "it has a number that JSON lacks"),
    "a number of many digits": (f'{HEAD}, "a": {"9" * 5000}}}', "it has a number that is too long"),
    "half a character": (
        f'{HEAD}, "drift_version": "\\ud800"}}',
        "it has text that is not Unicode",
    ),
    "a control character": (f'{HEAD}, "a": "\n"}}', NO_OBJECT),
    "another encoding": ('{"a": "ö"}'.encode("latin-1"), "it is not UTF-8"),
    "a desired file": ('{"Bucket": "oss-example"}', "it has no format_version"),
}


@pytest.mark.parametrize(("content", "reason"), NO_PLANS.values(), ids=NO_PLANS)
def test_what_is_no_plan(drift: Drift, write: Write, content: object, reason: str) -> None:
    ran = drift("show", write("plan.json", content))
    ran.failed(f"Error: plan.json is no plan: {reason}", "Save one with drift plan --out FILE.")
    assert ran.out == ""


def test_a_plan_that_cannot_be_read(drift: Drift, folder: Path) -> None:
    drift("show", "nowhere").failed("The plan nowhere cannot be read: No such file or directory.")
    drift("show", folder).failed("cannot be read: Is a directory.")


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(drift: Drift) -> None:
    os.mkfifo("pipe")
    drift("show", "pipe").failed(f"pipe is no plan: {NO_OBJECT}")


def test_a_terminal_is_not_waited_for(drift: Drift) -> None:
    ours, theirs = os.openpty()
    drift("show", os.ttyname(theirs)).failed(f"is no plan: {NO_OBJECT}")
    os.close(ours)
    os.close(theirs)


def test_a_plan_comes_through_a_pipe(recorded: tuple[str, Path], folder: Path) -> None:
    of = " ".join(map(str, (SAMPLES / "desired", *recorded)))
    ran = shell(f"drift plan {of} --format json | drift show /dev/stdin", cwd=folder)
    assert (ran.code, "Verdict: incomplete" in ran.out) == (0, True)


def test_a_plan_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as file:
        file.truncate((1 << 20) + 1)
    with pytest.raises(PlanFileError, match="is no plan: it is larger than 1 MiB"):
        load(path, largest=1 << 20)
    path.write_text(f"[{'0,' * 2000}0]")
    with pytest.raises(PlanFileError, match="is no plan: it has more than 1,000 values"):
        load(path, largest=8000)


@pytest.mark.parametrize("place", ["head", "bucket"])
def test_a_bucket_is_at_most_a_mebibyte(
    drift: Drift, write: Write, saved: dict[str, Any], place: str
) -> None:
    holder = saved if place == "head" else saved["resource_changes"][0]
    holder["extra"] = "x" * 1_000_000
    assert drift("show", write("edited.json", saved)).code == 0
    holder["extra"] = "x" * 1_048_577
    drift("show", write("edited.json", saved)).failed(
        "is no plan: one of its buckets, or all beside them, is larger than 1 MiB."
    )


def test_no_more_than_a_mebibyte_is_taken_apart(tmp_path: Path) -> None:
    """As objects, what a plan of 32 MiB can hold would take gigabytes."""
    path = tmp_path / "plan.json"
    path.write_text('{"a": [' + '{"": 0},' * 1_000_000 + "0]}")
    tracemalloc.start()
    try:
        with pytest.raises(PlanFileError, match="larger than 1 MiB"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


def test_where_a_text_is_cut_to_be_taken_apart_makes_no_difference(
    write: Write, saved: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("plan.json", saved)
    whole = load(path)
    for first in range(1, 40):
        monkeypatch.setattr(pieces, "_SIZES", (first, 300, 1 << 20))
        assert load(path) == whole


@pytest.mark.parametrize("inner", ['"\\"[[[{"', "[]", "{}", '"é"'])
def test_nesting_is_counted_as_it_is(
    drift: Drift, write: Write, saved: dict[str, Any], inner: str
) -> None:
    """A list that is `depth` deep, in a bucket, with brackets in texts around it."""
    for depth, fits in ((60, True), (64, False)):
        nested: Any = json.loads(inner)
        for _ in range(depth):
            nested = ["[[{", nested, {"]": '\\"['}]
        saved["resource_changes"][0]["extra"] = nested
        ran = drift("show", write("edited.json", saved))
        assert (ran.code == 0) is fits
        assert ("it is nested deeper than 64" in ran.err) is not fits


LIES: dict[str, tuple[Edit, str]] = {
    "waived, and nothing to waive": (
        lambda plan: resource(plan, "in_sync").update(status="waived"),
        "a bucket is waived only if it has changes",
    ),
    "a verdict flipped to in_sync": (
        lambda plan: plan.update(verdict="in_sync"),
        "its verdict does not follow from its buckets",
    ),
    "a verdict that does not exist": (
        lambda plan: plan.update(verdict="fine"),
        "its verdict does not follow",
    ),
    "no verdict": (lambda plan: plan.pop("verdict"), "its verdict does not follow"),
    "complete, though it is not": (
        lambda plan: plan.update(complete=True),
        "its complete does not follow from its buckets",
    ),
    "no error, though there is one": (
        lambda plan: plan.update(errored=False),
        "its errored does not follow",
    ),
    "applyable, though it is not": (
        lambda plan: plan.update(applyable=True),
        "its applyable does not follow",
    ),
    "a number that is wrong": (
        lambda plan: plan["summary"].update(in_sync=8),
        "its summary does not follow",
    ),
    "a number that is missing": (
        lambda plan: plan["summary"].pop("missing"),
        "its summary does not follow",
    ),
    "a summary that is none": (
        lambda plan: plan.update(summary=[]),
        "its summary does not follow",
    ),
    "an unreadable bucket left out": (
        lambda plan: plan["resource_changes"].remove(resource(plan, "unreadable")),
        "its verdict does not follow",
    ),
    "a drift turned in_sync": (
        lambda plan: resource(plan, "drift").update(status="in_sync"),
        ": Value error, a bucket has drifted if and only if it has changes",
    ),
    "a drift turned in_sync, without its changes": (
        lambda plan: turned_green(plan).update(changes=[]),
        "/resource_changes/0: Value error, ",
    ),
    "a drift turned in_sync, without its changes and actions": (
        lambda plan: turned_green(plan).update(
            changes=[],
            impact="neutral",
            change=resource(plan, "in_sync")["change"] | {"actions": ["no-op"], "after": None},
        ),
        "/resource_changes/0: Value error, ",
    ),
    "in sync, and yet weaker": (
        lambda plan: resource(plan, "in_sync").update(impact="weaker"),
        "what is in sync has no impact",
    ),
    "an unreadable bucket turned in_sync": (
        lambda plan: resource(plan, "unreadable").update(status="in_sync"),
        "a bucket is unreadable if and only if it has a problem",
    ),
    "an unreadable bucket turned in_sync, without its problem": (
        lambda plan: resource(plan, "unreadable").update(status="in_sync", problem=None),
        ": Value error, ",
    ),
    "a missing bucket turned in_sync": (
        lambda plan: resource(plan, "missing").update(status="in_sync"),
        ": Value error, ",
    ),
    "a status that does not exist": (
        lambda plan: resource(plan, "drift").update(status="fine"),
        "/status: ",
    ),
    "two actions": (
        lambda plan: resource(plan, "drift")["change"].update(actions=["no-op", "update"]),
        "/change/actions: ",
    ),
    "a line before the first": (
        lambda plan: resource(plan, "drift")["source"].update(line=0),
        "/source/line: ",
    ),
    "a time without a zone": (
        lambda plan: plan.update(timestamp="2026-11-22T12:00:00"),
        "/timestamp: ",
    ),
    "a time that only pydantic can read": (
        lambda plan: plan.update(timestamp="1700000000"),
        "/timestamp: Input should be a date and time as RFC 3339 has it",
    ),
    "a time before all": (
        lambda plan: plan.update(timestamp="0001-01-01T00:00:00+23:59"),
        "/timestamp: Input should be a date and time as RFC 3339 has it",
    ),
    "a number that only Python takes for one": (
        lambda plan: plan["summary"].update(missing=True),
        "its summary does not follow",
    ),
    "a one for a true": (lambda plan: plan.update(errored=1), "its errored does not follow"),
    "no meaning": (
        lambda plan: plan["resource_changes"][0].pop("meaning"),
        "/resource_changes/0/meaning: Field required",
    ),
    "no actions": (
        lambda plan: resource(plan, "unreadable")["change"].pop("actions"),
        "/change/actions: Field required",
    ),
    "a problem that nobody can retry or not": (
        lambda plan: resource(plan, "unreadable")["problem"].pop("retryable"),
        "/problem/retryable: Field required",
    ),
    "no word of undeclared buckets": (
        lambda plan: plan.pop("undeclared"),
        "/undeclared: Field required",
    ),
    "no buckets": (
        lambda plan: plan.update(resource_changes=[]),
        "does not follow",
    ),
}


@pytest.mark.parametrize("member", ["severity", "violations", "waiver"])
def test_a_plan_of_version_1_2_says_of_each_change_what_older_ones_do_not(
    drift: Drift, write: Write, saved: dict[str, Any], member: str
) -> None:
    del resource(saved, "drift")["changes"][0][member]
    ran = drift("show", write("edited.json", saved))
    ran.failed("edited.json is no plan: /resource_changes/", f"/changes/0/{member}: Field required")
    saved["format_version"] = "1.1"
    assert drift("show", write("older.json", saved)).code == 0


def waive(plan: dict[str, Any], expires: str) -> None:
    """Waive all that drifted in the first bucket that did, until a day."""
    one = resource(plan, "drift")
    place = {"file": "desired/waivers.json", "line": 1, "column": 1}
    excuse = {"reason": "r", "owner": "o", "expires": expires, "source": place}
    one["changes"] = [change | {"waiver": excuse} for change in one["changes"]]
    one |= {"status": "waived"}
    one["change"] |= {"actions": ["no-op"], "after": one["change"]["before"]}
    plan["summary"]["drift"] -= 1
    plan["summary"]["waived"] += 1


@pytest.mark.parametrize(("days", "code"), [(0, 0), (-1, 1)])
def test_a_waiver_holds_through_its_last_day_and_no_plan_was_made_after_it(
    drift: Drift, write: Write, saved: dict[str, Any], days: int, code: int
) -> None:
    made = datetime.fromisoformat(saved["timestamp"])
    waive(saved, (made.astimezone(UTC).date() + timedelta(days=days)).isoformat())
    ran = drift("show", write("edited.json", saved))
    assert (ran.code, "1 waived" in ran.out) == (code, code == 0)
    assert ("one of its waivers had expired" in ran.err) is (code == 1)


@pytest.mark.parametrize(("edit", "reason"), LIES.values(), ids=LIES)
def test_a_plan_that_contradicts_itself(
    drift: Drift, write: Write, saved: dict[str, Any], edit: Edit, reason: str
) -> None:
    edit(saved)
    for name in ("text", "json"):
        ran = drift("show", write("edited.json", saved), "--format", name)
        ran.failed("Error: edited.json is no plan: ", reason)
        assert ran.out == ""


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda plan: plan["resource_changes"][0].update(address="x.y"), "an address is not that"),
        (
            lambda plan: plan["resource_changes"][0].update(inert=[{"path": "/x", "value": 1e999}]),
            "it has a number that JSON lacks",
        ),
    ],
    ids=["an address", "a number that JSON lacks"],
)
def test_a_plan_that_was_edited_is_refused(
    drift: Drift,
    write: Write,
    saved: dict[str, Any],
    edit: Callable[[dict[str, Any]], None],
    reason: str,
) -> None:
    edit(saved)
    drift("show", write("edited.json", json.dumps(saved))).failed(f"is no plan: {reason}")


def test_a_plan_that_has_a_bucket_twice_is_refused(
    drift: Drift, write: Write, saved: dict[str, Any]
) -> None:
    saved["resource_changes"].append(saved["resource_changes"][-1])
    status = saved["resource_changes"][-1]["status"]
    saved["summary"]["buckets"] += 1
    saved["summary"][status] += 1
    drift("show", write("edited.json", json.dumps(saved))).failed("it has a bucket twice")


def test_a_plan_without_buckets_is_never_green(
    drift: Drift, write: Write, saved: dict[str, Any]
) -> None:
    saved |= {"resource_changes": [], "verdict": "in_sync", "complete": True, "errored": False}
    saved["summary"] = dict.fromkeys(saved["summary"], 0)
    drift("show", write("edited.json", saved)).failed("its verdict does not follow")
    saved |= {"verdict": "incomplete", "complete": False}
    assert "Verdict: incomplete" in drift("show", write("edited.json", saved)).out


@pytest.mark.parametrize("version", ["2.0", "2.0-rc1", "10.3", "999"])
def test_a_newer_plan_asks_for_an_upgrade(
    drift: Drift, write: Write, saved: dict[str, Any], version: str
) -> None:
    saved["format_version"] = version
    drift("show", write("edited.json", saved)).failed(
        f"The plan edited.json has the format version {version}; this drift reads 1.2. "
        "Upgrade drift."
    )


def test_a_plan_of_version_1_0_knows_of_no_undeclared_bucket(
    drift: Drift, write: Write, saved: dict[str, Any]
) -> None:
    expected = drift("show", "plan.json")
    saved["format_version"] = "1.0"
    del saved["undeclared"], saved["summary"]["undeclared"]
    assert drift("show", write("older.json", saved)) == expected
    saved["resource_changes"][-1]["status"] = "undeclared"
    drift("show", write("older.json", saved)).failed("older.json is no plan: ")


def test_a_plan_of_a_later_minor_version_may_say_more(
    drift: Drift, write: Write, saved: dict[str, Any]
) -> None:
    expected = drift("show", "plan.json")
    saved |= {"format_version": "1.9", "extra": {"a": [1]}}
    saved["summary"]["skipped"] = 3
    for one in saved["resource_changes"]:
        one |= {"extra": 1}
        one["source"]["extra"] = 2
        one["change"]["extra"] = 3
        for change in one["changes"]:
            change["extra"] = 4
    assert drift("show", write("edited.json", saved)) == expected


def test_a_hostile_plan_is_harmless(drift: Drift, write: Write, saved: dict[str, Any]) -> None:
    escape = "\x1b[31m\n\u202e\x9b [bold]x[/] "
    # Values from short lists, which are checked.
    chosen = ("status", "impact", "action", "actions", "severity")

    def spoilt(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: one if key in chosen else spoilt(one) for key, one in value.items()}
        if isinstance(value, list):
            return [spoilt(inner) for inner in value]
        return value + escape if isinstance(value, str) and value else value

    # An address that is not made of type and name is refused.
    warning = {"warnings": [{"path": escape, "message": escape}]}
    source = {"file": escape, "line": 1, "column": 1}
    rules = [{"title": escape, "pointer": escape, "help": escape, "source": source}]
    waiver = {"reason": escape, "owner": escape, "expires": "2027-03-01", "source": source}
    saved["resource_changes"] = [spoilt(one) | warning for one in saved["resource_changes"]]
    for one in saved["resource_changes"]:
        for change in one["changes"]:
            change["violations"] = rules
        for change in one["changes"][1:]:
            change["waiver"] = waiver
            one["impact"] = one["changes"][0]["impact"]
        one["address"] = f"{one['type']}.{one['name']}"
    ran = drift("show", write("edited.json", saved))
    assert ran.code == 0
    assert r"\x1b[31m\n\u202e\x9b [bold]x[/] " in ran.out
    assert r"\x1b[31m\n\u202e\x9b [bold]x[/] " in ran.err


@pytest.mark.parametrize(
    "path", ["", "/", "HttpsConfiguration", "/HttpsConfiguration", "//", "/a/b/c/d/e", "/TLS/x"]
)
def test_a_strange_pointer_in_a_plan_is_shown_or_refused(
    drift: Drift, write: Write, saved: dict[str, Any], path: str
) -> None:
    for change in resource(saved, "drift")["changes"]:
        change["path"] = path
    ran = drift("show", write("edited.json", saved))
    assert (ran.code, "Verdict: incomplete" in ran.out) in ((0, True), (1, False))


@pytest.mark.parametrize("side", [None, {}, {"HttpsConfiguration": None}, {"a": [[]]}])
def test_strange_documents_in_a_plan_are_shown_or_refused(
    drift: Drift, write: Write, saved: dict[str, Any], side: object
) -> None:
    resource(saved, "drift")["change"].update(before=side, after=side)
    ran = drift("show", write("edited.json", saved))
    assert (ran.code, "Verdict: incomplete" in ran.out) in ((0, True), (1, False))


def test_thousands_of_like_problems_do_not_bury_the_drift(
    drift: Drift, saved: dict[str, Any], write: Write
) -> None:
    unreadable = resource(saved, "unreadable")
    more = [
        {**unreadable, "name": f"x-{number:04}", "address": f"{unreadable['type']}.x-{number:04}"}
        for number in range(1200)
    ]
    saved["resource_changes"] += more
    saved["summary"]["buckets"] += len(more)
    saved["summary"]["unreadable"] += len(more)
    ran = drift("show", write("many.json", saved))
    assert ran.code == 0
    assert ran.out.count("could not be judged: AccessDenied") == 2
    head = "  ? 1200 buckets could not be judged: AccessDenied (cn-beijing 1200)\n"
    assert head in ran.out
    assert ran.out.count("\n", ran.out.index(head), ran.out.index("\nPlan: ")) < 300
    assert all(one["name"] in ran.out for one in more)
    assert ran.out.count("  ~ resource ") == 3
