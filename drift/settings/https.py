"""The HTTPS configuration of a bucket: which TLS versions and which cipher suites it accepts.

Source: the API pages GetBucketHttpsConfig and PutBucketHttpsConfig. Which suites "strong" and
"all" stand for is not published, so nothing here depends on it.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic.config import JsonDict

from drift.plan import Finding, Impact
from drift.settings import cipher_suites
from drift.settings.english import contrast
from drift.settings.lists import DISTINCT
from drift.settings.setting import Normal, Part, Setting

Version = Literal["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
VERSIONS: tuple[Version, ...] = get_args(Version)
UNMANAGED = frozenset(VERSIONS[:3])
"""What a bucket accepts while TLS management is off (user guide "Configure TLS versions")."""

Suite = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=200)]
Versions = Annotated[tuple[Version, ...], *DISTINCT]
Suites = Annotated[tuple[Suite, ...], *DISTINCT]


def _enabled(*ways: JsonDict) -> JsonDict:
    """Return the JSON Schema that wants one of `ways` where Enable is true."""
    then: list[JsonValue] = [{"properties": way, "required": list(way)} for way in ways]
    enabled: JsonDict = {"properties": {"Enable": {"const": True}}, "required": ["Enable"]}
    return {"if": enabled, "then": {"anyOf": then}}


class Tls(Part):
    """Which TLS versions the bucket accepts."""

    model_config = ConfigDict(
        title="TLS versions",
        json_schema_extra=_enabled({"TLSVersion": {"minItems": 1}}),
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


class CipherSuite(Part):
    """Which cipher suites the bucket accepts."""

    model_config = ConfigDict(
        title="Cipher suites",
        json_schema_extra=_enabled(
            {"StrongCipherSuite": {"const": True}},
            {"CustomCipherSuite": {"minItems": 1}},
            {"TLS13CustomCipherSuite": {"minItems": 1}},
        ),
    )

    enable: bool = Field(
        alias="Enable",
        description="Whether suites are restricted: to strong or custom ones. If not, all are.",
    )
    strong: bool = Field(
        default=False,
        alias="StrongCipherSuite",
        description="true: the suites that OSS counts as strong. false: the custom lists.",
    )
    tls12: Suites = Field(
        default=(),
        alias="CustomCipherSuite",
        description="Custom suites for TLS 1.2, by their OpenSSL names, in any order.",
        examples=[["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"]],
    )
    tls13: Suites = Field(
        default=(),
        alias="TLS13CustomCipherSuite",
        description="Custom suites for TLS 1.3, in any order.",
        examples=[["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]],
    )

    @model_validator(mode="after")
    def _names_a_suite(self) -> Self:
        if self.mode == "custom" and not self.tls12 + self.tls13:
            raise ValueError("`CipherSuite` is enabled, but is neither strong nor names a suite")
        return self

    @property
    def mode(self) -> Literal["all", "strong", "custom"]:
        """The way in which suites are chosen."""
        restricted: Literal["strong", "custom"] = "strong" if self.strong else "custom"
        return restricted if self.enable else "all"

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The custom lists by the API's names."""
        return {"CustomCipherSuite": self.tls12, "TLS13CustomCipherSuite": self.tls13}

    def normal(self) -> Normal:
        """Return what it does: all, strong, or two sets of suites."""
        if self.mode == "all":
            return {"Enable": False}
        if self.mode == "strong":
            return {"Enable": True, "StrongCipherSuite": True}
        sets = {name: frozenset(suites) for name, suites in self.lists.items()}
        return {"Enable": True, "StrongCipherSuite": False, **sets}

    def accepts(self, member: str, suite: str) -> bool | None:
        """Return whether a client can use `suite`; None where that is not documented.

        It is not for the suites behind "strong", nor for a custom list that names none.
        """
        if self.mode != "custom":
            return True if self.mode == "all" else None
        return suite in self.lists[member] if self.lists[member] else None

    def inert(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the custom lists beside any other mode."""
        yield from ((name, s) for name, s in self.lists.items() if s and self.mode != "custom")

    def impact(self, live: Self) -> Impact:
        """Return what the mode of `live` does: all accepts most, the others cannot be compared."""
        if live.mode == self.mode:
            return Impact.NEUTRAL
        if "all" not in (live.mode, self.mode):
            return Impact.MIXED
        return Impact.WEAKER if live.mode == "all" else Impact.STRICTER

    def meaning(self, live: Self) -> Iterator[str]:
        """Say which suites `live` accepts and refuses, compared with this."""
        if live.mode != self.mode:
            accepted = f"{'only ' if self.mode == 'all' else ''}{_LIVE[live.mode]} cipher suites"
            yield f"accepts {accepted}, where {_WANTED[self.mode]} wanted"
        elif live.mode == "custom":
            for member, version in zip(self.lists, ("1.2", "1.3"), strict=True):
                yield from _list_meaning(version, live.lists[member], self.lists[member])


class HttpsConfiguration(Setting):
    """Which TLS versions and cipher suites the bucket accepts. What is left out is not managed."""

    model_config = ConfigDict(
        title="HTTPS configuration",
        json_schema_extra={
            "minProperties": 1,
            "examples": [
                {
                    "TLS": {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]},
                    "CipherSuite": {"Enable": True, "StrongCipherSuite": True},
                }
            ],
        },
    )

    type: ClassVar = "oss_bucket_https_config"
    root: ClassVar = "HttpsConfiguration"
    subresource: ClassVar = "httpsConfig"
    unset_code: ClassVar = "NoSuchHttpsConfig"
    permission: ClassVar = "oss:GetBucketHttpsConfig"
    required_parts: ClassVar = ("TLS",)
    terraform_names: ClassVar = {
        "TLS/Enable": "enable",
        "TLS/TLSVersion": "tls_versions",
        "CipherSuite": "cipher_suit",  # sic
    }

    tls: Tls | None = Field(default=None, alias="TLS")
    cipher_suite: CipherSuite | None = Field(default=None, alias="CipherSuite")

    def as_live(self, *, strict: bool = False) -> Self:
        """Fill in TLS off and, unless `strict`, all suites for what is not reported."""
        silent: dict[str, Part] = {}
        if self.tls is None:
            silent["tls"] = Tls(Enable=False)
        if self.cipher_suite is None and not strict:
            silent["cipher_suite"] = CipherSuite(Enable=False)
        return self.model_copy(update=silent)

    def lint(self) -> Iterator[Finding]:
        """Yield lists without effect, and suites that are unknown, misplaced or unusable."""
        for inert in self.inert():
            yield Finding(path=inert.path, message="has no effect beside the other members")
        if self.cipher_suite is None or self.cipher_suite.mode != "custom":
            return
        enabled = self.tls.accepted if self.tls else frozenset(VERSIONS)
        for place, doubt in cipher_suites.doubts(self.cipher_suite.lists, enabled):
            yield Finding(path=f"/{self.root}/CipherSuite/{place}", message=doubt)


_LIVE = {"all": "all", "strong": "the strong", "custom": "custom"}
_WANTED = {"all": "all are", "strong": "only the strong ones are", "custom": "only custom ones are"}


def _numbers(versions: frozenset[Version]) -> frozenset[str]:
    return frozenset(version.removeprefix("TLSv") for version in versions)


def _list_meaning(version: str, live: tuple[str, ...], desired: tuple[str, ...]) -> Iterator[str]:
    if live and desired:
        yield from contrast(set(live), set(desired))
    elif live or desired:
        # What an empty list allows is not documented, so nothing is said of it.
        names, wanted = ("names no", "they are") if desired else ("names", "none are")
        yield f"{names} cipher suites for TLS {version}, where {wanted} wanted"
