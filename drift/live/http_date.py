"""Dates in headers, which a server can fill with anything, and what they say of clocks."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

_YEARS = range(2025, 2100)
"""Those in which a service can be. Beyond them, computing with dates overflows somewhere."""


def clock_offset(date: str, sent: datetime, received: datetime) -> timedelta | None:
    """Return how far the clock that wrote a date is ahead, as far as that is certain.

    It wrote it some time between the two moments. None if the date names none that can be now.
    """
    theirs = moment(date)
    return None if theirs is None else theirs - min(max(theirs, sent), received)


@lru_cache(maxsize=64)  # answers of the same second have the same date
def moment(text: str) -> datetime | None:
    """Return the moment that a header names; None if it names none that can be now."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError):
        return None
    # A zone of "-0000" comes out as none at all.
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return found if found.year in _YEARS else None
