"""What a bad policy gets: a sentence with a place, in bounded time, and never a traceback."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from drift.policy.keywords import REFUSED
from tests.cli.running import Ran, text

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
AIM = {"Bucket": "*"}
TLS = "/properties/HttpsConfiguration/properties/TLS"
VERSIONS = f"{TLS}/properties/TLSVersion"
SUITES = "/properties/HttpsConfiguration/properties/CipherSuite/properties/CustomCipherSuite"


def policy(aim: Any = None, **schema: Any) -> dict[str, Any]:
    return {"$schema": DIALECT, "x-drift": AIM if aim is None else aim, **schema}


def tls(schema: Any) -> dict[str, Any]:
    return {"properties": {"HttpsConfiguration": {"properties": {"TLS": schema}}}}


def versions(**schema: Any) -> dict[str, Any]:
    return policy(**tls({"properties": {"TLSVersion": schema}}))


def suites(**schema: Any) -> dict[str, Any]:
    ciphers = {"properties": {"CustomCipherSuite": schema}}
    return policy(properties={"HttpsConfiguration": {"properties": {"CipherSuite": ciphers}}})


def aimed(**more: Any) -> dict[str, Any]:
    return policy({"Bucket": "*", **more}, **tls({"required": ["Enable"], "minProperties": 2}))


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"not": schema}
    return policy(**schema)


def wide(levels: int) -> dict[str, Any]:
    """Each level refers twice to the next: 2 to the power of so many ways."""
    more = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(levels)}
    return policy(**{"$ref": "#/$defs/a0", "$defs": {**more, f"a{levels}": {"required": ["TLS"]}}})


CASES: dict[str, tuple[dict[str, Any] | str, tuple[str, ...]]] = {
    "remote": (
        policy(**{"$ref": "http://example.com/a.json"}),
        ('"http://example.com/a.json" leads out of this file, and nothing is fetched', "[/$ref]"),
    ),
    "a file": (policy(**{"$ref": "file:///etc/passwd"}), ("leads out of this file", "[/$ref]")),
    "a neighbour": (policy(**{"$ref": "other.json#/a"}), ("Put the schema into `$defs`.",)),
    "a urn": (policy(**{"$ref": "urn:a:b"}), ("leads out of this file", "[/$ref]")),
    "the standard": (policy(**{"$ref": DIALECT}), ("leads out of this file", "[/$ref]")),
    "a neighbour of its own id": (
        policy(**{"$id": "https://example.com/p/a.json", "$ref": "b.json#/$defs/a"}),
        ('"b.json#/$defs/a" leads out of this file',),
    ),
    "its own id with another scheme": (
        policy(**{"$id": "https://example.com/a", "$ref": "http://example.com/a"}),
        ("leads out of this file", "[/$ref]"),
    ),
    "nowhere in its own id": (
        policy(**{"$id": "https://example.com/a", "$ref": "a#/$defs/b"}),
        ('"a#/$defs/b" leads to no schema of this file.', "[/$ref]"),
    ),
    "itself by its own id": (
        policy(**{"$id": "https://example.com/a", "$ref": "a"}),
        ("This schema refers to itself, without end.",),
    ),
    "its own id and a line feed": (
        policy(**{"$id": "https://example.com/a", "$ref": "https://example.com/\na"}),
        ("has characters that stand in no URI.",),
    ),
    "half an address": (
        policy(**{"$id": "https://example.com/a", "$ref": "//[a"}),
        ('"//[a" leads out of this file',),
    ),
    "nowhere": (policy(**{"$ref": "#/$defs/a"}), ('"#/$defs/a" leads to no schema', "[/$ref]")),
    "no anchor": (policy(**{"$ref": "#a"}), ('"#a" leads to no schema of this file',)),
    "a reference that is no text": (
        policy(**{"$ref": 3}),
        ("`$ref` has a value that JSON Schema does not allow there. [/$ref]",),
    ),
    "a reference that is no URI": (
        policy(**{"$ref": "#/$defs/é", "$defs": {"é": {}}}),
        ('"#/$defs/é" has characters that stand in no URI. Write each byte of them as %',),
    ),
    "an id that is no URI": (policy(**{"$id": "a b"}), ('"a b" is no URI. Leave it out. [/$id]',)),
    "an id that only looks like a URI": (
        policy(**{"$id": "::"}),
        ("example.json:1:1: error: The policy cannot be used: Invalid URI reference '::'",),
    ),
    "an anchor twice": (
        policy(**{"$ref": "#a", "$defs": {"b": {"$anchor": "a"}, "c": {"$anchor": "a"}}}),
        ('the anchor "a" stands at another schema, too. Keep one of them. [/$defs/c/$anchor]',),
    ),
    "itself": (policy(**{"$ref": "#"}), ("This schema refers to itself, without end.",)),
    "itself, too": (policy(**{"$ref": ""}), ("This schema refers to itself, without end.",)),
    "one another": (
        policy(
            **{"$ref": "#/$defs/a"},
            **{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}},
        ),
        ("This schema refers to itself, without end. [/$defs/a]",),
    ),
    "exponential": (wide(40), ("have to be asked more than 2,000 times. Refer to fewer",)),
    "too deep": (deep(200), ("The policy is nested too deeply.",)),
    "much too deep": ("[" * 200_000, ("The JSON is nested too deeply.",)),
    "large": (
        versions(items={"enum": ["x" * 50 + str(n) for n in range(180_000)]}),
        ("example.json:1:1: error: The policy is larger than 1 MiB. Split it.",),
    ),
    "many schemas": (policy(allOf=[{}] * 50_000), ("The policy has more than 2,000 subschemas.",)),
    "many patterns": (
        suites(anyOf=[{"items": {"pattern": f"A{n}"}} for n in range(201)]),
        ("The policy has more than 200 regular expressions. Split it.",),
    ),
    "an unknown keyword": (
        versions(item={"const": "TLSv1.2"}),
        (f"unknown keyword `item`. Did you mean items? [{VERSIONS}/item]",),
    ),
    "a keyword like no other": (policy(zzz=1), ("unknown keyword `zzz`. [/zzz]",)),
    "a format": (
        versions(items={"format": "regex"}),
        ("`format` cannot be used in a policy. In 2020-12 it asserts nothing; say it with",),
    ),
    "a dynamic reference": (policy(**{"$dynamicRef": "#a"}), ("Use `$ref` and `$anchor`.",)),
    "an id within": (
        policy(**{"$defs": {"a": {"$id": "a.json"}}}),
        ("`$id` can stand at the root of a policy only. [/$defs/a/$id]",),
    ),
    "then without if": (
        versions(then={"minItems": 2}),
        (f"`then` says nothing without `if` beside it. [{VERSIONS}/then]",),
    ),
    "if alone": (
        versions(**{"if": {"minItems": 2}}),
        ("`if` says nothing without `then` or `else` beside it.",),
    ),
    "a definition that nothing refers to": (
        versions(contains={"const": "TLSv1.3"})
        | {"$defs": {"rule": {"not": {"required": ["Bucket"]}}}},
        ("nothing refers to this schema. Refer to it, or take it out. [/$defs/rule]",),
    ),
    "a contains that asks for nothing": (
        versions(contains={"const": "TLSv1.3"}, minContains=0),
        ("with `minContains` 0 this asks for nothing. Give `maxContains`, ", "/contains]"),
    ),
    "minContains alone": (
        versions(minContains=2),
        ("`minContains` says nothing without `contains` beside it.",),
    ),
    "look-ahead": (
        versions(items={"pattern": "(?!x)"}),
        ('"(?!x)" is no regular expression that can be used. Look-around and back-references',),
    ),
    "back-reference": (versions(items={"pattern": r"(a)\1"}), ("is no regular expression",)),
    "a large expression": (
        policy(patternProperties={r"(\w{1,1000}){1,1000}": {}}),
        ("is no regular expression", r"[/patternProperties/(\w{1,1000}){1,1000}]"),
    ),
    "a type that is none": (
        versions(type="strng"),
        ("`type` has a value that JSON Schema does not allow there.",),
    ),
    "a schema that is none": (
        policy(allOf=[3], properties={"Bucket": "a"}),
        (
            "`allOf` has a value that JSON Schema does not allow there. [/allOf/0]",
            "`properties` has a value that JSON Schema does not allow there. [/properties/Bucket]",
        ),
    ),
    "schemas that are none": (
        policy(allOf={}, properties=[], items=[{}]),
        ("[/allOf]", "[/properties]", "[/items]"),
    ),
    "refused keywords of a wrong type": (
        policy(**dict.fromkeys((*REFUSED, "$anchor", "$comment"), 3)),
        ("`$vocabulary` has a value", "`definitions` has a value", "`format` has a value"),
    ),
    "a negative number": (versions(minItems=-1), ("`minItems` has a value", "/minItems]")),
    "no whole number": (versions(minItems=1.5), ("`minItems` has a value", "/minItems]")),
    "a number without end": (
        text(versions(minItems=1)).replace('"minItems": 1', '"minItems": 1e999'),
        ("`minItems` has a value that JSON Schema does not allow there.",),
    ),
    "a number of 5,000 digits": (
        text(versions(minItems=1)).replace('"minItems": 1', f'"minItems": {"9" * 5000}'),
        ("`minItems` has a value that JSON Schema does not allow there.",),
    ),
    "a title that is none": (policy(title=None), ("`title` has a value that JSON Schema",)),
    "NaN": (
        text(versions(const=1)).replace('"const": 1', '"const": NaN'),
        (f"NaN is no value here. [{VERSIONS}/const]",),
    ),
    "a member twice": (
        text(policy(properties={})).replace('"properties"', '"properties": {}, "properties"'),
        ("`properties` is given more than once. Keep one of them. [/properties]",),
    ),
    "half a character": (
        policy(properties={"Bucket": {"const": "\ud800"}}),
        ("This text has half a character: a surrogate without its other half.", "/const]"),
    ),
    "half a character in a name": (
        policy(allOf=[{"properties": {"\ud800": {}}}]),
        (r"half a character: a surrogate without its other half. [/allOf/0/properties/\ud800]",),
    ),
    "no aim": ({"$schema": DIALECT}, ("The policy has no `x-drift`, and so it is for no bucket.",)),
    "Buckets": (
        policy({"Buckets": "*"}),
        ("`Bucket` is missing. [/x-drift]", "Did you mean Bucket? [/x-drift/Buckets]"),
    ),
    "an aim that is a text": (policy("*"), ('"*" is not an object. [/x-drift]',)),
    "an aim that is a list": (policy([]), ("a list is not an object. [/x-drift]",)),
    "an aim that is null": (
        {"$schema": DIALECT, "x-drift": None},
        ("null is no value here. Leave the member out. [/x-drift]",),
    ),
    "a bucket that is null": (policy({"Bucket": None}), ("is no value here.", "[/x-drift/Bucket]")),
    "a region that is null": (aimed(Region=None), ("is no value here.", "[/x-drift/Region]")),
    "a help that is null": (aimed(help=None), ("is no value here.", "[/x-drift/help]")),
    "a help that is long": (aimed(help="x" * 1001), ("`help` has more than 1000 characters.",)),
    "a severity": (
        aimed(severity="hihg"),
        ('"hihg" is not one of critical, high, medium, low, info. Did you mean high?',),
    ),
    "tags": (
        policy({"Bucket": "oss-example", "Tags": {"a": "b"}}),
        ("[/x-drift/Tags]",),
    ),
    "a member that no document has": (
        policy(properties={"HttpsConfig": {}}),
        (
            (
                "no live document has a member `HttpsConfig` at its root. Did you mean "
                "HttpsConfiguration? [/properties/HttpsConfig]"
            ),
        ),
    ),
    "a member far off": (
        policy(**tls({"properties": {"x/y~": {}}})),
        (
            (
                "no live document has a member `x/y~` in HttpsConfiguration/TLS. "
                f"Known here are Enable, TLSVersion. [{TLS}/properties/x~1y~0]"
            ),
        ),
    ),
    "a required member": (
        policy(**{"if": {"required": ["HttpsConfig"]}, "then": tls({"minProperties": 3})}),
        ("no live document has a member `HttpsConfig` at its root.", "[/if/required/0]"),
    ),
    "a dependent member": (
        policy(**tls({"dependentRequired": {"Enabled": ["TLSVersions"]}})),
        (
            f"Did you mean Enable? [{TLS}/dependentRequired/Enabled]",
            f"Did you mean TLSVersion? [{TLS}/dependentRequired/Enabled/0]",
        ),
    ),
    "a dependent schema": (
        policy(**tls({"dependentSchemas": {"Enabled": {"minProperties": 3}}})),
        (f"Did you mean Enable? [{TLS}/dependentSchemas/Enabled]",),
    ),
    "a pattern of members": (
        policy(patternProperties={"^Https$": {"minProperties": 3}}),
        ("no live document has a member `^Https$` at its root.",),
    ),
    "a keyword for another kind": (
        versions(minLength=3),
        ("`minLength` says nothing here: TLSVersion is a list without an order.",),
    ),
    "a keyword of order": (
        versions(prefixItems=[{"const": "TLSv1.2"}]),
        ("`prefixItems` says nothing here: TLSVersion is a list without an order.",),
    ),
    "a keyword for the root": (policy(minItems=1), ("nothing here: the document is an object.",)),
    "a keyword for an entry": (
        versions(items={"minimum": 1}),
        ("`minimum` says nothing here: an entry of the list is a string.",),
    ),
    "a keyword for a name": (
        policy(propertyNames={"minItems": 2}),
        ("`minItems` says nothing here: the name of a member is a string. [/propertyNames/min",),
    ),
    "a version that is none": (
        versions(**{"not": {"contains": {"enum": ["TLSv1", "TLSv1.1"]}}}),
        (
            (
                '"TLSv1" is never in TLSVersion. Known here are TLSv1.0, TLSv1.1, TLSv1.2, '
                f"TLSv1.3. [{VERSIONS}/not/contains/enum/0]"
            ),
        ),
    ),
    "a switch that is a text": (
        policy(**tls({"not": {"properties": {"Enable": {"const": "false"}}}})),
        (f'Enable is never "false". [{TLS}/not/properties/Enable/const]',),
    ),
    "a part of a document": (
        policy(**tls({"not": {"const": {"Enable": False}}})),
        ("TLS is never this object. A live document has all members, and no others.",),
    ),
    "a list of other things": (versions(enum=[["TLSv9"]]), ("TLSVersion is never this list.",)),
    "a null for a list": (versions(const=None), (f"TLSVersion is never null. [{VERSIONS}/const]",)),
    "a name of a member": (
        policy(propertyNames={"not": {"const": "Buckets"}}),
        ('The name of a member is never "Buckets". Known here are Bucket, Region, Https',),
    ),
    "another type": (
        versions(**{"not": {"type": "string"}}),
        (f"TLSVersion is never of this type. Its type is array. [{VERSIONS}/not/type]",),
    ),
    "another type of the root": (
        policy(type=["string", "null"]),
        ("The document is never of this type. Its type is object. [/type]",),
    ),
    "a type beside one that fits": (
        versions(type=["array", "null"], minItems=5),
        ("No HttpsConfiguration can satisfy this policy.",),
    ),
    "another type of an entry": (
        versions(items={"type": "integer"}),
        ("An entry of TLSVersion is never of this type. Its type is string.",),
    ),
    "a pattern of no version": (
        versions(**{"not": {"contains": {"pattern": "^TLSv1$"}}}),
        ("this `pattern` fits nothing of what can stand here. Known here are TLSv1.0, TLSv1.1",),
    ),
    "impossible": (
        versions(minItems=3, maxItems=2),
        (
            "No HttpsConfiguration can satisfy this policy. In conflict: what ",
            f"[{VERSIONS}/maxItems]",
        ),
    ),
    "impossible by itself": (
        versions(items=False),
        (f"No HttpsConfiguration can satisfy this policy. [{VERSIONS}/items]",),
    ),
    "draft-07": (
        {**policy(), "$schema": "http://json-schema.org/draft-07/schema#"},
        (
            (
                "example.json:2:14: error: this is another dialect of JSON Schema than that of "
                f'policies, 2020-12. A policy has "$schema": "{DIALECT}". [/$schema]'
            ),
        ),
    ),
    "the standard's address, but for a letter": (
        {**policy(), "$schema": DIALECT.replace("https", "http")},
        ("this is another dialect of JSON Schema than that of policies, 2020-12.",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_policy_gets_a_sentence_with_a_place(drift: Drift, write: Write, name: str) -> None:
    content, sentences = CASES[name]
    whole = content if isinstance(content, str) else json.dumps(content, indent=2)
    write("example.json", whole)
    ran = drift("validate", "example.json").failed(*sentences)
    assert all(line.startswith("example.json:") for line in ran.err.splitlines())
    assert "warning" not in ran.err


def test_every_fault_of_a_policy_is_reported_in_one_run(drift: Drift, write: Write) -> None:
    write("example.json", policy({"Bucket": 3}, zzz=1, allOf=[{"$ref": "#/a"}, {"minItems": "a"}]))
    assert len(drift("validate", "example.json").failed().err.splitlines()) == 4


@pytest.mark.parametrize(
    "around",
    [
        lambda twice: {"$defs": {"x" * 985: twice}},
        lambda twice: {"not": {"dependentSchemas": {"Bucket": twice}}},
        lambda twice: functools.reduce(
            lambda inner, _: {"dependentSchemas": {"HttpsConfiguration": inner}}, range(30), twice
        ),
    ],
    ids=["a name of 985 letters", "a short pointer", "30 nested schemas"],
)
def test_a_keyword_that_is_given_twice_is_found_anywhere(
    drift: Drift, write: Write, around: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """The last one would silently win: of a policy that refuses TLSv1.0, nothing would be left."""
    schema = policy(**around({"minProperties": 1}), **tls({"minProperties": 2}))
    keyword = '"minProperties": 1'
    write("example.json", json.dumps(schema).replace(keyword, f"{keyword}, {keyword}"))
    drift("validate", "example.json").failed("error: `minProperties` is given more than once.")


def test_of_endless_faults_a_thousand_are_reported(drift: Drift, write: Write) -> None:
    write("example.json", policy(allOf=[{"a": 1, "b": 2} for _ in range(600)]))
    more = "example.json: error: The file has more than 1,000 errors and warnings; the others are"
    assert len(drift("validate", "example.json").failed(more).err.splitlines()) == 1001


@pytest.mark.parametrize("is_first", [True, False])
def test_a_thousand_warnings_hide_no_error(drift: Drift, write: Write, is_first: bool) -> None:
    """Limits cut what is shown, whatever the order of members; the verdict counts everything."""
    wrong = {"not": {"contains": {"const": "TLSv1"}}}
    names = {"items": {"enum": [f"NEW-SUITE-{number}" for number in range(1100)]}}
    lists = {"TLS": ("TLSVersion", wrong), "CipherSuite": ("CustomCipherSuite", names)}
    parts = {
        part: {"properties": {member: schema}}
        for part, (member, schema) in sorted(lists.items(), reverse=is_first)
    }
    write("example.json", policy(properties={"HttpsConfiguration": {"properties": parts}}))
    drift("validate", "example.json").failed('"TLSv1" is never in TLSVersion.')


def test_of_endless_warnings_a_thousand_are_reported(drift: Drift, write: Write) -> None:
    write("example.json", suites(items={"enum": [f"NEW-SUITE-{n}" for n in range(1100)]}))
    ran = drift("validate", "example.json")
    assert (ran.code, ran.err.count(" is not known to drift")) == (0, 1000)
    assert "example.json: warning: The file has more than 1,000 errors and warnings" in ran.err


@pytest.mark.parametrize(
    "schema",
    [
        versions(default=None, minItems=2),
        suites(items={"not": {"pattern": "(R+)+C4$"}}),
        versions(maxItems=10**30, minItems=2),
        policy(
            **{
                "$id": "https://example.com/p",
                "$ref": "#/$defs/a",
                "$defs": {"a": tls({"minProperties": 2, "required": ["Enable"]})},
            }
        ),
        policy(
            {"Bucket": [f"bucket-{n}" for n in range(10_000)]},
            **tls({"properties": {"Enable": {"const": True}}}),
        ),
        policy(**{"$schema": f"{DIALECT}#"}, **tls({"properties": {"Enable": {"const": True}}})),
        versions(
            **{
                "if": {"contains": {"const": "TLSv1.3"}},
                "unevaluatedItems": {"const": "TLSv1.2"},
                "contains": {"const": "TLSv1.2"},
            }
        ),
    ],
)
def test_what_is_odd_and_has_a_meaning_is_taken(
    drift: Drift, write: Write, schema: dict[str, Any]
) -> None:
    write("example.json", schema)
    ran = drift("validate", "example.json")
    assert ran.code == 0, ran.err
    assert "error" not in ran.err


@pytest.mark.parametrize(
    ("schema", "sentences"),
    [
        (policy(properties={}), ("example.json:1:1: warning: Every HttpsConfiguration satisfies",)),
        (
            suites(items={"enum": ["AES128-SHA", "RC5-SHA"]}),
            ('"RC5-SHA" is not known to drift. Did you mean', f"[{SUITES}/items/enum/1]"),
        ),
        (suites(const=["QQQQ"]), ('"QQQQ" is not known to drift. [',)),
        (
            suites(items={"not": {"pattern": "^MLKEM"}}),
            ("this `pattern` fits nothing that drift knows of what can stand here. Known here",),
        ),
        (
            suites(items={"enum": ["AES128-SHA"]}),
            (
                (
                    "warning: This policy refuses some lists of CipherSuite, and accepts "
                    "CipherSuite without any limit. Say that `Enable` of CipherSuite is true."
                ),
            ),
        ),
    ],
)
def test_what_may_be_a_mistake_is_a_warning(
    drift: Drift, write: Write, schema: dict[str, Any], sentences: tuple[str, ...]
) -> None:
    write("example.json", schema)
    ran = drift("validate", "example.json")
    assert ran.code == 0, ran.err
    for sentence in sentences:
        assert sentence in ran.err


def test_what_only_an_unknown_suite_breaks_is_not_said_to_hold_always(
    drift: Drift, write: Write
) -> None:
    write("example.json", suites(items={"not": {"pattern": "^MLKEM"}}))
    assert "satisfies" not in drift("validate", "example.json").err


def test_a_list_in_any_order_is_that_list(drift: Drift, write: Write) -> None:
    """Documents have their lists sorted, and suites by OpenSSL's names: so has what is spelled."""
    spelled = ["TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-CCM", "AES128-SHA"]
    write("example.json", suites(enum=[spelled, ["AES256-SHA"]]))
    write("exact.json", exact(spelled))
    assert drift("validate").code == 1  # there is no folder `desired`
    assert drift("validate", "example.json", "exact.json").code == 0
    write("exact.json", exact(["AES128-SHA"]))
    drift("validate", "example.json", "exact.json").failed("is declared here against a policy")


def exact(names: list[str]) -> dict[str, Any]:
    ciphers = {"Enable": True, "CustomCipherSuite": names}
    return {"Bucket": "oss-example", "HttpsConfiguration": {"CipherSuite": ciphers}}


@pytest.mark.parametrize("keyword", ["const", "enum"])
def test_a_definition_may_be_called_like_a_keyword(
    drift: Drift, write: Write, keyword: str
) -> None:
    """Only what is spelled out is called by OpenSSL's names; patterns are as they are written."""
    named = {"$ref": f"#/$defs/{keyword}"}
    defined = {keyword: {"pattern": "^TLS_RSA_WITH_AES_128_CBC_SHA$"}}
    write("example.json", suites(contains=named) | {"$defs": defined})
    ran = drift("validate", "example.json")
    assert "this `pattern` fits nothing that drift knows" in ran.err


def test_a_contains_that_only_counts_for_unevaluated_items_is_meant(
    drift: Drift, write: Write
) -> None:
    asked = {"contains": {"enum": ["TLSv1.2", "TLSv1.3"]}, "minContains": 0}
    write("example.json", versions(**asked, unevaluatedItems=False))
    assert drift("validate", "example.json").code == 0
