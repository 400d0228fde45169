"""What Hypothesis draws: schemas that say something of the documents of a bucket."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from hypothesis import strategies as st

from drift.settings.https import VERSIONS
from tests.policy.domain import NAMES12, NAMES13
from tests.strategies import subsets

Schema: TypeAlias = dict[str, Any]
Schemas: TypeAlias = st.SearchStrategy[Schema]
Drawn: TypeAlias = Callable[[], Schema]

PATTERNS = ("^T", "GCM")
COUNTED = ("minContains", "maxContains")
OF_LISTS = (
    *("items", "contains", "contains", "minItems", "maxItems", "const", "enum", "uniqueItems"),
    "unevaluatedItems",
)
OF_OBJECTS = (
    *("properties",) * 6,
    *("required", "minProperties", "propertyNames", "patternProperties", "const"),
    *("dependentRequired", "dependentSchemas", "additionalProperties", "unevaluatedProperties"),
)


@st.composite
def entries(draw: st.DrawFn, names: Sequence[str]) -> Schema:
    def plain() -> Schema:
        word = draw(st.sampled_from(["const", "const", "enum", "enum", "pattern"]))
        values = {
            "const": st.sampled_from(names),
            "enum": subsets(names, least=1).map(list),
            "pattern": st.sampled_from(PATTERNS),
        }
        return {word: draw(values[word])}

    return nested(draw, plain)


@st.composite
def lists(draw: st.DrawFn, names: Sequence[str]) -> Schema:
    whole = subsets(names).map(sorted)
    number = st.integers(0, 2)

    def contains() -> Schema:
        counts = draw(st.lists(st.sampled_from(COUNTED), unique=True))
        return {"contains": draw(entries(names))} | {one: draw(number) for one in counts}

    def plain() -> Schema:
        word = draw(st.sampled_from(OF_LISTS))
        values: dict[str, Callable[[], Any]] = {
            "items": lambda: draw(entries(names)) if draw(st.booleans()) else False,
            "minItems": lambda: draw(number),
            "maxItems": lambda: draw(number),
            "const": lambda: draw(whole),
            "enum": lambda: draw(st.lists(whole, min_size=1, max_size=3)),
            "uniqueItems": lambda: True,
        }
        if word in values:
            return {word: values[word]()}
        more = {word: draw(entries(names))} if word == "unevaluatedItems" else {}
        return contains() | more

    return nested(draw, lambda: some(draw, plain))


@st.composite
def booleans(draw: st.DrawFn) -> Schema:
    plain: Schemas = st.sampled_from(
        [{"const": True}, {"const": False}, {"enum": [True]}, {"type": "boolean"}]
    )
    return nested(draw, lambda: draw(plain))


@st.composite
def objects(
    draw: st.DrawFn, members: Mapping[str, st.SearchStrategy[Schema]], *whole: Schema
) -> Schema:
    """An object with these members, all of which every document has."""
    names = sorted(members)

    def properties() -> Schema:
        chosen = draw(subsets(names, least=1))
        return {"properties": {name: draw(members[name]) for name in chosen}}

    def plain() -> Schema:
        word = draw(st.sampled_from(OF_OBJECTS))
        last = names[-1]
        inner = draw(members[last])
        values: dict[str, Any] = {
            "required": [*draw(subsets(names, least=1))],
            "minProperties": draw(st.integers(0, len(names) + 1)),
            "propertyNames": {"maxLength": 12},
            "patternProperties": {f"^{last[:4]}": inner},
            "dependentRequired": {names[0]: names},
        }
        if word in values:
            return {word: values[word]}
        if word == "dependentSchemas":
            return {word: {names[0]: properties()}}
        if word == "const" and whole:
            return {word: draw(st.sampled_from(whole))}
        closed = word in ("additionalProperties", "unevaluatedProperties")
        return properties() | ({word: draw(st.sampled_from([False, inner]))} if closed else {})

    return nested(draw, lambda: some(draw, plain))


def some(draw: st.DrawFn, plain: Drawn) -> Schema:
    """Return one or two keywords, side by side."""
    return plain() | (plain() if draw(st.booleans()) else {})


def nested(draw: st.DrawFn, plain: Drawn) -> Schema:
    """Return a plain schema, or one of others."""
    word = draw(st.sampled_from(["", "", "", "", "", "not", "allOf", "anyOf", "oneOf", "if"]))
    match word:
        case "":
            return plain()
        case "not":
            return {"not": plain()}
        case "if":
            more = {"else": plain()} if draw(st.booleans()) else {}
            return {"if": plain(), "then": plain()} | more
    return {word: [plain() for _ in range(draw(st.integers(1, 2)))]}


TLS = {"Enable": booleans(), "TLSVersion": lists(VERSIONS)}
CIPHERS = {
    "Enable": booleans(),
    "StrongCipherSuite": booleans(),
    "CustomCipherSuite": lists(NAMES12),
    "TLS13CustomCipherSuite": lists(NAMES13),
}
tls_parts = objects(TLS, {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]})
cipher_parts = objects(CIPHERS)
configurations = objects({"TLS": tls_parts, "CipherSuite": cipher_parts})


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema of whole documents; some of it may be referred to."""
    schema: Schema = {"properties": {"HttpsConfiguration": draw(configurations)}}
    if draw(st.booleans()):
        part = draw(st.sampled_from(["TLS", "CipherSuite"]))
        schema["$defs"] = {"a b~/%": draw(tls_parts if part == "TLS" else cipher_parts)}
        reference = {"properties": {part: {"$ref": "#/$defs/a%20b~0~1%25"}}}
        schema["allOf"] = [{"properties": {"HttpsConfiguration": nested(draw, lambda: reference)}}]
    if draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from(["^oss", "example$", "prod"]))
        more = {"$defs": schema.pop("$defs")} if "$defs" in schema else {}
        schema = {"if": {"properties": {"Bucket": {"pattern": name}}}, "then": schema} | more
    return schema


def of_suites(schema: Schema) -> Schema:
    """Return a schema that says of the cipher suites what is given."""
    return {"properties": {"HttpsConfiguration": {"properties": {"CipherSuite": schema}}}}
