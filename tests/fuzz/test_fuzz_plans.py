"""5,000 edited plans: none crashes drift, and none is green that contradicts itself."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeAlias, get_args

import jsonschema

from drift import schema
from drift.check import compare
from drift.desired.load import load as load_desired
from drift.discovery.discover import discover
from drift.errors import PlanFileError
from drift.live.fleet import Fleet
from drift.live.recording import Recording
from drift.plan import Plan, Status, Verdict
from drift.planfile import dumps, load
from drift.render import Format, render
from tests.declared import NOW
from tests.fuzz.json_mutators import slots, spoiled

PLANS = 5_000
SAMPLES = Path(__file__).parents[2] / "samples"
DESIRED = ("oss-example.json", "example-mobile.json", "example-archive.json", "example-new.json")

VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema.dumps("plan")))

GONE = object()
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 1.5, 10**30, "", "1", "in_sync", "no-op", "\ud800", "\x1b[0m", "x" * 5000,
    [], ["no-op"], ["no-op", "update"], [None], {}, {"code": "x"}, "2026-11-22T12:00:00Z",
    "9999-12-31T23:59:59-23:59", "1700000000",
)  # fmt: skip

Forgery: TypeAlias = Callable[[dict[str, Any]], None]


def saved(*names: str) -> str:
    """Return the plan of some of the sample files, or of all, against the sample recording."""
    files = [SAMPLES / "desired" / name for name in names] or [SAMPLES / "desired"]
    declarations = load_desired(files).declarations
    fleet = Fleet(Recording(SAMPLES / "recording"))
    return dumps(compare(discover(declarations, fleet, undeclared="ignore"), fleet, now=NOW))


def in_sync(document: dict[str, Any]) -> None:
    for resource in document["resource_changes"]:
        resource["status"] = "in_sync"


def no_changes(document: dict[str, Any]) -> None:
    for resource in document["resource_changes"]:
        resource["changes"] = []


def no_problems(document: dict[str, Any]) -> None:
    for resource in document["resource_changes"]:
        resource["problem"] = None


def no_actions(document: dict[str, Any]) -> None:
    for resource in document["resource_changes"]:
        resource["change"] = {"actions": ["no-op"], "before": None, "after": None}


def no_impact(document: dict[str, Any]) -> None:
    for resource in document["resource_changes"]:
        resource["impact"] = "neutral"


def no_buckets(document: dict[str, Any]) -> None:
    document["resource_changes"] = []


def fewer_buckets(document: dict[str, Any]) -> None:
    del document["resource_changes"][1:]


def only_green_buckets(document: dict[str, Any]) -> None:
    document["resource_changes"] = [
        one for one in document["resource_changes"] if one["status"] == "in_sync"
    ]


def green_head(document: dict[str, Any]) -> None:
    document.update(verdict="in_sync", complete=True, errored=False, applyable=False)


def green_summary(document: dict[str, Any]) -> None:
    buckets = len(document["resource_changes"])
    document["summary"] = {"buckets": buckets, **dict.fromkeys(document["summary"], 0)}
    document["summary"] |= {"buckets": buckets, "in_sync": buckets}


FORGERIES: tuple[Forgery, ...] = (
    in_sync, no_changes, no_problems, no_actions, no_impact, fewer_buckets, only_green_buckets,
    no_buckets, green_head, green_summary,
)  # fmt: skip


def forged(rng: Random, text: str) -> bytes:
    """Return the plan after a forger's work, who most often forgets something."""
    document = json.loads(text)
    likely = rng.random()
    for forgery in FORGERIES[:5] if rng.random() < 0.5 else FORGERIES:
        if rng.random() < likely:
            forgery(document)
    for forgery in (green_head, green_summary):
        if rng.random() < 0.8:
            forgery(document)
    return json.dumps(document).encode()


def named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    assert len(members) == len(pairs), "a member repeats"
    return members


