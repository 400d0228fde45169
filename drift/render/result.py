"""What reports for machines have to say of a plan: one result for each bucket, and each warning."""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from posixpath import normpath
from typing import NamedTuple

from drift.plan import Finding, Plan, Problem, ResourceChange, Source
from drift.render.fold import Group, likeness
from drift.render.phrase import NO_BUCKET, does
from drift.render.rule import Level, Rule, level_of, rule_of
from drift.render.steps import short, steps
from drift.settings.english import listed
from drift.untrusted import visible

_LONGEST = 1_300
"""The longest summary, in characters: a problem's name, code, message and advice."""

_MOST_STEPS = 8
_CANONICAL = json.JSONEncoder(sort_keys=True).encode
_LARGEST = (1 << 31) - 1
"""The largest line that every reader of reports takes; a plan from a file may have any number."""


class Location(NamedTuple):
    """A place in a desired file, fit to be shown: with `/`, relative to where drift ran if it was.

    Line and column count from 1, columns in characters.
    """

    file: str
    line: int
    column: int


class Result(NamedTuple):
    """Something that is to be said of one bucket, or of many alike; of none if there is none.

    `summary` is what it is, and `detail` what has to change, if anything: plain text on one line.
    `fingerprint` is of the bucket and of all values that differ, so that it stays the same when
    lines move, and an alert that was dismissed never hides another drift.
    """

    rule: Rule
    level: Level
    summary: str
    detail: str
    location: Location | None
    fingerprint: str
    resources: tuple[ResourceChange, ...] = ()
    warning: Finding | None = None

    @property
    def message(self) -> str:
        """All of it, on one line."""
        return f"{self.summary} {self.detail}".rstrip()

    @property
    def kind(self) -> Hashable:
        """What is equal where the same is to be said, whatever the bucket."""
        if self.warning:
            return self.rule, self.resources[0].type, self.warning.path, self.warning.message
        return self.rule, *map(likeness, self.resources[:1])

    @property
    def buckets(self) -> int:
        """Of how many buckets it is said; at least 1."""
        return max(1, len(self.resources))


def results(plan: Plan) -> tuple[Result, ...]:
    """Return what is to be said of the plan: the worst first, and then by name.

    Nothing is only if the plan is in sync, and nothing in it is suspicious.
    """
    found = [_nothing(plan)] if not plan.summary.buckets else []
    for resource in plan.resource_changes:
        if rule := rule_of(resource):
            found.append(_result(rule, plan, resource))
        found += (
            _result(Rule.WARNING, plan, resource, warning)
            for warning in dict.fromkeys(resource.warnings)
        )
    return tuple(sorted(found, key=_gravity))


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


def anchor(plan: Plan) -> Location:
    """Return where to say what has no place: the first line of the first of the desired files.

    There is where a declaration may be lacking. Readers of reports want a place for everything,
    and code scanning refuses a whole report for one result without.
    """
    files = {one.source.file for one in plan.resource_changes if one.source}
    return Location(_file(min(files, default="desired")), 1, 1)


def _nothing(plan: Plan) -> Result:
    rule = Rule.UNREADABLE
    digest = _digest([rule.value])
    return Result(rule, level_of(rule, plan), NO_BUCKET, "", None, digest)


def _result(
    rule: Rule, plan: Plan, resource: ResourceChange, warning: Finding | None = None
) -> Result:
    changes = () if warning else resource.changes
    source = changes[0].source if changes else resource.source
    facts = [warning.path, warning.message] if warning else _facts(resource)
    return Result(
        rule,
        level_of(rule, plan),
        visible(_summary(rule, resource, warning or resource.problem), _LONGEST),
        "" if warning else visible(_needed(resource), _LONGEST),
        _location(source) if source else None,
        _digest([rule.value, resource.type, resource.name, resource.region, facts]),
        (resource,),
        warning,
    )


def _facts(resource: ResourceChange) -> list[str]:
    """Return what makes two drifts, or two problems, the same; sorted, each only once."""
    if resource.problem:
        return [resource.problem.code]
    return sorted(
        {_CANONICAL([one.path, one.action, one.before, one.after]) for one in resource.changes}
    )


def _digest(facts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _summary(rule: Rule, resource: ResourceChange, said: Finding | Problem | None) -> str:
    """Return it as raw text: `visible` comes last, as pieces could join into something to obey."""
    head = f"{short(resource.address)} {rule.title}"
    if isinstance(said, Finding):
        return f"{head}: {short(said.message, 500)} [{short(said.path)}]"
    if said:
        told = f"{short(said.message, 500)} {short(said.advice, 500)}"
        return f"{head}: {short(said.code)}. {told}".rstrip()
    meaning = does("it", resource, short(resource.meaning, 500)) if resource.changes else ""
    return f"{head}: {meaning}" if meaning else f"{head}."


def _needed(resource: ResourceChange) -> str:
    needed = steps(resource)
    more = len(needed) - _MOST_STEPS
    rest = f"; and {more} more" if more > 0 else ""
    return f"Needed: {'; '.join(needed[:_MOST_STEPS])}{rest}." if needed else ""


def _location(source: Source) -> Location:
    return Location(_file(source.file), min(source.line, _LARGEST), min(source.column, _LARGEST))


def _file(name: str) -> str:
    return normpath(visible(name, 500))


def _gravity(result: Result) -> tuple[int, str, str, str]:
    resource = result.resources[0] if result.resources else None
    name, kind = (resource.name, resource.type) if resource else ("", "")
    return result.rule.gravity, name, kind, result.fingerprint


def _each(result: Result) -> Hashable:
    return result.fingerprint


def _same_line(result: Result) -> Hashable:
    return result.location and result.location[:2], result.kind


def _alike(result: Result) -> Hashable:
    return result.kind


def _worst(groups: Sequence[list[Result]], most: int) -> list[list[Result]]:
    """Return the worst; of each rule the first, before a second of any.

    Else a drift would vanish behind buckets that could not be judged.
    """
    first = {alike[0].rule: place for place, alike in reversed([*enumerate(groups)])}
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
    summary = _summary(first.rule, group.first, first.warning or group.problem)
    names = listed([short(one.name, 63) for one in resources])
    more = visible(f"{len(resources)} buckets are alike: {names}; {regions}.", _LONGEST)
    return first._replace(
        summary=visible(summary, _LONGEST),
        detail=f"{first.detail} {more}".lstrip(),
        fingerprint=_digest(sorted(one.fingerprint for one in alike)),
        resources=resources,
    )


def _resources(alike: Iterable[Result]) -> Iterator[ResourceChange]:
    for one in alike:
        yield from one.resources
