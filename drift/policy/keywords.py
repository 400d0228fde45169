"""The vocabulary of JSON Schema 2020-12: what asserts, what leads to other schemas, and what not.

Source: the specifications "JSON Schema Core" and "JSON Schema Validation", 2020-12. Whoever writes
a policy means each of its keywords, so that none is ignored: one that is not here, or that asserts
nothing, is an error.
"""

import re
from typing import Literal, NamedTuple, TypeAlias

_DIALECTS = re.compile(r"(https?:)?//json-schema\.org\b", re.IGNORECASE)
DIALECT = "https://json-schema.org/draft/2020-12/schema"
OWN = "x-drift"
"""The member that says which buckets a policy is for."""

Schema: TypeAlias = "dict[str, object] | bool"

Step: TypeAlias = Literal["here", "member", "members", "names", "items", "nowhere"]
"""From the value that a schema judges to what its subschema judges: the same value, the member of
that name, any member, any name of a member, any entry of a list; or nothing, until it is named."""


class Applicator(NamedTuple):
    """A keyword that holds subschemas: one, a list, or an object of them."""

    shape: Literal["one", "list", "object"]
    step: Step


APPLICATORS = {
    "allOf": Applicator("list", "here"),
    "anyOf": Applicator("list", "here"),
    "oneOf": Applicator("list", "here"),
    "not": Applicator("one", "here"),
    "if": Applicator("one", "here"),
    "then": Applicator("one", "here"),
    "else": Applicator("one", "here"),
    "dependentSchemas": Applicator("object", "here"),
    "properties": Applicator("object", "member"),
    "patternProperties": Applicator("object", "members"),
    "additionalProperties": Applicator("one", "members"),
    "unevaluatedProperties": Applicator("one", "members"),
    "propertyNames": Applicator("one", "names"),
    "prefixItems": Applicator("list", "items"),
    "items": Applicator("one", "items"),
    "contains": Applicator("one", "items"),
    "unevaluatedItems": Applicator("one", "items"),
    "$defs": Applicator("object", "nowhere"),
}

OF_STRINGS = frozenset({"maxLength", "minLength", "pattern"})
OF_NUMBERS = frozenset({"multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"})
OF_LISTS = frozenset(
    {"maxItems", "minItems", "uniqueItems", "maxContains", "minContains"}
    | {"prefixItems", "items", "contains", "unevaluatedItems"}
)
OF_OBJECTS = frozenset(
    {"maxProperties", "minProperties", "required", "dependentRequired", "dependentSchemas"}
    | {"properties", "patternProperties", "additionalProperties", "unevaluatedProperties"}
    | {"propertyNames"}
)
OF_ANYTHING = frozenset({"type", "const", "enum"})

ANNOTATIONS = frozenset(
    {"title", "description", "$comment", "default", "deprecated", "readOnly", "writeOnly"}
    | {"examples", "$anchor", "$ref", "$id", "$schema", OWN}
)

KNOWN = tuple(
    sorted(APPLICATORS.keys() | OF_STRINGS | OF_NUMBERS | OF_LISTS | OF_ANYTHING | ANNOTATIONS)
    + sorted(OF_OBJECTS - APPLICATORS.keys())
)

_NO_ASSERTION = "In 2020-12 it asserts nothing; say it with `pattern`, `enum` or `const`."
_STATIC = "Use `$ref` and `$anchor`."
REFUSED = {
    "format": _NO_ASSERTION,
    "contentEncoding": _NO_ASSERTION,
    "contentMediaType": _NO_ASSERTION,
    "contentSchema": _NO_ASSERTION,
    "$dynamicRef": _STATIC,
    "$dynamicAnchor": _STATIC,
    "$recursiveRef": _STATIC,
    "$recursiveAnchor": _STATIC,
    "$vocabulary": "A policy is no dialect; leave it out.",
    "definitions": "Since 2019-09 it is `$defs`.",
    "dependencies": "Since 2019-09 it is `dependentRequired` or `dependentSchemas`.",
    "additionalItems": "Since 2020-12 it is `items`, beside `prefixItems`.",
}
"""Keywords that the standard has or had, and that a policy cannot use; with what to do instead."""

NEEDED = {
    "if": ("then", "else"),
    "then": ("if",),
    "else": ("if",),
    "minContains": ("contains",),
    "maxContains": ("contains",),
}
"""Keywords that JSON Schema passes over where none of those stands beside them."""

UNEVALUATED = frozenset({"unevaluatedItems", "unevaluatedProperties"})
ROOT_ONLY = frozenset({"$id", "$schema", OWN})


def is_dialect(schema: object) -> bool:
    """Return whether `$schema` says that a file is a policy."""
    return isinstance(schema, str) and schema.removesuffix("#") == DIALECT


def is_other_dialect(schema: object) -> bool:
    """Return whether `$schema` names another dialect of JSON Schema than that of policies."""
    return isinstance(schema, str) and _DIALECTS.match(schema) is not None
