"""What every source of live documents does: carry the bytes of one answer of the service."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from drift.plan import Problem
from drift.settings.setting import Setting

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Bucket(NamedTuple):
    """A bucket, and where it is.

    Requests are signed for its region. The host is that of its endpoint, without the bucket,
    where the service named it; else the region tells it.
    """

    name: str
    region: str | None
    host: str | None = None


class Tag(NamedTuple):
    """A tag that buckets can have."""

    key: str
    value: str


class Answer(NamedTuple):
    """What a source answered: the HTTP status, and the document or the service's error.

    Of the headers, in lower case, only those that drift looks at.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = _NOTHING

    def __repr__(self) -> str:
        """Leave out the body: the service echoes tokens in some."""
        return f"Answer(status={self.status}, {len(self.body)} bytes)"


class NoAnswerError(Exception):
    """A source could not get an answer; the run goes on."""

    def __init__(self, problem: Problem) -> None:
        """Take the problem of what was asked for."""
        super().__init__(problem.message)
        self.problem = problem


class Source(Protocol):
    """Somewhere that live documents are read from. Each call is one attempt."""

    @property
    def changing(self) -> bool:
        """Whether the same question can have another answer later."""
        ...

    @property
    def uses_addresses(self) -> bool:
        """Whether requests go to the addresses that answers name.

        With an endpoint of its own, a source asks only there, whatever addresses answers name.
        """
        ...

    def read(self, bucket: Bucket, setting: type[Setting]) -> Answer:
        """Return the answer to `GET /?SUBRESOURCE` of `bucket`; raise `NoAnswerError`."""
        ...

    def page(self, region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        """Return the page of ListBuckets after `marker`, of buckets with `tag`.

        It is asked for in `region`, and has the buckets of all. Raise `NoAnswerError`.
        """
        ...

    def close(self) -> None:
        """Break off what is under way. Nothing can be read afterwards."""
        ...
