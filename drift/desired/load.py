"""Desired files in, validated declarations out, with every fault of every file."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from drift.desired.declaration import Declaration, located
from drift.desired.faults import faults
from drift.desired.file_model import DesiredFile
from drift.desired.files import find
from drift.desired.parse import parse
from drift.diagnostic import Diagnostic
from drift.plan import Source
from drift.positions import JsonText
from drift.settings import SETTINGS
from drift.untrusted import visible

_MOST = 1000
"""The most faults of one file that are reported: nobody reads more, and a hostile file has more."""


class Desired(NamedTuple):
    """What the desired files declare, sorted by bucket, and what is wrong with them."""

    declarations: tuple[Declaration, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def valid(self) -> bool:
        """Whether the declarations are all that was declared: nothing is worse than a warning."""
        return all(found.severity == "warning" for found in self.diagnostics)


def load(paths: Iterable[Path], *, region: str | None = None) -> Desired:
    """Read and validate the files that `paths` lead to, and what they say together.

    `region` is for the files that name none.
    """
    parts = [_loaded(found, region) for found in find(paths)]
    merged = _merged(chain.from_iterable(part.declarations for part in parts))
    found = (*chain.from_iterable(part.diagnostics for part in parts), *merged.diagnostics)
    return Desired(merged.declarations, tuple(sorted(found, key=lambda one: one.order)))


def _loaded(found: Path | Diagnostic, region: str | None) -> Desired:
    parsed = found if isinstance(found, Diagnostic) else parse(found)
    if isinstance(parsed, Diagnostic):
        return Desired((), (parsed,))
    text = parsed.text
    wrong = chain(_wrong_in_text(text), _idle(parsed.value, text))
    try:
        file = DesiredFile.model_validate(parsed.value)
    except ValidationError as error:
        return Desired((), tuple(islice(chain(wrong, faults(text, error)), _MOST)))
    linted = [(setting, tuple(setting.lint())) for setting in file.settings()]
    declarations = tuple(
        Declaration(bucket, file.region or region, setting, warnings, text, pointer, source)
        for bucket, pointer, source in _buckets(file.bucket, text)
        for setting, warnings in linted
    )
    suspicious = (
        Diagnostic("warning", text.value(finding.path), finding.message)
        for _, warnings in linted
        for finding in warnings
    )
    return Desired(declarations, tuple(islice(chain(wrong, suspicious), _MOST)))


def _buckets(names: tuple[str, ...], text: JsonText) -> Iterator[tuple[str, str, Source]]:
    for index, name in enumerate(names):
        pointer = text.nearest(f"/Bucket/{index}")
        yield name, pointer, located(text, pointer)


def _wrong_in_text(text: JsonText) -> Iterator[Diagnostic]:
    """Yield what Python's parser lets pass: members that repeat, nulls, and numbers like NaN."""
    for place in text.repeated():
        name = visible(place.pointer.rpartition("/")[2])
        yield Diagnostic("error", place, f"`{name}` is given more than once", "Keep one of them.")
    for word, place in text.voids():
        detail = "Leave the member out: what is left out is not managed."
        yield Diagnostic("error", place, f"{word} is no value here", detail)


def _idle(value: object, text: JsonText) -> Iterator[Diagnostic]:
    """Yield the settings that manage nothing: to compare nothing would always be in sync."""
    if not isinstance(value, dict):
        return
    roots = [setting.root for setting in SETTINGS]
    if not value.keys() & set(roots):
        detail = f"Add {' or '.join(roots)}."
        yield Diagnostic("error", text.value(""), "The file declares no setting", detail)
    for root in roots:
        if value.get(root) == {}:
            place, detail = text.value(f"/{root}"), "Add at least one member to it."
            yield Diagnostic("error", place, f"`{root}` manages nothing", detail)


def _merged(declarations: Iterable[Declaration]) -> Desired:
    """Return one declaration for each bucket and setting, and those that disagree with it."""
    kept: dict[tuple[str, str], Declaration] = {}
    conflicts: list[Diagnostic] = []
    for declaration in declarations:
        first = kept.setdefault((declaration.bucket, declaration.setting.type), declaration)
        if first is not declaration and not first.says_the_same(declaration):
            place = declaration.text.value(declaration.pointer)
            other = visible(str(first.text.value(first.pointer)), 300)
            summary = f"{declaration.bucket} is declared differently in {other}"
            conflicts.append(
                Diagnostic("error", place, summary, "Keep one of them, or make them equal.")
            )
        elif set(declaration.warnings) - set(first.warnings):
            # Alike in what they do, but with `--strict` a warning of either is a problem.
            warnings = dict.fromkeys((*first.warnings, *declaration.warnings))
            kept[declaration.bucket, declaration.setting.type] = replace(
                first, warnings=tuple(warnings)
            )
    return Desired(tuple(kept[key] for key in sorted(kept)), tuple(conflicts))
