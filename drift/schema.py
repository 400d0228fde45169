"""The JSON Schemas (draft 2020-12) of what goes in and comes out, built from the models."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from drift.desired.file_model import DesiredFile
from drift.plan import Plan
from drift.waivers.file_model import WaiverEntry, WaiversFile
from drift.waivers.target import TARGETS, Target

if TYPE_CHECKING:
    from pydantic import BaseModel


class _WithoutNull(GenerateJsonSchema):
    """In a desired file a member is given or left out; null is an error."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        # A default of null is no default, and an empty list only says "left out".
        return self.generate_inner(schema["schema"])


def _desired() -> dict[str, Any]:
    return DesiredFile.model_json_schema(schema_generator=_WithoutNull)


def _waivers() -> dict[str, Any]:
    pointed = {target.model for target in TARGETS.values()}
    models: list[type[BaseModel]] = [WaiversFile, WaiverEntry, *pointed]
    models.sort(key=lambda model: model.__name__)
    of_models, document = models_json_schema(
        [(model, "validation") for model in models], schema_generator=_WithoutNull
    )
    defined = document["$defs"]
    refs = {model: of_model["$ref"] for (model, _), of_model in of_models.items()}
    defined[WaiverEntry.__name__]["allOf"] = [
        _pinned(target, refs[target.model]) for target in TARGETS.values()
    ]
    whole: dict[str, Any] = defined.pop(WaiversFile.__name__)
    return {"$defs": defined, **whole}


def _pinned(target: Target, model: str) -> dict[str, Any]:
    """Return what a waiver that points to the target has beside that, by the schema of `model`."""
    at = f"/properties/{target.path[-1]}" if target.member else ""
    live: dict[str, Any] = {"$ref": model + at}
    if target.required:  # strict validators want the type and the members beside it
        live |= {"type": "object", "properties": dict.fromkeys(target.required, True)}
        live["required"] = [*target.required]
    members = {"Setting": {"const": target.setting.root}, "Live": live}
    pointed = {"properties": {"Pointer": {"const": target.pointer}}, "required": ["Pointer"]}
    return {"if": pointed, "then": {"properties": members}}


def _plan() -> dict[str, Any]:
    return Plan.model_json_schema(mode="serialization")


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "oss-bucket": _desired,
    "waivers": _waivers,
    "plan": _plan,
}


def dumps(name: str) -> str:
    """Return the schema `name` of `SCHEMAS` as JSON."""
    head = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:oss-drift:schema:{name}:1",
    }
    return json.dumps(head | SCHEMAS[name](), indent=2) + "\n"
