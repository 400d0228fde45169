"""The HTTPS configuration of a bucket: which TLS versions and which cipher suites it accepts.

Source: the API pages GetBucketHttpsConfig and PutBucketHttpsConfig. Which suites "strong" and
"all" stand for is not published, so nothing here depends on it.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from pydantic import ConfigDict, Field, JsonValue, ValidationError

from drift.plan import Change, Finding, Impact, Severity
from drift.settings.https.cipher_suites import canonical, names, versions
from drift.settings.https.ciphers import CipherSuite
from drift.settings.https.clients import refused
from drift.settings.https.doubts import doubts
from drift.settings.https.explain import explain
from drift.settings.https.risk import Side, risk
from drift.settings.https.tls import UNMANAGED, VERSIONS, Tls, Version
from drift.settings.setting import Difference, Explanation, Part, Setting

__all__ = ["UNMANAGED", "VERSIONS", "CipherSuite", "HttpsConfiguration", "Tls", "Version"]


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

    @classmethod
    def canonical(cls, name: str) -> str:
        """Return OpenSSL's name of a suite."""
        return canonical(name)

    def over(self, live: Self) -> Self:
        """Return the whole document that would be in sync; what is managed, by OpenSSL's names.

        Whether OSS takes IANA's names of suites for TLS 1.2 is not documented.
        """
        if self.cipher_suite is None:
            return super().over(live)
        named = self.model_copy(update={"cipher_suite": self.cipher_suite.canonical()})
        return super(HttpsConfiguration, named).over(live)

    def impact(self, live: Self, difference: Difference) -> Impact:
        """Return what one difference does: of a suite that no accepted TLS version has, nothing."""
        impact = super().impact(live, difference)
        entry = difference.desired if difference.live is None else difference.live
        if difference.path[0] != "CipherSuite" or not isinstance(entry, str):
            return impact
        usable = versions(entry)
        accepted = self.side(live).tls.accepted | live.side(live).tls.accepted
        vain = usable is not None and not usable & accepted
        return Impact.NEUTRAL if vain and impact is not Impact.MIXED else impact

    def severity(self, live: Self, difference: Difference) -> Severity:
        """Return how much one difference matters: where live is weaker, by what it accepts."""
        impact = self.impact(live, difference)
        if impact in (Impact.NEUTRAL, Impact.STRICTER):
            return super().severity(live, difference)
        sides = live.side(live, strict=True), self.side(live)
        found = risk(difference.path, difference.live, *sides).severity
        if impact is Impact.MIXED and found in (Severity.LOW, Severity.INFO):
            return Severity.MEDIUM
        return found

    @classmethod
    def vocabulary(cls) -> frozenset[str]:
        """Return the TLS versions, and every name of the suites that the table has."""
        return names().union(VERSIONS)

    @classmethod
    def explain(
        cls,
        change: Change,
        before: Mapping[str, JsonValue] | None,
        after: Mapping[str, JsonValue] | None,
    ) -> Explanation:
        """Say what an attacker gains from the live value, and whom a return would cut off."""
        prefix, path = f"/{cls.root}/", change.path.removeprefix(f"/{cls.root}/").split("/")
        live, desired = cls._read(before), cls._read(after)
        if not change.path.startswith(prefix) or live is None or desired is None:
            return Explanation("", "")
        # A part that is not reported means its default, except where nobody knows: with --strict.
        strict = change.impact is Impact.MIXED and path[0] == "CipherSuite"
        return explain(tuple(path), change, live.side(live, strict=strict), desired.side(desired))

    def refusals(self, live: Self) -> tuple[int, ...]:
        """Return what sorts first who refuses fewest: clients, versions, kinds, then suites."""
        accepted, ciphers = self._answered(live)
        had, listed = live._answered(live)
        kept = frozenset(ciphers.canonical().entries)
        return (
            refused((had, listed), (accepted, ciphers)),
            len(had.accepted - accepted.accepted),
            ("all", "strong", "custom").index(ciphers.mode),
            len(frozenset(listed.canonical().entries) - kept),
        )

    def _answered(self, live: Self) -> tuple[Tls, CipherSuite]:
        """Return what clients meet: where nothing is reported, all suites."""
        tls, ciphers = self.side(live)
        return tls, ciphers or CipherSuite(Enable=False)

    def side(self, live: Self, *, strict: bool = False) -> Side:
        """Return what this document does, over `live` where it does not manage a part."""
        whole = live.as_live(strict=strict)
        tls = self.tls or whole.tls or Tls(Enable=False)
        return Side(tls, self.cipher_suite or whole.cipher_suite)

    @classmethod
    def _read(cls, document: Mapping[str, JsonValue] | None) -> Self | None:
        if document is None:
            return cls()
        try:
            return cls.model_validate(document.get(cls.root))
        except ValidationError:
            return None

    def lint(self) -> Iterator[Finding]:
        """Yield lists without effect, and suites that are unknown, misplaced or unusable."""
        for inert in self.inert():
            yield Finding(path=inert.path, message="has no effect beside the other members")
        if self.cipher_suite is None or self.cipher_suite.mode != "custom":
            return
        enabled = self.tls.accepted if self.tls else frozenset(VERSIONS)
        for place, doubt in doubts(self.cipher_suite.lists, enabled):
            yield Finding(path=f"/{self.root}/CipherSuite/{place}", message=doubt)
