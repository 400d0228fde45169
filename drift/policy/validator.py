"""The one door to the validator of JSON Schema, a library in Rust.

Its regular expressions are run by automata, in time that is linear in the text: none can explode.
Nothing is ever fetched.
"""

from collections.abc import Iterator
from typing import NamedTuple

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from drift.policy.keywords import DIALECT, Schema
from drift.policy.regex import is_bounded
from drift.positions import escaped

_REGEX_SIZE = 1 << 24
"""The largest compiled regular expression, in bytes: eight times what `is_bounded` lets through."""


class Breach(NamedTuple):
    """A keyword that a value does not satisfy: JSON pointers into the schema and into the value."""

    keyword: str
    value: str


class Validator:
    """A schema that was found to be sound, ready to judge."""

    def __init__(self, schema: Schema) -> None:
        """Take a schema; raise `ValueError` if the library cannot use it."""
        try:
            self._validator = _compiled(schema)
        except ValidationError as error:
            raise ValueError(error.message) from None

    def accepts(self, value: object) -> bool:
        """Return whether the value satisfies the schema."""
        return self._validator.is_valid(value)

    def breaches(self, value: object) -> Iterator[Breach]:
        """Yield what the value does not satisfy."""
        for error in self._validator.iter_errors(value):
            yield Breach(_pointer(error.schema_path), _pointer(error.instance_path))


def malformed(schema: Schema) -> Iterator[str]:
    """Yield pointers to what the schema of schemas does not allow, each once."""
    found = (_pointer(error.instance_path) for error in _METASCHEMA.iter_errors(schema))
    yield from dict.fromkeys(found)


def can_run(pattern: str) -> bool:
    """Return whether `pattern` is a regular expression without look-around, of a bounded size."""
    if not is_bounded(pattern):
        return False
    try:
        _compiled({"pattern": pattern})
    except (ValidationError, ValueError):  # ValueError: it is no Unicode
        return False
    return True


def _compiled(schema: Schema) -> Draft202012Validator:
    return Draft202012Validator(
        schema,
        validate_formats=False,
        pattern_options=RegexOptions(size_limit=_REGEX_SIZE),
        offline=True,
    )


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{escaped(str(step))}" for step in path)


_METASCHEMA = _compiled({"$ref": DIALECT})
