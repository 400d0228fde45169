"""A service that follows a script: what each bucket answers in turn, and how the list comes."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from drift.live.listing import page_body
from drift.live.problem import THROTTLED, own
from drift.live.service_error import STATUS, error_body
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.plan import Problem
from drift.settings.setting import Setting

Said: TypeAlias = Answer | Problem
"""What comes of one question: an answer, or the problem that there is none."""


class Step(NamedTuple):
    """What comes of one question, and whether the deadline passes meanwhile."""

    said: Said
    late: bool = False


class Clock:
    """The time of a run, which passes only where the script says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _document(tls: str, suites: str = "", more: str = "") -> bytes:
    inner = f"<TLS>{tls}</TLS>" if tls else ""
    inner += f"<CipherSuite>{suites}</CipherSuite>" if suites else ""
    return f"<HttpsConfiguration>{inner}{more}</HttpsConfiguration>".encode()


_OFF, _ON = "<Enable>false</Enable>", "<Enable>true</Enable>"
_12, _13 = "<TLSVersion>TLSv1.2</TLSVersion>", "<TLSVersion>TLSv1.3</TLSVersion>"
_STRONG = f"{_ON}<StrongCipherSuite>true</StrongCipherSuite>"
_CUSTOM = f"{_ON}<CustomCipherSuite>ECDHE-RSA-AES128-GCM-SHA256</CustomCipherSuite>"

DOCUMENTS = (
    _document(_ON + _12 + _13),
    _document(_ON + _13 + _12 + _13),
    _document(_ON + _12 + _13, _OFF),
    _document(_ON + _12 + _13, _STRONG),
    _document(_ON + _12 + _13, _CUSTOM),
    _document(_ON + _13),
    _document(_ON + _13, _STRONG),
    _document(_OFF),
    _document(_OFF + _12),
    _document(_OFF, _STRONG),
    _document(""),
    _document(_ON + _12 + _13, more="<New>1</New>"),
    _document(_ON + _13, _STRONG + "<New/>"),
    _document(_ON + _12 + _13 + '<New a="1"/>'),
    _document("", more="<New/>"),
    _document(_ON + _12 + _13).replace(b"<TLS>", b'<TLS xmlns="http://a">'),
)
"""What can be read, if it comes with the status 200."""

