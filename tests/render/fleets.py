"""Plans that were never read from anywhere: a bucket of each kind, of any name, and fleets."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from drift.plan import (
    Change,
    DocumentChange,
    FailOn,
    Finding,
    Impact,
    Inert,
    Plan,
    Problem,
    ResourceChange,
    Source,
    Status,
    Undeclared,
    Violation,
    Waiver,
)
from tests.declared import NOW

Say: TypeAlias = Callable[[str], str]
"""What stands in a plan in the place of a text that a stranger may choose."""

TYPE = "oss_bucket_https_config"


def source(file: str = "desired/app.json") -> Source:
    return Source(file=file, line=3, column=5)


def inert(path: str, value: str = "x") -> Inert:
    return Inert(path=path, value=value)


def in_sync(name: str, **more: Any) -> ResourceChange:
    usual: dict[str, Any] = {"region": "cn-hangzhou", "source": source()} | more
    return ResourceChange(
        type=TYPE, name=name, status=Status.IN_SYNC, impact=Impact.NEUTRAL,
        change=DocumentChange(actions=("no-op",)), **usual,
    )  # fmt: skip


def drifted(
    name: str, *values: str, impact: Impact | None = Impact.WEAKER, **more: Any
) -> ResourceChange:
    """Return a bucket that accepts values which are not wanted."""
    versions = values or ("TLSv1.0",)
    path = "/HttpsConfiguration/TLS/TLSVersion"
    usual: dict[str, Any] = {
        "region": "cn-hangzhou",
        "meaning": "accepts TLS 1.0, which is not wanted",
        "source": source(),
        "change": _update([*versions, "TLSv1.2"], ["TLSv1.2"]),
        "changes": tuple(
            Change(path=path, action="remove", before=one, after=None,
                   impact=Impact.WEAKER, source=source())
            for one in versions
        ),
    }  # fmt: skip
    return ResourceChange(type=TYPE, name=name, status=Status.DRIFT, impact=impact, **usual | more)


def waiver(reason: str = "Old scanners.", owner: str = "storage", **more: Any) -> Waiver:
    usual: dict[str, Any] = {"expires": date(2027, 3, 1), "source": source("waivers.json")} | more
    return Waiver(reason=reason, owner=owner, **usual)


def rule(title: str = "No old TLS", pointer: str = "/x", advice: str = "") -> Violation:
    return Violation(title=title, pointer=pointer, help=advice, source=source("tls.json"))


def violating(
    name: str, *values: str, rules: Iterable[Violation] = (), **more: Any
) -> ResourceChange:
    """Return a bucket that breaks rules by each of the values that it accepts."""
    one = drifted(name, *values, **more)
    broken = tuple(rules) or (rule(),)
    changes = (change.model_copy(update={"violations": broken}) for change in one.changes)
    return replace(one, changes=tuple(changes))


def waived(name: str, *values: str, excuse: Waiver | None = None, **more: Any) -> ResourceChange:
    """Return a bucket that accepts values which are not wanted, all of which are waived."""
    one = drifted(name, *values, **more)
    by = {"waiver": excuse or waiver()}
    return replace(
        one,
        status=Status.WAIVED,
        change=DocumentChange(
            actions=("no-op",), before=one.change.before, after=one.change.before
        ),
        changes=tuple(
            change if change.waiver else change.model_copy(update=by) for change in one.changes
        ),
    )


def partly_waived(name: str, excuse: Waiver | None = None, **more: Any) -> ResourceChange:
    """Return a bucket that accepts TLS 1.0, which is waived, and TLS 1.1."""
    one = drifted(name, "TLSv1.1", **more)
    (excused,) = waived(name, "TLSv1.0", excuse=excuse).changes
    return replace(
        one,
        change=_update(["TLSv1.0", "TLSv1.1", "TLSv1.2"], ["TLSv1.0", "TLSv1.2"]),
        changes=(excused, *one.changes),
    )


def stricter(name: str, **more: Any) -> ResourceChange:
    """Return a bucket that refuses what is wanted, and accepts nothing else."""
    added = Change(
        path="/HttpsConfiguration/TLS/TLSVersion", action="add", before=None, after="TLSv1.3",
        impact=Impact.STRICTER, source=source(),
    )  # fmt: skip
    usual: dict[str, Any] = {
        "meaning": "refuses TLS 1.3, which is wanted",
        "changes": (added,),
        "change": _update(["TLSv1.2"], ["TLSv1.2", "TLSv1.3"]),
    }
    return drifted(name, impact=Impact.STRICTER, **usual | more)


def never_configured(name: str) -> ResourceChange:
    after: dict[str, Any] = {"HttpsConfiguration": {"TLS": {"Enable": False}}}
    change = Change(
        path="/HttpsConfiguration/TLS/Enable", action="add", before=None, after=False,
        impact=Impact.NEUTRAL, source=source(),
    )  # fmt: skip
    return drifted(
        name, impact=Impact.NEUTRAL, changes=(change,),
        change=DocumentChange(actions=("create",), before=None, after=after),
    )  # fmt: skip


def missing(name: str, **more: Any) -> ResourceChange:
    usual: dict[str, Any] = {"region": "cn-hangzhou", "source": source()} | more
    return ResourceChange(type=TYPE, name=name, status=Status.MISSING, **usual)


def unreadable(
    name: str, code: str = "AccessDenied", *, request: str | None = None, **more: Any
) -> ResourceChange:
    advice = f"Allow the RAM action oss:GetBucketHttpsConfig on acs:oss:*:*:{name}."
    message = more.pop("message", "These credentials may not read the setting.")
    problem = Problem(code=code, message=message, advice=advice, request_id=request)
    usual: dict[str, Any] = {"region": "cn-hangzhou", "source": source(), "problem": problem} | more
    return ResourceChange(type=TYPE, name=name, status=Status.UNREADABLE, **usual)


def undeclared(name: str, region: str = "cn-hangzhou") -> ResourceChange:
    return ResourceChange(type="oss_bucket", name=name, region=region, status=Status.UNDECLARED)


def planned(
    *resources: ResourceChange, undeclared: Undeclared = "report", fail_on: FailOn = "any"
) -> Plan:
    return Plan(
        drift_version="1", timestamp=NOW, undeclared=undeclared, fail_on=fail_on,
        resource_changes=resources,
    )  # fmt: skip


def of_strangers(say: Say) -> Plan:
    """Return a plan with a bucket, and with buckets alike, of each kind; all texts are `say`'s."""
    place = source(say("file"))
    noted: dict[str, Any] = {
        "region": say("region"),
        "inert": (inert(say("pointer"), say("value")),),
        "warnings": (Finding(path=say("pointer"), message=say("message")),),
    }
    problem = Problem(
        code=say("code"), message=say("message"), advice=say("advice"), request_id=say("request")
    )
    changed = _changed_by(say, place)
    single = _changed_by(say, place, more="x")
    return planned(
        unreadable(say("name"), problem=problem, source=place, **noted),
        *(drifted(say("name"), source=place, **changed, **noted) for _ in range(12)),
        drifted(say("name"), impact=Impact.MIXED, source=place, **single, **noted),
        missing(say("name"), region=say("region"), source=place),
        missing(say("name"), region=say("region"), source=place),
        undeclared(say("name"), say("region")),
        in_sync(say("name"), **noted),
        in_sync(say("name"), **noted),
        *(_waived_by(say, say("name"), place, noted) for _ in range(2)),
        partly_waived(say("name"), _waiver_by(say, place), source=place, **noted),
    )


