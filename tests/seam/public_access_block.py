"""Whether public access to a bucket is blocked: a setting that drift does not have (yet).

It is all that is written for it. The test beside this file puts it into a copy of drift.
"""

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import ConfigDict, Field

from drift.plan import Finding, Impact, Inert
from drift.settings.setting import Difference, Normal, Setting


class PublicAccessBlock(Setting):
    """Whether public access to the bucket is blocked, whatever its ACL and its policy allow."""

    model_config = ConfigDict(title="Public access block", json_schema_extra={"minProperties": 1})

    type: ClassVar = "oss_bucket_public_access_block"
    root: ClassVar = "PublicAccessBlockConfiguration"
    subresource: ClassVar = "publicAccessBlock"
    unset_code: ClassVar = "NoSuchPublicAccessBlockConfiguration"
    permission: ClassVar = "oss:GetBucketPublicAccessBlock"

    block: bool | None = Field(
        default=None,
        alias="BlockPublicAccess",
        description="Whether public access is blocked. If it is not configured, it is not.",
    )

    def as_live(self, *, strict: bool = False) -> Self:
        """Fill in that nothing is blocked, unless `strict`."""
        silent = self.block is None and not strict
        return self.model_copy(update={"block": False}) if silent else self

    def lint(self) -> Iterator[Finding]:
        """Yield nothing: either value is plain."""
        yield from ()

    def normal(self) -> Normal:
        """Return the one member, if it is present."""
        return {} if self.block is None else {"BlockPublicAccess": self.block}

    def impact(self, _live: Self, difference: Difference) -> Impact:
        """Return that not to block is weaker."""
        return Impact.of(unwanted=difference.desired is True, lacking=difference.desired is False)

    def meaning(self, live: Self, *, strict: bool = False) -> str:
        """Say what the one possible difference means."""
        seen = live.as_live(strict=strict).block
        if seen is None:
            return "does not report BlockPublicAccess"
        if seen is self.block:
            return ""
        return "keeps the public out" if seen else "lets the public in"

    def inert(self) -> Iterator[Inert]:
        """Yield nothing: what is stored has an effect."""
        yield from ()
