"""Plans that were never read from anywhere: a bucket of each kind, of any name, and fleets."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from drift.plan import (
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


def planned(*resources: ResourceChange, undeclared: Undeclared = "report") -> Plan:
    return Plan(drift_version="1", timestamp=NOW, undeclared=undeclared, resource_changes=resources)


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
    )


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
    return {
        "meaning": say("meaning"),
        "changes": changes,
        "change": _update([values[0]], [values[1]]),
    }


def _update(before: Iterable[str], after: Iterable[str]) -> DocumentChange:
    def document(versions: Iterable[str]) -> dict[str, Any]:
        return {"HttpsConfiguration": {"TLS": {"Enable": True, "TLSVersion": [*versions]}}}

    return DocumentChange(actions=("update",), before=document(before), after=document(after))
