"""How a report comes to fit: the first rung that does, from all that there is to say downwards."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

RESERVE = 2_000
"""What is left free, in the unit of the limit: for a marker, and for how a forge counts."""


class Limit(NamedTuple):
    """The longest text that a place takes. Characters are code points, bytes those of UTF-8."""

    most: int
    unit: Literal["characters", "bytes"] = "characters"

    def holds(self, text: str) -> bool:
        """Return whether the place takes the text, and the reserve with it."""
        size = len(text) if self.unit == "characters" else len(text.encode())
        return size + RESERVE <= self.most


def climb(rungs: Iterable[str], limit: Limit) -> str:
    """Return the first text that fits; each is asked for only if none before it does.

    The last one is taken as it is: it must be short by construction.
    """
    text = ""
    for text in rungs:
        if limit.holds(text):
            break
    return text
