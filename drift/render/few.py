"""At most so many results: alike ones are folded into one, and at last only the worst are kept."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from drift.plan import ResourceChange
from drift.render.fold import Group
from drift.render.result import LONGEST, Result, digest, summary
from drift.render.steps import short
from drift.settings.english import listed
from drift.untrusted import visible


def fitted(found: Sequence[Result], most: int) -> tuple[Result, ...]:
    """Return at most so many results: all, or folded where they are alike, or the worst of them.

    They are folded first where they are alike on the same line, then wherever they are.
    """
    rungs: tuple[Callable[[Result], Hashable], ...] = (_each, _same_line, _alike)
    for rung in rungs:
        groups: dict[Hashable, list[Result]] = {}
        for one in found:
            groups.setdefault(rung(one), []).append(one)
        if len(groups) <= most:
            break
    return tuple(map(_folded, _worst([*groups.values()], most)))


def _each(result: Result) -> Hashable:
    return result.fingerprint


def _same_line(result: Result) -> Hashable:
    return result.location and result.location[:2], result.alike


def _alike(result: Result) -> Hashable:
    return result.alike


def _worst(groups: Sequence[list[Result]], most: int) -> list[list[Result]]:
    """Return the worst; of each kind the first, before a second of any.

    Else a drift would vanish behind buckets that could not be judged.
    """
    first = {alike[0].kind: place for place, alike in reversed([*enumerate(groups)])}
    places = sorted(range(len(groups)), key=lambda place: place not in first.values())
    return [groups[place] for place in sorted(places[:most])]


def _folded(alike: Sequence[Result]) -> Result:
    """Return one result for many; its fingerprint is another as soon as one of them is."""
    first = alike[0]
    if len(alike) == 1:
        return first
    group = Group(tuple(_resources(alike)))
    resources = group.resources
    regions = ", ".join(
        f"{count} in {short(region) or 'an unknown region'}" for region, count in group.regions[:5]
    )
    said = summary(first.kind, group.first, first.warning or group.problem)
    names = listed([short(one.name, 63) for one in resources])
    more = visible(f"{len(resources)} buckets are alike: {names}; {regions}.", LONGEST)
    return first._replace(
        summary=visible(said, LONGEST),
        detail=f"{first.detail} {more}".lstrip(),
        fingerprint=digest(sorted(one.fingerprint for one in alike)),
        resources=resources,
    )


def _resources(alike: Iterable[Result]) -> Iterator[ResourceChange]:
    for one in alike:
        yield from one.resources
