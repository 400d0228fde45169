"""What is doubtful about a waiver, in words: where, and what to do about it."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import takewhile

from drift.diagnostic import Diagnostic
from drift.settings.setting import Setting
from drift.untrusted import visible
from drift.waivers.entry import Entry

SOON = 30
"""How many days before it expires a waiver is warned of."""


def expired(entry: Entry) -> Diagnostic:
    """Say that it excuses nothing any more."""
    return Diagnostic(
        "warning",
        entry.place("Expires"),
        f'The waiver for "{entry.bucket}" expired on {entry.waiver.expires}',
        "Mend the drift, or take the waiver out.",
    )


def too_far(entry: Entry) -> Diagnostic:
    """Say that it expires too late by the earlier of two clocks, and so excuses nothing."""
    return Diagnostic(
        "warning",
        entry.place("Expires"),
        f'The waiver for "{entry.bucket}" expires on {entry.waiver.expires}, which is more than a '
        "year ahead by the service's clock",
        "Set this machine's clock, or choose an earlier day.",
    )


def expires_soon(entry: Entry, today: date) -> Diagnostic | None:
    """Say in how many days it expires, if they are few."""
    days = (entry.waiver.expires - today).days
    if days > SOON:
        return None
    when = "today" if days == 0 else f"in {days} day{'s' * (days != 1)}"
    last = f"after {entry.waiver.expires} (UTC) the drift is drift again"
    said = f'The waiver for "{entry.bucket}" expires {when}: {last}'
    return Diagnostic("warning", entry.place("Expires"), said, "Mend the drift until then.")


def unused(entry: Entry, why: str) -> Diagnostic:
    """Say that it excuses nothing."""
    said = f'The waiver for "{entry.bucket}" is unused: {why}'
    return Diagnostic("warning", entry.place(), said, "Take it out, or mend it.")


def stale(entry: Entry, bucket: str, live: Setting) -> Diagnostic:
    """Say that the live value is another one than is pinned."""
    now, pinned = _at(live, entry.target.path), _shown(entry.live)
    return Diagnostic(
        "warning",
        entry.place("Live"),
        f'The waiver for "{entry.bucket}" is unused: the live value has moved on, in {bucket} it '
        f"is {now}, and {pinned} is excused",
        "Take the waiver out, or pin what is to be excused now.",
    )


def too_narrow(entry: Entry) -> Diagnostic:
    """Say that what it points to cannot be excused without what holds it."""
    wider = entry.target.holder or entry.target
    return Diagnostic(
        "warning",
        entry.place("Pointer"),
        f'The waiver for "{entry.bucket}" is too narrow: this cannot be excused alone',
        f"Point to {wider.pointer}, and pin all of it.",
    )


def too_deep(entry: Entry, paths: Iterable[tuple[str, ...]]) -> Diagnostic | None:
    """Say that all of `paths`, in which there is drift, are below a longer pointer, if they are."""
    ends = sorted(paths)
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(ends[0], ends[-1], strict=False))
    common = [name for name, _ in pairs]
    if len(common) <= len(entry.target.path):
        return None
    pointer = "/".join(("", entry.target.setting.root, *common))
    return Diagnostic(
        "warning",
        entry.place("Pointer"),
        f'The waiver for "{entry.bucket}" is broader than needed: {pointer} is all that it excuses',
        "Point to that, and pin the live value there.",
    )


def too_wide(entry: Entry, bucket: str) -> Diagnostic:
    """Say that its pattern stands for one bucket."""
    return Diagnostic(
        "warning",
        entry.place("Bucket"),
        f'The waiver for "{entry.bucket}" is broader than needed: it excuses one bucket, {bucket}',
        "Name the bucket.",
    )


def _at(live: Setting, path: tuple[str, ...]) -> str:
    value: object = live.normal()
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return "not there"
        value = value[name]
    return _shown(value)


def _shown(value: object) -> str:
    return visible(json.dumps(value, default=sorted))  # the sets of a normal form
