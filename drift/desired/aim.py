"""The member `x-drift` of a policy: which buckets it is for, how much it matters, and whom to ask.

It reads as the head of a desired file does, so that its checks are that file's.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from drift.desired.file_model import Buckets, Region, Tags, narrowing
from drift.plan import Severity

_LONGEST_HELP = 1000


def _of_bounded_length(text: str) -> str:
    if len(text) > _LONGEST_HELP:
        raise ValueError(f"`help` has more than {_LONGEST_HELP} characters")
    return text


class Aim(BaseModel):
    """What `x-drift` says."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    bucket: Buckets = Field(alias="Bucket")
    region: Region | None = Field(default=None, alias="Region")
    tags: Tags | None = Field(default=None, alias="Tags")
    severity: Literal["critical", "high", "medium", "low", "info"] | None = Field(
        default=None, alias="severity"
    )
    help: Annotated[str, AfterValidator(_of_bounded_length)] = Field(default="", alias="help")

    _narrow_a_pattern = field_validator("tags")(narrowing)

    @property
    def gravity(self) -> Severity | None:
        """The severity of all changes that the policy wants, if it says one."""
        return None if self.severity is None else Severity(self.severity)
