"""What can be reported about a bucket: stable ids, in the order of their gravity."""

from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from drift.plan import Impact, Plan, ResourceChange, Status

Level: TypeAlias = Literal["error", "warning", "note"]


class Rule(Enum):
    """One kind of result. Its value is its id, which scripts and dismissed alerts rely on."""

    UNREADABLE = "bucket-unreadable"
    WEAKER = "drift-weaker"
    MIXED = "drift-mixed"
    MISSING = "bucket-missing"
    STRICTER = "drift-stricter"
    NEUTRAL = "drift-neutral"
    UNDECLARED = "bucket-undeclared"
    WARNING = "live-warning"
    WAIVED = "drift-waived"

    @property
    def title(self) -> str:
        """What it says of the bucket, in a few words."""
        return _TITLE[self]

    @property
    def gravity(self) -> int:
        """Where it stands among the others; 0 is the worst."""
        return _ORDER[self]


class Kind(NamedTuple):
    """What buckets are filed under: a rule, and whether it counts for the verdict."""

    rule: Rule
    is_counted: bool = True
    is_both: bool = False
    """Whether it is certain that the bucket is weaker and stricter."""

    @property
    def title(self) -> str:
        """What it says of the bucket, in a few words."""
        title = _CERTAINLY_BOTH if self.is_both else self.rule.title
        return title + ("" if self.is_counted else _UNCOUNTED)

    @property
    def gravity(self) -> tuple[bool, int]:
        """Where it stands among the others: what counts before all that does not."""
        return not self.is_counted, self.rule.gravity


_UNCOUNTED = "; that does not count, by --fail-on weaker"

_CERTAINLY_BOTH = "is weaker and stricter than desired"

_TITLE = {
    Rule.UNREADABLE: "could not be judged",
    Rule.WEAKER: "is weaker than desired",
    Rule.MIXED: f"{_CERTAINLY_BOTH}, or may be",
    Rule.MISSING: "does not exist",
    Rule.STRICTER: "is stricter than desired",
    Rule.NEUTRAL: "differs from desired, with the same effect",
    Rule.UNDECLARED: "is declared by no desired file",
    Rule.WARNING: "has something suspicious",
    Rule.WAIVED: "is waived",
}
_ORDER = {rule: place for place, rule in enumerate(Rule)}

_BY_STATUS = {
    Status.UNREADABLE: Rule.UNREADABLE,
    Status.MISSING: Rule.MISSING,
    Status.UNDECLARED: Rule.UNDECLARED,
    Status.WAIVED: Rule.WAIVED,
}
_BY_IMPACT = {
    Impact.WEAKER: Rule.WEAKER,
    Impact.STRICTER: Rule.STRICTER,
    Impact.NEUTRAL: Rule.NEUTRAL,
}


def rule_of(resource: ResourceChange) -> Rule | None:
    """Return the rule that a bucket's status falls under; None if it is in sync."""
    if resource.status is Status.IN_SYNC:
        return None
    if resource.status is Status.DRIFT:
        return _BY_IMPACT.get(resource.impact or Impact.MIXED, Rule.MIXED)
    return _BY_STATUS[resource.status]


def kind_of(resource: ResourceChange, plan: Plan) -> Kind | None:
    """Return what a bucket is filed under; None if it is in sync."""
    rule = rule_of(resource)
    return rule and Kind(
        rule,
        is_counted=not plan.ignores(resource),
        is_both=rule is Rule.MIXED and _is_both(resource),
    )


def _is_both(resource: ResourceChange) -> bool:
    """Return whether some changes are weaker and some stricter, whatever the others may be."""
    impacts = {change.impact for change in resource.changes}
    return {Impact.WEAKER, Impact.STRICTER} <= impacts


def level_of(kind: Kind, plan: Plan) -> Level:
    """Return how much it matters: an error wherever less is protected, or nothing is known."""
    rule = kind.rule
    if rule is Rule.WAIVED or not kind.is_counted:
        return "note"
    if rule is Rule.UNDECLARED:
        return "error" if plan.undeclared == "fail" else "note"
    return "warning" if rule in (Rule.STRICTER, Rule.NEUTRAL, Rule.WARNING) else "error"
