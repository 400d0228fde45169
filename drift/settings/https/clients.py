"""Which clients can connect, of those that the table has."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from drift.settings.https.cipher_suites import canonicals, versions
from drift.settings.https.ciphers import CipherSuite
from drift.settings.https.client import Client, clients
from drift.settings.https.tls import Tls, Version


class _Offer(NamedTuple):
    """What a bucket accepts in one TLS version."""

    suites: frozenset[str]
    else_accepts: bool | None
    """Whether it accepts any other suite; None where that is not documented."""


@cache
def lost(live: frozenset[str], desired: frozenset[str]) -> tuple[Client, ...]:
    """Return who speaks some TLS version of `live`, and none of `desired`."""
    return tuple(one for one in clients() if one.versions & live and not one.versions & desired)


@lru_cache(maxsize=256)  # the buckets of a fleet are alike
def connecting(tls: Tls, ciphers: CipherSuite) -> tuple[bool | None, ...]:
    """Return of each client whether it can connect; None where that is not documented."""
    offers = {version: _offer(ciphers, version) for version in tls.accepted}
    return tuple(_connects(client, offers) for client in clients())


def refused(live: tuple[Tls, CipherSuite], desired: tuple[Tls, CipherSuite]) -> int:
    """Return how many surely cannot connect to `desired`, of those that may connect to `live`."""
    pairs = zip(connecting(*live), connecting(*desired), strict=True)
    return sum(can is not False and could is False for can, could in pairs)


def _connects(client: Client, offers: Mapping[Version, _Offer]) -> bool | None:
    answers = {
        bool(client.suites & offer.suites) or offer.else_accepts
        for version, offer in offers.items()
        if version in client.versions
    }
    return True if True in answers else None if None in answers else False


def _offer(ciphers: CipherSuite, version: Version) -> _Offer:
    """Return what is accepted in `version`.

    The custom lists are for TLS 1.2 and 1.3. What they mean for older versions, or if they name no
    suite, is not documented, nor is what else a name that drift does not know lets in.
    """
    if ciphers.mode != "custom":
        return _Offer(frozenset(), True if ciphers.mode == "all" else None)
    named = {"TLSv1.2": ciphers.tls12, "TLSv1.3": ciphers.tls13}.get(version, ())
    usable = {name: versions(name) for name in canonicals(named)}
    suites = frozenset(name for name, those in usable.items() if those and version in those)
    return _Offer(suites, None if not named or None in usable.values() else False)
