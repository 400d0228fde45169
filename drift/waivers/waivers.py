"""All waivers of a run, by the buckets that they are for."""

from collections.abc import Iterable
from datetime import date, datetime

from drift.diagnostic import Diagnostic
from drift.live.clock_skew import ClockSkew
from drift.waivers.entry import Entry
from drift.waivers.target import year_after


class Waivers:
    """The waivers of all files, sorted, and what is wrong with the files, which then hold none."""

    def __init__(
        self,
        entries: Iterable[Entry],
        today: date,
        faults: tuple[Diagnostic, ...] = (),
        *,
        earliest: date | None = None,
    ) -> None:
        """Take the waivers, and the day (UTC) on which they are looked at.

        Where clocks disagree about the day, `today` is the latest, and another is the earliest.
        """
        self.entries = tuple(sorted(entries, key=lambda one: one.order))
        self.today = today
        self._last = year_after(earliest or today)
        self.faults = faults
        self._named: dict[str, list[Entry]] = {}
        for one in self.entries:
            if self.holds(one) and not one.is_pattern:
                self._named.setdefault(one.bucket, []).append(one)
        self._patterns = [one for one in self.entries if self.holds(one) and one.is_pattern]

    def by_clocks(self, now: datetime, skew: ClockSkew) -> "Waivers":
        """Return the waivers of which some hold no more if clocks disagree about the day.

        Nobody knows then which clock is right, so that each of them has to agree.
        """
        if skew == ClockSkew():
            return self
        days = [self.today, *((now + offset).date() for offset in skew)]
        return Waivers(self.entries, max(days), self.faults, earliest=min(days))

    def holds(self, entry: Entry) -> bool:
        """Return whether a waiver has not expired: it holds through the end of its last day."""
        return self.today <= entry.waiver.expires <= self._last

    def of(self, bucket: str) -> tuple[Entry, ...]:
        """Return those that hold and are for the bucket, the more exact ones first."""
        patterns = [one for one in self._patterns if one.matches(bucket)]
        return (*self._named.get(bucket, ()), *patterns)


NO_WAIVERS = Waivers((), date.min)
"""Where nothing is excused."""
