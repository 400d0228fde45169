"""How far a fleet is, for whoever looks on from another thread."""

from collections.abc import Sized
from dataclasses import dataclass, field
from threading import Lock

from drift.live.pace import Pace


@dataclass
class Tally:
    """Counts of one run, which only rise. `listed`, `total` and `done` are of buckets."""

    pace: Pace
    listed: int = 0
    total: int = 0
    found: Sized = field(default=(), repr=False)
    attempts: int = 0
    retries: int = 0
    throttled: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def done(self) -> int:
        """How many of `total` are found out."""
        return len(self.found)

    def attempted(self, *, throttled: bool, again: bool) -> None:
        """Count an attempt, and whether another follows."""
        with self._lock:
            self.attempts += 1
            self.retries += again
            self.throttled += throttled
