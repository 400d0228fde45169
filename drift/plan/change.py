"""What differs between desired and live, which rules want it changed, and what excuses it."""

from datetime import date
from typing import Literal

from pydantic import Field, JsonValue

from drift.plan.impact import Impact, Severity
from drift.plan.value import Source, Value


class Violation(Value):
    """A rule of a policy that the live document breaks."""

    title: str = Field(description="What the policy calls the rule.")
    pointer: str = Field(description="JSON pointer into the policy, to the keyword that is broken.")
    help: str = Field(default="", description="What the policy says to do about it.")
    source: Source = Field(description="Where the keyword stands.")


class Waiver(Value):
    """Why a change is excused, by whom, and through which day (UTC)."""

    reason: str
    owner: str
    expires: date
    source: Source = Field(description="Where the waiver stands.")


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
    severity: Severity | None = Field(
        default=None, description="null: the plan is older than format version 1.2."
    )
    violations: tuple[Violation, ...] = Field(
        default=(), description="The rules of policies that want the change, if any does."
    )
    waiver: Waiver | None = Field(default=None, description="What excuses it, if anything does.")


class DocumentChange(Value):
    """One bucket's whole document: what it is, and what would be in sync."""

    actions: tuple[Literal["no-op", "create", "update"], ...] = Field(default=(), max_length=1)
    before: dict[str, JsonValue] | None = None
    after: dict[str, JsonValue] | None = None
