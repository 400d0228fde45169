"""A subset of what `terraform show -json` prints, for policies that were written for that.

The shape is that of Terraform's plan representation, format version 1.2. What only drift knows is
in members that begin with `drift_`. There is no `resource_drift`: that compares with what Terraform
recorded, and drift has no such record; all that differs from desired is in `resource_changes`.
"""

import re
from datetime import UTC
from typing import TYPE_CHECKING

from drift.plan import (
    BUCKET,
    DocumentChange,
    Plan,
    Problem,
    ResourceChange,
    Source,
    Status,
    Verdict,
    Violation,
)
from drift.planfile import harmless
from drift.render import Screen
from drift.render.excuse import Excuse, excuses
from drift.render.phrase import NO_BUCKET
from drift.render.provider import Object, attributes, text, unknown
from drift.render.why import violations, worst

if TYPE_CHECKING:
    from pydantic import JsonValue

_TERRAFORM = "1.8.0"
"""The first Terraform whose plans have all that is written here: some tools insist on a version.
Who wrote the plan in truth says `drift_version`."""

_PROVIDER = "registry.terraform.io/aliyun/alicloud"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ACTION = {Status.UNREADABLE: "update", Status.MISSING: "create", Status.UNDECLARED: "no-op"}
_NOTHING = ResourceChange(
    type=BUCKET, name="*", region=None, status=Status.UNREADABLE,
    problem=Problem(code="NoBucket", message=NO_BUCKET, advice=""),
)  # fmt: skip
"""What stands for the buckets of a plan that has none to judge: no policy would look at nothing."""

_QUOTED = {'"': '\\"', "\\": "\\\\", "${": "$${", "%{": "%%{"}
_QUOTE = re.compile(r'["\\]|[$%]\{')


def render(plan: Plan, _screen: Screen) -> str:
    """Return the plan as Terraform would represent it: ASCII, on one line, as some tools want."""
    changes: list[str] = []
    planned: list[str] = []
    found = plan.resource_changes
    for resource in found if plan.summary.buckets else (*found, _NOTHING):
        place, change = _place(resource), _change(resource, plan)
        changes.append(harmless(place | {"change": change} | _beside(resource, plan)))
        values: Object = {"values": change["after"], "sensitive_values": {}}
        planned.append(harmless(place | {"schema_version": 0} | values))
    head = harmless(_head(plan))[:-1]
    resources = ", ".join(planned)
    return (
        f'{head}, "planned_values": {{"root_module": {{"resources": [{resources}]}}}}, '
        f'"resource_changes": [{", ".join(changes)}]}}\n'
    )


def _head(plan: Plan) -> Object:
    time = plan.timestamp.astimezone(UTC).isoformat(timespec="seconds")
    return {
        "format_version": "1.2",
        "terraform_version": _TERRAFORM,
        "timestamp": time.replace("+00:00", "Z"),
        "applyable": plan.applyable and plan.verdict is Verdict.DRIFT,
        "complete": plan.complete,
        "errored": not plan.complete,  # Terraform has no third verdict
        "drift_version": text(plan.drift_version),
        "drift_verdict": plan.verdict.value,
        "drift_summary": plan.summary.model_dump(),
        # Some tools insist on one; what is declared here is no configuration of Terraform.
        "configuration": {"root_module": {}},
    }


def _place(resource: ResourceChange) -> Object:
    """Return what Terraform would call the bucket, and what kind of thing it is.

    A name that no resource could have, such as one that begins with a digit, is a key of `this`.
    """
    kind, name = text(f"alicloud_{resource.type}"), text(resource.name)
    what: Object = {"mode": "managed", "type": kind, "provider_name": _PROVIDER}
    if _IDENTIFIER.fullmatch(name):
        return {"address": f"{kind}.{name}", "name": name} | what
    key = _QUOTE.sub(lambda found: _QUOTED[found[0]], name)
    return {"address": f'{kind}.this["{key}"]', "name": "this", "index": name} | what


def _change(resource: ResourceChange, plan: Plan) -> Object:
    """Return what Terraform would do, or what no policy takes for nothing to do.

    Policies look at the actions, and hardly one looks at `errored`. For a bucket that could not be
    read Terraform has no action, since it would have failed: here it is an update of which nothing
    is known; so it is for one that must not be undeclared. One that does not exist is to be
    created, as the provider has it. A drift that does not count is left as it is.
    """
    status, change = resource.status, resource.change
    if plan.ignores(resource):
        change = DocumentChange(actions=("no-op",), before=change.before, after=change.before)
    actions: list[JsonValue] = [*change.actions] or [_ACTION[status]]
    is_known = status not in (Status.MISSING, Status.UNREADABLE)
    if status is Status.UNDECLARED and plan.undeclared == "fail":
        actions, is_known = ["update"], False
    has_before = is_known and actions != ["create"]
    after = attributes(resource, change.after)
    before = after if change.before == change.after else attributes(resource, change.before)
    return {
        "actions": actions,
        "before": before if has_before else None,
        "after": after,
        "after_unknown": {} if is_known else unknown(resource),
        "before_sensitive": {} if has_before else False,
        "after_sensitive": {},
    }


def _beside(resource: ResourceChange, plan: Plan) -> Object:
    """Return what only drift knows of the bucket."""
    severity = worst(resource)
    return {
        "drift_status": resource.status.value,
        "drift_impact": resource.impact and resource.impact.value,
        "drift_severity": severity and severity.value,
        "drift_ignored": plan.ignores(resource),
        "drift_meaning": text(resource.meaning),
        "drift_region": resource.region and text(resource.region),
        "drift_source": _source(resource.source) if resource.source else None,
        "drift_problem": _problem(resource.problem) if resource.problem else None,
        "drift_warnings": [text(f"{one.path}: {one.message}") for one in resource.warnings],
        "drift_violations": [_violation(rule) for rule in violations(resource)],
        "drift_waivers": [_waiver(excuse) for excuse in excuses(resource)],
    }


def _violation(rule: Violation) -> Object:
    return {
        "title": text(rule.title),
        "pointer": text(rule.pointer),
        "help": text(rule.help),
        "source": _source(rule.source),
    }


def _waiver(excuse: Excuse) -> Object:
    waiver, changes = excuse
    return {
        "reason": text(waiver.reason),
        "owner": text(waiver.owner),
        "expires": waiver.expires.isoformat(),
        "source": _source(waiver.source),
        "paths": [text(path) for path in dict.fromkeys(change.path for change in changes)],
    }


def _source(source: Source) -> Object:
    return {"file": text(source.file), "line": source.line, "column": source.column}


def _problem(problem: Problem) -> Object:
    return {
        "code": text(problem.code),
        "message": text(problem.message),
        "advice": text(problem.advice),
        "request_id": problem.request_id and text(problem.request_id),
        "retryable": problem.retryable,
    }
