"""The oracle of policies: the whole domain by brute force, judged by another validator.

It shares nothing with what is tested but the settings: the documents are spelled out
here, jsonschema judges them, and the changes are counted here.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, combinations, product
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from drift.policy.policy import Policy
from drift.positions import JsonText
from drift.settings.https import UNMANAGED, VERSIONS, CipherSuite, HttpsConfiguration, Tls

NAMES12 = ("AES128-SHA", "ECDHE-RSA-AES128-GCM-SHA256", "X-UNKNOWN")
NAMES13 = ("TLS_AES_128_GCM_SHA256", "TLS_UNKNOWN")
BUCKET, REGION = "oss-example", "cn-hangzhou"


class Document(NamedTuple):
    """One document of the domain, and how a policy sees it."""

    setting: HttpsConfiguration
    seen: dict[str, Any]


def subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [*chain.from_iterable(combinations(names, n) for n in range(len(names) + 1))]


@cache
def domain(
    names12: tuple[str, ...] = NAMES12, names13: tuple[str, ...] = NAMES13
) -> tuple[Document, ...]:
    """Return all 16 states of TLS, with all, strong, and every pair of lists of these names."""
    tls = [
        Tls.model_validate({"Enable": bool(some), "TLSVersion": some}) for some in subsets(VERSIONS)
    ]
    ciphers = [
        CipherSuite(Enable=False),
        CipherSuite(Enable=True, StrongCipherSuite=True),
        *(
            CipherSuite(Enable=True, CustomCipherSuite=some, TLS13CustomCipherSuite=others)
            for some, others in product(subsets(names12), subsets(names13))
            if some + others
        ),
    ]
    settings = (
        HttpsConfiguration(TLS=one, CipherSuite=other) for one, other in product(tls, ciphers)
    )
    return tuple(Document(setting, seen(setting)) for setting in settings)


def seen(setting: HttpsConfiguration) -> dict[str, Any]:
    """Return a live document as a policy judges it, worked out here by hand."""
    tls, ciphers = setting.tls, setting.cipher_suite
    managed = bool(tls and tls.enable)
    restricted = bool(ciphers and ciphers.enable)
    strong = bool(restricted and ciphers and ciphers.strong)
    custom = ciphers if restricted and not strong else None
    openssl = {"TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA"}
    return {
        "Bucket": BUCKET,
        "Region": REGION,
        "HttpsConfiguration": {
            "TLS": {
                "Enable": managed,
                "TLSVersion": sorted(tls.versions if tls and managed else UNMANAGED),
            },
            "CipherSuite": {
                "Enable": restricted,
                "StrongCipherSuite": strong,
                "CustomCipherSuite": sorted(
                    {openssl.get(one, one) for one in custom.tls12} if custom else ()
                ),
                "TLS13CustomCipherSuite": sorted({*custom.tls13} if custom else ()),
            },
        },
    }


class Oracle:
    """Knows which documents satisfy all of some schemas."""

    def __init__(self, schemas: Iterable[dict[str, Any]]) -> None:
        self._validators = [Draft202012Validator(schema) for schema in schemas]

    def accepts(self, document: dict[str, Any]) -> bool:
        return all(one.is_valid(document) for one in self._validators)

    def valid(self, documents: Iterable[Document]) -> list[Document]:
        return [one for one in documents if self.accepts(one.seen)]


def policy(schema: dict[str, Any]) -> Policy:
    return Policy(JsonText("policy.json", "{}"), schema)


def pool(
    names: Sequence[str], schemas: Iterable[dict[str, Any]], live: HttpsConfiguration | None
) -> tuple[str, ...]:
    """Return the names that drift can think of: known ones, and what is live or spelled."""
    ciphers = live.cipher_suite if live else None
    custom = ciphers if ciphers and ciphers.mode == "custom" else None
    spelled = json.dumps([*schemas]), *(custom.tls12 + custom.tls13 if custom else ())
    return tuple(one for one in names if "UNKNOWN" not in one or any(one in x for x in spelled))


def declares(exact: HttpsConfiguration, document: Document) -> bool:
    """Return whether a document has what is declared exactly."""
    parts = document.setting.parts()
    return all(parts[name].normal() == part.normal() for name, part in exact.parts().items())


def changes(desired: HttpsConfiguration, live: HttpsConfiguration | None) -> int:
    """Return how many values of live do something else than is desired, counted here by hand."""
    whole = (live or HttpsConfiguration()).as_live().normal()
    return sum(
        _count(_leaves(name, part), _leaves(name, whole[name]))
        for name, part in desired.normal().items()
        if part != whole[name]
    )


def _leaves(name: str, part: Any) -> set[tuple[str, object]]:
    """Return each value; where nobody manages TLS versions, those that are accepted, too."""
    unmanaged = UNMANAGED if (name, part) == ("TLS", {"Enable": False}) else ()
    spelled = {
        (member, entry)
        for member, value in part.items()
        for entry in (value if isinstance(value, frozenset) else [value])
    }
    return spelled | {("TLSVersion", one) for one in unmanaged}


def _count(one: set[tuple[str, object]], other: set[tuple[str, object]]) -> int:
    """Return how many values differ; a switch that is on both sides is one change."""
    flipped = {(name, not value) for name, value in one if isinstance(value, bool)} & other
    return len(one ^ other) - len(flipped)
