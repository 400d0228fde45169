"""The plan as JSON: the verdict first, then each bucket on a line."""

import json
from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter

from drift.errors import PlanFileError
from drift.plan import Plan, ResourceChange
from drift.planfile.limits import MAX_PIECE_CHARACTERS, MAX_PLAN_BYTES, MIN_VALUE_BYTES
from drift.untrusted import visible

DERIVED = ("verdict", "complete", "errored", "applyable", "summary")
"""What a plan says of itself, and what follows from its buckets."""

_HEAD = ("format_version", "drift_version", "timestamp", "undeclared", "fail_on", *DERIVED)
_RESOURCE = TypeAdapter(ResourceChange)


def dumps(plan: Plan) -> str:
    """Return the plan as JSON in ASCII: the verdict first, then each bucket on a line.

    Raise `PlanFileError` if it would be larger than `load` accepts.
    """
    head = plan.model_dump(mode="json", include=set(_HEAD))
    text = "{\n"
    for name in _HEAD:
        text += f"  {json.dumps(name)}: {harmless(head[name])},\n"
    text += '  "resource_changes": ['
    for line in _lines(plan.resource_changes):
        text += line  # in place: to join 100,000 lines takes their size in memory once more
    text += "\n  ]\n}\n"
    if len(text) > MAX_PLAN_BYTES or text.count(",") > MAX_PLAN_BYTES // MIN_VALUE_BYTES:
        size = f"{MAX_PLAN_BYTES >> 20} MiB"
        raise _too_large(f"it is larger than {size}", "Give drift plan fewer desired files.")
    return text


def harmless(value: object) -> str:
    """Return a value as JSON in ASCII, on one line that no log obeys."""
    # In the log of a CI system, two of these can begin a command; in JSON they stand in strings.
    return json.dumps(value).replace("##", "#\\u0023")


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
        line = f'{harmless(head)[:-1]}, "change": {change}}}'
        if len(line) >= MAX_PIECE_CHARACTERS:
            size = f"{MAX_PIECE_CHARACTERS >> 20} MiB"
            reason = f"{visible(resource.address)} takes more than {size} of it"
            raise _too_large(reason, "Declare less for this bucket: shorter lists, or fewer rules.")
        yield divider + line
        divider = ",\n    "


def _too_large(reason: str, advice: str) -> PlanFileError:
    return PlanFileError(f"The plan cannot be saved: {reason}.", advice)
