"""All waivers of a run, by the buckets that they are for."""

from collections.abc import Iterable
from datetime import date

from drift.diagnostic import Diagnostic
from drift.waivers.entry import Entry


class Waivers:
    """The waivers of all files, sorted, and what is wrong with the files, which then hold none."""

    def __init__(
        self, entries: Iterable[Entry], today: date, faults: tuple[Diagnostic, ...] = ()
    ) -> None:
        """Take the waivers, and the day (UTC) on which they are looked at."""
        self.entries = tuple(sorted(entries, key=lambda one: one.order))
        self.today = today
        self.faults = faults
        self._named: dict[str, list[Entry]] = {}
        for one in self.entries:
            if self.holds(one) and not one.is_pattern:
                self._named.setdefault(one.bucket, []).append(one)
        self._patterns = [one for one in self.entries if self.holds(one) and one.is_pattern]

    def holds(self, entry: Entry) -> bool:
        """Return whether a waiver has not expired: it holds through the end of its last day."""
        return self.today <= entry.waiver.expires

    def of(self, bucket: str) -> tuple[Entry, ...]:
        """Return those that hold and are for the bucket, the more exact ones first."""
        patterns = [one for one in self._patterns if one.matches(bucket)]
        return (*self._named.get(bucket, ()), *patterns)


NO_WAIVERS = Waivers((), date.min)
"""Where nothing is excused."""
