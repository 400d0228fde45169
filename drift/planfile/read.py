"""A saved plan, read back without believing a word of it.

Who wrote it may be a stranger: a job of a pull request from a fork. What `load` returns was valid
under the published schema, was small and flat enough to be read, and does not contradict itself.
"""

import json
import marshal
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from drift import __version__, disk
from drift.errors import PlanFileError
from drift.plan import FORMAT_VERSION, DocumentChange, Plan, Problem, ResourceChange, Verdict
from drift.planfile.limits import MAX_PLAN_BYTES, MIN_VALUE_BYTES
from drift.planfile.pieces import Piece, Pieces, RefusalError
from drift.planfile.recompute import UnknownDocumentError, recompute
from drift.planfile.write import DERIVED
from drift.untrusted import visible

_LIST = "resource_changes"
_MAJOR = re.compile(r"[1-9][0-9]{0,8}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_ENTRY = TypeAdapter(ResourceChange)
_MEMBERS = tuple(field.name for field in fields(ResourceChange))
_OLDER = ("1.0", "1.1")
_SINCE_1_2 = ("severity", "violations", "waiver")
"""The members of a change that older versions do not have."""

_CONCLUDED = ("type", "status", "impact", "meaning", "change", "changes", "inert")
"""What the conclusions of a bucket are drawn from, and those that it names."""

_INNER = {
    "change": tuple(DocumentChange.model_fields),
    "problem": tuple(Problem.model_fields),
}
"""What the models would make up for a bucket that lacks it, and the schema requires."""


class _NewerError(Exception):
    """The plan has a format that only a newer drift knows; the message is its version."""


def load(path: Path, *, largest: int = MAX_PLAN_BYTES) -> Plan:
    """Return the plan that was saved at `path`, of at most `largest` bytes.

    Raises `PlanFileError` if it is none, or cannot be read.
    """
    try:
        data = disk.read(path, largest)
    except OSError as error:
        raise PlanFileError(f"The plan {path} cannot be read: {error.strerror}.") from None
    return parse(data, str(path), largest=largest)


def parse(data: bytes, name: str, *, largest: int = MAX_PLAN_BYTES) -> Plan:
    """Return the plan that the bytes are; raise `PlanFileError`, which calls them `name`."""
    try:
        return _load(data, largest)
    except RefusalError as error:
        raise PlanFileError(
            f"{name} is no plan: {error}.", "Save one with drift plan --out FILE."
        ) from None
    except _NewerError as error:
        raise PlanFileError(
            f"The plan {name} has the format version {error}; this drift reads {FORMAT_VERSION}.",
            "Upgrade drift.",
        ) from None


def _load(data: bytes, largest: int) -> Plan:
    """Return the plan; raise `RefusalError` or `_NewerError`."""
    if len(data) > largest:
        raise RefusalError(f"it is larger than {largest >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")  # some editors and shells write a byte order mark
    except UnicodeDecodeError:
        raise RefusalError("it is not UTF-8") from None
    most = largest // MIN_VALUE_BYTES
    if text.count(",") > most:
        raise RefusalError(f"it has more than {most:,} values")
    try:
        return _plan(text)
    except RefusalError:
        _refuse_newer(text)  # of which the refusal may only be an effect
        raise


def _plan(text: str) -> Plan:
    pieces = Pieces(text, _LIST)
    lacking: list[str] = []
    conclusions = _Conclusions()
    resources = tuple(
        conclusions.drawn(f"/{_LIST}/{at}", _resource(f"/{_LIST}/{at}", piece, lacking), piece)
        for at, piece in enumerate(pieces)
    )
    rest = pieces.rest()
    head = rest.value
    if not isinstance(head.get("format_version"), str):
        raise RefusalError("it has no format_version")
    if head["format_version"] in _OLDER:
        head = _completed(head)
    elif lacking:
        raise RefusalError(lacking[0])
    try:
        plan = Plan.model_validate_json(rest.text)
    except ValidationError as error:
        raise RefusalError(_first(error)) from None
    plan = plan.model_copy(update={_LIST: resources})
    _refuse_lack("", head, ("undeclared", "fail_on"))
    _refuse_odd_time(plan, head["timestamp"])
    _refuse_contradiction(plan, head)
    conclusions.refuse_edited(plan)
    return plan


def _resource(pointer: str, piece: Piece, lacking: list[str]) -> ResourceChange:
    """Return a bucket; add to `lacking` what only a plan of an older version may lack."""
    try:
        resource = _ENTRY.validate_json(piece.text)
    except ValidationError as error:
        raise RefusalError(_first(error, pointer)) from None
    entry = piece.value
    _refuse_lack(pointer, entry, _MEMBERS)
    for member, names in _INNER.items():
        if entry[member] is not None:
            _refuse_lack(f"{pointer}/{member}", entry[member], names)
    for at, change in enumerate(entry["changes"]):
        try:
            _refuse_lack(f"{pointer}/changes/{at}", change, _SINCE_1_2)
        except RefusalError as refusal:
            lacking.append(str(refusal))
        if resource.changes[at].severity is None:
            lacking.append(f"{pointer}/changes/{at}/severity: only older plans have none")
    if entry.get("address") != resource.address:
        raise RefusalError("an address is not that of its bucket")
    return resource


class _Conclusions:
    """What follows from the documents of all buckets. Most buckets of a fleet have the same."""

    def __init__(self) -> None:
        self._known: dict[bytes, dict[str, Any] | None] = {}
        self._edited: str | None = None
        self._unknown: list[ResourceChange] = []

    def drawn(self, pointer: str, resource: ResourceChange, piece: Piece) -> ResourceChange:
        """Return the bucket with what follows from its documents; raise `RefusalError`."""
        key = blake2b(marshal.dumps([piece.value[name] for name in _CONCLUDED])).digest()
        if key not in self._known:
            try:
                self._known[key] = self._unless_equal(recompute(resource), resource)
            except UnknownDocumentError:
                self._known[key] = None
            except RefusalError as refusal:
                raise RefusalError(f"{pointer}: {refusal}") from None
        concluded = self._known[key]
        if concluded is None:
            self._unknown.append(resource)
            return resource
        if not concluded:
            return resource
        self._edited = self._edited or pointer
        return replace(resource, **concluded)

    @staticmethod
    def _unless_equal(concluded: ResourceChange, resource: ResourceChange) -> dict[str, Any]:
        """Return the conclusions; nothing if the bucket has them already."""
        results = _results(concluded)
        return {} if results == _results(resource) else results

    def refuse_edited(self, plan: Plan) -> None:
        """Refuse what this version would not have written, and a verdict that nobody can check.

        Other versions may have other words and know more of cipher suites; theirs are replaced.
        """
        if self._edited and plan.drift_version == __version__:
            raise RefusalError(f"{self._edited}: it does not follow from its documents")
        unsure = next(filter(plan.ignores, self._unknown), None)
        if unsure and plan.verdict is Verdict.IN_SYNC:
            raise RefusalError(
                f"the drift of {visible(unsure.address)} does not count in it, and its documents "
                "have members that this version of drift does not know"
            )


def _results(resource: ResourceChange) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in ("impact", "meaning", "changes", "inert")}


