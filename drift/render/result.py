"""What reports for machines have to say of a plan: one result for each bucket, and each warning."""

import hashlib
import json
from collections.abc import Hashable, Iterable, Sequence
from posixpath import normpath
from typing import NamedTuple

from drift.plan import Finding, Plan, Problem, ResourceChange, Source
from drift.render import plain
from drift.render.excuse import through, told
from drift.render.fold import likeness
from drift.render.phrase import NO_BUCKET, does
from drift.render.rule import Kind, Level, Rule, kind_of, level_of
from drift.render.steps import short, steps
from drift.untrusted import visible

LONGEST = 1_300
"""The longest summary, in characters: a problem's name, code, message and advice."""

_MOST_STEPS = 8
_MOST_REASONS = 3
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

    kind: Kind
    level: Level
    summary: str
    detail: str
    location: Location | None
    fingerprint: str
    resources: tuple[ResourceChange, ...] = ()
    warning: Finding | None = None

    @property
    def rule(self) -> Rule:
        """What it falls under."""
        return self.kind.rule

    @property
    def drift(self) -> ResourceChange | None:
        """The bucket whose changes it is about, or the first of many; None if it is of no drift."""
        if self.warning or not self.resources or not self.resources[0].changes:
            return None
        return self.resources[0]

    @property
    def message(self) -> str:
        """All of it, on one line."""
        return " ".join((self.headline, *self.reasons))

    @property
    def headline(self) -> str:
        """What it is, which rules that breaks, and what to do, on one line."""
        return " ".join(filter(None, (self.summary, *self.breaches, self.detail)))

    @property
    def breaches(self) -> tuple[str, ...]:
        """A sentence for each of the first rules of policies that are broken."""
        return _first(plain.broken(self.drift), "rules are broken") if self.drift else ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """How much it matters, to whom, and what excuses it: a sentence or a few each."""
        if self.drift is None:
            return ()
        explained = _first(plain.explained(self.drift), "reasons are left out")
        return (*explained, *_first(plain.excused(self.drift), "waivers are left out"))

    @property
    def alike(self) -> Hashable:
        """What is equal where the same is to be said, whatever the bucket."""
        if self.warning:
            return self.rule, self.resources[0].type, self.warning.path, self.warning.message
        return self.kind, *map(likeness, self.resources[:1])

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
        if kind := kind_of(resource, plan):
            found.append(_result(kind, plan, resource))
        found += (
            _result(Kind(Rule.WARNING), plan, resource, warning)
            for warning in dict.fromkeys(resource.warnings)
        )
    return tuple(sorted(found, key=_gravity))


def anchor(plan: Plan) -> Location:
    """Return where to say what has no place: the first line of the first of the desired files.

    There is where a declaration may be lacking. Readers of reports want a place for everything,
    and code scanning refuses a whole report for one result without.
    """
    files = {one.source.file for one in plan.resource_changes if one.source}
    return Location(_file(min(files, default="desired")), 1, 1)


def _nothing(plan: Plan) -> Result:
    kind = Kind(Rule.UNREADABLE)
    return Result(kind, level_of(kind, plan), NO_BUCKET, "", None, digest([kind.rule.value]))


def _result(
    kind: Kind, plan: Plan, resource: ResourceChange, warning: Finding | None = None
) -> Result:
    changes = () if warning else told(resource)
    source = changes[0].source if changes else resource.source
    facts = [warning.path, warning.message] if warning else _facts(resource)
    return Result(
        kind,
        level_of(kind, plan),
        visible(summary(kind, resource, warning or resource.problem), LONGEST),
        "" if warning else visible(_needed(resource), LONGEST),
        located(source) if source else None,
        digest([kind.rule.value, resource.type, resource.name, resource.region, facts]),
        (resource,),
        warning,
    )


def _facts(resource: ResourceChange) -> list[str]:
    """Return what makes two drifts, or two problems, the same; sorted, each only once."""
    if resource.problem:
        return [resource.problem.code]
    return sorted(
        {_CANONICAL([one.path, one.action, one.before, one.after]) for one in told(resource)}
    )


def digest(facts: Sequence[object]) -> str:
    """Return a fingerprint of facts, in their order."""
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def summary(kind: Kind, resource: ResourceChange, said: Finding | Problem | None) -> str:
    """Return it as raw text: `visible` comes last, as pieces could join into something to obey."""
    head = f"{short(resource.address)} {kind.title}{through(resource) if said is None else ''}"
    if isinstance(said, Finding):
        return f"{head}: {short(said.message, 500)} [{short(said.path)}]"
    if said:
        advised = f"{short(said.message, 500)} {short(said.advice, 500)}"
        return f"{head}: {short(said.code)}. {advised}".rstrip()
    meaning = does("it", resource, short(resource.meaning, 500)) if resource.changes else ""
    return f"{head}: {meaning}" if meaning else f"{head}."


def _needed(resource: ResourceChange) -> str:
    needed = steps(resource)
    more = len(needed) - _MOST_STEPS
    rest = f"; and {more} more" if more > 0 else ""
    return f"Needed: {'; '.join(needed[:_MOST_STEPS])}{rest}." if needed else ""


def located(source: Source) -> Location:
    """Return a place as readers of reports take it."""
    return Location(_file(source.file), min(source.line, _LARGEST), min(source.column, _LARGEST))


def _file(name: str) -> str:
    return normpath(visible(name, 500))


def _first(sentences: Iterable[str], more: str) -> tuple[str, ...]:
    """Return the first of the sentences, and how many `more` there are."""
    every = [*sentences]
    rest = len(every) - _MOST_REASONS
    return (*every[:_MOST_REASONS], *([f"{rest} more {more}."] if rest > 0 else []))


def _gravity(result: Result) -> tuple[tuple[bool, int], str, str, str]:
    resource = result.resources[0] if result.resources else None
    name, kind = (resource.name, resource.type) if resource else ("", "")
    return result.kind.gravity, name, kind, result.fingerprint
