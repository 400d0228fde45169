"""Buckets about which the same is to be said, said once: how every report stays short."""

import json
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from pydantic import JsonValue

from drift.plan import Change, Problem, ResourceChange
from drift.render.why import explanations

_JSON = json.JSONEncoder(sort_keys=True)


class Group(NamedTuple):
    """Buckets that need the same, or have the same problem; sorted by name, never empty."""

    resources: tuple[ResourceChange, ...]

    @property
    def first(self) -> ResourceChange:
        """The bucket that stands for all."""
        return self.resources[0]

    @property
    def is_single(self) -> bool:
        """Whether it is one bucket only, about which nothing was folded."""
        return len(self.resources) == 1

    @property
    def problem(self) -> Problem | None:
        """What to say of the problem of all: for the name of each stands `BUCKET`."""
        problem = self.first.problem
        if problem is None or self.is_single:
            return problem
        return problem.model_copy(update={"advice": _of_any(problem, self.first.name)})

    @property
    def regions(self) -> tuple[tuple[str, int], ...]:
        """How many of the buckets are in which region, the most first; "" is an unknown one."""
        count = Counter(resource.region or "" for resource in self.resources)
        return tuple(sorted(count.items(), key=lambda one: (-one[1], one[0])))


def folded(resources: Iterable[ResourceChange]) -> tuple[Group, ...]:
    """Return the buckets in groups, in the order of their first ones.

    Alike are buckets whose changes, and whose parts that change, are equal on both sides, with the
    rules that they break and what excuses them. Where they are declared, request ids, warnings and
    what has no effect may differ, and the names that advice gives the buckets.
    """
    judged = list(resources)
    meanings = Counter(resource.meaning for resource in judged)
    groups: dict[Hashable, list[ResourceChange]] = {}
    for resource in judged:
        # What nothing else means is like nothing else, and need not be compared: most of the time.
        meaning = resource.meaning
        alike = meaning if meanings[meaning] == 1 else likeness(resource)
        groups.setdefault(alike, []).append(resource)
    return tuple(Group(tuple(alike)) for alike in groups.values())


def likeness(resource: ResourceChange) -> Hashable:
    """Return what is equal for two buckets that are alike, and for no others.

    What a change means may depend on a part that does not change.
    """
    problem = resource.problem
    changes = [_values(change) for change in resource.changes]
    touched = {tuple(change.path.split("/")[1:3]) for change in resource.changes}
    sides = [_parts(side, touched) for side in (resource.change.before, resource.change.after)]
    said = problem and (
        problem.code, problem.message, _of_any(problem, resource.name), problem.retryable,
    )  # fmt: skip
    head = (resource.type, resource.status, resource.impact, resource.meaning)
    text = _JSON.encode((head, resource.change.actions, changes, sides, said))
    return text, explanations(resource)


def _values(change: Change) -> tuple[object, ...]:
    """Return all that reports tell of a change, but for why it matters and where it is declared."""
    rules = [
        (rule.title, rule.pointer, rule.help, rule.source.file, rule.source.line)
        for rule in change.violations
    ]
    excuse = change.waiver and change.waiver.model_dump(mode="json")
    what = (change.path, change.action, change.before, change.after)
    return (*what, change.impact, rules, excuse)


def _of_any(problem: Problem, name: str) -> str:
    """Return the advice as it holds for any bucket: a permission is advised for one by name."""
    return problem.advice.replace(f"acs:oss:*:*:{name}", "acs:oss:*:*:BUCKET")


def _parts(document: dict[str, JsonValue] | None, touched: set[tuple[str, ...]]) -> Any:  # noqa: ANN401 - JSON
    """Return the parts that change, and only the names of the others."""
    return {
        root: {name: value if (root, name) in touched else None for name, value in members.items()}
        if isinstance(members, dict)
        else members
        for root, members in (document or {}).items()
    }
