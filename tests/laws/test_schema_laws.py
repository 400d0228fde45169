import copy
import json
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift import schema
from drift.desired.file_model import DesiredFile
from tests.strategies import desired_documents

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema.dumps("oss-bucket")))
JUNK: list[Any] = [
    None, True, 1, 1.5, "", "true", "TLSv1.2", "TLSv1.4", "AES128-SHA", [], ["TLSv1.2"],
    ["TLSv1.3", "TLSv1.3"], ["x y"], {}, {"Enable": True}, {"Enable": False}, "oss-cn-hangzhou",
    "UPPER", "b", "bucket-a", ["bucket-a"], ["bucket-a", "bucket-a"],
    "*", "?", "a-*", "*-", "-*", "!a-*", ["a-*"], ["a-*", "!bucket-a"], ["bucket-a", "!bucket-a"],
    ["!a-*", "!bucket-a"], ["a-*", "!!b"], ["a*", 1], ["!a*", 1], "cn-*", "oss-*", "oss-cn-*",
    "a" * 62 + "*", "a" * 63 + "*", {"stage": "prod"}, {"stage": 1}, {"": "prod"}, {"stage": ""},
    {"a" * 64: "v" * 128}, {"a" * 65: "v"}, {"a": "v" * 129}, {"a\x7f": "v"}, {"a": "\ud800"},
    {str(number): "v" for number in range(20)}, {str(number): "v" for number in range(21)},
]  # fmt: skip
NAMES = st.sampled_from([
    "$schema", "Bucket", "Region", "Tags", "HttpsConfiguration", "TLS", "CipherSuite", "Enable",
    "Enabled",
    "TLSVersion", "StrongCipherSuite", "CustomCipherSuite", "TLS13CustomCipherSuite",
])  # fmt: skip


def holders(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    return [value, *(inner for child in value.values() for inner in holders(child))]


@st.composite
def nearly_desired(draw: st.DrawFn) -> dict[str, Any]:
    """A desired file with up to three members changed, added or taken away."""
    setting = draw(desired_documents)
    file: dict[str, Any] = {"Bucket": "bucket-a", "Region": "cn-hangzhou", **setting.document()}
    file = copy.deepcopy(file)
    for _ in range(draw(st.integers(0, 3))):
        holder = draw(st.sampled_from(holders(file)))
        if draw(st.booleans()):
            holder[draw(NAMES)] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        elif holder:
            del holder[draw(st.sampled_from(sorted(holder)))]
    return file


def is_valid(file: dict[str, Any]) -> bool:
    """Whether the models take it; nulls, and settings without parts, are `load`'s own business."""
    try:
        model = DesiredFile.model_validate(file)
    except ValueError:
        return False
    parts = [setting.parts() for setting in model.settings()]
    return bool(parts) and all(parts) and "null" not in json.dumps(file)


@given(nearly_desired())
def test_the_published_schema_and_the_models_agree(file: dict[str, Any]) -> None:
    """A file is valid under the JSON Schema iff drift accepts it."""
    assert VALIDATOR.is_valid(file) == is_valid(file)


def test_they_agree_on_every_way_to_say_which_buckets() -> None:
    """The same, for each value where it may stand beside any `Bucket`."""
    setting = {"HttpsConfiguration": {"TLS": {"Enable": False}}}
    valid = 0
    for bucket, name, value in product(JUNK, ("Region", "Tags", "$schema"), JUNK):
        if None not in (bucket, value):
            file = {"Bucket": bucket, name: value, **setting}
            assert VALIDATOR.is_valid(file) == is_valid(file), file
            valid += is_valid(file)
    assert valid > 300


@pytest.mark.parametrize("name", ["oss-bucket", "waivers", "plan"])
def test_the_published_schemas_are_fresh_and_sound(name: str) -> None:
    published = (ROOT / "schemas" / f"{name}.schema.json").read_text()
    assert published == schema.dumps(name)
    jsonschema.Draft202012Validator.check_schema(json.loads(published))


def test_the_schema_helps_an_editor_on_every_member() -> None:
    document = json.loads(schema.dumps("oss-bucket"))
    objects = [document, *document["$defs"].values()]
    for one in objects:
        for name, member in one["properties"].items():
            assert "$ref" in member or (member["title"] and member["description"]), name
    assert all(one.get("description") or one is document for one in objects)