def _first(error: ValidationError, pointer: str = "") -> str:
    """Return what is wrong first."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        # What Python takes for JSON and pydantic does not: half a character beyond U+FFFF.
        return "it has text that is not Unicode"
    pointer += "".join(f"/{step}" for step in first["loc"])
    return visible(f"{pointer or 'its root'}: {first['msg']}")


def _completed(head: dict[str, Any]) -> dict[str, Any]:
    """Return what a plan of an older version says, with what it did not yet have to say."""
    summary = head.get("summary")
    if isinstance(summary, dict):
        summary = {"undeclared": 0, "waived": 0} | summary
    return {"undeclared": "ignore", "fail_on": "any"} | head | {"summary": summary}


def _refuse_lack(pointer: str, members: Mapping[str, object], names: Iterable[str]) -> None:
    lack = next((name for name in names if name not in members), None)
    if lack is not None:
        raise RefusalError(f"{pointer}/{lack}: Field required")


def _refuse_odd_time(plan: Plan, written: str) -> None:
    """Refuse a time that only pydantic can read, and one that other zones' calendars lack."""
    try:
        plan.timestamp.astimezone(UTC)
    except OverflowError:
        written = ""
    if not _TIME.fullmatch(written):
        raise RefusalError("/timestamp: Input should be a date and time as RFC 3339 has it")


def _refuse_contradiction(plan: Plan, head: Mapping[str, Any]) -> None:
    """A saved plan may have been edited; what it says of itself must follow from its buckets."""
    derived = plan.model_dump(mode="json", include=set(DERIVED))
    for name, follows in derived.items():
        said = head.get(name)
        if isinstance(said, dict) and isinstance(follows, dict):
            said = {member: said.get(member) for member in follows}
        if json.dumps(said) != json.dumps(follows):  # to Python, true and 1.0 equal 1
            raise RefusalError(f"its {name} does not follow from its buckets")
    day = plan.timestamp.astimezone(UTC).date()
    waivers = (one.waiver for each in plan.resource_changes for one in each.changes)
    if any(one and one.expires < day for one in waivers):
        raise RefusalError("it was made after one of its waivers had expired")
    addresses = {resource.address for resource in plan.resource_changes}
    if len(addresses) < len(plan.resource_changes):
        raise RefusalError("it has a bucket twice")


def _refuse_newer(text: str) -> None:
    pieces = Pieces(text, _LIST)
    try:
        deque(pieces, maxlen=0)
        version = str(pieces.rest().value.get("format_version"))
    except RefusalError:
        return
    major = version.partition(".")[0]
    if _MAJOR.fullmatch(major) and int(major) > int(FORMAT_VERSION.partition(".")[0]):
        raise _NewerError(visible(version)) from None
