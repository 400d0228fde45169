"""What is doubtful about a waiver beside a plan."""

from collections.abc import Iterator

from drift.desired.pattern import is_pattern, may_meet
from drift.diagnostic import Diagnostic
from drift.plan import Plan, ResourceChange, Source, Status
from drift.settings.setting import Setting
from drift.waivers.doubt import stale, too_deep, too_narrow, too_wide, unused
from drift.waivers.entry import Entry

_JUDGED = (Status.IN_SYNC, Status.DRIFT, Status.WAIVED)


class Planned:
    """What became of the buckets of a plan, and which waiver excused what of them."""

    def __init__(self, plan: Plan, *, strict: bool) -> None:
        """Take a plan, and whether what was not reported was taken for its default."""
        self._strict = strict
        self._judged: dict[str, list[ResourceChange]] = {}
        self._unread: set[str] = set()
        self._unlisted: list[str] = []
        self._excused: dict[Source, list[tuple[str, tuple[str, ...]]]] = {}
        self._live: dict[int, Setting] = {}
        for resource in plan.resource_changes:
            if resource.status is Status.UNREADABLE and is_pattern(resource.name):
                self._unlisted.append(resource.name)
            elif resource.status is Status.UNREADABLE:
                self._unread.add(resource.name)
            elif resource.status in _JUDGED:
                self._judged.setdefault(resource.name, []).append(resource)
            for change in resource.changes:
                if change.waiver:
                    at = resource.name, tuple(change.path.split("/")[2:])
                    self._excused.setdefault(change.waiver.source, []).append(at)

    def doubt(self, entry: Entry) -> Diagnostic | None:
        """Return why the waiver excused nothing, or more than it need have, if that is sure.

        Nothing is where a bucket that it may be for could not be read.
        """
        unlisted = any(may_meet(entry.bucket, pattern) for pattern in self._unlisted)
        if unlisted or any(entry.among(self._unread)):
            return None
        excused = self._excused.get(entry.waiver.source)
        if excused is None:
            return self._idle(entry)
        names = {name for name, _ in excused}
        if not _is_sure(entry):
            return None
        if entry.is_pattern and len(names) == 1:
            return too_wide(entry, min(names))
        return too_deep(entry, {path for _, path in excused})

    def _idle(self, entry: Entry) -> Diagnostic | None:
        """Return why the waiver excused nothing."""
        meant = [*self._meant(entry)]
        if any(_drifts(entry, one) and self._pins(entry, one) for one in meant):
            return too_narrow(entry)
        if not _is_sure(entry):
            return None
        moved = next((one for one in meant if not self._pins(entry, one)), None)
        if moved:
            return stale(entry, moved.name, self._seen(entry, moved))
        if any(one.status is not Status.IN_SYNC for one in meant):
            return unused(entry, "other waivers excuse what it pins")
        what = "what it pins is what is desired" if meant else "no such bucket was compared"
        return unused(entry, what)

    def _meant(self, entry: Entry) -> Iterator[ResourceChange]:
        of_names = (one for name in entry.among(self._judged) for one in self._judged[name])
        return (one for one in of_names if one.type == entry.target.setting.type)

    def _pins(self, entry: Entry, resource: ResourceChange) -> bool:
        return entry.pins(self._seen(entry, resource), strict=self._strict)

    def _seen(self, entry: Entry, resource: ResourceChange) -> Setting:
        """Return what the bucket's live document says; buckets that are alike share theirs."""
        key = id(resource.change)
        if key not in self._live:
            kind = entry.target.setting
            document = (resource.change.before or {}).get(kind.root, {})
            self._live[key] = kind.model_validate(document).as_live(strict=self._strict)
        return self._live[key]


def _is_sure(entry: Entry) -> bool:
    """Return whether all buckets that the waiver may be for are in the plan."""
    return entry.whole or not entry.is_pattern


def _drifts(entry: Entry, resource: ResourceChange) -> bool:
    """Return whether the bucket has drift, which nothing excuses, where the waiver points to."""
    at = entry.target.pointer
    drift = (change.path for change in resource.changes if change.waiver is None)
    return any(path == at or path.startswith(f"{at}/") for path in drift)
