"""The credentials that requests are signed with: what they are, and where they come from."""

from drift.live.credentials.find import find
from drift.live.credentials.key import (
    Credentials,
    Fixed,
    Provider,
    Service,
    ServiceFailedError,
    end_of,
)
from drift.live.credentials.refreshing import Refreshing
from drift.live.credentials.search import Search

__all__ = [
    "Credentials",
    "Fixed",
    "Provider",
    "Refreshing",
    "Search",
    "Service",
    "ServiceFailedError",
    "end_of",
    "find",
]
