import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from drift import schema
from drift.desired.load import load
from drift.live.service_error import error_body
from drift.plan import Plan, Status, Verdict
from drift.planfile import dumps
from drift.planfile import load as load_plan
from drift.render import Screen, render
from drift.settings.document import write
from drift.settings.https import HttpsConfiguration, Tls
from tests.declared import declared, planned
from tests.strategies import as_xml, desired_documents, live_documents

NAMES = [f"bucket-{letter}" for letter in "abcd"]
ERRORS = st.sampled_from(["AccessDenied", "InternalError", "NoSuchBucket", "NoSuchHttpsConfig"])
BODIES = st.one_of(
    live_documents.map(write),
    ERRORS.map(lambda code: error_body(code, "", "x")),
    st.sampled_from([b"", b"<html/>", b"<HttpsConfiguration>", b"<HttpsConfiguration/>"]),
)
PLAN_SCHEMA = jsonschema.Draft202012Validator(json.loads(schema.dumps("plan")))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    declarations = [declared(draw(desired_documents), name) for name in names]
    bodies = draw(st.dictionaries(st.sampled_from(names), BODIES))
    return planned(declarations, bodies, strict=draw(st.booleans()))


@given(plans())
def test_text_json_and_exit_code_agree(plan: Plan) -> None:
    """All three are functions of the statuses of the buckets, and say the same."""
    statuses = [resource.status for resource in plan.resource_changes]
    if Status.UNREADABLE in statuses:
        expected = Verdict.INCOMPLETE, 1
    elif {Status.DRIFT, Status.MISSING} & {*statuses}:
        expected = Verdict.DRIFT, 2
    else:
        expected = Verdict.IN_SYNC, 0
    document, text = json.loads(render(plan, "json")), render(plan, "text")
    assert (plan.verdict, plan.verdict.exit_code) == expected
    assert document["verdict"] == plan.verdict
    assert text.endswith(f"\nVerdict: {plan.verdict}\n")
    assert ("No changes." in text) == (plan.verdict is Verdict.IN_SYNC)
    count = document["summary"]
    assert count.pop("buckets") == len(statuses) == sum(count.values())
    assert all(number == statuses.count(Status(status)) for status, number in count.items())
    assert document["complete"] == (document["verdict"] != "incomplete")
    for one in plan.resource_changes:
        never = one.status is Status.DRIFT and one.change.before is None
        assert (one.change.actions == ("create",)) == never
    assert all(bool(one["meaning"]) == bool(one["changes"]) for one in document["resource_changes"])
    actions = [resource["change"]["actions"] for resource in document["resource_changes"]]
    add, change = actions.count(["create"]), actions.count(["update"])
    assert (
        "Plan: " not in text
    ) or f"Plan: {add} to add, {change} to change, 0 to destroy." in text


@given(plans())
def test_every_plan_is_valid_and_reads_back(plan: Plan) -> None:
    """load(dumps(p)) is p, and dumps(p) obeys the published schema."""
    PLAN_SCHEMA.validate(json.loads(dumps(plan)))
    with TemporaryDirectory() as folder:
        file = Path(folder, "plan.json")
        file.write_text(dumps(plan))
        assert load_plan(file) == plan


@given(plans(), st.integers(1, 100))
def test_color_and_width_change_no_word(plan: Plan, width: int) -> None:
    """The text on any screen has the words of the text in a pipe."""
    plain = render(plan, "text").replace("#", " ").split()
    narrow = render(plan, "text", Screen(width)).replace("#", " ").split()
    assert narrow == plain
    colored = render(plan, "text", Screen(None, color=True))
    assert "\x1b[" in colored
    assert _bare(colored).splitlines() == render(plan, "text").splitlines()


