"""Files of waivers in, waivers out, with every fault of every file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from drift.desired.declaration import located
from drift.desired.faults import faults, lapses, nulls
from drift.desired.files import Waivers as Found
from drift.desired.files import find_waivers
from drift.desired.parse import parse
from drift.diagnostic import Diagnostic, limit
from drift.plan import Waiver
from drift.positions import JsonText
from drift.waivers.entry import Entry
from drift.waivers.target import MOST_WAIVERS, TARGETS
from drift.waivers.waivers import Waivers

if TYPE_CHECKING:
    from drift.waivers.file_model import WaiversFile

LARGEST = 4 << 20
"""The largest file of waivers that is read, in bytes: enough for all that it may hold."""
_REMEDY = "Give it a value."
_WHOLE = "Pin what is live there, too, or point to what is to be excused."


class _Loaded(NamedTuple):
    entries: tuple[Entry, ...]
    faults: tuple[Diagnostic, ...]


def load(paths: Iterable[Path], *, today: date, exclude: Sequence[str] = ()) -> Waivers:
    """Read and validate the waivers that are for what `paths` lead to.

    `today` is a day of UTC; `exclude` has patterns of what is left out of folders. A file with a
    fault excuses nothing.
    """
    loaded = [_loaded(found, today) for found in find_waivers(paths, exclude=exclude)]
    entries = chain.from_iterable(one.entries for one in loaded)
    found = chain.from_iterable(one.faults for one in loaded)
    return Waivers(entries, today, tuple(sorted(found, key=lambda one: one.order)))


def _loaded(found: Found, today: date) -> _Loaded:
    from drift.waivers.file_model import WaiversFile  # noqa: PLC0415 - 4 ms, and few need it

    parsed = parse(found.path, LARGEST)
    if isinstance(parsed, Diagnostic):
        return _Loaded((), (parsed,))
    text = parsed.text
    wrong = chain(lapses(text, _REMEDY), nulls(text, _REMEDY), _pinned(text, parsed.value))
    try:
        file = WaiversFile.model_validate(parsed.value, context=today)
    except ValidationError as error:
        return _Loaded((), limit(chain(wrong, faults(text, error, WaiversFile))))
    if problems := limit(wrong):
        return _Loaded((), problems)
    return _Loaded(tuple(_entries(file, text, whole=found.whole)), ())


def _entries(file: "WaiversFile", text: JsonText, *, whole: bool) -> Iterator[Entry]:
    for index, one in enumerate(file.waivers):
        at = f"/Waivers/{index}"
        said = Waiver(
            reason=one.reason, owner=one.owner, expires=one.expires, source=located(text, at)
        )
        yield Entry(one.bucket, TARGETS[one.pointer], one.live, said, text, at, whole)


def _pinned(text: JsonText, value: object) -> Iterator[Diagnostic]:
    """Yield what is wrong with the live values, whatever else is wrong with their waivers."""
    waivers = value.get("Waivers") if isinstance(value, dict) else None
    for index, one in enumerate(waivers[:MOST_WAIVERS] if isinstance(waivers, list) else ()):
        pointer = one.get("Pointer") if isinstance(one, dict) else None
        if isinstance(pointer, str) and pointer in TARGETS and "Live" in one:
            yield from _live(text, f"/Waivers/{index}/Live", pointer, one["Live"])


def _live(text: JsonText, at: str, pointer: str, value: object) -> Iterator[Diagnostic]:
    target = TARGETS[pointer]
    for name in target.required:
        if isinstance(value, dict) and name not in value:
            yield Diagnostic("error", text.value(at), f"`{name}` is missing", _WHOLE)
    try:
        target.check(value)
    except ValidationError as error:
        yield from faults(text, error, target.model, at)
