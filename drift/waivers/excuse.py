"""What is left of a bucket's drift beside its waivers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from drift.plan import Change, ResourceChange, Status
from drift.settings.setting import Setting
from drift.waivers.entry import Entry

Compared: TypeAlias = Callable[[Setting], ResourceChange]
"""Takes a desired document, and returns what one bucket, which was read, is compared with it."""


class _Step(NamedTuple):
    """A document that is desired, and how the bucket differs from it."""

    desired: Setting
    left: ResourceChange


def excused(
    desired: Setting, live: Setting, entries: Sequence[Entry], compared: Compared
) -> ResourceChange:
    """Return what the bucket is, where `entries`, which pin what is live, excuse some of it.

    Each waiver makes the live value the desired one, where it stands. The changes that vanish by
    that are waived. A waiver by which none vanishes, or another comes up, does not apply.
    """
    whole = compared(desired)
    step, waived, waiting = _Step(desired, whole), dict[str, Entry](), list(entries)
    # Each that applies may make room for one before it.
    while found := next(_applied(waiting, step, live, compared), None):
        entry, fewer = found
        waived |= dict.fromkeys(_keys(step.left) - _keys(fewer.left), entry)
        waiting.remove(entry)
        step = fewer
    return _joined(whole, step.left, waived) if waived else whole


def _applied(
    entries: Sequence[Entry], step: _Step, live: Setting, compared: Compared
) -> Iterator[tuple[Entry, _Step]]:
    for entry in entries if step.left.changes else ():
        mixed = entry.over(step.desired, live)
        if mixed is None:
            continue
        left = compared(mixed)
        if _keys(left) < _keys(step.left):
            yield entry, _Step(mixed, left)


def _joined(
    whole: ResourceChange, left: ResourceChange, waived: dict[str, Entry]
) -> ResourceChange:
    """Return the whole with all its changes: those that are left, and the others waived."""
    rest = {_key(change): change for change in left.changes}
    changes = tuple(
        rest.get(key) or change.model_copy(update={"waiver": waived[key].waiver})
        for change in whole.changes
        for key in (_key(change),)
    )
    if rest:
        return replace(left, changes=changes)
    return replace(whole, status=Status.WAIVED, change=left.change, changes=changes)


def _keys(resource: ResourceChange) -> set[str]:
    return {_key(change) for change in resource.changes}


def _key(change: Change) -> str:
    """Return what a change does, whatever it means beside other changes."""
    return f"{change.path} {change.action} {change.before} {change.after}"
