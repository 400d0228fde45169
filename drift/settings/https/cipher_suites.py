"""The names of cipher suites, as OpenSSL 3.0 lists them, and the TLS versions that can use each.

Source: `openssl ciphers -v ALL:COMPLEMENTOFALL`, without the suites that need no certificate
(anonymous, pre-shared key, SRP) and those that encrypt nothing; beside them the RC4 and 3DES
suites of OpenSSL 1.0. OSS does not publish which names it knows, so that a name which is not here
is suspicious, never wrong.
"""

from collections.abc import Iterator, Mapping, Sequence

from drift.settings.faults import did_you_mean

TLS13 = frozenset(
    """
    TLS_AES_128_CCM_8_SHA256 TLS_AES_128_CCM_SHA256 TLS_AES_128_GCM_SHA256
    TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256
    """.split()
)
"""Suites that TLS 1.3 alone can use."""

TLS12 = frozenset(
    """
    AES128-CCM AES128-CCM8 AES128-GCM-SHA256 AES128-SHA256 AES256-CCM AES256-CCM8
    AES256-GCM-SHA384 AES256-SHA256 ARIA128-GCM-SHA256 ARIA256-GCM-SHA384 CAMELLIA128-SHA256
    CAMELLIA256-SHA256 DHE-DSS-AES128-GCM-SHA256 DHE-DSS-AES128-SHA256
    DHE-DSS-AES256-GCM-SHA384 DHE-DSS-AES256-SHA256 DHE-DSS-ARIA128-GCM-SHA256
    DHE-DSS-ARIA256-GCM-SHA384 DHE-DSS-CAMELLIA128-SHA256 DHE-DSS-CAMELLIA256-SHA256
    DHE-RSA-AES128-CCM DHE-RSA-AES128-CCM8 DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-SHA256
    DHE-RSA-AES256-CCM DHE-RSA-AES256-CCM8 DHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-SHA256
    DHE-RSA-ARIA128-GCM-SHA256 DHE-RSA-ARIA256-GCM-SHA384 DHE-RSA-CAMELLIA128-SHA256
    DHE-RSA-CAMELLIA256-SHA256 DHE-RSA-CHACHA20-POLY1305 ECDHE-ARIA128-GCM-SHA256
    ECDHE-ARIA256-GCM-SHA384 ECDHE-ECDSA-AES128-CCM ECDHE-ECDSA-AES128-CCM8
    ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA256 ECDHE-ECDSA-AES256-CCM
    ECDHE-ECDSA-AES256-CCM8 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES256-SHA384
    ECDHE-ECDSA-ARIA128-GCM-SHA256 ECDHE-ECDSA-ARIA256-GCM-SHA384
    ECDHE-ECDSA-CAMELLIA128-SHA256 ECDHE-ECDSA-CAMELLIA256-SHA384
    ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA256
    ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-SHA384 ECDHE-RSA-CAMELLIA128-SHA256
    ECDHE-RSA-CAMELLIA256-SHA384 ECDHE-RSA-CHACHA20-POLY1305
    """.split()
)
"""Suites that TLS 1.2 alone can use."""

LEGACY = frozenset(
    """
    AES128-SHA AES256-SHA CAMELLIA128-SHA CAMELLIA256-SHA DES-CBC3-SHA DHE-DSS-AES128-SHA
    DHE-DSS-AES256-SHA DHE-DSS-CAMELLIA128-SHA DHE-DSS-CAMELLIA256-SHA DHE-RSA-AES128-SHA
    DHE-RSA-AES256-SHA DHE-RSA-CAMELLIA128-SHA DHE-RSA-CAMELLIA256-SHA DHE-RSA-DES-CBC3-SHA
    ECDHE-ECDSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-ECDSA-DES-CBC3-SHA
    ECDHE-ECDSA-RC4-SHA ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-RSA-DES-CBC3-SHA
    ECDHE-RSA-RC4-SHA EDH-RSA-DES-CBC3-SHA RC4-MD5 RC4-SHA
    """.split()
)
"""Suites that TLS 1.0, 1.1 and 1.2 can use."""

KNOWN = TLS13 | TLS12 | LEGACY


def doubts(
    lists: Mapping[str, Sequence[str]], enabled: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Yield what is suspicious about desired suites, each with its place such as `LIST/0`.

    `lists` are the two of the API by their names, `enabled` is which TLS versions are accepted.
    """
    for name, suites in lists.items():
        for index, suite in enumerate(suites):
            if doubt := _doubt(suite, name == "TLS13CustomCipherSuite", enabled):
                yield f"{name}/{index}", f'"{suite}" {doubt}'


def _doubt(suite: str, tls13: bool, enabled: frozenset[str]) -> str:
    if suite not in KNOWN:
        near = did_you_mean(suite, tuple(sorted(KNOWN)))
        hint = f"; did you mean {near}?" if near else ""
        return f"is a cipher suite that drift does not know{hint}"
    if tls13 != (suite in TLS13):
        if tls13:
            return "is a suite for TLS 1.2; its place is `CustomCipherSuite`"
        return "is a suite for TLS 1.3; its place is `TLS13CustomCipherSuite`"
    if not _versions(suite) & enabled:
        return "can be used by none of the enabled TLS versions"
    return ""


def _versions(suite: str) -> frozenset[str]:
    if suite in TLS13:
        return frozenset({"TLSv1.3"})
    if suite in TLS12:
        return frozenset({"TLSv1.2"})
    return frozenset({"TLSv1.0", "TLSv1.1", "TLSv1.2"})