def _waiver_by(say: Say, place: Source) -> Waiver:
    return waiver(say("reason"), say("owner"), source=place)


def _waived_by(say: Say, name: str, place: Source, noted: dict[str, Any]) -> ResourceChange:
    changed = _changed_by(say, place)
    return waived(name, excuse=_waiver_by(say, place), source=place, **changed, **noted)


def fleet(number: int, kind: Callable[[str, int], ResourceChange]) -> Plan:
    """Return a plan of so many buckets, each of `kind`."""
    return planned(*(kind(f"bucket-{index:06}", index) for index in range(number)))


def _changed_by(say: Say, place: Source, more: str = "") -> dict[str, Any]:
    path = "/HttpsConfiguration/TLS/TLSVersion"
    values = [say("value"), more + say("other")]
    changes = (
        Change(path=path, action="remove", before=values[0], after=None,
               impact=Impact.WEAKER, source=place),
        Change(path=path, action="add", before=None, after=values[1],
               impact=Impact.WEAKER, source=place),
        Change(path=f"/{say('root')}/{say('part')}/{say('member')}", action="update",
               before=say("value"), after=say("value"), impact=Impact.WEAKER, source=place),
    )  # fmt: skip
    broken = (
        Violation(title=say("title"), pointer=say("pointer"), help=say("help"), source=place),
    )
    return {
        "meaning": say("meaning"),
        "changes": tuple(one.model_copy(update={"violations": broken}) for one in changes),
        "change": _update([values[0]], [values[1]]),
    }


def _update(before: Iterable[str], after: Iterable[str]) -> DocumentChange:
    def document(versions: Iterable[str]) -> dict[str, Any]:
        return {"HttpsConfiguration": {"TLS": {"Enable": True, "TLSVersion": [*versions]}}}

    return DocumentChange(actions=("update",), before=document(before), after=document(after))
