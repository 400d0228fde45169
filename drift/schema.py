"""The JSON Schemas (draft 2020-12) of what goes in and comes out, built from the models."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from drift.desired.file_model import DesiredFile
from drift.plan import Plan


class _WithoutNull(GenerateJsonSchema):
    """In a desired file a member is given or left out; null is an error."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        # A default of null is no default, and an empty list only says "left out".
        return self.generate_inner(schema["schema"])


def _desired() -> dict[str, Any]:
    return DesiredFile.model_json_schema(schema_generator=_WithoutNull)


def _plan() -> dict[str, Any]:
    return Plan.model_json_schema(mode="serialization")


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {"oss-bucket": _desired, "plan": _plan}


def dumps(name: str) -> str:
    """Return the schema `name` of `SCHEMAS` as JSON."""
    head = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:oss-drift:schema:{name}:1",
    }
    return json.dumps(head | SCHEMAS[name](), indent=2) + "\n"
