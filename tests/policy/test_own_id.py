"""References to a policy's own `$id` lead to what their fragments lead to."""

import json
from pathlib import Path
from typing import Any

import pytest

from drift.desired.load import load
from drift.policy.keywords import DIALECT
from drift.policy.policy import Policy

RULE = {"properties": {"TLS": {"properties": {"Enable": {"const": True}}}}}
FRAGMENTS = ["#/$defs/rule", "#/%24defs/rule", "#rule"]


def loaded(folder: Path, own_id: str, reference: str) -> Policy:
    """Return a policy that applies its only rule by a reference."""
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": own_id,
        "x-drift": {"Bucket": "app-a"},
        "properties": {"HttpsConfiguration": {"allOf": [{"$ref": reference}]}},
        "$defs": {"rule": {"$anchor": "rule", **RULE}},
    }
    path = folder / "policy.json"
    path.write_text(json.dumps(schema))
    found = load([path])
    assert found.diagnostics == ()
    policy = found.declarations[0].policy
    assert policy is not None
    return policy


@pytest.mark.parametrize("fragment", FRAGMENTS)
@pytest.mark.parametrize(
    ("own_id", "reference"),
    [
        ("https://example.com/policies/tls.json", ""),
        ("https://example.com/policies/tls.json", "https://example.com/policies/tls.json"),
        ("https://example.com/policies/tls.json", "tls.json"),
        ("https://example.com/policies/tls.json", "./tls.json"),
        ("https://example.com/policies/tls.json", "../policies/tls.json"),
        ("https://example.com/policies/tls.json", "/policies/tls.json"),
        ("https://example.com/policies/tls.json", "//example.com/policies/tls.json"),
        ("https://example.com/policies/tls.json#", "tls.json"),
        ("https://example.com/policies/?v=1", "?v=1"),
        ("tls.json", "tls.json"),
        ("policies/tls.json", "tls.json"),
        ("urn:example:tls", "urn:example:tls"),
    ],
)
def test_a_reference_to_its_own_id_is_followed(
    tmp_path: Path, own_id: str, reference: str, fragment: str
) -> None:
    """It holds as a whole, and each subschema by itself, on which reasoning rests."""
    policy = loaded(tmp_path, own_id, reference + fragment)
    for enabled in (True, False):
        live: dict[str, Any] = {"TLS": {"Enable": enabled}}
        assert policy.accepts({"HttpsConfiguration": live}) is enabled
        part = policy.part("/properties/HttpsConfiguration")
        assert part.accepts(live) is enabled
