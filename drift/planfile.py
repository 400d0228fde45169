"""The plan as JSON: written, and read back without believing a word of it."""

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from drift import disk
from drift.errors import PlanFileError
from drift.plan import FORMAT_VERSION, Plan, ResourceChange
from drift.untrusted import visible

LARGEST = 256 << 20
"""The largest plan that is read, in bytes: enough for 200,000 buckets."""

_MAJOR = re.compile(r"[1-9][0-9]{0,8}")
_DERIVED = ("verdict", "complete", "errored", "applyable", "summary")
_HEAD = ("format_version", "drift_version", "timestamp", "undeclared", *_DERIVED)
_SINCE_1_1 = {"undeclared": 0}
"""What the summary of an older plan lacks, and what it would say."""

_RESOURCE = TypeAdapter(ResourceChange)


def dumps(plan: Plan) -> str:
    """Return the plan as JSON in ASCII: the verdict first, then each bucket on a line."""
    head = plan.model_dump(mode="json", include=set(_HEAD))
    text = "{\n"
    for name in _HEAD:
        text += f"  {json.dumps(name)}: {harmless(head[name])},\n"
    text += '  "resource_changes": ['
    for line in _lines(plan.resource_changes):
        text += line  # in place: to join 100,000 lines takes their size in memory once more
    text += "\n  ]\n}\n"
    return text


def harmless(value: object) -> str:
    """Return a value as JSON in ASCII, on one line that no log obeys."""
    # In the log of a CI system, two of these can begin a command; in JSON they stand in strings.
    return json.dumps(value).replace("##", "#\\u0023")


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


def _lines(resources: Iterable[ResourceChange]) -> Iterator[str]:
    """Yield each resource behind what divides it from the one before.

    Most of a line is the document, and buckets that answered alike share theirs.
    """
    known: dict[int, str] = {}
    divider = "\n    "
    for resource in resources:
        members = _RESOURCE.dump_python(resource, mode="json", exclude={"change"})
        key = id(resource.change)
        change = known.get(key)
        if change is None:
            change = known[key] = harmless(resource.change.model_dump(mode="json"))
        head = {"address": members.pop("address"), **members}
        yield f'{divider}{harmless(head)[:-1]}, "change": {change}}}'
        divider = ",\n    "


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
            said = {member: (_SINCE_1_1 | said).get(member) for member in follows}
        if said != follows:
            raise _no_plan(path, f"its {name} does not follow from its buckets")
    addresses = [resource.address for resource in plan.resource_changes]
    if [resource.get("address") for resource in document["resource_changes"]] != addresses:
        raise _no_plan(path, "an address is not that of its bucket")
    if len(set(addresses)) < len(addresses):
        raise _no_plan(path, "it has a bucket twice")


def _no_plan(path: Path, reason: str) -> PlanFileError:
    return PlanFileError(f"{path} is no plan: {reason}.", "Save one with drift plan --out FILE.")
