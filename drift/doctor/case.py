"""What the checks look at, and what they find."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from drift.desired.load import Desired
from drift.discovery.decide import Decision, Discovery
from drift.discovery.discover import discover
from drift.errors import CredentialsError
from drift.live.credentials import Provider, Refreshing, ServiceFailedError
from drift.live.endpoint import host_of_region
from drift.live.fleet import Fleet
from drift.live.http_date import clock_offset
from drift.live.in_time import in_time
from drift.live.source import Answer, NoAnswerError, Source
from drift.live.transport.either import Name
from drift.plan import Undeclared

_FEW = 5
"""Buckets that are tried until one turns out to exist."""


class Level(StrEnum):
    """How bad a finding is: only a problem keeps `drift plan` from its verdict."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Found(NamedTuple):
    """What a check found, and what to do about it."""

    level: Level
    message: str
    advice: str = ""


@dataclass(frozen=True)
class Case:
    """Everything that the checks look at. Without credentials there is no source."""

    desired: Desired
    provider: Provider | CredentialsError
    source: Source | None = None
    endpoint: str | None = None
    region: str | None = None
    timeout: float = 10
    """Seconds for one attempt; what is tried again gets three times as long."""
    undeclared: Undeclared | None = None
    strict: bool = False
    """Whether a warning of the files, or a pattern that matches nothing, is a problem."""
    transport: Name = "auto"

    @cached_property
    def discovery(self) -> Discovery:
        """What decides each bucket; the buckets are listed only if `drift plan` would do so."""
        if self.source is None:
            return Discovery()
        return discover(
            self.desired.declarations,
            self.fleet(self.source),
            region=self.region,
            undeclared=self.undeclared,
        )

    @cached_property
    def samples(self) -> tuple[tuple[Decision, ...], ...]:
        """For each setting, the first few buckets that can be asked for it."""
        first: dict[str, list[Decision]] = {}
        for one in self.discovery.decisions:
            if one.bucket.region:
                first.setdefault(one.declaration.setting.type, []).append(one)
        return tuple(tuple(first[key][:_FEW]) for key in sorted(first))

    @cached_property
    def urls(self) -> tuple[str, ...]:
        """The endpoints that `drift plan` would connect to, but for the names of buckets."""
        if self.endpoint:
            return (self.endpoint,)
        regions = {one.exact_region for one in self.desired.declarations}
        hosts = {host_of_region(region) for region in regions if region}
        hosts |= {one.bucket.host for one in self.discovery.decisions if one.bucket.host}
        return tuple(f"https://{host}" for host in sorted(hosts))

    @cached_property
    def addresses(self) -> dict[str, str]:
        """What may be shown of each URL that `drift plan` would connect to.

        The service that hands out credentials is among them, if there is one.
        """
        shown = {url: url for url in self.urls}
        service = (
            self.provider.service
            if isinstance(self.provider, Refreshing | ServiceFailedError)
            else None
        )
        return shown | ({service.url: service.name} if service else {})

    @cached_property
    def clock_offset(self) -> timedelta | None:
        """How far the service's clock is ahead of this machine's, as far as that is certain.

        What it says may be as old as the request. None if it cannot be asked, or does not say.
        """
        source, samples = self.source, self.samples
        if source is None:
            return None

        def ask() -> Answer:
            if not samples:
                return source.page(self.region)
            bucket, declaration = samples[0][0][:2]
            return source.read(bucket, type(declaration.setting))

        asked = datetime.now(UTC)
        try:
            answer = in_time(ask, 3 * self.timeout)
        except (NoAnswerError, TimeoutError):
            return None
        return clock_offset(answer.headers.get("date", ""), asked, datetime.now(UTC))

    def fleet(self, source: Source) -> Fleet:
        """Return what reads as `drift plan` does, with its patience, but not for ever."""
        return Fleet(source, deadline=3 * self.timeout)
