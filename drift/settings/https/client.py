"""The table of clients: `clients.json`, which says where each is from."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Client(NamedTuple):
    """A class of clients, and what it offers by default."""

    name: str
    versions: frozenset[str]
    suites: frozenset[str]
    """By OpenSSL's names; empty where it knows nothing newer than TLS 1.1."""


@cache
def clients() -> tuple[Client, ...]:
    """Return all, those that know only old versions first."""
    text = Path(__file__).with_name("clients.json").read_text(encoding="utf-8")
    return tuple(
        Client(name, frozenset(f"TLSv{version}" for version in offered), frozenset(suites))
        for name, offered, suites, _ in json.loads(text)["clients"]
    )
