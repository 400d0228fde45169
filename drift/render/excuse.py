"""What of a drift has to be changed, and what is excused: by which waivers, and how long."""

from datetime import date
from typing import NamedTuple

from drift.plan import Change, ResourceChange, Status, Waiver


class Excuse(NamedTuple):
    """A waiver, and the changes of one bucket that it excuses."""

    waiver: Waiver
    changes: tuple[Change, ...]


def needed(resource: ResourceChange) -> tuple[Change, ...]:
    """Return the changes that nothing excuses."""
    for one in resource.changes:
        if one.waiver:
            return tuple([one for one in resource.changes if one.waiver is None])
    return resource.changes


def told(resource: ResourceChange) -> tuple[Change, ...]:
    """Return the changes that reports tell of: those that are needed, or else what is excused."""
    return needed(resource) or resource.changes


def excuses(resource: ResourceChange) -> tuple[Excuse, ...]:
    """Return what excuses the bucket, the first to expire first."""
    found: dict[Waiver, list[Change]] = {}
    for change in resource.changes:
        if change.waiver:
            found.setdefault(change.waiver, []).append(change)
    excused = [Excuse(waiver, tuple(changes)) for waiver, changes in found.items()]
    return tuple(sorted(excused, key=lambda one: one.waiver.expires))


def through(resource: ResourceChange) -> str:
    """Return how long all of it is excused, to be said behind `is waived`; else nothing."""
    return f" through {until(resource)}" if resource.status is Status.WAIVED else ""


def until(resource: ResourceChange) -> date:
    """Return the last day on which all that is waived still is."""
    return min(one.waiver.expires for one in resource.changes if one.waiver)
