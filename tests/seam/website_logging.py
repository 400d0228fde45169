"""A setting with a member of every shape: a part, switches, texts, a choice, a number and a list.

No such sub-resource exists. The test beside this file puts it into a copy of drift, and checks that
no member is passed over.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from drift.plan import Finding, Impact
from drift.settings.lists import DISTINCT
from drift.settings.setting import Normal, Part, Setting


class Target(Part):
    """Where the logs go. It has a text, a choice and a number beside its switch."""

    enable: bool = Field(alias="Enable")
    prefix: str = Field(default="", alias="Prefix")
    level: Literal["Brief", "Full"] = Field(default="Brief", alias="Level")
    days: int = Field(default=30, alias="Days")

    def normal(self) -> Normal:
        """Return all members where it is on."""
        if not self.enable:
            return {"Enable": False}
        return {"Enable": True, "Prefix": self.prefix, "Level": self.level, "Days": self.days}

    def accepts(self, member: str, value: str) -> bool | None:
        """Refuse to say: there is no list."""
        raise AssertionError(member, value)

    def impact(self, live: Self) -> Impact:
        """Return that to log less is weaker."""
        return Impact.of(unwanted=live.enable < self.enable, lacking=live.enable > self.enable)

    def meaning(self, live: Self) -> Iterator[str]:
        """Say that it differs."""
        if live.normal() != self.normal():
            yield "logs otherwise"

    def inert(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield nothing."""
        yield from ()


class WebsiteLogging(Setting):
    """Members of every shape."""

    type: ClassVar = "oss_bucket_website_logging"
    root: ClassVar = "WebsiteLogging"
    subresource: ClassVar = "websiteLogging"
    unset_code: ClassVar = "NoSuchWebsiteLogging"
    permission: ClassVar = "oss:GetBucketWebsiteLogging"

    status: Literal["Enabled", "Disabled"] | None = Field(default=None, alias="Status")
    owner: str | None = Field(default=None, alias="Owner")
    limit: int | None = Field(default=None, alias="Limit")
    is_public: bool | None = Field(default=None, alias="IsPublic")
    origins: Annotated[tuple[str, ...], *DISTINCT] | None = Field(default=None, alias="Origin")
    target: Target | None = Field(default=None, alias="Target")

    def as_live(self, *, strict: bool = False) -> Self:
        """Fill in nothing: what is not reported is not known."""
        del strict
        return self

    def lint(self) -> Iterator[Finding]:
        """Yield nothing."""
        yield from ()
