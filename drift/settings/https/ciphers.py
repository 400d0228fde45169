"""Which cipher suites a bucket accepts."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from drift.plan import Impact
from drift.settings.english import contrast
from drift.settings.https.cipher_suites import canonical, canonicals, preferred
from drift.settings.https.enabled import enabled
from drift.settings.lists import DISTINCT
from drift.settings.setting import Normal, Part

Suite = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=200)]
Suites = Annotated[tuple[Suite, ...], *DISTINCT]

_LIVE = {"all": "all", "strong": "the strong", "custom": "custom"}
_WANTED = {"all": "all are", "strong": "only the strong ones are", "custom": "only custom ones are"}


class CipherSuite(Part):
    """Which cipher suites the bucket accepts."""

    model_config = ConfigDict(
        title="Cipher suites",
        json_schema_extra=enabled(
            {"StrongCipherSuite": {"const": True}},
            {"CustomCipherSuite": {"type": "array", "minItems": 1}},
            {"TLS13CustomCipherSuite": {"type": "array", "minItems": 1}},
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
        description="Custom suites for TLS 1.2, by OpenSSL's names or IANA's, in any order.",
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
    def is_unlimited(self) -> bool:
        """Whether all suites are accepted."""
        return self.mode == "all"

    @classmethod
    def known(cls, member: str) -> tuple[str, ...]:
        """Return the suites that can stand in a list, the best first."""
        return preferred(tls13=member == "TLS13CustomCipherSuite")

    @property
    def mode(self) -> Literal["all", "strong", "custom"]:
        """The way in which suites are chosen."""
        restricted: Literal["strong", "custom"] = "strong" if self.strong else "custom"
        return restricted if self.enable else "all"

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The custom lists by the API's names."""
        return {"CustomCipherSuite": self.tls12, "TLS13CustomCipherSuite": self.tls13}

    @property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """The suites that count, each with its list."""
        lists = self.lists if self.mode == "custom" else {}
        return tuple((name, suite) for name, suites in lists.items() for suite in suites)

    def canonical(self) -> Self:
        """Return this part with each suite by OpenSSL's name, and once."""
        stated = {"tls12", "tls13"} & self.model_fields_set
        return self.model_copy(update={one: canonicals(getattr(self, one)) for one in stated})

    def normal(self) -> Normal:
        """Return what it does: all, strong, or two sets of suites."""
        if self.mode == "all":
            return {"Enable": False}
        if self.mode == "strong":
            return {"Enable": True, "StrongCipherSuite": True}
        sets = {name: frozenset(map(canonical, suites)) for name, suites in self.lists.items()}
        return {"Enable": True, "StrongCipherSuite": False, **sets}

    def accepts(self, member: str, suite: str) -> bool | None:
        """Return whether a client can use `suite`; None where that is not documented.

        It is not for the suites behind "strong", nor for a custom list that names none.
        """
        if self.mode != "custom":
            return True if self.mode == "all" else None
        suites = self.lists[member]
        return canonical(suite) in canonicals(suites) if suites else None

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
                suites = canonicals(live.lists[member]), canonicals(self.lists[member])
                yield from _list_meaning(version, *suites)


def _list_meaning(version: str, live: tuple[str, ...], desired: tuple[str, ...]) -> Iterator[str]:
    if live and desired:
        yield from contrast(set(live), set(desired))
    elif live or desired:
        # What an empty list allows is not documented, so nothing is said of it.
        names, wanted = ("names no", "they are") if desired else ("names", "none are")
        yield f"{names} cipher suites for TLS {version}, where {wanted} wanted"
