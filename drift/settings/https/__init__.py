"""The HTTPS configuration of a bucket: which TLS versions and which cipher suites it accepts.

Source: the API pages GetBucketHttpsConfig and PutBucketHttpsConfig. Which suites "strong" and
"all" stand for is not published, so nothing here depends on it.
"""

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import ConfigDict, Field

from drift.plan import Finding
from drift.settings.https import cipher_suites
from drift.settings.https.ciphers import CipherSuite
from drift.settings.https.tls import UNMANAGED, VERSIONS, Tls, Version
from drift.settings.setting import Part, Setting

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

    def lint(self) -> Iterator[Finding]:
        """Yield lists without effect, and suites that are unknown, misplaced or unusable."""
        for inert in self.inert():
            yield Finding(path=inert.path, message="has no effect beside the other members")
        if self.cipher_suite is None or self.cipher_suite.mode != "custom":
            return
        enabled = self.tls.accepted if self.tls else frozenset(VERSIONS)
        for place, doubt in cipher_suites.doubts(self.cipher_suite.lists, enabled):
            yield Finding(path=f"/{self.root}/CipherSuite/{place}", message=doubt)
