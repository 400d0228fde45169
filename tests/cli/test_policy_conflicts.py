"""What is declared and cannot hold together: found offline as far as it is plain, else at once
when the buckets are listed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.cli.running import Ran, desired
from tests.cli.test_bad_policies import policy, suites, tls, versions

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

NEW, OLD = ({"Enable": True, "TLSVersion": [version]} for version in ("TLSv1.3", "TLSv1.2"))
LIVE = ("--live", "recording")
RULE = "/properties/HttpsConfiguration/properties/TLS/properties/TLSVersion/contains"


def wants(version: str, aim: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a policy that wants a version to be accepted."""
    schema = versions(contains={"const": version})
    return schema | {"title": f"{version} is accepted", "x-drift": {"Bucket": aim, **more}}


def refuses(version: str, aim: Any = "*", **more: Any) -> dict[str, Any]:
    schema = versions(items={"not": {"const": version}})
    return schema | {"title": f"no {version}", "x-drift": {"Bucket": aim, **more}}


def most(number: int, aim: Any = "*") -> dict[str, Any]:
    return versions(maxItems=number) | {"x-drift": {"Bucket": aim}}


@pytest.fixture(autouse=True)
def buckets(write: Write) -> None:
    body = (
        "<HttpsConfiguration><TLS><Enable>true</Enable><TLSVersion>TLSv1.3</TLSVersion></TLS>"
        "</HttpsConfiguration>"
    )
    for path in ("cn-beijing/app-a", "cn-beijing/logs-a", "eu-central-1/app-b"):
        write(f"recording/{path}/httpsConfig.xml", body)
        write(f"recording/{path}/tagging.xml", "<Tagging><TagSet></TagSet></Tagging>")


