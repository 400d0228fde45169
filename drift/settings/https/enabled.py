"""What `Enable` wants beside it, for the JSON Schema of a part."""

from typing import TYPE_CHECKING

from pydantic.config import JsonDict

if TYPE_CHECKING:
    from pydantic import JsonValue


def enabled(*ways: JsonDict) -> JsonDict:
    """Return the JSON Schema that wants one of `ways` where Enable is true."""
    then: list[JsonValue] = [{"properties": way, "required": list(way)} for way in ways]
    enabled: JsonDict = {"properties": {"Enable": {"const": True}}, "required": ["Enable"]}
    return {"if": enabled, "then": {"anyOf": then}}
