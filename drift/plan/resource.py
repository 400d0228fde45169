"""All that was found out about one setting of one bucket."""

from enum import StrEnum
from typing import Self

from pydantic import Field, computed_field, model_validator
from pydantic.dataclasses import dataclass

from drift.plan.change import Change, DocumentChange
from drift.plan.impact import Impact
from drift.plan.value import VALUE, Finding, Inert, Problem, Source


class Status(StrEnum):
    """What was found out about one bucket."""

    IN_SYNC = "in_sync"
    WAIVED = "waived"
    DRIFT = "drift"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNDECLARED = "undeclared"


_ACTIONS = {
    Status.IN_SYNC: (("no-op",),),
    Status.WAIVED: (("no-op",),),
    Status.DRIFT: (("create",), ("update",)),
}
"""What each status wants done; the others want nothing."""

BUCKET = "oss_bucket"
"""The type of what is said of a bucket as such, and not of one of its settings."""


@dataclass(frozen=True, slots=True, kw_only=True, config=VALUE)
class ResourceChange:
    """All that was found out about one setting of one bucket."""

    type: str = Field(examples=["oss_bucket_https_config", "oss_bucket"])
    name: str = Field(description="The bucket; a pattern, if the buckets could not be listed.")
    region: str | None
    status: Status
    impact: Impact | None = Field(default=None, description="null: nothing could be compared.")
    meaning: str = Field(default="", description="What the drift means, in plain words.")
    change: DocumentChange = DocumentChange()
    changes: tuple[Change, ...] = ()
    inert: tuple[Inert, ...] = ()
    warnings: tuple[Finding, ...] = ()
    source: Source | None = Field(default=None, description="Where it is declared, if it is.")
    problem: Problem | None = None

    @model_validator(mode="after")
    def _status_fits(self) -> Self:
        """Refuse a status that the rest contradicts: above all an `in_sync` that was not earned."""
        if (self.status is Status.UNREADABLE) != (self.problem is not None):
            raise ValueError("a bucket is unreadable if and only if it has a problem")
        if (self.status is Status.DRIFT) != any(one.waiver is None for one in self.changes):
            raise ValueError(
                "a bucket has drifted if and only if it has changes, and not all of them are waived"
            )
        if (self.status in (Status.DRIFT, Status.WAIVED)) != bool(self.changes):
            raise ValueError("a bucket is waived only if it has changes")
        if self.change.actions not in _ACTIONS.get(self.status, ((),)):
            raise ValueError("the actions are not those of the status")
        if self.status is Status.IN_SYNC and self.impact is not Impact.NEUTRAL:
            raise ValueError("what is in sync has no impact")
        quiet = self.status in (Status.IN_SYNC, Status.WAIVED)
        if quiet and self.change.before != self.change.after:
            raise ValueError("what is in sync or waived needs no other document")
        if self.type == BUCKET and self.status not in (Status.UNDECLARED, Status.UNREADABLE):
            raise ValueError("a bucket as such has nothing that could be compared")
        if (self.status is Status.UNDECLARED) != (self.source is None and self.problem is None):
            raise ValueError("a bucket is undeclared if and only if nothing declares it")
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def address(self) -> str:
        """Terraform's way to name it."""
        return f"{self.type}.{self.name}"
