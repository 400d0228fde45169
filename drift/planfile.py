"""The plan as JSON: written, and read back without believing a word of it."""

import json
import re
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from drift import disk
from drift.errors import PlanFileError
from drift.plan import FORMAT_VERSION, Plan, ResourceChange
from drift.untrusted import visible

LARGEST = 256 << 20
"""The largest plan that is read, in bytes: enough for 200,000 buckets."""

_MAJOR = re.compile(r"[1-9][0-9]{0,8}")
_DERIVED = ("verdict", "complete", "errored", "applyable", "summary")
_HEAD = ("format_version", "drift_version", "timestamp", *_DERIVED)


def dumps(plan: Plan) -> str:
    """Return the plan as JSON in ASCII: the verdict first, then each bucket on a line."""
    head = plan.model_dump(mode="json", include=set(_HEAD))
    lines = [f"  {json.dumps(name)}: {json.dumps(head[name])}" for name in _HEAD]
    resources = ",\n".join(f"    {_line(resource)}" for resource in plan.resource_changes)
    lines.append(f'  "resource_changes": [\n{resources}\n  ]')
    # In the log of a CI system, two of these can begin a command; in JSON they stand in strings.
    return ("{\n" + ",\n".join(lines) + "\n}\n").replace("##", "#\\u0023")


def load(path: Path) -> Plan:
    """Return the plan that was saved at `path`; raise `PlanFileError` if it is none."""
    text = _text(path)
    try:
        document = json.loads(
            text, object_pairs_hook=_members, parse_float=_finite, parse_constant=_finite
        )
    except (ValueError, RecursionError):
        raise _no_plan(path, "it is not JSON, or has a member twice") from None
    if not isinstance(document, dict) or not isinstance(document.get("format_version"), str):
        raise _no_plan(path, "it has no format_version")
    _refuse_newer(path, document["format_version"])
    try:
        plan = Plan.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        pointer = "".join(f"/{step}" for step in first["loc"])
        raise _no_plan(path, visible(f"{pointer or 'its root'}: {first['msg']}")) from None
    _refuse_contradiction(path, document, plan)
    return plan


def _line(resource: ResourceChange) -> str:
    document = resource.model_dump(mode="json")
    return json.dumps({"address": document.pop("address"), **document})


def _text(path: Path) -> str:
    try:
        data = disk.read(path, LARGEST)
    except OSError as error:
        raise PlanFileError(f"The plan {path} cannot be read: {error.strerror}.") from None
    if len(data) > LARGEST:
        raise _no_plan(path, f"it is larger than {LARGEST >> 20} MiB")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _no_plan(path, "it is not UTF-8") from None


def _finite(number: str) -> float:
    if not isfinite(value := float(number)):
        raise ValueError
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; raise `ValueError` if readers may take different ones."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError
    return members


def _refuse_newer(path: Path, version: str) -> None:
    major = version.partition(".")[0]
    if _MAJOR.fullmatch(major) and int(major) > int(FORMAT_VERSION.partition(".")[0]):
        raise PlanFileError(
            f"The plan {path} has the format version {visible(version)}; this drift reads "
            f"{FORMAT_VERSION}.",
            "Upgrade drift: pip install --upgrade oss-drift.",
        )


def _refuse_contradiction(path: Path, document: dict[str, Any], plan: Plan) -> None:
    """A saved plan may have been edited; what it says of itself must follow from its buckets."""
    derived = plan.model_dump(mode="json", include=set(_DERIVED))
    for name in _DERIVED:
        said, follows = document.get(name), derived[name]
        if isinstance(said, dict) and isinstance(follows, dict):
            said = {member: said.get(member) for member in follows}
        if said != follows:
            raise _no_plan(path, f"its {name} does not follow from its buckets")
    addresses = [resource.address for resource in plan.resource_changes]
    if [resource.get("address") for resource in document["resource_changes"]] != addresses:
        raise _no_plan(path, "an address is not that of its bucket")
    if len(set(addresses)) < len(addresses):
        raise _no_plan(path, "it has a bucket twice")


def _no_plan(path: Path, reason: str) -> PlanFileError:
    return PlanFileError(f"{path} is no plan: {reason}.", "Save one with drift plan --out FILE.")
