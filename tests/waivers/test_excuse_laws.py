"""What holds of every waiver, whatever is desired and live."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import jsonschema
from hypothesis import event, given
from hypothesis import strategies as st
from pydantic import ValidationError

from drift import schema
from drift.check import check
from drift.diff import diff
from drift.live.fleet import Fleet
from drift.live.service_error import error_body
from drift.plan import Change, Plan, ResourceChange, Status, Verdict
from drift.planfile import dumps
from drift.planfile import load as load_plan
from drift.settings.document import write
from drift.settings.https import HttpsConfiguration
from drift.waivers.waivers import NO_WAIVERS, Waivers
from tests.declared import NOW, Answers, declared
from tests.strategies import desired_documents, live_documents
from tests.waivers.given import likely, value_at, waivers

PLAN_SCHEMA = jsonschema.Draft202012Validator(json.loads(schema.dumps("plan")))
ERRORS = st.sampled_from(["AccessDenied", "InternalError", "NoSuchBucket", "NoSuchHttpsConfig"])


class Case(NamedTuple):
    """One bucket: what is desired, what is live (None: never configured), and waivers."""

    desired: HttpsConfiguration
    live: HttpsConfiguration | None
    given: list[dict[str, Any]]
    body: bytes
    strict: bool

    def planned(self, excusing: Waivers | None = None) -> Plan:
        source = Answers({"oss-example": self.body})
        return check(
            [declared(self.desired)],
            Fleet(source),
            strict=self.strict,
            now=NOW,
            waivers=waivers(*self.given) if excusing is None else excusing,
        )

    def resource(self, excusing: Waivers | None = None) -> ResourceChange:
        (resource,) = self.planned(excusing).resource_changes
        return resource


@st.composite
def switched(draw: st.DrawFn, document: HttpsConfiguration) -> HttpsConfiguration:
    """The document with any of its switches turned, as far as that is a document."""
    members = document.document()["HttpsConfiguration"]
    turned = json.loads(json.dumps(members), object_hook=lambda one: {
        name: draw(st.booleans()) if isinstance(value, bool) else value
        for name, value in one.items()
    })  # fmt: skip
    try:
        return HttpsConfiguration.model_validate(turned)
    except ValidationError:
        return document


@st.composite
def cases(draw: st.DrawFn, *, readable: bool = False) -> Case:
    desired = draw(desired_documents)
    live = draw(st.none() | live_documents | switched(desired))
    given = draw(st.lists(likely(live), min_size=1, max_size=4))
    body = write(live) if live else error_body("NoSuchHttpsConfig", "", "x")
    if not readable and draw(st.booleans()):
        body = error_body(draw(ERRORS), "", "x")
    # With `strict` and a warning a bucket cannot be judged.
    strict = draw(st.booleans()) and not (readable and any(desired.lint()))
    return Case(desired, live, given, body, strict)


def key(change: Change) -> tuple[str, ...]:
    return change.path, change.action, repr(change.before), repr(change.after)


@given(cases())
def test_a_waiver_excuses_drift_and_nothing_else(case: Case) -> None:
    """Incomplete stays incomplete, in sync stays in sync, and drift without them was drift."""
    without, beside = case.planned(NO_WAIVERS).verdict, case.planned().verdict
    assert (without is Verdict.INCOMPLETE) == (beside is Verdict.INCOMPLETE)
    assert without is not Verdict.IN_SYNC or beside is Verdict.IN_SYNC
    assert beside is not Verdict.DRIFT or without is Verdict.DRIFT


@given(cases(), st.data())
def test_taking_a_waiver_out_never_makes_drift_green(case: Case, data: st.DataObject) -> None:
    """The verdict with fewer waivers is no better than with more."""
    fewer = data.draw(st.lists(st.sampled_from(case.given), unique_by=id))
    order = [Verdict.IN_SYNC, Verdict.DRIFT, Verdict.INCOMPLETE]
    some = case.planned(waivers(*fewer)).verdict
    assert order.index(some) >= order.index(case.planned().verdict)


@given(cases())
def test_what_cannot_be_judged_or_is_not_there_stays_as_it_is(case: Case) -> None:
    """A bucket that is unreadable, missing or in sync is the same with waivers and without."""
    without = case.resource(NO_WAIVERS)
    if without.status is not Status.DRIFT:
        assert case.resource() == without


@given(cases(readable=True))
def test_no_change_is_lost_and_the_rest_leads_to_what_is_excused(case: Case) -> None:
    """The changes are those without waivers; the unwaived are what leads from live to `after`."""
    without, found = case.resource(NO_WAIVERS), case.resource()
    if without.status is not Status.DRIFT:
        return
    assert [*map(key, found.changes)] == [*map(key, without.changes)]
    left = [change for change in found.changes if change.waiver is None]
    after = HttpsConfiguration.model_validate(
        (found.change.after or {}).get("HttpsConfiguration", {})
    )
    leads = diff(after, case.live, declared(after).locate, strict=case.strict)
    managed = tuple(f"/HttpsConfiguration/{name}/" for name in case.desired.parts())
    needed = [one for one in leads if one.path.startswith(managed)] if left else []
    # A bucket that never was configured is written whole, with what is excused, too.
    assert [*map(key, left)] == [*map(key, needed)] or case.live is None
    assert bool(left) == (found.status is Status.DRIFT)
    assert found.change.before == without.change.before


@given(cases(readable=True))
def test_only_a_waiver_that_holds_and_is_for_the_bucket_excuses(case: Case) -> None:
    """A change is waived only by a waiver that pins what is live, and has not expired."""
    by_source = {one.waiver.source: one for one in waivers(*case.given).entries}
    for change in case.resource().changes:
        event(f"waived: {change.waiver is not None}")
        if change.waiver:
            entry = by_source[change.waiver.source]
            assert entry.bucket in ("oss-example", "oss-*", "*")
            assert entry.waiver.expires >= NOW.date()
            there = value_at(case.live or HttpsConfiguration(), entry.target.pointer)
            assert there == entry.live


@given(cases(readable=True))
def test_no_live_value_is_excused_that_is_not_pinned(case: Case) -> None:
    """What is waived where no waiver points to is only what live does not have."""
    by_source = {one.waiver.source: one for one in waivers(*case.given).entries}
    for change in case.resource().changes:
        if change.waiver and change.before is not None:
            pointer = by_source[change.waiver.source].target.pointer
            assert f"{change.path}/".startswith(f"{pointer}/")


@given(cases())
def test_every_plan_with_waivers_is_valid_and_reads_back(case: Case) -> None:
    """load(dumps(p)) is p, and dumps(p) obeys the published schema."""
    plan = case.planned()
    PLAN_SCHEMA.validate(json.loads(dumps(plan)))
    with TemporaryDirectory() as folder:
        file = Path(folder, "plan.json")
        file.write_text(dumps(plan))
        assert load_plan(file) == plan


@given(cases(readable=True), st.data())
def test_the_order_of_waivers_means_nothing_for_what_is_left(
    case: Case, data: st.DataObject
) -> None:
    """Shuffled waivers leave the same changes and the same document."""
    other = case.resource(waivers(*data.draw(st.permutations(case.given))))
    found = case.resource()
    assert (other.status, other.meaning, other.change) == (
        found.status,
        found.meaning,
        found.change,
    )
