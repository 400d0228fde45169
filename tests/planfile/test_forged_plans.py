"""A saved plan is believed no further than its documents go."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from drift import __version__
from drift.check import compare
from drift.discovery.discover import discover
from drift.errors import PlanFileError
from drift.live.fleet import Fleet
from drift.plan import FailOn, Impact, Plan, Severity
from drift.planfile import dumps, load
from drift.settings.document import write
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from tests.declared import NOW, Answers, declared
from tests.strategies import desired_documents, live_documents
from tests.waivers.given import CIPHERS, TLS, waiver, waivers

Document: TypeAlias = dict[str, Any]

NEW_TLS = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2", "TLSv1.3")))
OLD_TLS = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.0", "TLSv1.2", "TLSv1.3")))
FEW_TLS = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.3",)))


def plan_of(
    desired: HttpsConfiguration,
    live: HttpsConfiguration | None,
    *given_waivers: Document,
    strict: bool = False,
    fail_on: FailOn = "any",
) -> Plan:
    """Return the plan of one bucket; without a live document, the bucket never had the setting."""
    unset = b"<Error><Code>NoSuchHttpsConfig</Code></Error>"
    fleet = Fleet(Answers({"oss-example": unset if live is None else write(live)}))
    return compare(
        discover([declared(desired)], fleet),
        fleet,
        strict=strict,
        now=NOW,
        waivers=waivers(*given_waivers),
        fail_on=fail_on,
    )


def saved(plan: Plan) -> Document:
    document: Document = json.loads(dumps(plan))
    return document


def bucket(document: Document) -> Document:
    resource: Document = document["resource_changes"][0]
    return resource


def refusal(document: Document, folder: Path) -> str | None:
    """Return why a plan is refused, if it is."""
    path = folder / "plan.json"
    path.write_text(json.dumps(document))
    try:
        load(path)
    except PlanFileError as error:
        return str(error)
    return None


WAIVERS = [
    waiver(TLS, {"Enable": False}),
    waiver(f"{TLS}/Enable", live=False),
    waiver(f"{TLS}/TLSVersion", ["TLSv1.2"]),
    waiver(CIPHERS, {"Enable": False}),
    waiver(f"{CIPHERS}/StrongCipherSuite", live=True),
]

plans = st.builds(
    plan_of,
    desired_documents,
    st.none() | live_documents,
    strict=st.booleans(),
    fail_on=st.sampled_from(["any", "weaker"]),
)


@st.composite
def waived_plans(draw: st.DrawFn) -> Plan:
    """A plan in which waivers pin whatever is live, or something else."""
    live = draw(live_documents)
    members = live.document()["HttpsConfiguration"]
    assert isinstance(members, dict)
    pinned = [waiver(f"/HttpsConfiguration/{name}", value) for name, value in members.items()]
    chosen = draw(st.lists(st.sampled_from(WAIVERS + pinned), max_size=3, unique_by=id))
    return plan_of(draw(desired_documents), live, *chosen, strict=draw(st.booleans()))


@given(plans | waived_plans())
def test_every_plan_that_drift_writes_is_accepted_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan
) -> None:
    """Law: `load(dumps(plan)) == plan`."""
    path = tmp_path_factory.getbasetemp() / "written.json"
    path.write_text(dumps(plan))
    assert load(path) == plan
    event(plan.resource_changes[0].status)


def others(value: object, *values: object) -> Iterator[object]:
    """Yield the values that are not the same JSON."""
    yield from (one for one in values if json.dumps(one) != json.dumps(value))


def is_a_needed_part(resource: Document, change: Document) -> bool:
    """Whether a plan that never declared the part would have the same document without it."""
    never_configured = resource["change"]["before"] is None
    return never_configured and (change["path"], change["after"]) == (f"{TLS}/Enable", False)


VALUES: dict[str, tuple[object, ...]] = {
    "path": (TLS, f"{TLS}/Enable/x"),
    "action": ("add", "remove", "update"),
    "before": (None, True, False, 0, 1, "TLSv1.9"),
    "after": (None, True, False, 0, 1, 1.0, "TLSv1.9"),
    "impact": tuple(Impact),
    "severity": (None, *Severity),
}


def forgeries(document: Document) -> Iterator[Document]:
    """Yield the plan with one derived value of its bucket replaced, in every way.

    Of what is waived, no document shows what is desired, so its values are believed.
    """

    def edited(at: int | None = None, /, **members: object) -> Document:
        """Return a copy with members of the bucket, or of one of its changes, replaced."""
        copy = deepcopy(document)
        one = bucket(copy)
        (one if at is None else one["changes"][at]).update(members)
        return copy

    resource = bucket(document)
    change, changes = resource["change"], resource["changes"]
    for impact in others(resource["impact"], *Impact):
        yield edited(impact=impact)
    yield edited(meaning=resource["meaning"] + " or not")
    yield edited(inert=[*resource["inert"], {"path": "/x", "value": []}])
    for actions in others(change["actions"], ["create"], ["update"], ["no-op"], []):
        yield edited(change=change | {"actions": actions})
    for at, one in enumerate(changes):
        if not (one["waiver"] or is_a_needed_part(resource, one)):
            yield edited(changes=[*changes[:at], *changes[at + 1 :]])
        yield edited(changes=[*changes, one])
        believed = ("before", "after") if one["waiver"] else ()
        for name in VALUES.keys() - believed:
            for value in others(one[name], *VALUES[name]):
                yield edited(at, **{name: value})


@settings(max_examples=40)
@given(plans | waived_plans())
def test_no_derived_value_of_a_bucket_can_be_replaced(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan
) -> None:
    """Law: for every derived value of a bucket and every other value, the plan is refused."""
    document, folder = saved(plan), tmp_path_factory.getbasetemp()
    for forged in forgeries(document):
        assert refusal(forged, folder), forged


def replaced(document: Document, old: str, new: str) -> Document:
    text = json.dumps(document)
    assert old in text
    replaced_document: Document = json.loads(text.replace(old, new))
    return replaced_document


def test_false_is_not_0_in_documents(tmp_path: Path) -> None:
    document = saved(plan_of(HttpsConfiguration(TLS=Tls(Enable=False)), HttpsConfiguration()))
    bucket(document)["change"] |= {
        "before": {"HttpsConfiguration": {"TLS": {"Enable": False}}},
        "after": {"HttpsConfiguration": {"TLS": {"Enable": 0}}},
    }
    said = refusal(document, tmp_path)
    assert said
    assert "its documents are not those of its status" in said


FORGED_IMPACT = {"impact": "stricter", "severity": "low"}


def made_stricter(document: Document, **more: object) -> Document:
    """Return a plan with --fail-on weaker in which a drift that is weaker claims to be stricter."""
    one = bucket(document)
    one["impact"] = "stricter"
    one["changes"] = [change | FORGED_IMPACT for change in one["changes"]]
    return document | {"verdict": "in_sync"} | more


def test_a_forged_impact_does_not_make_a_plan_green(tmp_path: Path) -> None:
    document = saved(plan_of(NEW_TLS, OLD_TLS, fail_on="weaker"))
    assert document["verdict"] == "drift"
    for version in (__version__, "0.0.1"):
        said = refusal(made_stricter(document, drift_version=version), tmp_path)
        assert said
        assert "follow" in said


def test_what_another_version_concluded_is_concluded_anew(tmp_path: Path) -> None:
    """It may have had other words, and known less of cipher suites."""
    plan = plan_of(NEW_TLS, OLD_TLS)
    document = saved(plan) | {"drift_version": "0.0.1"}
    one = bucket(document)
    one["meaning"] = "is all right"
    one["changes"] = [change | {"severity": "info"} for change in one["changes"]]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    assert load(path).resource_changes == plan.resource_changes
    path.write_text(json.dumps(document | {"drift_version": __version__}))
    with pytest.raises(PlanFileError, match="/resource_changes/0: it does not follow from its doc"):
        load(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("oss_bucket_https_config", "oss_bucket_later_setting"),
        ('"Enable": true, ', '"Enable": true, "Later": 1, '),
        ('"TLSVersion": ["TLSv1.2", "TLSv1.3"]', '"TLSVersion": ["TLSv1.2", "TLSv1.4"]'),
    ],
    ids=["a setting", "a member", "a value"],
)
def test_what_a_later_version_knows_is_read_and_never_green_by_what_it_claims(
    tmp_path: Path, old: str, new: str
) -> None:
    later = replaced(saved(plan_of(NEW_TLS, FEW_TLS, fail_on="weaker")), old, new)
    assert bucket(later)["impact"] == "stricter"
    said = refusal(later, tmp_path)
    assert said
    assert "members that this version of drift does not know" in said
    counted = replaced(saved(plan_of(NEW_TLS, FEW_TLS)), old, new)
    assert refusal(counted, tmp_path) is None
    bucket(counted)["impact"] = "neutral"
    said = refusal(counted, tmp_path)
    assert said
    assert "its impact does not follow from its changes" in said


@pytest.mark.parametrize(
    "before",
    [
        {"HttpsConfiguration": {"TLS": {"Enable": 0}}},
        {"HttpsConfiguration": {"TLS": None}},
        {"HttpsConfiguration": {"TLS": {"Enable": False}}, "Other": 1},
        {"Other": {}},
        {},
    ],
    ids=json.dumps,
)
def test_a_document_that_no_bucket_can_have_is_refused(tmp_path: Path, before: Document) -> None:
    document = saved(plan_of(NEW_TLS, HttpsConfiguration(TLS=Tls(Enable=False))))
    bucket(document)["change"]["before"] = before
    said = refusal(document, tmp_path)
    assert said
    assert "a document is not one of its setting" in said


def test_a_bucket_that_was_not_compared_has_no_results(tmp_path: Path) -> None:
    document = saved(plan_of(NEW_TLS, OLD_TLS))
    one = bucket(document)
    one |= {"status": "missing", "changes": []}
    one["change"]["actions"] = []
    document["summary"] |= {"drift": 0, "missing": 1}
    document["applyable"] = False
    said = refusal(document, tmp_path)
    assert said
    assert "it has results, though it was not compared" in said


def test_a_part_that_a_put_needs_is_no_change_of_a_bucket_that_never_had_the_setting(
    tmp_path: Path,
) -> None:
    strong = HttpsConfiguration(CipherSuite=CipherSuite(Enable=True, StrongCipherSuite=True))
    document = saved(plan_of(strong, None))
    assert bucket(document)["change"]["after"]["HttpsConfiguration"]["TLS"] == {"Enable": False}
    assert refusal(document, tmp_path) is None


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ({"path": "/HttpsConfiguration/TLS/New"}, "of a member that its document cannot have"),
        ({"path": "/HttpsConfiguration/TLS"}, "of a member that its document cannot have"),
        ({"path": "/HttpsConfiguration/TLS/Enable/x"}, "of a member that its document cannot have"),
        ({"path": ""}, "of a member that its document cannot have"),
        ({"after": "TLSv1.9"}, "its changes do not lead to a document"),
        ({"before": "TLSv1.1"}, "its changes do not lead from one of its documents to the other"),
    ],
)
def test_a_waived_change_leads_from_the_live_document_to_another(
    tmp_path: Path, edit: Document, reason: str
) -> None:
    pinned = {"Enable": True, "TLSVersion": ["TLSv1.0", "TLSv1.2", "TLSv1.3"]}
    document = saved(plan_of(NEW_TLS, OLD_TLS, waiver(TLS, pinned)))
    assert document["summary"]["waived"] == 1
    assert refusal(document, tmp_path) is None
    bucket(document)["changes"][0] |= edit
    said = refusal(document, tmp_path)
    assert said
    assert reason in said
