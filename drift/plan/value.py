"""The small parts of a plan: a place, something suspicious, something inert, a problem."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.dataclasses import dataclass

VALUE = ConfigDict(strict=True, extra="ignore", json_schema_serialization_defaults_required=True)
"""What all of them are: exact in their types, and open to what a newer minor version may add."""


class Value(BaseModel):
    """A frozen part of a plan. Unknown members are ignored: a newer minor version may add some."""

    model_config = VALUE | ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True, config=VALUE)
class Source:
    """A place in a desired file. Line and column count from 1, columns in characters."""

    file: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)


class Inert(Value):
    """A value that is stored in the live document and has no effect."""

    path: str
    value: JsonValue


class Finding(Value):
    """Something suspicious that is no drift."""

    path: str
    message: str


class Problem(Value):
    """Why one bucket could not be judged."""

    code: str = Field(description="The error code of the service, or drift's own.")
    message: str
    advice: str
    request_id: str | None = None
    retryable: bool = False
