"""How far the clocks of a service and of this machine are apart."""

from datetime import timedelta
from typing import NamedTuple


class ClockSkew(NamedTuple):
    """How far clocks of the service are ahead of this machine's: the smallest and the largest.

    Where they agree, both are zero.
    """

    least: timedelta = timedelta()
    most: timedelta = timedelta()

    @property
    def farthest(self) -> timedelta:
        """The one that is farther from zero."""
        return max(self, key=abs)

    def including(self, offset: timedelta) -> "ClockSkew":
        """Return the skew with one more offset."""
        return ClockSkew(min(self.least, offset), max(self.most, offset))
