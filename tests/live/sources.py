"""Sources that a test makes up, and what they are asked for."""

from collections.abc import Callable
from time import monotonic
from typing import TypeAlias

import pytest

from drift.live.fleet import Fleet, Request
from drift.live.source import Answer, Bucket, Tag
from drift.settings.https import HttpsConfiguration
from drift.settings.setting import Setting

Read: TypeAlias = Callable[[str], Answer]


def _no_page(_marker: str) -> Answer:
    raise AssertionError("no list of buckets was to be asked for")


class Playing:
    """A source whose answers a test makes up: by bucket, and by marker of the list."""

    changing = True
    uses_addresses = True

    def __init__(self, read: Read, page: Read = _no_page) -> None:
        self._read = read
        self._page = page
        self.closed = 0

    def read(self, bucket: Bucket, _setting: type[Setting]) -> Answer:
        return self._read(bucket.name)

    def page(self, _region: str | None, marker: str = "", _tag: Tag | None = None) -> Answer:
        return self._page(marker)

    def close(self) -> None:
        self.closed += 1


def requests(count: int) -> list[Request]:
    """Return requests for the buckets b000, b001, ..."""
    buckets = [Bucket(f"b{number:03}", "cn-hangzhou") for number in range(count)]
    return [Request(bucket, HttpsConfiguration) for bucket in buckets]


def runs_out(fleet: Fleet, patch: pytest.MonkeyPatch, enough: Callable[[], bool]) -> None:
    """Let no time pass for a fleet, whatever the machine does, until `enough`; then 0.1 s is left.

    The thread that waits asks for `enough` whenever it looks at the clock: before the others are
    there, and before it waits for each result.
    """
    begun, end = monotonic(), fleet._end
    assert end is not None
    patch.setattr("drift.live.fleet.monotonic", lambda: end - 0.1 if enough() else begun)


def document(bucket: str) -> Answer:
    """Return a document that names its bucket."""
    suite = f"<CustomCipherSuite>{bucket}</CustomCipherSuite>"
    inner = f"<CipherSuite><Enable>true</Enable>{suite}</CipherSuite>"
    return Answer(200, f"<HttpsConfiguration>{inner}</HttpsConfiguration>".encode())


def named(outcome: object) -> str:
    """Return the bucket that a document names."""
    assert isinstance(outcome, tuple), outcome
    (suite,) = outcome[0].cipher_suite.tls12
    assert isinstance(suite, str)
    return suite
