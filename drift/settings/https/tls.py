"""Which TLS versions a bucket accepts."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self, get_args

from pydantic import ConfigDict, Field, JsonValue, model_validator

from drift.plan import Impact
from drift.settings.english import contrast
from drift.settings.https.enabled import enabled
from drift.settings.lists import DISTINCT
from drift.settings.setting import Normal, Part, in_order

Version = Literal["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
VERSIONS: tuple[Version, ...] = get_args(Version)
UNMANAGED = frozenset(VERSIONS[:3])
"""What a bucket accepts while TLS management is off (user guide "Configure TLS versions")."""

Versions = Annotated[tuple[Version, ...], *DISTINCT]


class Tls(Part):
    """Which TLS versions the bucket accepts."""

    model_config = ConfigDict(
        title="TLS versions",
        json_schema_extra=enabled({"TLSVersion": {"type": "array", "minItems": 1}}),
    )

    enable: bool = Field(
        alias="Enable",
        description="Whether TLS versions are managed. If not, OSS accepts TLS 1.0, 1.1 and 1.2.",
    )
    versions: Versions = Field(
        default=(),
        alias="TLSVersion",
        description="The versions to accept, in any order. Required where Enable is true.",
        examples=[["TLSv1.2", "TLSv1.3"]],
    )

    @model_validator(mode="after")
    def _names_a_version(self) -> Self:
        if self.enable and not self.versions:
            raise ValueError("`TLSVersion` must name at least one version where `Enable` is true")
        return self

    @property
    def accepted(self) -> frozenset[Version]:
        """The versions that a client can use."""
        return frozenset(self.versions) if self.enable else UNMANAGED

    def normal(self) -> Normal:
        """Return what it does: off, or a set of versions."""
        if self.enable:
            return {"Enable": True, "TLSVersion": frozenset(self.versions)}
        return {"Enable": False}

    def complete(self) -> dict[str, JsonValue]:
        """Return whether versions are managed, and those that are accepted, also if they are not.

        Else "never TLS 1.0" would hold of a bucket that accepts it because nobody manages that.
        """
        return {"Enable": self.enable, "TLSVersion": in_order(self.accepted)}

    def accepts(self, _member: str, version: str) -> bool | None:
        """Return whether a client can use `version`."""
        return version in self.accepted

    def inert(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the versions beside a management that is off."""
        if self.versions and not self.enable:
            yield "TLSVersion", self.versions

    def impact(self, live: Self) -> Impact:
        """Return whether `live` accepts versions too many, or too few."""
        unwanted, lacking = live.accepted - self.accepted, self.accepted - live.accepted
        return Impact.of(unwanted=bool(unwanted), lacking=bool(lacking))

    def meaning(self, live: Self) -> Iterator[str]:
        """Say what `live` accepts and refuses, compared with this."""
        yield from contrast(_numbers(live.accepted), _numbers(self.accepted), "TLS ")
        if live.accepted == self.accepted and live.enable != self.enable:
            state = "on" if live.enable else "off"
            yield f"accepts the wanted TLS versions, but with TLS management {state}"


def _numbers(versions: frozenset[Version]) -> frozenset[str]:
    return frozenset(version.removeprefix("TLSv") for version in versions)
