"""What reports say in the same words: how many, and in which regions."""

from collections.abc import Callable, Sequence

_MANY = {"is": "are", "does": "do", "differs": "differ", "has": "have"}


def buckets(number: int) -> str:
    """Return so many buckets: "1 bucket", "37 buckets"."""
    return f"{number} bucket{'' if number == 1 else 's'}"


def agreed(phrase: str, number: int) -> str:
    """Return what is said of one bucket as it is said of so many: "is weaker" as "are weaker"."""
    verb, space, rest = phrase.partition(" ")
    return phrase if number == 1 else _MANY.get(verb, verb) + space + rest


def by_region(
    regions: Sequence[tuple[str, int]], name: Callable[[str], str], most: int | None = None
) -> str:
    """Return how many are in which region, `most` regions by name; the rest is added up."""
    told = [f"{name(region or 'unknown')} {number}" for region, number in regions[:most]]
    rest = regions[len(told) :]
    if rest:
        told.append(f"{sum(number for _, number in rest)} in {len(rest)} more")
    return ", ".join(told)
