"""Plans that tests of reports need again and again, and those that a stranger may have written."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st
from pydantic import JsonValue

from drift.plan import (
    BUCKET,
    Change,
    DocumentChange,
    Finding,
    Impact,
    Inert,
    Plan,
    Problem,
    ResourceChange,
    Source,
    Status,
    Undeclared,
)
from tests.hostile import HOSTILE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TYPE = "oss_bucket_https_config"
REGION = "cn-hangzhou"
VERSIONS = "/HttpsConfiguration/TLS/TLSVersion"
DOCUMENT: dict[str, JsonValue] = {"HttpsConfiguration": {"TLS": {"Enable": False}}}


def plan_of(*resources: ResourceChange, undeclared: Undeclared = "report") -> Plan:
    return Plan(
        drift_version="0.1.0", timestamp=NOW, undeclared=undeclared, resource_changes=resources
    )


def change(value: JsonValue = "TLSv1.0", path: str = VERSIONS, line: int = 6) -> Change:
    """Return a value that has to be removed."""
    source = Source("desired/a.json", line, 43)
    return Change(
        path=path, action="remove", before=value, after=None, impact=Impact.WEAKER, source=source
    )


def drifted(
    name: str = "app", *changes: Change, region: str | None = REGION, impact: Impact = Impact.WEAKER
) -> ResourceChange:
    return ResourceChange(
        type=TYPE,
        name=name,
        region=region,
        status=Status.DRIFT,
        impact=impact,
        meaning="accepts TLS 1.0, which is not wanted",
        change=DocumentChange(actions=("update",), before=DOCUMENT, after=DOCUMENT),
        changes=changes or (change(),),
        source=Source("desired/a.json", 3, 13),
    )


def in_sync(name: str = "app", *warnings: Finding, region: str | None = REGION) -> ResourceChange:
    return ResourceChange(
        type=TYPE,
        name=name,
        region=region,
        status=Status.IN_SYNC,
        impact=Impact.NEUTRAL,
        change=DocumentChange(actions=("no-op",)),
        warnings=warnings,
        source=Source("desired/a.json", 3, 13),
    )


def missing(name: str = "app", line: int = 3) -> ResourceChange:
    source = Source("desired/a.json", line, 13)
    return ResourceChange(type=TYPE, name=name, region=REGION, status=Status.MISSING, source=source)


def unreadable(name: str = "app", code: str = "AccessDenied", line: int = 3) -> ResourceChange:
    problem = Problem(
        code=code,
        message="These credentials may not read the setting.",
        advice=f"Allow it on acs:oss:*:*:{name}.",
        request_id="66F0A1B2C3D4E5F601234568",
    )
    one = missing(name, line)
    return replace(one, status=Status.UNREADABLE, problem=problem)


def unlisted(name: str = "app-*") -> ResourceChange:
    """Return what stands for all buckets that could not be listed; no file declares it."""
    return replace(unreadable(name), type=BUCKET, region=None, source=None)


def undeclared(name: str = "app", region: str = REGION) -> ResourceChange:
    return ResourceChange(type=BUCKET, name=name, region=region, status=Status.UNDECLARED)


def one_of_each() -> tuple[ResourceChange, ...]:
    """Return a bucket of every kind, sorted by name."""
    return (
        unreadable("a-unreadable"),
        drifted("b-weaker"),
        drifted("c-mixed", impact=Impact.MIXED),
        missing("d-missing"),
        drifted("e-stricter", impact=Impact.STRICTER),
        drifted("f-neutral", impact=Impact.NEUTRAL),
        undeclared("g-undeclared"),
        in_sync("h-warned", Finding(path="/x", message="This looks wrong")),
        in_sync("i-in-sync"),
    )


@st.composite
def resources(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> ResourceChange:
    """A bucket of any kind, with any of `texts` wherever a plan has text."""
    sources = st.builds(Source, texts, st.integers(1), st.integers(1))
    values = texts | st.booleans() | st.none() | st.lists(texts, max_size=2)
    changes = st.builds(
        Change,
        path=texts | st.just(VERSIONS),
        action=st.sampled_from(["add", "remove", "update"]),
        before=values,
        after=values,
        impact=st.sampled_from(Impact),
        source=sources,
    )
    one = draw(st.sampled_from(one_of_each()))
    source = draw(sources)
    return replace(
        one,
        type=draw(texts | st.just(one.type)) if one.type != BUCKET else BUCKET,
        name=draw(texts),
        region=draw(st.none() | texts),
        meaning=draw(texts),
        changes=tuple(draw(st.lists(changes, min_size=1, max_size=3))) if one.changes else (),
        inert=tuple(draw(st.lists(st.builds(Inert, path=texts, value=values), max_size=1))),
        warnings=tuple(draw(st.lists(st.builds(Finding, path=texts, message=texts), max_size=2))),
        source=source if one.source else None,
        problem=one.problem
        and draw(st.builds(Problem, code=texts, message=texts, advice=texts, request_id=texts)),
    )


def plans(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Plan]:
    """Plans of a few buckets of any kind, none of them twice."""
    several = st.lists(resources(texts), max_size=6, unique_by=lambda one: one.address)
    return st.builds(
        lambda found, policy: plan_of(*found, undeclared=policy),
        several,
        st.sampled_from(["ignore", "report", "fail"]),
    )


hostile_texts = st.sampled_from(HOSTILE) | st.text(max_size=20)
HOSTILE_PLANS = plans(hostile_texts)
"""Plans of which every text may be meant to do harm."""

PLAIN_PLANS = plans(st.sampled_from(["app", "app-a", "app-b", "desired/a.json", REGION]))
"""Plans in which the same text comes again and again."""


def hostile_plan(text: str) -> Plan:
    """Return a plan with a bucket of every kind, in which each text is `text`."""
    source = Source(text, 1, 1)
    spoiled = [
        replace(
            one,
            name=f"{text}{number}",
            region=text,
            meaning=text,
            changes=tuple(
                one.model_copy(update={"path": text, "before": text, "source": source})
                for one in one.changes
            ),
            warnings=(Finding(path=text, message=text),),
            source=source if one.source else None,
            problem=one.problem and Problem(code=text, message=text, advice=text, request_id=text),
        )
        for number, one in enumerate(one_of_each())
    ]
    return plan_of(*spoiled)


def names(found: Iterable[ResourceChange]) -> list[str]:
    return [one.name for one in found]
