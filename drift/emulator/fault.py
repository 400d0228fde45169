"""What can go wrong on purpose: a rule says for which buckets, how often, and what happens."""

from dataclasses import KW_ONLY, dataclass
from math import log1p
from typing import Literal, TypeAlias

from drift.live.service_error import CODE, STATUS, error_body
from drift.live.source import Answer

_HOUR = 3600
_YEAR = 366 * 86_400
_MOST = 1_000_000
_MESSAGE = "The emulator was told to fail here."


def _check(name: str, value: float, least: int, most: int) -> None:
    if not least <= value <= most:  # so is nan
        raise ValueError(f"{name} is {value}, and must be from {least} to {most}")


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """One of the service's errors in place of the answer."""

    code: str = "ServiceUnavailable"
    status: int | None = None
    """None for the one that goes with the code."""
    _: KW_ONLY
    qos_delay: int | None = None
    """Milliseconds to wait, which the service sends as `x-oss-qos-delay-time`."""
    retry_after: int | None = None
    """Seconds to wait."""

    def __post_init__(self) -> None:
        """Raise `ValueError` for what is no error of the service's form."""
        if not CODE.fullmatch(self.code):
            raise ValueError(f"code is {self.code!r}, and must be a word such as AccessDenied")
        if self.status is None and self.code not in STATUS:
            raise ValueError(f"code is {self.code}, which needs a status beside it")
        _check("status", self.answer("").status, 300, 599)
        _check("delay", self.qos_delay or 0, 0, _HOUR * 1000)
        _check("retry-after", self.retry_after or 0, 0, _HOUR)

    def answer(self, bucket: str) -> Answer:
        """Return it as the answer to a request for `bucket`."""
        waits = {"x-oss-qos-delay-time": self.qos_delay, "retry-after": self.retry_after}
        headers = {name: str(wait) for name, wait in waits.items() if wait is not None}
        status = self.status if self.status is not None else STATUS[self.code]
        return Answer(status, error_body(self.code, _MESSAGE, bucket), headers)


@dataclass(frozen=True, slots=True)
class Garbage:
    """200 with bytes that are no document."""

    body: bytes = b"\x00\xff<garbage>"

    def answer(self, _bucket: str) -> Answer:
        """Return it as the answer to a request."""
        return Answer(200, self.body)


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `rate` requests in any one second, of all buckets of the rule together."""

    rate: int
    error: ErrorAnswer = ErrorAnswer("MetaOperationQpsLimitExceeded")

    def __post_init__(self) -> None:
        """Raise `ValueError` for what is no rate."""
        _check("throttle", self.rate, 1, _MOST)

    def answer(self, bucket: str) -> Answer:
        """Return the answer to a request above the rate."""
        return self.error.answer(bucket)


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset without an answer."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The connection is closed without an answer."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """The connection is closed after half of the body."""


@dataclass(frozen=True, slots=True)
class Latency:
    """The answer is late, by a number of seconds.

    `Latency(0.1)` is constant, `Latency(0.1, 0.5)` anything between the two, and
    `Latency(mean=0.2)` exponential.
    """

    seconds: float = 0.0
    most: float | None = None
    _: KW_ONLY
    mean: float = 0.0

    def __post_init__(self) -> None:
        """Raise `ValueError` for what is no latency."""
        _check("latency", self.seconds, 0, _HOUR)
        _check("latency", self.mean, 0, _HOUR)
        if self.most is not None and not self.seconds <= self.most <= _HOUR:
            raise ValueError(f"latency is {self.seconds}..{self.most}, whose end is out of range")

    def at(self, share: float) -> float:
        """Return the seconds that this share of all answers, from 0 to 1, does not exceed."""
        most = self.seconds if self.most is None else self.most
        return self.seconds + share * (most - self.seconds) - self.mean * log1p(-share)


@dataclass(frozen=True, slots=True)
class Clock:
    """The service's clock is off by so many seconds: in its `Date`, and where it checks yours."""

    seconds: float

    def __post_init__(self) -> None:
        """Raise `ValueError` for more than a year."""
        _check("clock", self.seconds, -_YEAR, _YEAR)


@dataclass(frozen=True, slots=True)
class Handshake:
    """TLS is refused, or only an old configuration is spoken: TLS 1.2 with CBC suites."""

    way: Literal["refuse", "old"] = "refuse"


Spoken: TypeAlias = ErrorAnswer | Garbage | Throttle
"""What is answered in place of the truth."""
Broken: TypeAlias = Reset | HangUp | CutOff
"""What happens to the connection."""
Effect: TypeAlias = Spoken | Broken | Latency | Clock | Handshake


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule: what happens, to which buckets, and how often.

    Whether a request is hit depends on the rule with its seed, on the bucket, and on how many times
    that bucket was asked for; never on the order in which requests for several buckets arrive.
    """

    effect: Effect
    buckets: str = "*"
    """A pattern of names: `*`, `?` and `[…]`. ListBuckets has the empty name."""
    _: KW_ONLY
    p: float = 1.0
    """The part of the requests that is hit, from 0 to 1."""
    seed: int = 0
    times: int | None = None
    """How often each bucket is hit at most; None for no limit."""

    def __post_init__(self) -> None:
        """Raise `ValueError` for what can never be."""
        _check("p", self.p, 0, 1)
        if self.times is not None:
            _check("times", self.times, 1, _MOST)