_DOUBTFUL = (
    b"",
    b"<html><body>Sign in</body></html>",
    b"\0\xff",
    DOCUMENTS[0][:60],
    DOCUMENTS[0] * 2,
    _document("<Enable>TRUE</Enable>" + _12 + _13),
    _document(_ON),
    _document(_ON + "<TLSVersion>TLSv1.4</TLSVersion>"),
    _document(_ON + _12 + _13).replace(b"TLS>", b"tls>"),
    b"<!DOCTYPE a []>" + DOCUMENTS[0],
    error_body("NoSuchHttpsConfig", "No."),
    error_body("AccessDenied", "No."),
)
_CODES = sorted(
    {*STATUS, *THROTTLED, "InDebt", "BucketDisable", "SomethingNew"}
    - {"NoSuchBucket", "NoSuchHttpsConfig"}
)
_WAITS: Sequence[Mapping[str, str]] = (
    {"x-oss-qos-delay-time": "1"},
    {"retry-after": "0"},
    {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"},
    {"x-oss-qos-delay-time": "-1", "retry-after": "soon"},
)
_NO_ANSWERS = (
    "CertificateNotTrusted", "CertificatesNotReadable", "ConnectionFailed", "HostNotFound",
    "ProxyFailed", "Timeout", "TLSHandshakeFailed",
)  # fmt: skip


def _elsewhere(endpoint: str) -> Answer:
    return Answer(403, error_body("AccessDenied", "Elsewhere.", Endpoint=endpoint))


UNSET = Answer(404, error_body("NoSuchHttpsConfig", "Never configured."))
GONE = Answer(404, error_body("NoSuchBucket", "No such bucket."))


def is_gone(said: Said | None) -> bool:
    """Return whether the service said that there is no such bucket."""
    return isinstance(said, Answer) and said == GONE


FAILURES: Sequence[Said] = (
    *(Answer(STATUS.get(code, 503), error_body(code, "No.")) for code in _CODES),
    *(Answer(503, error_body("QpsLimitExceeded", "Too often."), waits) for waits in _WAITS),
    *(Answer(status, error_body("InternalError", "No.")) for status in (200, 304, 429, 502)),
    *(Answer(status, b"<html/>") for status in (200, 302, 403, 404, 429, 503)),
    *(Answer(status, DOCUMENTS[0]) for status in (201, 203, 206, 304, 403, 404, 500, 503)),
    *(Answer(status, UNSET.body) for status in (200, 403, 503)),
    *(Answer(200, body) for body in _DOUBTFUL),
    *map(own, _NO_ANSWERS),
)
"""What says nothing of a bucket."""
ELSEWHERE: Sequence[Said] = tuple(
    map(
        _elsewhere,
        (
            "oss-cn-beijing.aliyuncs.com",
            "oss-cn-hangzhou.aliyuncs.com",
            "oss-cn-beijing-internal.aliyuncs.com",
            "oss-cn-hzfinance.aliyuncs.com",
            "oss-cn-beijing.aliyuncs.com.example.com",
        ),
    )
)

READABLE: Sequence[Said] = (*(Answer(200, body) for body in DOCUMENTS), UNSET)
STEPS = tuple(
    Step(said, late)
    for late in (False, False, False, True)
    for said in (*READABLE, GONE, *FAILURES, *ELSEWHERE, *ELSEWHERE)
)
"""Whatever a bucket may answer."""

Lie: TypeAlias = str
LIES: Sequence[Lie] = (
    "starts again", "does not end", "goes backwards", "names nobody", "has no end mark",
    "repeats itself", "has changed", "has a prefix", "contradicts itself",
)  # fmt: skip
"""What a page of a list can be beside what it should."""


@dataclass
class Scripted:
    """A service, and what it said last: of each bucket, and of each page of each list."""

    clock: Clock
    scripts: Mapping[str, Sequence[Step]]
    buckets: list[Bucket] = field(default_factory=list)
    tagged: frozenset[str] = frozenset()
    pages: Sequence[Step | Lie | None] = ()
    size: int = 1000
    changing: bool = True
    uses_addresses: bool = True
    said: dict[str, Said] = field(default_factory=dict)
    listed: dict[tuple[Tag | None, str], Said] = field(default_factory=dict)
    _asked: Counter[str] = field(default_factory=Counter)

    def read(self, bucket: Bucket, _setting: type[Setting]) -> Answer:
        """Take the next step of a bucket's script; the last is repeated for ever."""
        script = self.scripts.get(bucket.name, (Step(GONE),))
        step = script[min(self._asked[bucket.name], len(script) - 1)]
        self._asked[bucket.name] += 1
        self.said[bucket.name] = step.said
        return self._told(step)

    def page(self, _region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        """Take the next step of the script of lists; after it, all is as it should be."""
        number = self._asked[""]
        self._asked[""] += 1
        step = self.pages[number] if number < len(self.pages) else None
        if not isinstance(step, Step):
            step = Step(Answer(200, self._page(marker, tag, step)))
        self.listed[tag, marker] = step.said
        return self._told(step)

    def close(self) -> None: ...

    def _told(self, step: Step) -> Answer:
        if step.late:
            self.clock.now += 1000
        if isinstance(step.said, Problem):
            raise NoAnswerError(step.said)
        return step.said

    def _page(self, marker: str, tag: Tag | None, lie: Lie | None) -> bytes:
        if lie == "has changed" and self.buckets:
            del self.buckets[len(self.buckets) // 2]
        shown = [one for one in self.buckets if tag is None or one.name in self.tagged]
        body = page_body(shown, marker="" if lie == "starts again" else marker, most=self.size)
        match lie:
            case "does not end":
                body = body.replace(b"<Buckets>", b"<NextMarker></NextMarker><Buckets>", 1)
                body = body.replace(b"<IsTruncated>false", b"<IsTruncated>true")
            case "goes backwards":
                body = re.sub(
                    rb"(?s)(<Bucket>.*?</Bucket>)\s*(<Bucket>.*?</Bucket>)", rb"\2\1", body
                )
            case "names nobody":
                body = body.replace(b"<Name>", b"<Name>?", 1)
            case "has no end mark":
                body = re.sub(rb"<IsTruncated>.*?</IsTruncated>", b"", body)
            case "has a prefix":
                body = body.replace(b"<Buckets>", b"<Prefix>app-</Prefix><Buckets>", 1)
            case "contradicts itself":
                body = body.replace(b"<Location>oss-", b"<Location>oss-us-", 1)
            case "repeats itself":
                body = re.sub(rb"(?s)(<Bucket>.*?</Bucket>)", rb"\1\1", body, count=1)
        return body
