"""What follows from the documents of a bucket in a saved plan, which may be a stranger's.

A plan has both documents of a bucket, and what drift concluded from them: the changes, what they do
and how much that matters. A forger may edit the conclusions, so they are drawn anew, by the rules
of the setting.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from pydantic import JsonValue, ValidationError

from drift.plan import Change, DocumentChange, Impact, ResourceChange, Status
from drift.planfile.pieces import RefusalError
from drift.settings import SETTINGS
from drift.settings.setting import Difference, Element, Normal, Setting, kinds

_SETTINGS = {setting.type: setting for setting in SETTINGS}
_COMPARED = (Status.IN_SYNC, Status.WAIVED, Status.DRIFT)
_NEW_IN_LATER_VERSIONS = {"extra_forbidden", "literal_error"}
"""What pydantic says of members and values that this version does not have."""

_Values: TypeAlias = "dict[tuple[tuple[str, ...], str | None], JsonValue]"
"""The values of a normal form by their paths; of a list, each entry by its path and itself."""


class UnknownDocumentError(Exception):
    """A document is of a setting, or has members or values, that this version does not know."""


def recompute(resource: ResourceChange) -> ResourceChange:
    """Return the bucket with what follows from its documents in place of what it says.

    Raise `RefusalError` if its changes do not lead from one document to the other, and
    `UnknownDocumentError` if that cannot be found out.
    """
    refuse_contradiction(resource)
    if resource.status not in _COMPARED:
        return resource
    kind = _SETTINGS.get(resource.type)
    if kind is None:
        raise UnknownDocumentError
    change = resource.change
    live = None if change.before is None else _document(kind, change.before)
    after = kind() if change.after is None else _document(kind, change.after)
    # A plan does not say whether drift ran with --strict.
    runs = (_Run(kind, live, after, strict) for strict in (False, True))
    fitting = [one for run in runs if (one := run.conclude(resource))]
    if not fitting:
        raise RefusalError("its changes do not lead from one of its documents to the other")
    return resource if resource in fitting else fitting[0]


def refuse_contradiction(resource: ResourceChange) -> None:
    """Raise `RefusalError` for what cannot be, whatever the setting is."""
    change, drifted = resource.change, resource.status is Status.DRIFT
    if resource.status not in _COMPARED:
        conclusions = change, resource.impact, resource.meaning, resource.inert
        if conclusions != (DocumentChange(), None, "", ()):
            raise RefusalError("it has results, though it was not compared")
        return
    if is_same_json(change.before, change.after) is drifted:
        raise RefusalError("its documents are not those of its status")
    if drifted and change.actions != (("create",) if change.before is None else ("update",)):
        raise RefusalError("its actions do not follow from its documents")
    if resource.impact is not _impact(resource):
        raise RefusalError("its impact does not follow from its changes")


def is_same_json(one: object, other: object) -> bool:
    """Return whether two values are the same JSON. To Python `False` equals 0, and 1 equals 1.0."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _impact(resource: ResourceChange) -> Impact:
    """Return what the changes that count do; where all are waived, what all of them do."""
    drifted = resource.status is Status.DRIFT
    return Impact.all_of(one.impact for one in resource.changes if not (drifted and one.waiver))


def _document(kind: type[Setting], document: Mapping[str, JsonValue]) -> Setting:
    try:
        setting = kind.model_validate(document.get(kind.root))
    except ValidationError as error:
        if {one["type"] for one in error.errors(include_url=False)} <= _NEW_IN_LATER_VERSIONS:
            raise UnknownDocumentError from None
    else:
        if is_same_json(setting.document(), document):
            return setting
    raise RefusalError("a document is not one of its setting")


