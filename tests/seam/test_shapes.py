"""Settings of every shape: each member is compared, or the class is refused when it is defined."""

import json
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from pydantic import Field

from drift.render import Format
from drift.settings.setting import Element, Normal, Setting
from tests.seam.test_seam import PACKAGE, run_drift, schema, write
from tests.seam.website_logging import Target

ALL: dict[str, Any] = {
    "Status": "Enabled",
    "Owner": "true",
    "Limit": 1,
    "IsPublic": True,
    "Origin": ["a", "b"],
    "Target": {"Enable": True, "Prefix": "logs/", "Level": "Full", "Days": 7},
}
"""A text that looks like a switch, and a number that Python takes for one, are none."""

OTHER: dict[str, Any] = {
    "Status": "Disabled",
    "Owner": "false",
    "Limit": 0,
    "IsPublic": False,
    "Origin": ["b", "c"],
    "Target": {"Enable": True, "Prefix": "", "Level": "Brief", "Days": 70},
}


def xml(members: dict[str, Any]) -> str:
    def element(name: str, value: object) -> str:
        if isinstance(value, dict):
            inner = "".join(element(*item) for item in value.items())
        else:
            inner = str(value).lower() if isinstance(value, bool) else str(value)
        return f"<{name}>{inner}</{name}>"

    elements = (
        element(name, one)
        for name, value in members.items()
        for one in (value if isinstance(value, list) else [value])
    )
    return f"<WebsiteLogging>{''.join(elements)}</WebsiteLogging>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of drift that has the setting, desired files and a recording."""
    folder = tmp_path_factory.mktemp("shapes")
    shutil.copytree(PACKAGE, folder / "drift", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("website_logging.py"), folder / "drift" / "settings")
    buckets = {"b-same": ALL} | {f"b-{name.lower()}": ALL | {name: OTHER[name]} for name in ALL}
    for name in ALL:
        buckets[f"n-{name.lower()}"] = {key: ALL[key] for key in ALL if key != name}
    for name in ALL["Target"]:
        inner = ALL["Target"] | {name: OTHER["Target"][name] if name != "Enable" else False}
        buckets[f"t-{name.lower()}"] = ALL | {"Target": inner}
    for name, members in buckets.items():
        path = folder / "recording" / "cn-hangzhou" / name / "websiteLogging.xml"
        path.parent.mkdir(parents=True)
        path.write_text(xml(members))
    write(folder, {"Bucket": [*buckets], "Region": "cn-hangzhou", "WebsiteLogging": ALL})
    return folder


@pytest.fixture(scope="module")
def plan(place: Path) -> dict[str, dict[str, Any]]:
    """Return what a plan says of each bucket."""
    options = ("--live", "recording", "--format", "json", "--out", "plan.json")
    done = run_drift(place, "plan", "desired", *options)
    assert done.returncode == 2, done.stderr
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema(place, "plan")).validate(document)
    return {one["name"]: one for one in document["resource_changes"]}


def differences(resource: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (one["path"].removeprefix("/WebsiteLogging/"), one["action"], one["before"], one["after"])
        for one in resource["changes"]
    ]


def test_a_bucket_that_has_every_member_as_desired_is_in_sync(
    plan: dict[str, dict[str, Any]],
) -> None:
    assert plan["b-same"]["status"] == "in_sync"
    assert [name for name, one in plan.items() if one["status"] == "in_sync"] == ["b-same"]


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("Origin", "Target")])
def test_a_plain_member_that_differs_is_an_update(
    plan: dict[str, dict[str, Any]], name: str
) -> None:
    resource = plan[f"b-{name.lower()}"]
    assert differences(resource) == [(name, "update", OTHER[name], ALL[name])]
    assert type(resource["changes"][0]["before"]) is type(OTHER[name])
    assert resource["impact"] == "mixed"
    assert resource["meaning"] == f"has another {name} than is wanted"
    assert resource["change"]["after"] == {"WebsiteLogging": ALL}


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("Origin", "Target")])
def test_a_plain_member_that_is_not_reported_is_an_addition(
    plan: dict[str, dict[str, Any]], name: str
) -> None:
    resource = plan[f"n-{name.lower()}"]
    assert differences(resource) == [(name, "add", None, ALL[name])]
    assert (resource["impact"], resource["meaning"]) == ("mixed", f"does not report {name}")


def test_a_plain_list_is_compared_entry_by_entry(plan: dict[str, dict[str, Any]]) -> None:
    assert differences(plan["b-origin"]) == [
        ("Origin", "add", None, "a"),
        ("Origin", "remove", "c", None),
    ]


