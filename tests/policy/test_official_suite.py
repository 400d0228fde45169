"""JSON Schema's own test suite, through drift's loader: no keyword is quietly passed over."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drift.diagnostic import Diagnostic
from drift.policy.faults import faults
from drift.policy.keywords import ANNOTATIONS, APPLICATORS, DIALECT, KNOWN, OWN, is_dialect
from drift.policy.policy import Policy
from drift.positions import JsonText

SUITE = Path(__file__).with_name("json_schema_test_suite")
AIM = {"Bucket": "*"}
REFUSED = {
    "$dynamicAnchor cannot be used in a policy": 24,
    "$dynamicRef cannot be used in a policy": 4,
    "another dialect": 5,
    "at the root of a policy only": 42,  # $id
    "contentEncoding cannot be used in a policy": 3,
    "contentMediaType cannot be used in a policy": 15,
    "format cannot be used in a policy": 114,
    "leads out of this file": 44,
    "if says nothing without": 6,
    "then says nothing without": 4,
    "else says nothing without": 4,
    "maxContains says nothing without": 2,
    "minContains says nothing without": 2,
}
"""How many documents are not judged, since their schema is refused, by the first reason for it."""


class Group(NamedTuple):
    """Some documents, each with whether it satisfies a schema."""

    name: str
    schema: Any
    tests: list[dict[str, Any]]


@pytest.fixture(scope="module")
def groups() -> list[Group]:
    """Return the required tests of draft 2020-12."""
    return [
        Group(f"{path.stem}: {group['description']}", group["schema"], group["tests"])
        for path in sorted(SUITE.glob("*.json"))
        for group in json.loads(path.read_text("utf-8"))
    ]


def as_policy(schema: Any) -> dict[str, Any]:
    """Return a schema as a policy; one that is a boolean has no members, and is wrapped."""
    inner = schema if isinstance(schema, dict) else {"allOf": [schema]}
    return {"$schema": DIALECT, OWN: AIM, **inner}


def loaded(schema: dict[str, Any]) -> Policy | tuple[Diagnostic, ...]:
    """Return the policy, or why it is none: a file of a dialect of its own is not read as one."""
    if not is_dialect(schema["$schema"]):
        place = JsonText("policy.json", "{}").value("")
        return (Diagnostic("error", place, "another dialect"),)
    text = JsonText("policy.json", json.dumps(schema, indent=2))
    return faults(text, schema) or Policy(text, schema)


def reason(found: Diagnostic) -> str:
    """Return why a schema is refused, without what is particular to it."""
    said = found.summary.replace("`", "")
    keyword = said.split()[0]
    for part in ("cannot be used in a policy", "says nothing without"):
        if part in said:
            return f"{keyword} {part}"
    known = ("leads out of this file", "at the root of a policy only")
    return next((part for part in known if part in said), said)


def keywords(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, value in schema.items():
            yield name
            yield from keywords(value)
    elif isinstance(schema, list):
        for one in schema:
            yield from keywords(one)


def test_what_a_policy_says_is_what_the_standard_says(groups: list[Group]) -> None:
    """Each document that our loader lets judge is judged as the suite wants it."""
    for group in groups:
        policy = loaded(as_policy(group.schema))
        if isinstance(policy, Policy):
            for test in group.tests:
                found = policy.validator.accepts(test["data"])
                assert found is test["valid"], (group.name, test["description"])


def test_what_is_refused_is_counted(groups: list[Group]) -> None:
    """A schema that is judged today, and refused tomorrow, would pass unnoticed without this."""
    judged, refused = 0, Counter[str]()
    for group in groups:
        policy = loaded(as_policy(group.schema))
        if isinstance(policy, Policy):
            judged += len(group.tests)
        else:
            assert all(one.place.start for one in policy)
            refused[reason(policy[0])] += len(group.tests)
    assert judged == 907
    assert refused == REFUSED


def test_every_keyword_that_a_policy_may_have_is_among_the_judged(groups: list[Group]) -> None:
    judged = [as_policy(one.schema) for one in groups]
    found = {name for one in judged if isinstance(loaded(one), Policy) for name in keywords(one)}
    silent = {"deprecated", "examples", "readOnly", "writeOnly", "title", "description"}
    assert {*KNOWN} - found <= silent
    assert silent <= ANNOTATIONS
    assert APPLICATORS.keys() <= found
