"""Where live documents are read from, by the options of the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from drift.errors import OptionError
from drift.live.clock_skew import ClockSkew

if TYPE_CHECKING:
    from drift.live.credentials import Provider
    from drift.live.source import Source
    from drift.live.transport.either import Name


class Live(NamedTuple):
    """What the options of a command say of the live side."""

    source: str
    endpoint: str | None
    timeout: float
    transport: "Name"
    provider: Callable[[], "Provider"]
    """Looks for credentials, which a recording needs none of."""


class Opened(NamedTuple):
    """A source, and how far its clocks turned out to be ahead of this machine's."""

    source: "Source"
    clock_skew: Callable[[], ClockSkew] = ClockSkew


def opened(live: Live) -> Opened:
    """Return the source; raise `DriftError` if an option or the credentials are not right."""
    if not live.source:
        raise OptionError("--live names no source.", "Give `oss`, or the folder of a recording.")
    if live.source != "oss":
        from drift.live.recording import Recording

        return Opened(Recording(Path(live.source)))
    from drift.live.endpoint import checked_endpoint

    url = None if live.endpoint is None else checked_endpoint(live.endpoint)
    provider = live.provider()
    from drift.live.oss import Oss

    oss = Oss(provider, endpoint=url, timeout=live.timeout, carrier=live.transport)
    return Opened(oss, lambda: oss.clock_skew)
