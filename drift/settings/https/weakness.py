"""What is wrong with a cipher suite, the worst first: how much it matters, and to whom."""

from collections.abc import Callable
from typing import NamedTuple

from drift.plan import Severity
from drift.settings.https.suite import Suite


class Weakness(NamedTuple):
    """One reason not to accept a suite."""

    ails: Callable[[Suite], bool]
    severity: Severity
    broken: str
    """Why nobody should desire it, in a clause; "" where one may."""
    risk: str
    """What an attacker or an auditor gains."""


WEAKNESSES = (
    Weakness(
        lambda suite: suite.encryption == "NULL",
        Severity.CRITICAL,
        "it encrypts nothing",
        "The suite encrypts nothing: whoever is on the way reads all that is sent. RFC 9847 and"
        " RFC 10015 discourage such suites.",
    ),
    Weakness(
        lambda suite: suite.authentication == "none",
        Severity.CRITICAL,
        "it authenticates nobody",
        "The suite authenticates nobody: whoever is on the way can pose as the bucket. TLS has"
        " advised against such suites since RFC 4346.",
    ),
    Weakness(
        lambda suite: "-40" in suite.encryption or suite.encryption == "DES-CBC",
        Severity.CRITICAL,
        "its keys are short enough to be searched through",
        "The suite has keys of 40 or 56 bits, short enough to be searched through. RFC 4346 and"
        " RFC 8996 put an end to such suites.",
    ),
    Weakness(
        lambda suite: suite.encryption.startswith("RC4"),
        Severity.CRITICAL,
        "RFC 7465 forbids RC4",
        "The suite encrypts by RC4, from whose biases an attacker can recover cookies and"
        " passwords. RFC 7465 forbids it in TLS.",
    ),
    Weakness(
        lambda suite: suite.mac == "MD5",
        Severity.HIGH,
        "it rests on MD5",
        "The suite rests on MD5, which RFC 6151 advises against for anything new.",
    ),
    Weakness(
        lambda suite: suite.encryption in ("3DES-CBC", "IDEA-CBC"),
        Severity.HIGH,
        "it encrypts in blocks of 64 bits",
        "The suite encrypts in blocks of 64 bits: an attacker who watches a long connection can"
        " recover cookies (Sweet32, CVE-2016-2183).",
    ),
    Weakness(
        lambda suite: suite.key_exchange in ("RSA", "DH", "ECDH"),
        Severity.MEDIUM,
        "",
        "The suite has no forward secrecy: whoever records traffic and later gets the server's key"
        " reads it all. RFC 10015 advises against it.",
    ),
    Weakness(
        lambda suite: suite.key_exchange in ("PSK", "KRB5"),
        Severity.MEDIUM,
        "",
        "The suite has no forward secrecy: whoever records traffic and later gets the shared"
        " secret reads it all.",
    ),
    Weakness(
        lambda suite: "CBC" in suite.encryption and suite.mac == "SHA1",
        Severity.MEDIUM,
        "",
        "The suite is CBC with SHA-1, which is open to attacks by timing (Lucky Thirteen). RFC 7540"
        " bars it from HTTP/2.",
    ),
    Weakness(
        lambda suite: "CBC" in suite.encryption,
        Severity.MEDIUM,
        "",
        "The suite encrypts in CBC mode, which is open to attacks by timing (Lucky Thirteen)."
        " RFC 7540 bars it from HTTP/2.",
    ),
    Weakness(
        lambda suite: suite.key_exchange == "DHE",
        Severity.MEDIUM,
        "",
        "The suite agrees on keys by Diffie-Hellman over a finite field, whose group the client"
        " cannot check. RFC 10015 deprecates it.",
    ),
)
"""Each suite is judged by the first that ails it. Critical is what gives an attacker on the way the
traffic, or a forged bucket, at once; high, what gives parts of it at some cost; medium, what needs
a key, a lab or years."""


def weakness(suite: Suite) -> Weakness | None:
    """Return the worst that ails a suite, if anything does."""
    return next((one for one in WEAKNESSES if one.ails(suite)), None)
