"""The values that every stage speaks. Their shape is the plan as JSON, format version 1.

Those of which every bucket has one are dataclasses with slots: a fleet has 100,000 buckets, and
such a value takes a seventh of the memory of a model, and half its time to be validated.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    computed_field,
    model_validator,
)
from pydantic.dataclasses import dataclass

FORMAT_VERSION = "1.1"

Undeclared: TypeAlias = Literal["ignore", "report", "fail"]
"""What becomes of buckets that no desired file declares: nothing, a mention, or drift."""

_VALUE = ConfigDict(strict=True, extra="ignore", json_schema_serialization_defaults_required=True)


class Value(BaseModel):
    """A frozen part of a plan. Unknown members are ignored: a newer minor version may add some."""

    model_config = _VALUE | ConfigDict(frozen=True)


class Impact(StrEnum):
    """What the live side does, compared with the desired one. `|` joins the impacts of parts."""

    NEUTRAL = "neutral"
    WEAKER = "weaker"
    STRICTER = "stricter"
    MIXED = "mixed"

    def __or__(self, other: "Impact") -> "Impact":
        """Return the impact of both together."""
        if self in (Impact.NEUTRAL, other):
            return other
        return self if other is Impact.NEUTRAL else Impact.MIXED

    @classmethod
    def of(cls, *, unwanted: bool, lacking: bool) -> "Impact":
        """Return the impact of accepting something unwanted, and of refusing something wanted."""
        return (cls.WEAKER if unwanted else cls.NEUTRAL) | (
            cls.STRICTER if lacking else cls.NEUTRAL
        )

    @classmethod
    def all_of(cls, parts: Iterable["Impact"]) -> "Impact":
        """Return the impact of all parts together; of none, `NEUTRAL`."""
        return reduce(cls.__or__, parts, cls.NEUTRAL)


class Status(StrEnum):
    """What was found out about one bucket."""

    IN_SYNC = "in_sync"
    DRIFT = "drift"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNDECLARED = "undeclared"


class Verdict(StrEnum):
    """What was found out in one run, in rising order."""

    IN_SYNC = "in_sync"
    DRIFT = "drift"
    INCOMPLETE = "incomplete"

    @property
    def exit_code(self) -> int:
        """The exit code of `drift plan`, as Terraform's `-detailed-exitcode` has it."""
        return {Verdict.IN_SYNC: 0, Verdict.DRIFT: 2, Verdict.INCOMPLETE: 1}[self]


@dataclass(frozen=True, slots=True, config=_VALUE)
class Source:
    """A place in a desired file. Line and column count from 1, columns in characters."""

    file: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)


class Change(Value):
    """One difference between desired and live of one bucket, in the direction live to desired."""

    path: str = Field(
        description="JSON pointer into the document; of an element, that of its list."
    )
    action: Literal["add", "remove", "update"]
    before: JsonValue = Field(description="The live value; null for `add`.")
    after: JsonValue = Field(description="The desired value; null for `remove`.")
    impact: Impact
    source: Source = Field(description="Where the desired value, or what should hold it, stands.")


class Inert(Value):
    """A value that is stored in the live document and has no effect."""

    path: str
    value: JsonValue


class Finding(Value):
    """Something suspicious that is no drift."""

    path: str
    message: str


class Problem(Value):
    """Why one bucket could not be judged."""

    code: str = Field(description="The error code of the service, or drift's own.")
    message: str
    advice: str
    request_id: str | None = None
    retryable: bool = False


class DocumentChange(Value):
    """One bucket's whole document: what it is, and what would be in sync."""

    actions: tuple[Literal["no-op", "create", "update"], ...] = Field(default=(), max_length=1)
    before: dict[str, JsonValue] | None = None
    after: dict[str, JsonValue] | None = None


_ACTIONS = {Status.IN_SYNC: (("no-op",),), Status.DRIFT: (("create",), ("update",))}
"""What each status wants done; the others want nothing."""

BUCKET = "oss_bucket"
"""The type of what is said of a bucket as such, and not of one of its settings."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_VALUE)
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
        if (self.status is Status.DRIFT) != bool(self.changes):
            raise ValueError("a bucket has drifted if and only if it has changes")
        if self.change.actions not in _ACTIONS.get(self.status, ((),)):
            raise ValueError("the actions are not those of the status")
        if self.status is Status.IN_SYNC and self.impact is not Impact.NEUTRAL:
            raise ValueError("what is in sync has no impact")
        if self.status is Status.IN_SYNC and self.change.before != self.change.after:
            raise ValueError("what is in sync needs no other document")
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


class Summary(Value):
    """How many buckets have which status."""

    buckets: int = Field(description="All that are declared.")
    in_sync: int
    drift: int
    missing: int
    unreadable: int
    undeclared: int = Field(description="Those that no desired file declares.")


class Plan(Value):
    """Everything found in one run. What can be derived is derived, so that nothing disagrees."""

    model_config = ConfigDict(title="drift plan")

    format_version: Annotated[str, Field(pattern=r"^1\.\d+$")] = FORMAT_VERSION
    drift_version: str
    timestamp: AwareDatetime
    undeclared: Undeclared = Field(default="ignore", description="What undeclared buckets count.")
    resource_changes: tuple[ResourceChange, ...] = Field(description="Sorted by name.")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict:
        """`in_sync` only if something was declared, and all of it was read and equal."""
        statuses = {resource.status for resource in self.resource_changes}
        declared = statuses - {Status.UNDECLARED}
        if not declared or Status.UNREADABLE in declared:
            return Verdict.INCOMPLETE
        judged = statuses if self.undeclared == "fail" else declared
        return Verdict.IN_SYNC if judged == {Status.IN_SYNC} else Verdict.DRIFT

    @computed_field  # type: ignore[prop-decorator]
    @property
    def complete(self) -> bool:
        """Whether every declared bucket was judged."""
        return self.verdict is not Verdict.INCOMPLETE

    @computed_field  # type: ignore[prop-decorator]
    @property
    def errored(self) -> bool:
        """Whether some bucket could not be judged."""
        return any(resource.problem for resource in self.resource_changes)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def applyable(self) -> bool:
        """Whether everything was judged, and some document would have to be written."""
        writes = any(r.change.actions in (("create",), ("update",)) for r in self.resource_changes)
        return self.complete and writes

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> Summary:
        """How many buckets have which status."""
        count = Counter(resource.status for resource in self.resource_changes)
        declared = count.total() - count[Status.UNDECLARED]
        return Summary(buckets=declared, **{status.value: count[status] for status in Status})
