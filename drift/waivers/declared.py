"""What is doubtful about a waiver beside all that is declared."""

from collections.abc import Iterable, Iterator, Mapping

from drift.desired.declaration import Declaration
from drift.desired.pattern import may_meet
from drift.diagnostic import Diagnostic
from drift.settings.setting import Setting
from drift.waivers.doubt import too_deep, too_narrow, unused
from drift.waivers.entry import Entry
from drift.waivers.target import is_in


class Declared:
    """What is declared: by name, and by pattern."""

    def __init__(self, declarations: Iterable[Declaration]) -> None:
        """Take all declarations of a run."""
        self._named: dict[str, list[Declaration]] = {}
        self._patterns: list[Declaration] = []
        for one in declarations:
            if one.is_pattern:
                self._patterns.append(one)
            else:
                self._named.setdefault(one.bucket, []).append(one)

    def doubt(self, entry: Entry) -> Diagnostic | None:
        """Return why the waiver can excuse nothing, or more than it need, if that is sure."""
        if not entry.whole:
            return None
        meant = [*self._meant(entry)]
        if not meant:
            return unused(entry, "no desired file declares such a bucket")
        if any(one.policy for one in meant):  # what it wants depends on what is live
            return None
        settings = {id(one.setting): one.setting for one in meant}
        managed = [one for one in settings.values() if entry.target.is_managed(one)]
        if not managed:
            return unused(entry, f"no desired file manages {entry.target.pointer} there")
        paths = {path for one in managed for path in _excused(entry, one)}
        if paths:
            return too_deep(entry, paths)
        if all(is_in(one.normal(), entry.target.path) and _fits(entry, one) for one in managed):
            return unused(entry, "what it pins is what is desired")
        return too_narrow(entry)

    def _meant(self, entry: Entry) -> Iterator[Declaration]:
        """Yield what may decide its buckets: where one is named, no pattern does but a policy."""
        named = [one for name in entry.among(self._named) for one in self._named[name]]
        beaten = not entry.is_pattern and any(one.policy is None for one in named)
        patterns = (one for one in self._patterns if one.policy or not beaten)
        meant = (*named, *(one for one in patterns if may_meet(one.bucket, entry.bucket)))
        return (one for one in meant if type(one.setting) is entry.target.setting)


def _fits(entry: Entry, desired: Setting) -> bool:
    return entry.target.put(desired, entry.live) is not None


def _excused(entry: Entry, desired: Setting) -> Iterator[tuple[str, ...]]:
    """Yield where the desired document differs from itself with what is pinned in it."""
    pinned = entry.target.put(desired, entry.live)
    if pinned is not None:
        found = pinned.as_live().normal()
        for name, part in desired.normal().items():
            yield from _differing(part, found.get(name), (name,))


def _differing(one: object, other: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if one == other:
        return
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in {**one, **other}:
            yield from _differing(one.get(name), other.get(name), (*path, name))
    else:
        yield path
