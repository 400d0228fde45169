"""What Hypothesis draws: desired and live documents, as JSON and as XML."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from drift.settings.cipher_suites import LEGACY, TLS12, TLS13
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls

SUITES12 = sorted(TLS12)[:4] + sorted(LEGACY)[:2] + ["X-UNKNOWN"]
SUITES13 = [*sorted(TLS13)[:3], "TLS_UNKNOWN"]


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
