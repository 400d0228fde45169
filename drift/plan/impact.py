"""What a difference does, and how much that matters."""

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce


class Impact(StrEnum):
    """What the live side does, compared with the desired one. `|` joins the impacts of parts."""

    NEUTRAL = "neutral"
    WEAKER = "weaker"
    STRICTER = "stricter"
    MIXED = "mixed"

    def __or__(self, other: "Impact") -> "Impact":
        """Return the impact of both together."""
        if self in (Impact.NEUTRAL, other):
            return other
        return self if other is Impact.NEUTRAL else Impact.MIXED

    @classmethod
    def of(cls, *, unwanted: bool, lacking: bool) -> "Impact":
        """Return the impact of accepting something unwanted, and of refusing something wanted."""
        return (cls.WEAKER if unwanted else cls.NEUTRAL) | (
            cls.STRICTER if lacking else cls.NEUTRAL
        )

    @classmethod
    def all_of(cls, parts: Iterable["Impact"]) -> "Impact":
        """Return the impact of all parts together; of none, `NEUTRAL`."""
        return reduce(cls.__or__, parts, cls.NEUTRAL)


class Severity(StrEnum):
    """How much a change matters, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @classmethod
    def of(cls, impact: Impact) -> "Severity":
        """Return how much a difference matters, where no more is known of it than what it does."""
        return {
            Impact.WEAKER: cls.HIGH,
            Impact.MIXED: cls.MEDIUM,
            Impact.STRICTER: cls.LOW,
            Impact.NEUTRAL: cls.INFO,
        }[impact]