@pytest.mark.parametrize("name", ["Prefix", "Level", "Days"])
def test_a_plain_member_of_a_part_that_differs_is_an_update(
    plan: dict[str, dict[str, Any]], name: str
) -> None:
    before, after = OTHER["Target"][name], ALL["Target"][name]
    assert differences(plan[f"t-{name.lower()}"]) == [(f"Target/{name}", "update", before, after)]


@pytest.mark.parametrize("name", get_args(Format))
def test_every_report_shows_such_changes(
    place: Path, plan: dict[str, dict[str, Any]], name: str
) -> None:
    assert plan
    done = run_drift(place, "show", "plan.json", "--format", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Disabled" in done.stdout


def policy(place: Path, tmp_path: Path, **members: object) -> dict[str, dict[str, Any]]:
    """Return the plan of a policy for the members."""
    rule = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-drift": {"Bucket": "b-*"},
        "properties": {"WebsiteLogging": {"properties": members}},
    }
    write(tmp_path, rule)
    live = ("--live", str(place / "recording"), "--format", "json")
    done = run_drift(place, "plan", str(tmp_path / "desired"), *live)
    assert done.stdout, done.stderr
    return {one["name"]: one for one in json.loads(done.stdout)["resource_changes"]}


@pytest.mark.parametrize(
    "rule",
    [
        {"Owner": {"const": "true"}},
        {"Limit": {"minimum": 1}},
        {"Status": {"const": "Enabled"}},
        {"Target": {"properties": {"Prefix": {"const": "logs/"}, "Days": {"maximum": 60}}}},
    ],
    ids=lambda rule: next(iter(rule)),
)
def test_a_policy_about_plain_members_is_green_only_where_it_holds(
    place: Path, tmp_path: Path, rule: dict[str, Any]
) -> None:
    """Whether a nearest document can be found is another question; free texts have no end."""
    found = policy(place, tmp_path, **rule)
    bad = f"b-{next(iter(rule)).lower()}"
    green = {name for name, one in found.items() if one["status"] == "in_sync"}
    assert green == {name for name in found if name.startswith("b-")} - {bad}
    assert found[bad]["status"] == "unreadable"
    assert found[bad]["problem"]["code"] == "TooManyDocuments"


@pytest.mark.parametrize("rule", [{"items": {"const": "x"}}, {"maximum": 3}])
def test_a_keyword_that_says_nothing_of_a_text_is_an_error(
    place: Path, tmp_path: Path, rule: dict[str, Any]
) -> None:
    schema_of_rule = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-drift": {"Bucket": "b-*"},
        "properties": {"WebsiteLogging": {"properties": {"Owner": rule}}},
    }
    write(tmp_path, schema_of_rule)
    done = run_drift(place, "validate", str(tmp_path / "desired"))
    assert done.returncode == 1


class Color(StrEnum):
    """An enumeration, which pydantic does not take from JSON in strict mode."""

    RED = "red"


class Inner(Element):
    """An element that is no part."""

    name: str = Field(alias="Name")


class Nested(Target):
    """A part with an element in it."""

    inner: Inner | None = Field(default=None, alias="Inner")

    def normal(self) -> Normal:
        """Return the name beside the switch."""
        return {"Enable": True} | ({"Inner": {"Name": self.inner.name}} if self.inner else {})


def test_policies_see_all_members_of_a_part() -> None:
    part = Nested(Enable=True, Inner=Inner(Name="x"))
    silent = {"Enable": True, "Prefix": None, "Level": None, "Days": None}
    assert part.complete() == silent | {"Inner": {"Name": "x"}}
    assert Nested(Enable=True).complete() == silent | {"Inner": None}


@pytest.mark.parametrize(
    ("base", "annotation"),
    [
        (Element, Color),
        (Element, float),
        (Element, object),
        (Element, str | int),
        (Element, str | bool | None),
        (Element, list[str]),
        (Element, tuple[int, ...]),
        (Element, tuple[str, str]),
        (Element, tuple[Inner, ...]),
        (Element, dict[str, str]),
        (Setting, Inner),
        (Setting, Inner | None),
    ],
    ids=str,
)
def test_a_member_that_could_not_be_compared_is_refused_when_the_class_is_defined(
    base: type[Element], annotation: Any
) -> None:
    members = {"__annotations__": {"x": annotation}, "x": Field(alias="X"), "__module__": "test"}
    with pytest.raises(TypeError, match=r"[xX] cannot be compared\. "):
        type("Odd", (base,), members)


def test_a_member_without_the_name_of_the_api_is_refused_when_the_class_is_defined() -> None:
    with pytest.raises(TypeError, match=r"Odd\.x needs an alias"):
        type("Odd", (Element,), {"__annotations__": {"x": str}, "__module__": "test"})
