"""What is wrong or suspicious in a file, and where."""

from dataclasses import dataclass
from typing import Literal

from drift.positions import Place


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