def _bare(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@given(desired_documents, live_documents)
def test_writing_after_as_the_live_answer_brings_the_bucket_in_sync(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """plan(d, write(after(plan(d, l)))) is in sync."""
    declaration = declared(desired)
    (first,) = planned([declaration], {"oss-example": write(live)}).resource_changes
    after = HttpsConfiguration.model_validate_json(
        json.dumps((first.change.after or {})["HttpsConfiguration"])
    )
    second = planned([declaration], {"oss-example": write(after)})
    assert second.verdict is Verdict.IN_SYNC
    assert second.resource_changes[0].change.actions == ("no-op",)


@given(st.data(), desired_documents)
def test_only_what_was_read_and_is_equal_is_green(
    data: st.DataObject, desired: HttpsConfiguration
) -> None:
    """in_sync implies that the body is a document whose managed parts equal the desired ones."""
    body = data.draw(BODIES)
    plan = planned([declared(desired)], {"oss-example": body})
    if plan.verdict is Verdict.IN_SYNC:
        (resource,) = plan.resource_changes
        read = (resource.change.before or {"HttpsConfiguration": {}})["HttpsConfiguration"]
        live = HttpsConfiguration.model_validate_json(json.dumps(read)).as_live().normal()
        assert all(live[name] == part for name, part in desired.normal().items())
        assert b"<HttpsConfiguration" in body or b"<Code>NoSuchHttpsConfig</Code>" in body


@given(desired_documents, BODIES)
def test_strict_never_makes_a_verdict_better(desired: HttpsConfiguration, body: bytes) -> None:
    """in_sync with --strict implies in_sync without."""
    bodies = {"oss-example": body}
    strict = planned([declared(desired)], bodies, strict=True).verdict
    if strict is Verdict.IN_SYNC:
        assert planned([declared(desired)], bodies).verdict is Verdict.IN_SYNC


@given(desired_documents, live_documents)
def test_with_strict_a_warning_is_a_problem(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """What is desired and looks wrong is unreadable with --strict, and only then."""
    bodies = {"oss-example": write(live)}
    plain = planned([declared(desired)], bodies).resource_changes[0]
    strict = planned([declared(desired)], bodies, strict=True).resource_changes[0]
    assert plain.warnings == strict.warnings == tuple(desired.lint())
    assert plain.status is not Status.UNREADABLE
    assert (strict.status is Status.UNREADABLE) == bool(strict.warnings)


def test_with_strict_an_unknown_element_is_a_problem() -> None:
    tls = Tls(Enable=False)
    body = b"<HttpsConfiguration><TLS><Enable>false</Enable></TLS><New/></HttpsConfiguration>"
    declarations, bodies = [declared(HttpsConfiguration(TLS=tls))], {"oss-example": body}
    assert planned(declarations, bodies).verdict is Verdict.IN_SYNC
    assert len(planned(declarations, bodies).resource_changes[0].warnings) == 1
    assert planned(declarations, bodies, strict=True).verdict is Verdict.INCOMPLETE


@given(desired_documents, live_documents, st.data())
def test_order_and_repetition_in_files_and_answers_mean_nothing(
    desired: HttpsConfiguration, live: HttpsConfiguration, data: st.DataObject
) -> None:
    """A shuffled file and a shuffled answer give the verdict and the changes of the plain ones."""
    body = data.draw(st.composite(lambda draw: as_xml(live.document(), draw))())
    shuffled = HttpsConfiguration.model_validate_json(
        json.dumps(data.draw(_shuffled(desired.document()["HttpsConfiguration"])))
    )
    plain = planned([declared(desired)], {"oss-example": write(live)}).resource_changes[0]
    other = planned([declared(shuffled)], {"oss-example": body}).resource_changes[0]
    assert other.status == plain.status
    assert other.meaning == plain.meaning
    assert [_what(change) for change in other.changes] == [
        _what(change) for change in plain.changes
    ]


def _what(change: Any) -> dict[str, Any]:
    said: dict[str, Any] = change.model_dump(exclude={"source"})
    return said


def _shuffled(value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, list):
        return st.permutations(value)
    if isinstance(value, Mapping):
        members = st.fixed_dictionaries({name: _shuffled(inner) for name, inner in value.items()})
        return members.flatmap(lambda m: st.permutations(list(m.items())).map(dict))
    return st.just(value)


@given(st.permutations(NAMES), st.data())
def test_the_order_of_files_and_buckets_means_nothing(
    names: list[str], data: st.DataObject
) -> None:
    """The plan is sorted by name, however the declarations come."""
    settings = {name: data.draw(desired_documents) for name in NAMES}
    bodies = data.draw(st.dictionaries(st.sampled_from(NAMES), BODIES))
    one = planned([declared(settings[name], name) for name in names], bodies)
    other = planned([declared(settings[name], name) for name in NAMES], bodies)
    assert one == other
    assert [resource.name for resource in one.resource_changes] == NAMES


def test_a_plan_of_nothing_is_not_green() -> None:
    assert planned([], {}).verdict is Verdict.INCOMPLETE


def test_files_are_read_in_one_order(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        text = {"Bucket": f"bucket-{name}", "HttpsConfiguration": {"TLS": {"Enable": False}}}
        (tmp_path / f"{name}.json").write_text(json.dumps(text))
    files = [tmp_path / "c.json", tmp_path, tmp_path / "a.json"]
    assert load(files).declarations[0].bucket == "bucket-a"
    assert [d.source for d in load(files).declarations] == [
        d.source for d in load([tmp_path]).declarations
    ]
