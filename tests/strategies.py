"""What Hypothesis draws: documents, as JSON and as XML, desired files and lists of buckets."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from drift.desired.declaration import EVERYWHERE, Scope
from drift.discovery.decide import Listing
from drift.live.source import Bucket, Tag
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls
from tests.declared import File

SUITES12 = [
    "AES128-CCM",
    "AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "AES128-SHA",
    "AES256-SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",  # AES128-SHA, by IANA's name
    "X-UNKNOWN",
]
SUITES13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_UNKNOWN"]


T = TypeVar("T")


def subsets(values: Sequence[T], *, least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(values), unique=True, min_size=least).map(tuple)


@st.composite
def tls(draw: st.DrawFn) -> Tls:
    enable = draw(st.booleans())
    return Tls(Enable=enable, TLSVersion=draw(subsets(VERSIONS, least=int(enable))))


@st.composite
def cipher_suite(draw: st.DrawFn) -> CipherSuite:
    enable, strong = draw(st.booleans()), draw(st.booleans())
    tls12, tls13 = draw(subsets(SUITES12)), draw(subsets(SUITES13))
    if enable and not strong and not tls12 + tls13:
        tls12 = (draw(st.sampled_from(SUITES12)),)
    return CipherSuite(
        Enable=enable,
        StrongCipherSuite=strong,
        CustomCipherSuite=tls12,
        TLS13CustomCipherSuite=tls13,
    )


live_documents = st.builds(
    HttpsConfiguration, TLS=st.none() | tls(), CipherSuite=st.none() | cipher_suite()
)
"""Documents as OSS may have them: either part may be missing."""

desired_documents = live_documents.filter(HttpsConfiguration.parts)
"""Documents as a team may declare them: at least one part."""

whole_documents = st.builds(HttpsConfiguration, TLS=tls(), CipherSuite=cipher_suite())
"""Documents that manage and report everything."""


def as_xml(document: Mapping[str, Any], draw: st.DrawFn) -> bytes:
    """Return a document as some server may send it: in any order, entries repeated, spaced out."""
    (root, members) = next(iter(document.items()))
    return f"<{root}>{_children(members, draw)}</{root}>".encode()


def _children(members: Mapping[str, Any], draw: st.DrawFn) -> str:
    elements: list[str] = []
    for name, value in members.items():
        if isinstance(value, dict):
            elements.append(f"<{name}>{_children(value, draw)}</{name}>")
        elif isinstance(value, list):
            again = draw(st.lists(st.sampled_from(value), max_size=2)) if value else []
            elements += [f"<{name}> {entry}\n</{name}>" for entry in (*value, *again)]
        else:
            elements.append(f"<{name}>{str(value).lower()}</{name}>")
    return "".join(draw(st.permutations(elements)))


BUCKETS = ["app-a", "app-ab", "app-b", "app-bb", "db-a", "db-b", "logs", "logs-a", "logs-b"]
REGIONS = ["cn-beijing", "cn-hangzhou", "eu-central-1"]
PATTERNS = ["*", "app-*", "app-?", "a*", "*-a", "?????", "logs*", "logs-*", "*s*", "zzz*", "app-a*"]
PROD = Tag("stage", "prod")
SETTINGS = [
    HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2", "TLSv1.3"))),
    HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.3", "TLSv1.2"))),
    HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.3",))),
    HttpsConfiguration(TLS=Tls(Enable=False)),
    HttpsConfiguration(TLS=Tls(Enable=False, TLSVersion=("TLSv1.0",))),
]
"""The first two say the same, and so do the last two, of which one has a warning."""


@st.composite
def files(draw: st.DrawFn, name: str = "desired/example.json") -> File:
    """A desired file of names and patterns, narrowed in any way."""
    names = draw(st.lists(st.sampled_from(BUCKETS), unique=True, max_size=2))
    patterns = draw(st.lists(st.sampled_from(PATTERNS), unique=True, min_size=not names))
    narrow = st.builds(
        Scope, subsets(BUCKETS[:3] + PATTERNS[1:6]), st.sampled_from([(), (tuple(PROD),)])
    )
    scope = draw(st.just(EVERYWHERE) | narrow)
    region = draw(st.none() | st.sampled_from(["cn-*", *REGIONS]))
    setting = draw(st.sampled_from(SETTINGS))
    return File((*names, *patterns), setting, region, scope, name)


several_files = st.integers(1, 3).flatmap(
    lambda count: st.tuples(*(files(f"desired/{number}.json") for number in range(count)))
)
"""Desired files that may say anything about the same buckets."""

listings = st.builds(
    lambda regions, prod: Listing(
        tuple(Bucket(name, region) for name, region in sorted(regions.items())),
        {PROD: frozenset(prod)},
    ),
    st.dictionaries(st.sampled_from(BUCKETS), st.sampled_from(REGIONS)),
    st.sets(st.sampled_from(BUCKETS)),
)
"""What ListBuckets may answer, and with a tag."""
