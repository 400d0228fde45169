"""Desired files in, validated declarations out, with every fault of every file."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from drift.desired.declaration import Declaration, joined
from drift.desired.entries import entries
from drift.desired.faults import faults, lapses, nulls
from drift.desired.file_model import DesiredFile
from drift.desired.files import find
from drift.desired.parse import parse
from drift.diagnostic import Diagnostic, limit
from drift.plan import Finding
from drift.policy.keywords import DIALECT, is_dialect, is_other_dialect
from drift.positions import JsonText
from drift.settings import SETTINGS
from drift.settings.setting import Setting

_OTHER_DIALECT = "this is another dialect of JSON Schema than that of policies, 2020-12"


_MAX_SHARED_CHARACTERS = 4096
"""The longest document of a setting that is kept to be shared. Ours take 200."""


class Desired(NamedTuple):
    """What the desired files declare, names first and sorted, and what is wrong with them."""

    declarations: tuple[Declaration, ...]
    diagnostics: tuple[Diagnostic, ...]
    ignored: tuple[str, ...] = ()
    """The paths that patterns left out of the search."""

    @property
    def valid(self) -> bool:
        """Whether the declarations are all that was declared: nothing is worse than a warning."""
        return all(found.severity == "warning" for found in self.diagnostics)


def load(
    paths: Iterable[Path],
    *,
    region: str | None = None,
    exclude: Sequence[str] = (),
    strict: bool = False,
) -> Desired:
    """Read and validate the files that `paths` lead to, and what they say together.

    `region` is where named buckets are, if their file does not say it. `exclude` has patterns of
    what is left out of folders. With `strict`, a file there that may have been meant and is not
    read is an error.
    """
    search = find(paths, exclude=exclude, strict=strict)
    parts = [_loaded(Path(file), region) for file in search.files]
    merged = _merged(chain.from_iterable(part.declarations for part in parts))
    found = (
        *search.diagnostics,
        *chain.from_iterable(part.diagnostics for part in parts),
        *merged.diagnostics,
    )
    if any(one.policy for one in merged.declarations):
        from drift.desired.offline import conflicts  # noqa: PLC0415 - as below

        found += conflicts(merged.declarations)
    diagnostics = tuple(sorted(found, key=lambda one: one.order))
    return Desired(merged.declarations, diagnostics, search.ignored)


def _loaded(path: Path, region: str | None) -> Desired:
    parsed = parse(path)
    if isinstance(parsed, Diagnostic):
        return Desired((), (parsed,))
    text, value = parsed.text, parsed.value
    said = value.get("$schema") if isinstance(value, dict) else None
    if isinstance(value, dict) and is_dialect(said):
        from drift.desired.policies import load_policy  # noqa: PLC0415 - 0.06 s, and few need it

        return Desired(*load_policy(text, value, region))
    if is_other_dialect(said):
        place, advice = text.value("/$schema"), f'A policy has "$schema": "{DIALECT}".'
        return Desired((), (Diagnostic("error", place, _OTHER_DIALECT, advice),))
    return _exactly(text, value, region)


def _exactly(text: JsonText, value: object, region: str | None) -> Desired:
    """Return what a file declares that names each value."""
    wrong = chain(lapses(text), nulls(text), _idle(value, text))
    shared = _shared(value)
    documents = {root: one.setting for root, one in shared.items()}
    try:
        # A model takes what is validated already as it is.
        file = DesiredFile.model_validate(value | documents if isinstance(value, dict) else value)
    except ValidationError as error:
        return Desired((), limit(chain(wrong, faults(text, error, DesiredFile))))
    linted = [shared.get(setting.root) or _lint(setting) for setting in file.settings()]
    declarations = tuple(
        declaration
        for setting, warnings in linted
        for declaration in entries(file, setting, text, region, warnings=warnings)
    )
    suspicious = (
        Diagnostic("warning", text.value(finding.path), finding.message)
        for _, warnings in linted
        for finding in warnings
    )
    return Desired(declarations, limit(wrong, suspicious))


class _Linted(NamedTuple):
    """A setting that a file declares, and what looks wrong in it."""

    setting: Setting
    warnings: tuple[Finding, ...]


def _lint(setting: Setting) -> _Linted:
    return _Linted(setting, tuple(setting.lint()))


def _shared(value: object) -> dict[str, _Linted]:
    """Return the valid settings of a file by their roots, each equal one but once for all files.

    Most files of a folder declare one of a few settings.
    """
    if not isinstance(value, dict):
        return {}
    shared = ((kind.root, _share(kind, value.get(kind.root))) for kind in SETTINGS)
    return {root: setting for root, setting in shared if setting}


def _share(kind: type[Setting], document: object) -> _Linted | None:
    """Return the setting that a document declares; None if it is invalid, or unusually large."""
    try:
        text = json.dumps(document) if isinstance(document, dict) else ""
    except RecursionError:
        return None
    return _validate_once(kind, text) if 0 < len(text) <= _MAX_SHARED_CHARACTERS else None


@lru_cache(maxsize=1024)
def _validate_once(kind: type[Setting], document: str) -> _Linted | None:
    try:
        return _lint(kind.model_validate(json.loads(document)))
    except ValidationError:  # to validate the whole file says so, with places
        return None


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
    """Return one declaration for each name and setting, and those that disagree with it.

    What two patterns say can be compared only where a bucket matches both. Of policies all hold.
    """
    kept: dict[tuple[str, str], Declaration] = {}
    patterns: list[Declaration] = []
    conflicts: list[Diagnostic] = []
    for declaration in declarations:
        if declaration.is_pattern or declaration.policy:
            patterns.append(declaration)
            continue
        key = declaration.bucket, declaration.setting.type
        first = kept.setdefault(key, declaration)
        if first is declaration:
            continue
        if first.says_the_same(declaration):
            kept[key] = joined(first, declaration)
        else:
            conflicts.append(declaration.differs_from(first, [first.bucket]))
    names = (kept[key] for key in sorted(kept))
    return Desired((*names, *patterns), tuple(conflicts))
