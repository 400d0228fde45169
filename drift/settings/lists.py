"""Lists whose order means nothing, in which nothing may stand twice, and which are not long."""

from collections import Counter

from pydantic import AfterValidator, Field

from drift.settings.english import are, listed

MAX_ENTRIES = 1_000
"""The most entries of a list. All cipher suites that were ever registered are fewer, and a plan has
a change for each entry that differs."""


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return `values`; raise `ValueError` if they are too many, or that names which repeat."""
    if len(values) > MAX_ENTRIES:
        raise ValueError(f"a list has at most {MAX_ENTRIES:,} entries, not {len(values):,}")
    if len(set(values)) == len(values):
        return values
    repeated = [f'"{value}"' for value, count in Counter(values).items() if count > 1]
    raise ValueError(f"{listed(repeated)} {are(repeated)} listed more than once")


DISTINCT = (
    Field(strict=False, json_schema_extra={"uniqueItems": True, "maxItems": MAX_ENTRIES}),
    AfterValidator(distinct),
)
"""What makes a tuple take a JSON list, and refuse repetition."""
