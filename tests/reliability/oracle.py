"""What a run must come to, by what the service said: on purpose not found out as drift does."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from drift.live.source import Answer, Tag
from drift.settings.https import HttpsConfiguration
from tests.fuzz.oracle import ALL, OFF, STRONG, plainly
from tests.reliability.scripted import Said


class Wanted(NamedTuple):
    """A desired configuration, and the same in the words of the oracle; None: not managed."""

    setting: HttpsConfiguration
    tls: frozenset[str] | None
    ciphers: frozenset[str] | None = None
    suspicious: bool = False

    def is_met_by(self, said: Said, *, strict: bool) -> bool:
        """Return whether an answer says plainly that all that is wanted is so."""
        found = plainly(said.status, said.body) if isinstance(said, Answer) else None
        if found is None or not isinstance(said, Answer):
            return False
        # What is not there may be so by a name that nobody knows.
        hidden = not found.all_known and (
            (self.tls is not None and b"<TLS" not in said.body)
            or (self.ciphers is not None and b"<CipherSuite" not in said.body)
        )
        silent = strict and self.ciphers and b"<CipherSuite>" not in said.body
        in_doubt = strict and (self.suspicious or not found.all_known)
        return (
            not (hidden or silent or in_doubt)
            and self.tls in (None, found.tls)
            and self.ciphers in (None, found.ciphers)
        )


def _wanted(
    document: Mapping[str, object],
    tls: frozenset[str] | None,
    ciphers: frozenset[str] | None = None,
) -> Wanted:
    return Wanted(HttpsConfiguration.model_validate(document), tls, ciphers)


_NEW = {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]}
_SUITE = "ECDHE-RSA-AES128-GCM-SHA256"
NEW = frozenset({"TLSv1.2", "TLSv1.3"})
WANTED = (
    _wanted({"TLS": _NEW}, NEW),
    _wanted({"TLS": {**_NEW, "TLSVersion": ["TLSv1.3", "TLSv1.2"]}}, NEW),
    _wanted({"TLS": {"Enable": True, "TLSVersion": ["TLSv1.3"]}}, frozenset({"TLSv1.3"})),
    _wanted({"TLS": {"Enable": False}}, OFF),
    _wanted({"TLS": {"Enable": False, "TLSVersion": ["TLSv1.2"]}}, OFF)._replace(suspicious=True),
    _wanted({"CipherSuite": {"Enable": True, "StrongCipherSuite": True}}, None, STRONG),
    _wanted({"TLS": _NEW, "CipherSuite": {"Enable": False}}, NEW, ALL),
    _wanted(
        {"TLS": _NEW, "CipherSuite": {"Enable": True, "CustomCipherSuite": [_SUITE]}},
        NEW,
        frozenset({f"1.2 {_SUITE}"}),
    ),
)


class Declared(NamedTuple):
    """A desired file, in the words of the oracle."""

    entries: Sequence[str]
    wanted: Wanted
    region: str | None = None
    excluded: Sequence[str] = ()
    tag: Tag | None = None

    @property
    def patterns(self) -> list[str]:
        """The entries that stand for many names."""
        return [entry for entry in self.entries if "*" in entry or "?" in entry]

    @property
    def names(self) -> list[str]:
        """The entries that stand for themselves."""
        return [entry for entry in self.entries if entry not in self.patterns]


Lists = Mapping[Tag | None, Mapping[str, str]]
"""The buckets of the account, and those that have each tag, each with its region."""


def lists(pages: Mapping[tuple[Tag | None, str], Said]) -> Lists:
    """Return the lists of which the service said every page, by the last that it said of each."""
    whole = {tag: _whole(pages, tag) for tag, _ in pages}
    return {tag: buckets for tag, buckets in whole.items() if buckets is not None}


def _whole(pages: Mapping[tuple[Tag | None, str], Said], tag: Tag | None) -> dict[str, str] | None:
    buckets: dict[str, str] = {}
    marker = ""
    while True:
        said = pages.get((tag, marker))
        if not isinstance(said, Answer) or said.status != 200:
            return None
        text = said.body.decode("latin-1")
        found = re.findall(r"<Name>([a-z0-9-]+)</Name><Region>([a-z0-9-]+)</Region>", text)
        if len(found) != text.count("<Bucket>") or "<ListAllMyBucketsResult>" not in text:
            return None
        places = re.findall(r"<Location>oss-(.+?)</Location>.*?<Region>(.+?)</Region>", text)
        if "<Prefix>" in text or any(location != region for location, region in places):
            return None
        buckets |= dict(found)
        following = re.search(r"<NextMarker>(.+?)</NextMarker>", text)
        if following is None:
            return buckets
        if following[1] <= marker:
            return None
        marker = following[1]


def deciding(files: Sequence[Declared], listed: Lists) -> dict[str, Wanted]:
    """Return what is wanted of each bucket that is declared: by its name, else by a pattern.

    Files that disagree are none of its business.
    """
    best: dict[str, tuple[int, Wanted]] = {}

    def claim(name: str, rank: int, wanted: Wanted) -> None:
        held, other = best.get(name, (-1, wanted))
        if rank == held:
            wanted = wanted._replace(suspicious=wanted.suspicious or other.suspicious)
        if rank >= held:
            best[name] = rank, wanted

    for one in files:
        for name in one.names:
            claim(name, 99, one.wanted)
        for pattern in one.patterns:
            rank = len(pattern) - pattern.count("*") - pattern.count("?")
            for name, region in listed.get(None, {}).items():
                if _matches(one, pattern, name, region, listed):
                    claim(name, rank, one.wanted)
    return {name: wanted for name, (_, wanted) in best.items()}


def _matches(one: Declared, pattern: str, name: str, region: str, listed: Lists) -> bool:
    return (
        fnmatchcase(name, pattern)
        and fnmatchcase(region, one.region or "*")
        and not any(fnmatchcase(name, entry) for entry in one.excluded)
        and (one.tag is None or name in listed.get(one.tag, {}))
    )
