"""Dates in headers, which a server can fill with anything."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_YEARS = range(2025, 2100)
"""Those in which a service can be. Beyond them, computing with dates overflows somewhere."""


def moment(text: str) -> datetime | None:
    """Return the moment that a header names; None if it names none that can be now."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError):
        return None
    # A zone of "-0000" comes out as none at all.
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return found if found.year in _YEARS else None
