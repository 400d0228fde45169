"""Plans that tests of reports need again and again, and those that a stranger may have written."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from pydantic import JsonValue

from drift.plan import (
    BUCKET,
    Change,
    DocumentChange,
    FailOn,
    Finding,
    Impact,
    Inert,
    Plan,
    Problem,
    ResourceChange,
    Severity,
    Source,
    Status,
    Undeclared,
    Violation,
    Waiver,
)
from tests.hostile import HOSTILE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TYPE = "oss_bucket_https_config"
REGION = "cn-hangzhou"
VERSIONS = "/HttpsConfiguration/TLS/TLSVersion"
DOCUMENT: dict[str, JsonValue] = {"HttpsConfiguration": {"TLS": {"Enable": False}}}


RULE = Violation(
    title="No TLS older than 1.2",
    pointer="/properties/TLS/const",
    help="Ask the platform team.",
    source=Source("desired/tls.json", 12, 9),
)
WAIVER = Waiver(
    reason="Old scanners until March.",
    owner="storage-team",
    expires=date(2027, 3, 1),
    source=Source("desired/waivers.json", 4, 5),
)


def plan_of(
    *resources: ResourceChange, undeclared: Undeclared = "report", fail_on: FailOn = "any"
) -> Plan:
    return Plan(
        drift_version="0.1.0",
        timestamp=NOW,
        undeclared=undeclared,
        fail_on=fail_on,
        resource_changes=resources,
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


def excused(one: Change, waiver: Waiver = WAIVER) -> Change:
    return one.model_copy(update={"waiver": waiver})


def violating(one: Change, *rules: Violation, severity: Severity | None = Severity.HIGH) -> Change:
    return one.model_copy(update={"violations": rules or (RULE,), "severity": severity})


def waived(name: str = "app", *changes: Change, region: str | None = REGION) -> ResourceChange:
    """Return a bucket whose every change is waived."""
    return replace(
        drifted(name, region=region),
        status=Status.WAIVED,
        change=DocumentChange(actions=("no-op",), before=DOCUMENT, after=DOCUMENT),
        changes=tuple(excused(one) if one.waiver is None else one for one in changes)
        or (excused(change()),),
    )


def partly_waived(name: str = "app", impact: Impact = Impact.WEAKER) -> ResourceChange:
    """Return a bucket of which one change is waived, and one is not."""
    return drifted(name, excused(change("TLSv1.1", line=7)), change(), impact=impact)


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
        drifted("b-weaker", violating(change())),
        partly_waived("c-mixed", Impact.MIXED),
        missing("d-missing"),
        drifted("e-stricter", impact=Impact.STRICTER),
        drifted("f-neutral", impact=Impact.NEUTRAL),
        undeclared("g-undeclared"),
        in_sync("h-warned", Finding(path="/x", message="This looks wrong")),
        in_sync("i-in-sync"),
        waived("j-waived"),
    )


def _changes(
    texts: st.SearchStrategy[str], waivers: st.SearchStrategy[Waiver | None]
) -> st.SearchStrategy[Change]:
    values = texts | st.booleans() | st.none() | st.lists(texts, max_size=2)
    rules = st.builds(Violation, title=texts, pointer=texts, help=texts, source=_sources(texts))
    return st.builds(
        Change,
        path=texts | st.just(VERSIONS),
        action=st.sampled_from(["add", "remove", "update"]),
        before=values,
        after=values,
        impact=st.sampled_from(Impact),
        source=_sources(texts),
        severity=st.none() | st.sampled_from(Severity),
        violations=st.lists(rules, max_size=1).map(tuple),
        waiver=waivers,
    )


def _sources(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Source]:
    return st.builds(Source, texts, st.integers(1), st.integers(1))


@st.composite
def resources(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> ResourceChange:
    """A bucket of any kind, with any of `texts` wherever a plan has text."""
    values = texts | st.booleans() | st.none() | st.lists(texts, max_size=2)
    one = draw(st.sampled_from(one_of_each()))
    types = texts.filter(lambda text: text != BUCKET)
    source = draw(_sources(texts))
    return replace(
        one,
        type=one.type if one.type == BUCKET else draw(types | st.just(one.type)),
        name=draw(texts),
        region=draw(st.none() | texts),
        meaning=draw(texts),
        changes=draw(_all_changes(one.status, texts)) if one.changes else (),
        inert=tuple(draw(st.lists(st.builds(Inert, path=texts, value=values), max_size=1))),
        warnings=tuple(draw(st.lists(st.builds(Finding, path=texts, message=texts), max_size=2))),
        source=source if one.source else None,
        problem=one.problem
        and draw(st.builds(Problem, code=texts, message=texts, advice=texts, request_id=texts)),
    )


def _all_changes(
    status: Status, texts: st.SearchStrategy[str]
) -> st.SearchStrategy[tuple[Change, ...]]:
    """Some changes, as the status has it: not all of a drift are waived, or else all."""
    waivers = st.builds(
        Waiver, reason=texts, owner=texts, expires=st.dates(), source=_sources(texts)
    )
    if status is Status.WAIVED:
        return st.lists(_changes(texts, waivers), min_size=1, max_size=2).map(tuple)
    return st.tuples(
        st.lists(_changes(texts, st.none() | waivers), max_size=1), _changes(texts, st.none())
    ).map(lambda drawn: (*drawn[0], drawn[1]))


def plans(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Plan]:
    """Plans of a few buckets of any kind, none of them twice."""
    several = st.lists(resources(texts), max_size=6, unique_by=lambda one: one.address)
    return st.builds(
        lambda found, policy, fail_on: plan_of(*found, undeclared=policy, fail_on=fail_on),
        several,
        st.sampled_from(["ignore", "report", "fail"]),
        st.sampled_from(["any", "weaker"]),
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
            changes=tuple(_spoiled(change, text, source) for change in one.changes),
            warnings=(Finding(path=text, message=text),),
            source=source if one.source else None,
            problem=one.problem and Problem(code=text, message=text, advice=text, request_id=text),
        )
        for number, one in enumerate(one_of_each())
    ]
    return plan_of(*spoiled)


def _spoiled(one: Change, text: str, source: Source) -> Change:
    rule = Violation(title=text, pointer=text, help=text, source=source)
    waiver = Waiver(reason=text, owner=text, expires=WAIVER.expires, source=source)
    return one.model_copy(
        update={
            "path": text,
            "before": text,
            "source": source,
            "violations": (rule,),
            "waiver": one.waiver and waiver,
        }
    )


def names(found: Iterable[ResourceChange]) -> list[str]:
    return [one.name for one in found]
