"""The table of cipher suites: `cipher_suites.json`, which says where each column is from."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Suite(NamedTuple):
    """One row of the table, whose columns `cipher_suites.json` explains."""

    name: str
    iana: str
    code: str
    key_exchange: str
    authentication: str
    encryption: str
    mac: str
    versions: frozenset[str]
    recommended: str
    http2_blocked: bool
    mozilla: str
    other_names: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of it, OpenSSL's first."""
        return (self.name, self.iana, *self.other_names)

    @property
    def tls13(self) -> bool:
        """Whether TLS 1.3 has it, and so no older version."""
        return self.versions == {"TLSv1.3"}


@cache
def suites() -> tuple[Suite, ...]:
    """Return the whole table, in the order of its code points."""
    text = Path(__file__).with_name("cipher_suites.json").read_text(encoding="utf-8")
    return tuple(map(_suite, json.loads(text)["suites"]))


def _suite(row: list[Any]) -> Suite:
    suite = Suite(*row)
    usable = frozenset(f"TLSv{version}" for version in suite.versions)
    return suite._replace(versions=usable, other_names=tuple(suite.other_names))
