"""What every source of live documents does: carry the bytes of one sub-resource of one bucket."""

from typing import NamedTuple, Protocol

from drift.plan import Problem
from drift.settings.setting import Setting


class Answer(NamedTuple):
    """What a source answered: the HTTP status, and the document or the service's error."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        """Leave out the body: the service echoes tokens in some."""
        return f"Answer(status={self.status}, {len(self.body)} bytes)"


class NoAnswerError(Exception):
    """A source could not get an answer for one bucket; the run goes on."""

    def __init__(self, problem: Problem) -> None:
        """Take the problem of that bucket."""
        super().__init__(problem.message)
        self.problem = problem


class Source(Protocol):
    """Somewhere that live documents are read from."""

    def read(self, bucket: str, region: str, setting: type[Setting]) -> Answer:
        """Return the answer to `GET /?SUBRESOURCE` of `bucket`; raise `NoAnswerError`."""
        ...