class _Run(NamedTuple):
    """A run that would have given the plan: what is live, and what would be in sync."""

    kind: type[Setting]
    live: Setting | None
    after: Setting
    strict: bool

    @property
    def seen(self) -> Setting:
        """The live document, with what it says by leaving parts out."""
        return (self.live or self.kind()).as_live(strict=self.strict)

    def conclude(self, resource: ResourceChange) -> ResourceChange | None:
        """Return what follows from the documents; None if the changes do not."""
        drifted = resource.status is Status.DRIFT
        whole = self.after
        if any(one.waiver for one in resource.changes):
            whole = self._rebuilt(resource.changes)
        counted = [_key(one) for one in resource.changes if not one.waiver]
        waived = [_key(one) for one in resource.changes if one.waiver]
        left = self._differences(self.after) if drifted else {}
        excused = {key: one for key, one in self._differences(whole).items() if key not in counted}
        if not (self._are(counted, left, self.after) and self._are(waived, excused, whole)):
            return None
        live, desired = self.live or self.kind(), self.after if drifted else whole
        concluded = replace(
            resource,
            meaning=desired.meaning(live, strict=self.strict) if resource.changes else "",
            changes=tuple(
                self._change(one, whole, excused[_key(one)])
                if one.waiver
                else self._change(one, self.after, left[_key(one)])
                for one in resource.changes
            ),
            inert=tuple(self.live.inert()) if self.live else (),
        )
        return replace(concluded, impact=_impact(concluded))

    def _are(
        self, keys: Sequence[str], differences: Mapping[str, Difference], desired: Setting
    ) -> bool:
        """Return whether changes with these keys are the differences, each once.

        A part that a PUT needs is no change where nobody declares it, and a bucket that never had
        the setting has it as desired by default.
        """
        named = {*keys}
        lacking = {one.path[0] for key, one in differences.items() if key not in named}
        undeclared = {*self.kind.required_parts} if self.live is None else set[str]()
        seen, wanted = self.seen.normal(), desired.normal()
        by_default = {name for name in lacking & undeclared if wanted[name] == seen.get(name)}
        return lacking == by_default and len(named) == len(keys) and named <= differences.keys()

    def _differences(self, desired: Setting) -> dict[str, Difference]:
        normal = desired.normal()
        wanted = _values(normal)
        live = {at: value for at, value in self._base().items() if at[0][0] in normal}
        differences = (
            Difference(at[0], live.get(at), wanted.get(at))
            for at in live | wanted
            if live.get(at) != wanted.get(at)
        )
        return {_key_of(self.kind.root, one): one for one in differences}

    def _base(self) -> _Values:
        return {} if self.live is None else _values(self.seen.normal())

    def _rebuilt(self, changes: Sequence[Change]) -> Setting:
        """Return the live document with all changes made, also those that are waived."""
        values = self._base()
        for change in changes:
            path = tuple(change.path.removeprefix(f"/{self.kind.root}/").split("/"))
            kind = _kind_at(self.kind, path)
            if kind is None or issubclass(kind, Element):
                raise RefusalError("a change is of a member that its document cannot have")
            is_entry = kind is tuple
            if change.before is not None:
                values.pop((path, str(change.before) if is_entry else None), None)
            if change.after is not None:
                values[path, str(change.after) if is_entry else None] = change.after
        try:
            return self.kind.model_validate(_nested(values))
        except ValidationError:
            raise RefusalError("its changes do not lead to a document") from None

    def _change(self, change: Change, desired: Setting, difference: Difference) -> Change:
        impact = desired.impact(self.seen, difference)
        severity = change.severity
        # Policies set severities of their own, and plans of older versions have none.
        if severity and (not change.violations or impact is Impact.NEUTRAL):
            severity = desired.severity(self.seen, difference)
        return change.model_copy(update={"impact": impact, "severity": severity})


def _key(change: Change) -> str:
    return json.dumps([change.path, change.action, change.before, change.after])


def _key_of(root: str, difference: Difference) -> str:
    live, desired = difference.live, difference.desired
    action = "add" if live is None else "remove" if desired is None else "update"
    return json.dumps(["/".join(("", root, *difference.path)), action, live, desired])


def _kind_at(kind: type, path: tuple[str, ...]) -> type | None:
    """Return the kind of the member at the path; None if there is none."""
    found: type | None = kind
    for step in path:
        is_element = found is not None and issubclass(found, Element)
        found = kinds(found).get(step) if found and is_element else None
    return found


def _values(normal: Normal, above: tuple[str, ...] = ()) -> _Values:
    values: _Values = {}
    for name, value in normal.items():
        path = (*above, name)
        if isinstance(value, Mapping):
            values |= _values(value, path)
        elif isinstance(value, frozenset):
            values |= {(path, entry): entry for entry in value}
        else:
            values[path, None] = value
    return values


def _nested(values: _Values) -> dict[str, JsonValue]:
    """Return the document, below its root, that has the values."""
    document: dict[str, Any] = {}
    for (path, entry), value in values.items():
        holder = document
        for step in path[:-1]:
            holder = holder.setdefault(step, {})
        if entry is None:
            holder[path[-1]] = value
        else:
            holder.setdefault(path[-1], []).append(value)
    return document
