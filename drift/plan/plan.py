"""Everything found in one run, and the verdict that follows from it."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, ConfigDict, Field, computed_field

from drift.plan.impact import Impact
from drift.plan.resource import ResourceChange, Status
from drift.plan.value import Value

FORMAT_VERSION = "1.2"

Undeclared: TypeAlias = Literal["ignore", "report", "fail"]
"""What becomes of buckets that no desired file declares: nothing, a mention, or drift."""

FailOn: TypeAlias = Literal["any", "weaker"]
"""Which drift counts: all of it, or only what may accept something that is not wanted."""


class Verdict(StrEnum):
    """What was found out in one run, in rising order."""

    IN_SYNC = "in_sync"
    DRIFT = "drift"
    INCOMPLETE = "incomplete"

    @property
    def exit_code(self) -> int:
        """The exit code of `drift plan`, as Terraform's `-detailed-exitcode` has it."""
        return {Verdict.IN_SYNC: 0, Verdict.DRIFT: 2, Verdict.INCOMPLETE: 1}[self]


class Summary(Value):
    """How many buckets have which status."""

    buckets: int = Field(description="All that are declared.")
    in_sync: int
    waived: int = Field(description="Those whose every change is waived.")
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
    fail_on: FailOn = Field(default="any", description="Which drift counts for the verdict.")
    resource_changes: tuple[ResourceChange, ...] = Field(description="Sorted by name.")

    def ignores(self, resource: ResourceChange) -> bool:
        """Return whether a drift does not count: nothing is accepted that is not wanted.

        Where a rule is broken it always counts: what the rule is against, the way back does not
        say, and it may be just what is accepted.
        """
        if self.fail_on == "any" or resource.status is not Status.DRIFT:
            return False
        left = [change for change in resource.changes if change.waiver is None]
        impacts = {resource.impact, *(change.impact for change in left)}
        broken = any(change.violations for change in left)
        return not broken and impacts <= {Impact.STRICTER, Impact.NEUTRAL}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict:
        """`in_sync` only if something was declared, and all of it was read and equal.

        What is waived, and the drift that does not count, is as good as equal.
        """
        statuses = {one.status for one in self.resource_changes if not self.ignores(one)}
        ignored = any(map(self.ignores, self.resource_changes))
        declared = statuses - {Status.UNDECLARED}
        if not (declared or ignored) or Status.UNREADABLE in declared:
            return Verdict.INCOMPLETE
        judged = statuses if self.undeclared == "fail" else declared
        return Verdict.IN_SYNC if judged <= {Status.IN_SYNC, Status.WAIVED} else Verdict.DRIFT

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
