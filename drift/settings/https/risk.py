"""How much it matters what a bucket accepts, and what an attacker or an auditor gains from it.

What OSS does not publish, such as which suites it counts as strong, is said to be not known.
"""

from collections.abc import Collection
from typing import NamedTuple

from pydantic import JsonValue

from drift.plan import Severity
from drift.settings.https.cipher_suites import find
from drift.settings.https.ciphers import CipherSuite
from drift.settings.https.tls import VERSIONS, Tls, Version
from drift.settings.https.weakness import weakness


class Risk(NamedTuple):
    """What the live side risks where it is weaker, or may be."""

    severity: Severity
    sentence: str


_DEPRECATED = (
    "is deprecated by RFC 8996 and does not count as strong cryptography under PCI DSS 4: its"
    " handshake rests on MD5 and SHA-1."
)
_OF_VERSION: dict[Version, Risk] = {
    "TLSv1.0": Risk(Severity.HIGH, f"TLS 1.0 {_DEPRECATED}"),
    "TLSv1.1": Risk(Severity.HIGH, f"TLS 1.1 {_DEPRECATED}"),
    "TLSv1.2": Risk(
        Severity.MEDIUM,
        "TLS 1.2 is sound with strong cipher suites only; TLS 1.3 has no weak ones.",
    ),
    "TLSv1.3": Risk(
        Severity.LOW, "No weakness of TLS 1.3 is known: it is only more than what is wanted."
    ),
}
_OF_MODE = {
    "all": Risk(
        # Not critical: nothing says that the worst is among them.
        Severity.HIGH,
        "All suites of OSS are accepted, where fewer are wanted; among them may be some to which"
        " an auditor objects.",
    ),
    "strong": Risk(
        Severity.MEDIUM,
        "Which suites OSS counts as strong is not published, so that an auditor cannot check them.",
    ),
    "custom": Risk(
        Severity.MEDIUM,
        "A list of suites is kept by hand: nothing takes out of it what is found to be weak.",
    ),
}
_UNKNOWN_SUITE = Risk(
    # It may be anything.
    Severity.HIGH,
    "The suite is not known to drift: what an attacker gains from it cannot be told.",
)
_SOUND_SUITE = Risk(
    Severity.LOW, "No weakness of the suite is known: it may only be more than what is wanted."
)
_NO_SUITE = Risk(
    Severity.MEDIUM, "What a list allows that names no suites is not documented: it may be any."
)
_NOT_REPORTED = Risk(
    Severity.MEDIUM, "The service does not report it: what an attacker gains cannot be told."
)
_NOTHING = Risk(Severity.LOW, "")


class Side(NamedTuple):
    """One side, whole: what is not known of it is None."""

    tls: Tls
    ciphers: CipherSuite | None


def risk(path: tuple[str, ...], value: JsonValue, live: Side, desired: Side) -> Risk:
    """Return what is risked where `live` is weaker at `path`, or may be; `value` is live."""
    match path:
        case ("TLS", "TLSVersion"):
            return _worst([value])
        case ("TLS", "Enable"):
            return _worst(live.tls.accepted - desired.tls.accepted)
        case ("CipherSuite", "Enable" | "StrongCipherSuite"):
            return _OF_MODE[live.ciphers.mode] if live.ciphers else _NOT_REPORTED
        case ("CipherSuite", "CustomCipherSuite" | "TLS13CustomCipherSuite"):
            return _of_list(live.ciphers) if value is None else _of_suite(value)
        case _:
            return _NOTHING


def _worst(unwanted: Collection[object]) -> Risk:
    return next((_OF_VERSION[one] for one in VERSIONS if one in unwanted), _NOTHING)


def _of_suite(value: JsonValue) -> Risk:
    suite = find(value) if isinstance(value, str) else None
    if suite is None:
        return _UNKNOWN_SUITE
    ailment = weakness(suite)
    return Risk(ailment.severity, ailment.risk) if ailment else _SOUND_SUITE


def _of_list(live: CipherSuite | None) -> Risk:
    """Return what is risked where `live` has no such entry."""
    if live is None:
        return _NOT_REPORTED
    return _NO_SUITE if live.mode == "custom" else _OF_MODE[live.mode]
