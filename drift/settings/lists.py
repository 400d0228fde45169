"""Lists whose order means nothing, and in which nothing may stand twice."""

from collections import Counter

from pydantic import AfterValidator, Field

from drift.settings.english import are, listed


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return `values`; raise `ValueError` that names those which repeat."""
    if len(set(values)) == len(values):
        return values
    repeated = [f'"{value}"' for value, count in Counter(values).items() if count > 1]
    raise ValueError(f"{listed(repeated)} {are(repeated)} listed more than once")


DISTINCT = (
    Field(strict=False, json_schema_extra={"uniqueItems": True}),
    AfterValidator(distinct),
)
"""What makes a tuple take a JSON list, and refuse repetition."""
