"""At most so many results: alike ones are folded into one, and at last only the worst are kept."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from drift.plan import ResourceChange
from drift.render.fold import Group
from drift.render.result import LONGEST, Result, digest, summary
from drift.render.steps import short
from drift.settings.english import listed
from drift.untrusted import visible

_MOST_REGIONS = 5


def fitted(found: Sequence[Result], most: int) -> tuple[Result, ...]:
    """Return at most so many results: all, or folded where they are alike, or the worst of them.

    They are folded first where they are alike on the same line, then wherever they are.
    """
    groups: list[list[Result]] = []
    for rung in _rungs(found):
        by_key: dict[Hashable, list[Result]] = {}
        for key, one in zip(rung, found, strict=True):
            by_key.setdefault(key, []).append(one)
        groups = [*by_key.values()]
        if len(groups) <= most:
            break
    return tuple(map(_folded, _worst(groups, most)))


def _rungs(found: Sequence[Result]) -> Iterator[Iterable[Hashable]]:
    """Yield, for ever fewer groups, what is equal of the results of one."""
    yield [one.fingerprint for one in found]
    alike = [one.alike for one in found]
    yield zip([one.location and one.location[:2] for one in found], alike, strict=True)
    yield alike


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
    regions = _by_region(group.regions)
    said = summary(first.kind, group.first, first.warning or group.problem)
    names = listed([short(one.name, 63) for one in resources])
    more = visible(f"{len(resources)} buckets are alike: {names}; {regions}.", LONGEST)
    return first._replace(
        summary=visible(said, LONGEST),
        detail=f"{first.detail} {more}".lstrip(),
        fingerprint=digest(sorted(one.fingerprint for one in alike)),
        resources=resources,
    )


def _by_region(regions: Sequence[tuple[str, int]]) -> str:
    """Return how many buckets are in which region: the first by name, and all others together."""
    told = [
        f"{count} in {short(region) or 'an unknown region'}"
        for region, count in regions[:_MOST_REGIONS]
    ]
    rest = regions[_MOST_REGIONS:]
    if rest:
        plural = "" if len(rest) == 1 else "s"
        told.append(f"{sum(count for _, count in rest)} in {len(rest)} more region{plural}")
    return ", ".join(told)


def _resources(alike: Iterable[Result]) -> Iterator[ResourceChange]:
    for one in alike:
        yield from one.resources
