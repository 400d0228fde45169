"""Lists of a setting: order means nothing, nothing may stand twice, and they are not long."""

from collections import Counter

from pydantic import AfterValidator, Field

from drift.settings.english import are, listed

MAX_ENTRIES = 1_000
"""The most entries of a list. All cipher suites that were ever registered are fewer, and a plan has
a change for each entry that differs."""


def check_length(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return `values`; raise `ValueError` if they are too many."""
    if len(values) > MAX_ENTRIES:
        raise ValueError(f"a list has at most {MAX_ENTRIES:,} entries, not {len(values):,}")
    return values


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return `values`; raise `ValueError` that names those which repeat."""
    if len(set(values)) == len(values):
        return values
    repeated = [f'"{value}"' for value, count in Counter(values).items() if count > 1]
    raise ValueError(f"{listed(repeated)} {are(repeated)} listed more than once")


DISTINCT = (
    Field(strict=False, json_schema_extra={"uniqueItems": True, "maxItems": MAX_ENTRIES}),
    AfterValidator(check_length),
    AfterValidator(distinct),
)
"""What makes a tuple take a JSON list, and refuse repetition and great length."""
