"""What is wrong or suspicious in a file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from drift.positions import Place

MOST = 1000
"""The most diagnostics of one file that are shown: nobody reads more; a hostile file has more."""


@dataclass(frozen=True)
class Diagnostic:
    """One fault: what is wrong, and in `detail` what would be right."""

    severity: Literal["error", "warning"]
    place: Place
    summary: str
    detail: str = ""

    @property
    def order(self) -> tuple[str, int, str]:
        """Sorts by file, then by place."""
        return self.place.file, self.place.start.byte if self.place.start else -1, self.summary


def limit(
    errors: Iterable[Diagnostic], warnings: Iterable[Diagnostic] = ()
) -> tuple[Diagnostic, ...]:
    """Return the first `MOST` diagnostics of a file, and if there are more, one that says so.

    No warning takes the place of an error: whether a file can be used is what counts.
    """
    kept = tuple(islice(chain(errors, warnings), MOST + 1))
    if len(kept) <= MOST:
        return kept
    summary = f"The file has more than {MOST:,} errors and warnings; the others are not shown"
    rest = Diagnostic(kept[0].severity, Place(kept[0].place.file), summary, "Fix these first.")
    return (rest, *kept[:MOST])