def is_green(resource: Mapping[str, Any]) -> bool:
    """Whether all that a bucket's entry says is that it is in sync."""
    change = resource.get("change", {})
    return (
        resource["status"] == "in_sync"
        and not resource.get("problem")
        and not resource.get("changes")
        and change.get("actions") == ["no-op"]
        and change.get("before") == change.get("after")
        and resource.get("impact") == "neutral"
    )


def assert_consistent(data: bytes) -> None:
    """A plan that is loaded as green says so everywhere, in its head and in its buckets."""
    document = json.loads(data, object_pairs_hook=named_once)
    buckets = document["resource_changes"]
    assert buckets
    assert all(is_green(one) for one in buckets)
    head = {name: document[name] for name in ("verdict", "complete", "errored", "applyable")}
    assert head == {"verdict": "in_sync", "complete": True, "errored": False, "applyable": False}
    counts = [document["summary"][status] for status in Status]
    assert counts == [len(buckets), *[0] * (len(Status) - 1)]
    assert document["summary"]["buckets"] == len(buckets)


def fits_the_schema(data: bytes) -> bool:
    """Whether it is valid; a plan of an older version has not yet to say what 1.2 has to."""
    document = json.loads(data)
    if document["format_version"] in ("1.0", "1.1"):
        document = {"undeclared": "ignore", "fail_on": "any"} | document
        document["summary"] = {"undeclared": 0, "waived": 0} | document["summary"]
        for resource in document["resource_changes"]:
            since: dict[str, Any] = {"severity": None, "violations": [], "waiver": None}
            resource["changes"] = [since | change for change in resource["changes"]]
    return VALIDATOR.is_valid(document)


def loaded(path: Path) -> Plan | None:
    try:
        return load(path)
    except PlanFileError as error:
        refused = error
    assert str(refused).isprintable(), refused
    assert len(str(refused)) < 500
    assert refused.advice
    return None


def test_an_edited_plan_is_refused_or_says_the_same_everywhere(tmp_path: Path) -> None:
    """Law: `load` returns a plan or raises `PlanFileError`.

    A plan is green only if each of its buckets is, and its head agrees. It is valid under
    the published schema.
    """
    plans = [saved(*DESIRED[:count]) for count in (1, 1, 2, 4)]
    rng = Random(20261122)
    path = tmp_path / "plan.json"
    seen = Counter[str]()
    for _ in range(PLANS):
        text = rng.choice(plans)
        data = forged(rng, text) if rng.random() < 0.5 else spoiled(rng, text)
        path.write_bytes(data)
        plan = loaded(path)
        if plan:
            assert fits_the_schema(data), data
        if plan and plan.verdict is Verdict.IN_SYNC:
            assert_consistent(data)
            seen["green, and was not"] += text is not plans[0] and text is not plans[1]
        seen[plan.verdict if plan else "refused"] += 1
    few = {name: count for name, count in seen.items() if count < 30}
    assert not few, seen
    assert seen.keys() == {*Verdict, "refused", "green, and was not"}


def test_what_the_published_schema_refuses_is_refused(tmp_path: Path) -> None:
    """Law: for every value of a plan, taken away or replaced, what is no longer valid is refused.

    What is loaded all the same can be written again, and in every format.
    """
    text = saved()
    rng = Random(20261122)
    path = tmp_path / "plan.json"
    seen = Counter[bool]()
    for place in range(sum(1 for _ in slots(json.loads(text)))):
        for value in (GONE, *rng.sample(VALUES, 4)):
            document = json.loads(text)
            holder, key = next(islice(slots(document), place, None))
            if value is GONE:
                del holder[key]
            else:
                holder[key] = value
            path.write_text(json.dumps(document))
            plan, valid = loaded(path), VALIDATOR.is_valid(document)
            assert valid or plan is None, document
            seen[valid] += 1
            if plan and rng.random() < 0.1:
                for name in get_args(Format):
                    render(plan, name).encode()
    assert min(seen[False], seen[True]) > 500
