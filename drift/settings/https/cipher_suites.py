"""The door to the table of cipher suites, by either of their names.

OSS does not publish which names it knows, so that a name which is not in the table is suspicious,
never wrong.
"""

from collections.abc import Iterable
from functools import cache

from drift.settings.https.client import clients
from drift.settings.https.suite import Suite, suites
from drift.settings.https.weakness import WEAKNESSES, weakness

_ENCRYPTIONS = ("AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305")
"""Mozilla's, in the order of its guidelines; those that share one stand as they are there."""


def find(name: str) -> Suite | None:
    """Return the suite of this name, OpenSSL's or IANA's."""
    return _by_name().get(name)


def names() -> frozenset[str]:
    """Return every name of every suite, OpenSSL's and IANA's."""
    return frozenset(_by_name())


def canonical(name: str) -> str:
    """Return OpenSSL's name; of a name that is not known, itself."""
    suite = find(name)
    return suite.name if suite else name


def canonicals(names: Iterable[str]) -> tuple[str, ...]:
    """Return each suite once, by OpenSSL's name, in the order in which they are named."""
    return tuple(dict.fromkeys(map(canonical, names)))


def versions(name: str) -> frozenset[str] | None:
    """Return the TLS versions that can use it, such as `TLSv1.2`; None where it is not known."""
    suite = find(name)
    return suite.versions if suite else None


@cache
def preferred(*, tls13: bool) -> tuple[str, ...]:
    """Return the names of all suites of the list for TLS 1.3, or of the other, the best first.

    Mozilla's come first and in Mozilla's order, then those that ail least, and of these what most
    clients offer; after them those for which an ECDSA or RSA certificate is no use; and the broken
    last.
    """
    return tuple(suite.name for suite in sorted(suites(), key=_rank) if suite.tls13 == tls13)


def _rank(suite: Suite) -> tuple[object, ...]:
    ailment, todays = weakness(suite), suite.mozilla in ("modern", "intermediate")
    return (
        bool(ailment and ailment.broken),
        suite.authentication not in ("any", "ECDSA", "RSA"),
        _ENCRYPTIONS.index(suite.encryption) if todays else len(_ENCRYPTIONS),
        len(WEAKNESSES) - WEAKNESSES.index(ailment) if ailment else 0,
        0 if todays else -sum(suite.name in client.suites for client in clients()),
        suite.authentication,
        suite.name,
    )


@cache
def _by_name() -> dict[str, Suite]:
    return {name: suite for suite in suites() for name in suite.names}
