"""Plain English for what a plan says."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return "a", "a and b", "a, b and c", or "a, b, c and 5 more"."""
    shown = (
        [*names] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    )
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def are(names: Sequence[str]) -> str:
    """Return the verb that goes with so many names."""
    return "is" if len(names) == 1 else "are"


def contrast(live: AbstractSet[str], desired: AbstractSet[str], what: str = "") -> Iterator[str]:
    """Yield what `live` accepts and refuses, compared with `desired`; `what` is said of names."""
    if unwanted := sorted(live - desired):
        yield f"accepts {what}{listed(unwanted)}, which {are(unwanted)} not wanted"
    if lacking := sorted(desired - live):
        yield f"refuses {what}{listed(lacking)}, which {are(lacking)} wanted"