def test_an_exact_file_against_a_policy_is_an_error_that_names_both(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", desired("app-a", TLS=NEW))
    write("desired/b.json", wants("TLSv1.2", "app-*"))
    said = (
        "desired/a.json:7:21: error: app-a is declared here against a policy. The policy wants "
        '"TLSv1.2 is accepted" (desired/b.json:12:15). Change one of the two. '
        "[/HttpsConfiguration/TLS/TLSVersion]"
    )
    for command in (["validate"], ["plan", *LIVE], ["plan", *LIVE, "--list"]):
        drift(*command).failed(said)
    assert "app-a is declared here against a policy" in drift("doctor").out


def test_two_policies_that_contradict_each_other_are_an_error_that_names_both(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", refuses("TLSv1.2", "app-*"))
    write("desired/b.json", wants("TLSv1.2", "*-a"))
    drift("validate").failed(
        "desired/b.json:12:15: error: nothing satisfies all that is declared for a bucket such as "
        'app-a. In conflict: "TLSv1.2 is accepted" (desired/b.json:12:15) and "no TLSv1.2" '
        f"(desired/a.json:13:17). Change one of them. [{RULE}]",
    )


def test_of_stars_the_error_is_about_any_bucket(drift: Drift, write: Write) -> None:
    write("desired/a.json", refuses("TLSv1.2"))
    write("desired/b.json", wants("TLSv1.2"))
    drift("validate").failed("all that is declared for any bucket. In conflict: ")
    write("desired/b.json", desired("*", region=None, TLS=OLD))
    drift("validate").failed('any bucket is declared here against a policy. The policy wants "no ')


def test_three_policies_that_clash_only_together_are_named_all_three(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", wants("TLSv1.2"))
    write("desired/b.json", wants("TLSv1.3"))
    write("desired/c.json", most(1, "app-*"))
    drift("validate").failed(
        "desired/c.json",
        "nothing satisfies all that is declared for a bucket such as app-x. In conflict: ",
        "(desired/a.json:12:15)",
        "(desired/b.json:12:15)",
    )


def test_an_exact_file_that_clashes_with_two_policies_only_together_is_named_too(
    drift: Drift, write: Write
) -> None:
    """With the exact suites, one policy wants TLS 1.3, and the other refuses it."""
    restricted = {"properties": {"Enable": {"const": True}}, "required": ["Enable"]}
    https = {"if": {"properties": {"CipherSuite": restricted}}}
    for name, then in (("b", wants("TLSv1.3")), ("c", refuses("TLSv1.3"))):
        inner = then["properties"]["HttpsConfiguration"]
        write(
            f"desired/{name}.json",
            policy(properties={"HttpsConfiguration": https | {"then": inner}}),
        )
    assert drift("validate").code == 0
    strong = {"Enable": True, "StrongCipherSuite": True}
    write("desired/a.json", desired("app-a", CipherSuite=strong))
    drift("validate").failed(
        "nothing satisfies all that is declared for app-a. In conflict: what desired/a.json:2:13 "
        "declares, what desired/b.json:27:17 says",
    )


@pytest.mark.parametrize(
    ("exact", "rule"),
    [
        ({"bucket": "app-a"}, {"aim": "logs-*"}),
        ({"bucket": "app-a"}, {"aim": ["*", "!app-*"]}),
        ({"bucket": "app-a"}, {"aim": "*", "Region": "eu-*"}),
        ({"bucket": "app-a"}, {"aim": "*", "Tags": {"stage": "prod"}}),
        ({"bucket": "app-a", "region": None}, {"aim": "*", "Region": "eu-*"}),
        ({"bucket": "app-*", "region": None}, {"aim": "logs-*"}),
        ({"bucket": "app-*", "region": None}, {"aim": ["*", "!a*"]}),
        ({"bucket": "*", "region": "cn-*"}, {"aim": "*", "Region": "eu-*"}),
        ({"bucket": "*", "region": None}, {"aim": "*", "Tags": {"stage": "prod"}}),
        ({"bucket": ["*", "!b-1"], "region": None}, {"aim": "b-1"}),
        ({"bucket": "a?", "region": None}, {"aim": "b*"}),
    ],
)
def test_there_is_no_error_where_no_bucket_surely_is_both(
    drift: Drift, write: Write, exact: dict[str, Any], rule: dict[str, Any]
) -> None:
    write("desired/a.json", desired(**exact, TLS=NEW))
    write("desired/b.json", wants("TLSv1.2", **rule))
    assert drift("validate").code == 0


@pytest.mark.parametrize(
    ("exact", "rule", "shown"),
    [
        ({"bucket": "app-a"}, {"aim": "app-a"}, "app-a is declared"),
        ({"bucket": ["app-a", "app-b", "logs-a"]}, {"aim": "app-*"}, "app-a (and 1 more) is"),
        ({"bucket": "app-a"}, {"aim": "*", "Region": "cn-*"}, "app-a is declared"),
        ({"bucket": "app-*", "region": None}, {"aim": "app-a"}, "app-a is declared"),
        ({"bucket": "app-*", "region": None}, {"aim": "*-a"}, "a bucket such as app-a is"),
        ({"bucket": "*", "region": "cn-*"}, {"aim": "*"}, "a bucket such as xxx is declared"),
        ({"bucket": "*", "region": "cn-*"}, {"aim": "*", "Region": "*-beijing"}, "such as xxx"),
    ],
)
def test_there_is_an_error_where_some_bucket_is_both(
    drift: Drift, write: Write, exact: dict[str, Any], rule: dict[str, Any], shown: str
) -> None:
    write("desired/a.json", desired(**exact, TLS=NEW))
    write("desired/b.json", wants("TLSv1.2", **rule))
    drift("validate").failed(shown)


def test_tags_that_a_pattern_has_too_are_known(drift: Drift, write: Write) -> None:
    tagged = desired("*", region=None, TLS=NEW) | {"Tags": {"stage": "prod", "tier": "1"}}
    write("desired/a.json", tagged)
    write("desired/b.json", wants("TLSv1.2", Tags={"stage": "prod"}))
    drift("validate").failed("a bucket such as xxx is declared here against a policy")


def test_a_better_pattern_or_a_name_decides_before_the_one_that_clashes(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", desired("*", region=None, TLS=NEW))
    write("desired/b.json", wants("TLSv1.2", "app-*"))
    write("desired/c.json", desired("app*", region=None, TLS=OLD))
    assert drift("validate").code == 0
    write("desired/b.json", wants("TLSv1.2", "b-1"))
    write("desired/c.json", desired("b-1", TLS=OLD))
    assert drift("validate").code == 0


def test_a_part_that_is_not_managed_is_free(drift: Drift, write: Write) -> None:
    write("desired/a.json", desired("app-a", TLS=NEW))
    write("desired/b.json", suites(maxItems=0) | {"x-drift": {"Bucket": "*"}})
    assert drift("validate").code == 0


def test_a_policy_that_looks_at_the_region_is_not_asked_about_one_that_is_made_up(
    drift: Drift, write: Write
) -> None:
    """No bucket is in no region, so that nothing is said before they are listed."""
    region = {"if": {"properties": {"Region": {"pattern": "^cn-"}}}, "else": False, "then": {}}
    write("desired/a.json", desired("app-*", region=None, TLS=NEW))
    write("desired/b.json", wants("TLSv1.3", "*") | region)
    assert drift("validate").code == 0
    drift("plan", *LIVE).failed("app-b is declared here against a policy")


def test_for_a_name_whose_region_is_known_it_is(drift: Drift, write: Write) -> None:
    region = {
        "if": {"properties": {"Region": {"pattern": "^eu-"}}},
        "then": tls({"minProperties": 2}),
    }
    write("desired/a.json", desired("app-a", "eu-central-1", TLS=NEW))
    inner = {"properties": wants("TLSv1.2")["properties"]}
    write("desired/b.json", policy(**{"if": region["if"], "then": inner}))
    drift("validate").failed("app-a is declared here against a policy")
    write("desired/a.json", desired("app-a", "cn-beijing", TLS=NEW))
    assert drift("validate").code == 0


def test_policies_of_which_no_bucket_is_in_both_regions_do_not_clash(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", wants("TLSv1.2", Region="cn-*"))
    write("desired/b.json", refuses("TLSv1.2", Region="eu-*"))
    assert drift("validate").code == 0
    assert drift("plan", *LIVE).code == 2


def test_a_policy_that_means_a_bucket_twice_holds_once(drift: Drift, write: Write) -> None:
    write("desired/a.json", wants("TLSv1.2", ["app-a", "app-*", "*-a", "!logs-a"]))
    plan = json.loads(drift("plan", *LIVE, "--format", "json").out)
    found = {one["name"]: len(one["changes"]) for one in plan["resource_changes"]}
    assert found == {"app-a": 1, "app-b": 1, "logs-a": 0}


def test_policies_that_are_too_wide_are_never_green(drift: Drift, write: Write) -> None:
    """Where there are too many documents to look at each, the bucket is not judged."""
    names = [f"AES{number}" for number in range(17)]
    some = {"anyOf": [{"maxItems": 30}, *({"contains": {"const": name}} for name in names)]}
    old = {"properties": {"TLSVersion": {"contains": {"const": "TLSv1.0"}}}}
    parts = {"TLS": old, "CipherSuite": {"properties": {"CustomCipherSuite": some}}}
    write("desired/a.json", policy(properties={"HttpsConfiguration": {"properties": parts}}))
    assert drift("validate").code == 0
    plan = json.loads(drift("plan", *LIVE, "--format", "json").out)
    assert plan["verdict"] == "incomplete"
    problem = plan["resource_changes"][0]["problem"]
    assert problem["code"] == "TooManyDocuments"
    assert problem["message"].startswith("The policies are too wide: there are more than")


def test_what_tags_hide_offline_is_found_when_the_buckets_are_listed(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", desired("app-*", region=None, TLS=NEW))
    write("desired/b.json", wants("TLSv1.2", Tags={"stage": "prod"}))
    tag = "<Tag><Key>stage</Key><Value>prod</Value></Tag>"
    tagging = f"<Tagging><TagSet>{tag}</TagSet></Tagging>"
    write("recording/cn-beijing/app-a/tagging.xml", tagging)
    assert drift("validate").code == 0
    for options in ((), ("--list",)):
        ran = drift("plan", *LIVE, *options).failed(
            "desired/a.json:6:21: error: app-a is declared here against a policy"
        )
    assert "Nothing was compared" in drift("plan", *LIVE).err
    assert ran.code == 1


def test_an_impossible_bucket_is_never_green(drift: Drift, write: Write) -> None:
    """A policy may ask the impossible of some names only: their buckets cannot be judged."""
    schema = {"if": {"properties": {"Bucket": {"pattern": "^logs"}}}}
    write("desired/a.json", policy(**schema, then={"not": {}}))
    ran = drift("plan", *LIVE, "--format", "json")
    plan = json.loads(ran.out)
    status = {one["name"]: one["status"] for one in plan["resource_changes"]}
    assert (ran.code, plan["verdict"]) == (1, "incomplete")
    assert status == {"app-a": "in_sync", "app-b": "in_sync", "logs-a": "unreadable"}
    problem = next(one["problem"] for one in plan["resource_changes"] if one["problem"])
    assert (
        problem["message"]
        == "Nothing that drift knows satisfies all that is declared for this bucket."
    )
    assert problem["advice"] == "Mend desired/a.json:4."


def test_of_a_name_the_impossible_is_an_error_beforehand(drift: Drift, write: Write) -> None:
    schema = {"properties": {"Bucket": {"pattern": "^prod-"}}}
    write("desired/a.json", policy({"Bucket": ["prod-a", "test-a"]}, **schema))
    drift("validate").failed("error: No HttpsConfiguration can satisfy this policy. [/properties/B")


def test_many_patterns_take_a_bounded_time(drift: Drift, write: Write) -> None:
    patterns = [f"b{number}-*" for number in range(1500)]
    write("desired/a.json", wants("TLSv1.2", patterns))
    write("desired/b.json", wants("TLSv1.3", patterns))
    write("desired/c.json", desired([f"bucket-{n}" for n in range(500)], TLS=NEW))
    write(
        "desired/d.json",
        policy(**{"if": {"properties": {"Bucket": {"pattern": "1"}}}, "then": {"not": {}}}),
    )
    assert drift("validate").code == 1
