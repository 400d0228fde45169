"""Patterns, exclusions, regions, tags and undeclared buckets, and the list of what decides."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest

from drift.check import compare
from drift.cli import output
from drift.discovery.decide import Listing, decide
from drift.live.fleet import Fleet
from drift.live.listing import page_body
from drift.live.recording import Recording
from drift.live.service_error import error_body
from drift.live.source import Answer, Bucket, NoAnswerError
from drift.plan import Problem
from drift.render import Screen
from drift.schema import dumps
from drift.settings.https import HttpsConfiguration, Tls
from tests.cli.running import Ran, desired
from tests.declared import NOW, File
from tests.policy.files import ciphers
from tests.policy.files import file as policy

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]
Plan: TypeAlias = Callable[..., dict[str, Any]]

OFF = {"TLS": {"Enable": False}}
AS_DESIRED = (
    "<HttpsConfiguration><TLS><Enable>true</Enable><TLSVersion>TLSv1.2</TLSVersion>"
    "<TLSVersion>TLSv1.3</TLSVersion></TLS></HttpsConfiguration>"
)
LIVE = ("--live", "recording")


@pytest.fixture(autouse=True)
def buckets(write: Write) -> None:
    """Record an account with buckets in two regions, all of them as `desired()` declares."""
    for path in (
        "cn-beijing/app-a",
        "cn-beijing/logs-a",
        "eu-central-1/app-b",
        "eu-central-1/data",
    ):
        write(f"recording/{path}/httpsConfig.xml", AS_DESIRED)


@pytest.fixture
def plan(drift: Drift) -> Plan:
    """Return the plan of the folder `desired` as JSON; it obeys the schema."""

    def planned(*arguments: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(
            drift("plan", *LIVE, "--format", "json", *arguments).out
        )
        jsonschema.validate(document, json.loads(dumps("plan")))
        return document

    return planned


def statuses(plan: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["status"] for one in plan["resource_changes"]}


def test_a_pattern_is_for_all_buckets_of_all_regions(write: Write, plan: Plan) -> None:
    write("desired/a.json", desired("*", region=None))
    found = plan()
    assert found["verdict"] == "in_sync"
    assert {one["name"]: one["region"] for one in found["resource_changes"]} == {
        "app-a": "cn-beijing",
        "app-b": "eu-central-1",
        "data": "eu-central-1",
        "logs-a": "cn-beijing",
    }
    assert {one["source"]["line"] for one in found["resource_changes"]} == {2}


def test_an_exclusion_takes_a_bucket_out_of_the_patterns_of_its_file(
    write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired(["app-*", "logs-a", "!*-a"], region=None))
    assert statuses(plan()) == {
        "app-a": "undeclared", "app-b": "in_sync", "data": "undeclared", "logs-a": "in_sync"
    }  # fmt: skip
    write("desired/b.json", desired("app-?", region=None))
    assert statuses(plan())["app-a"] == "in_sync"


@pytest.mark.parametrize("region", ["cn-*", "cn-beijing", "??-beijing"])
def test_a_region_narrows_the_patterns(write: Write, plan: Plan, region: str) -> None:
    write("desired/a.json", desired("*a*", region=region))
    found = statuses(plan())
    assert [name for name, status in found.items() if status == "in_sync"] == ["app-a", "logs-a"]


def test_the_option_region_narrows_no_pattern(write: Write, plan: Plan) -> None:
    write("desired/a.json", desired("*", region=None))
    assert plan("--region", "cn-beijing")["summary"]["in_sync"] == 4


def test_tags_narrow_the_patterns_and_all_must_match(write: Write, plan: Plan) -> None:
    tag = "<Tag><Key>{}</Key><Value>{}</Value></Tag>"
    for path, tags in (
        ("cn-beijing/app-a", tag.format("stage", "prod") + tag.format("team", "one")),
        ("eu-central-1/app-b", tag.format("stage", "prod")),
        ("eu-central-1/data", tag.format("stage", "test") + tag.format("team", "one")),
        ("cn-beijing/logs-a", ""),
    ):
        body = f"<Tagging><TagSet>{tags}</TagSet></Tagging>"
        write(f"recording/{path}/tagging.xml", body)
    wanted = {"stage": "prod", "team": "one"}
    write("desired/a.json", desired("*", region=None) | {"Tags": wanted})
    found = statuses(plan())
    assert [name for name, status in found.items() if status == "in_sync"] == ["app-a"]


def test_a_named_bucket_is_where_the_list_says(drift: Drift, write: Write, plan: Plan) -> None:
    write("desired/a.json", desired(["app-a", "logs-*"], region="eu-*"))
    write("desired/b.json", desired(["app-b"], region="cn-beijing"))
    found = plan("--undeclared", "ignore")
    assert found["verdict"] == "in_sync"
    assert [one["warnings"] for one in found["resource_changes"]] == [
        [{"path": "/Region", "message": f"the file says {said}, and the bucket is in {home}"}]
        for said, home in (("eu-*", "cn-beijing"), ("cn-beijing", "eu-central-1"))
    ]
    ran = drift("plan", *LIVE)
    assert ran.code == 0
    assert (
        "oss_bucket_https_config.app-b: warning: the file says cn-beijing, and the bucket is in "
        "eu-central-1. [/Region]\n"
    ) in ran.err
    drift("plan", *LIVE, "--strict").failed('"logs-*" matches no bucket')


def test_a_region_that_an_option_says_is_no_files_fault(write: Write, plan: Plan) -> None:
    write("desired/a.json", desired("app-a", region=None))
    (found,) = plan("--region", "eu-central-1")["resource_changes"]
    assert (found["region"], found["warnings"]) == ("cn-beijing", [])


def test_a_named_bucket_that_is_not_listed_is_read_where_it_is_declared(
    write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired(["another-account", "app-*"], region="cn-beijing"))
    found = plan()["resource_changes"]
    assert [(one["name"], one["region"], one["status"]) for one in found[:2]] == [
        ("another-account", "cn-beijing", "missing"),
        ("app-a", "cn-beijing", "in_sync"),
    ]


def test_a_pattern_of_regions_places_no_bucket_of_another_account(write: Write, plan: Plan) -> None:
    write("desired/a.json", desired(["another-account", "app-a"], region="cn-*"))
    found = plan()
    assert found["verdict"] == "incomplete"
    assert found["resource_changes"][0]["problem"]["code"] == "RegionNotKnown"
    assert statuses(found) == {"another-account": "unreadable", "app-a": "in_sync"}


def test_the_pattern_that_fixes_more_decides(write: Write, plan: Plan) -> None:
    write("desired/a.json", desired("*", region=None, **OFF))
    write("desired/b.json", desired("app-*", region=None))
    write("desired/c.json", desired("app-b", "eu-central-1", **OFF))
    assert statuses(plan()) == {
        "app-a": "in_sync", "app-b": "drift", "data": "drift", "logs-a": "drift"
    }  # fmt: skip


def test_patterns_that_agree_are_one(write: Write, plan: Plan) -> None:
    other = {"TLS": {"Enable": True, "TLSVersion": ["TLSv1.3", "TLSv1.2"]}}
    write("desired/a.json", desired("app-*", region=None))
    write("desired/b.json", desired("*app-*", region="*-*", **other))
    write("desired/c.json", desired("*pp-*", region=None, **OFF))
    write("desired/d.json", desired("a*", region=None, **OFF))
    assert statuses(plan("--undeclared", "ignore")) == {"app-a": "in_sync", "app-b": "in_sync"}


def test_each_change_stands_in_the_file_that_decides_its_bucket(write: Write, plan: Plan) -> None:
    for name in ("app", "logs"):
        write(f"desired/{name}.json", desired(f"{name}-*", region=None, **OFF))
    changed = [one for one in plan()["resource_changes"] if one["changes"]]
    assert [(one["name"], one["changes"][0]["source"]["file"]) for one in changed] == [
        ("app-a", "desired/app.json"),
        ("app-b", "desired/app.json"),
        ("logs-a", "desired/logs.json"),
    ]


def test_patterns_that_disagree_are_an_error_that_names_both_files(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", desired("app-*", region=None))
    write("desired/b.json", desired(["data", "*-app", "?pp-*", "*app-*"], "eu-central-1", **OFF))
    write("desired/c.json", desired("logs-*", region=None))
    ran = drift("plan", *LIVE).failed(
        "desired/b.json:6:5: error: app-b is declared differently in desired/a.json:2:13. Keep one "
        "of them, or make them equal. [/Bucket/3]\n",
        'desired/b.json:4:5: warning: "*-app" matches no bucket. Mend it or what narrows it, or '
        "take it out. [/Bucket/1]\n",
        "Error: Nothing was compared: it is not clear what is declared.",
    )
    assert ran.out == ""
    assert "/Bucket/2" not in ran.err
    listed = drift("plan", *LIVE, "--list").failed("app-b is declared differently")
    assert "logs-a  cn-beijing" in listed.out
    assert "app-b" not in listed.out
    assert listed.out.endswith(" Declarations that disagree decide nothing.\n")
    listing = json.loads(drift("plan", *LIVE, "--list", "--format", "json").out)
    (conflict,) = listing["conflicts"]
    assert conflict["place"].startswith("desired/b.json:6:5")


def test_a_dispute_over_many_buckets_is_one_error(drift: Drift, write: Write) -> None:
    write("desired/a.json", desired("app-*", region=None))
    write("desired/b.json", desired("*app-*", region=None, **OFF))
    ran = drift("plan", *LIVE).failed(
        "desired/b.json:2:13: error: app-a (and 1 more) is declared differently in "
        "desired/a.json:2:13."
    )
    assert ran.err.count("declared differently") == 1


def test_declarations_that_disagree_are_never_compared(folder: Path) -> None:
    one, other = (
        File(("app-*",), HttpsConfiguration(TLS=Tls(Enable=on, TLSVersion=("TLSv1.3",))), name=name)
        for on, name in ((True, "a"), (False, "b"))
    )
    recording = Recording(folder / "recording")
    found = decide(
        [*one.declarations(), *other.declarations()], Listing(tuple(recording.buckets()))
    )
    with pytest.raises(ValueError, match="disagree"):
        compare(found, Fleet(recording), now=NOW)


def test_a_pattern_that_matches_nothing_is_a_warning_and_with_strict_an_error(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", desired(["app-*", "web-*"], region=None))
    said = 'desired/a.json:4:5: {}: "web-*" matches no bucket. Mend it or what narrows it'
    ran = drift("plan", *LIVE)
    assert ran.code == 0
    assert said.format("warning") in ran.err
    ran = drift("plan", *LIVE, "--strict").failed(said.format("error"), "Nothing was compared")
    assert ran.out == ""


@pytest.fixture
def tagged(write: Write) -> None:
    """Tag the bucket app-a alone."""
    tag = "<Tag><Key>stage</Key><Value>prod</Value></Tag>"
    for path in (
        "cn-beijing/app-a",
        "cn-beijing/logs-a",
        "eu-central-1/app-b",
        "eu-central-1/data",
    ):
        tags = tag if path.endswith("app-a") else ""
        body = f"<Tagging><TagSet>{tags}</TagSet></Tagging>"
        write(f"recording/{path}/tagging.xml", body)


PROD = {"Tags": {"stage": "prod"}}


@pytest.mark.usefixtures("tagged")
@pytest.mark.parametrize(
    ("head", "shortcoming"),
    [
        ({"Bucket": "web-*", "Region": "cn-*", **PROD}, ""),
        ({"Bucket": ["logs-*", "!*-a"]}, " that it does not exclude"),
        ({"Bucket": ["app-*", "!app-?"], "Region": "x*", **PROD}, " that it does not exclude"),
        ({"Bucket": "logs-*", "Region": "eu-*"}, " in eu-*"),
        ({"Bucket": "logs-*", "Region": "eu-*", **PROD}, " in eu-*"),
        ({"Bucket": "logs-*", **PROD}, " with the tag stage=prod"),
        ({"Bucket": "app-*", "Region": "eu-*", **PROD}, " in eu-* with the tag stage=prod"),
        ({"Bucket": "*", "Tags": {"a": "x", "b": "y"}}, " with the tags a=x, b=y"),
    ],
)
def test_a_pattern_that_matches_nothing_says_what_the_buckets_lack(
    drift: Drift, write: Write, head: dict[str, Any], shortcoming: str
) -> None:
    write("desired/a.json", desired(region=None) | head)
    pattern = head["Bucket"] if isinstance(head["Bucket"], str) else head["Bucket"][0]
    ran = drift("plan", *LIVE)
    assert f'warning: "{pattern}" matches no bucket{shortcoming}. Mend it' in ran.err


@pytest.mark.parametrize("policy", ["ignore", "report", "fail"])
def test_a_plan_of_patterns_that_match_nothing_is_not_green(
    write: Write, plan: Plan, policy: str
) -> None:
    write("desired/a.json", desired("web-*", region=None))
    assert plan("--undeclared", policy)["verdict"] == "incomplete"


def test_undeclared_buckets_are_reported_if_there_is_a_pattern(
    drift: Drift, write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired("app-*", region=None))
    found = plan()
    assert found["undeclared"] == "report"
    assert found["verdict"] == "in_sync"
    assert found["summary"] == {
        "buckets": 2, "in_sync": 2, "waived": 0, "drift": 0, "missing": 0, "unreadable": 0,
        "undeclared": 2,
    }  # fmt: skip
    data = next(one for one in found["resource_changes"] if one["name"] == "data")
    assert (data["address"], data["source"], data["impact"]) == ("oss_bucket.data", None, None)
    assert data["change"]["actions"] == []
    assert drift("plan", *LIVE).out == (
        "No desired file declares these buckets:\n"
        "  # data    eu-central-1\n"
        "  # logs-a  cn-beijing\n"
        "\n"
        "No changes. Live matches desired.\n"
        "2 buckets: 2 in sync. Undeclared: 2.\n"
        "Verdict: in_sync\n"
    )


def test_undeclared_buckets_are_ignored_if_there_are_only_names(
    drift: Drift, write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired("app-a", "cn-beijing"))
    assert plan()["undeclared"] == "ignore"
    assert statuses(plan("--undeclared", "report"))["data"] == "undeclared"
    ran = drift("plan", *LIVE, "--undeclared", "fail")
    assert ran.code == 2
    assert "  ! data    eu-central-1\n" in ran.out


def test_the_policy_may_stand_in_the_environment(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("desired/a.json", desired("app-*", region=None))
    monkeypatch.setenv("DRIFT_UNDECLARED", "fail")
    ran = drift("plan", *LIVE, "--out", "plan.json")
    assert ran.code == 2
    assert ran.out.endswith("2 buckets: 2 in sync. Undeclared: 2.\nVerdict: drift\n")
    assert drift("show", "plan.json").out == ran.out


def test_a_saved_plan_cannot_be_made_green_by_hand(drift: Drift, write: Write, plan: Plan) -> None:
    write("desired/a.json", desired("app-*", region=None))
    found = plan("--undeclared", "fail")
    found |= {"verdict": "in_sync"}
    drift("show", write("p.json", found)).failed("its verdict does not follow")
    for one in found["resource_changes"]:
        one["source"] = None
    drift("show", write("p.json", found)).failed("undeclared if and only if nothing declares it")


def test_thousands_of_undeclared_buckets_do_not_bury_the_drift(drift: Drift, write: Write) -> None:
    for number in range(1200):
        write(f"recording/cn-beijing/old-{number:04}/httpsConfig.xml", AS_DESIRED)
    write("desired/a.json", desired("app-*", region=None))
    ran = drift("plan", *LIVE)
    assert ran.out.count("old-") == 8
    both = "`drift plan --list` or `drift show PLAN --format json`"
    assert f"  # (1192 more; {both} has all)\n" in ran.out
    assert "Undeclared: 1202." in ran.out
    assert drift("plan", *LIVE, "--list").out.count("old-") == 1200


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the credentials list no buckets."""
    body = error_body("AccessDenied", "You have no right to access this object.")
    monkeypatch.setattr(Recording, "page", lambda *_: Answer(403, body))


@pytest.mark.usefixtures("refused")
def test_without_the_permission_to_list_patterns_are_not_judged_and_names_are_read(
    drift: Drift, write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired(["app-*", "app-a", "web-*"], "cn-beijing"))
    write("desired/b.json", desired(["app-*"], region=None))
    found = plan()
    assert found["verdict"] == "incomplete"
    assert statuses(found) == {"app-*": "unreadable", "app-a": "in_sync", "web-*": "unreadable"}
    first = found["resource_changes"][0]
    assert first["source"] == {"file": "desired/a.json", "line": 3, "column": 5}
    assert "oss:ListBuckets on acs:oss:*:*:*" in first["problem"]["advice"]
    ran = drift("plan", *LIVE)
    assert ran.code == 1
    assert "? 2 buckets could not be judged: AccessDenied (cn-beijing 2)\n" in ran.out
    assert "    #   web-*  cn-beijing  desired/a.json:" in ran.out
    assert "matches no bucket" not in ran.err


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("policy", ["report", "fail"])
def test_without_the_permission_to_list_it_is_not_known_what_is_undeclared(
    drift: Drift, write: Write, plan: Plan, policy: str
) -> None:
    write("desired/a.json", desired("app-a", "cn-beijing"))
    found = plan("--undeclared", policy)
    assert found["verdict"] == "incomplete"
    assert statuses(found) == {"*": "unreadable", "app-a": "in_sync"}
    assert found["resource_changes"][0]["address"] == "oss_bucket.*"
    ran = drift("plan", *LIVE, "--undeclared", policy, "--out", "plan.json")
    assert ran.code == 1
    assert drift("show", "plan.json").out == ran.out
    assert drift("plan", *LIVE, "--undeclared", "ignore").code == 0


def test_a_tag_that_cannot_be_asked_for_leaves_patterns_unjudged(write: Write, plan: Plan) -> None:
    write("recording/cn-beijing/app-a/tagging.xml", "<Tagging>")
    write("desired/a.json", desired("*", region=None) | {"Tags": {"stage": "prod"}})
    found = plan()
    assert statuses(found) == {"*": "unreadable"}
    assert found["resource_changes"][0]["problem"]["code"] == "FileNotReadable"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting be read."""

    def reading(*_: object) -> Answer:
        raise AssertionError

    monkeypatch.setattr(Recording, "read", reading)


def several(write: Write) -> None:
    write("desired/all.json", desired(["*", "!data"], region=None))
    write("desired/app.json", desired(["app-*", "another"], "eu-central-1", **OFF))
    write("desired/idle.json", desired("?????", region=None))
    write("desired/one.json", desired("app-b", "eu-central-1"))


LISTED = """\
another  eu-central-1  desired/app.json:4  is named
app-a    cn-beijing    desired/all.json:3  matches "*"
app-b    eu-central-1  desired/one.json:2  is named before "app-*" in \
desired/app.json:3, "*" in desired/all.json:3, "?????" in desired/idle.json:2
data     eu-central-1  -                   undeclared
logs-a   cn-beijing    desired/all.json:3  matches "*"
"app-*" in desired/app.json:3 decides none of its buckets: others beat it.
4 buckets are declared, 1 undeclared.
"""


@pytest.mark.usefixtures("unread")
def test_the_list_says_which_file_decides_each_bucket_and_why(drift: Drift, write: Write) -> None:
    several(write)
    assert drift("plan", *LIVE, "--list") == (0, LISTED, "")


@pytest.mark.usefixtures("unread")
def test_the_list_fits_a_narrow_terminal(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(write)
    whole = drift("plan", *LIVE, "--list").out
    monkeypatch.setattr(output, "screen", lambda _: Screen(60))
    narrow = drift("plan", *LIVE, "--list").out
    assert narrow.split() == whole.split()
    assert all(len(line) <= 60 for line in narrow.splitlines())
    assert '\n    is named before "app-*" in desired/app.json:3,' in narrow


@pytest.mark.usefixtures("unread")
def test_the_list_as_json_has_all_of_it(drift: Drift, write: Write) -> None:
    several(write)
    document = json.loads(drift("plan", *LIVE, "--list", "--format", "json").out)
    assert document["format_version"] == "1.0"
    assert [one["name"] for one in document["decisions"]] == ["another", "app-a", "app-b", "logs-a"]
    app_b = document["decisions"][2]
    assert app_b["decided_by"] == {
        "bucket": "app-b",
        "source": {"file": "desired/one.json", "line": 2, "column": 13},
    }
    assert [one["bucket"] for one in app_b["before"]] == ["app-*", "*", "?????"]
    assert document["undeclared"] == [{"name": "data", "region": "eu-central-1"}]
    assert [one["bucket"] for one in document["idle"]] == ["app-*"]
    assert (document["unlisted"], document["problem"]) == ([], None)


@pytest.mark.usefixtures("unread", "refused")
def test_the_list_of_what_cannot_be_listed_is_no_success(drift: Drift, write: Write) -> None:
    several(write)
    ran = drift("plan", *LIVE, "--list")
    assert ran.code == 1
    assert "app-*    eu-central-1  desired/app.json:3   unknown: its buckets could not" in ran.out
    assert "The buckets could not be listed. These credentials may not list" in ran.out
    document = json.loads(drift("plan", *LIVE, "--list", "--format", "json").out)
    assert document["problem"]["code"] == "AccessDenied"
    assert {one["bucket"] for one in document["unlisted"]} == {"*", "app-*", "?????"}


@pytest.mark.usefixtures("unread")
def test_the_list_of_names_asks_nobody(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def paging(*_: object) -> Answer:
        raise NoAnswerError(Problem(code="Asked", message="", advice=""))

    monkeypatch.setattr(Recording, "page", paging)
    write("desired/a.json", desired("app-a", region=None))
    assert drift("plan", *LIVE, "--list") == (
        0, "app-a  -  desired/a.json:2  is named\n1 bucket is declared.\n", ""
    )  # fmt: skip
    write("desired/a.json", desired("app-*", region=None))
    assert drift("plan", *LIVE, "--list").code == 1


def test_what_is_undeclared_is_unknown_where_the_list_cannot_be_had(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def paging(*_: object) -> Answer:
        raise NoAnswerError(Problem(code="Off", message="It is off.", advice="Put it on."))

    monkeypatch.setattr(Recording, "page", paging)
    write("desired/a.json", desired("app-a", "cn-beijing"))
    ran = drift("plan", *LIVE, "--undeclared", "fail")
    assert ran.code == 1
    assert ran.out.startswith(
        "  ? oss_bucket.* could not be judged: Off\n    # It is off. Put it on.\n\nPlan: 0 to add"
    )


def test_the_list_of_nothing_is_short(drift: Drift, write: Write) -> None:
    write("desired/a.json", desired("web-*", region=None))
    ran = drift("plan", *LIVE, "--list", "--undeclared", "ignore")
    assert ran.out == "0 buckets are declared.\n"
    assert drift("plan", *LIVE, "--list", "--strict").code == 1


def test_a_hostile_pattern_is_matched_at_once(drift: Drift, write: Write) -> None:
    name = "a" * 60
    write(f"recording/cn-beijing/{name}/httpsConfig.xml", AS_DESIRED)
    write("desired/a.json", desired(["*a" * 30 + "*b", "app-*"], region=None))
    assert drift("plan", *LIVE).code == 0


@pytest.mark.usefixtures("refused")
def test_a_name_that_only_the_list_could_place_says_that_it_was_refused(
    drift: Drift, write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired("app-a", "cn-*"))
    (one,) = plan()["resource_changes"]
    assert one["problem"]["code"] == "AccessDenied"
    assert "oss:ListBuckets" in one["problem"]["advice"]
    listed = drift("plan", *LIVE, "--list", "--undeclared", "report")
    assert listed.code == 1
    assert "it is not known how many undeclared." in listed.out


def test_a_list_is_no_plan_to_save(drift: Drift, write: Write) -> None:
    write("desired/a.json", desired("app-*"))
    drift("plan", *LIVE, "--list", "--out", "plan.json").failed("--list makes no plan")
    assert not Path("plan.json").exists()


def test_a_bucket_as_such_is_never_in_sync(drift: Drift, write: Write, plan: Plan) -> None:
    write("desired/a.json", desired("app-*", region=None))
    found = plan()
    found["resource_changes"][-1] |= {
        **{name: found["resource_changes"][0][name] for name in ("source", "impact", "change")},
        "status": "in_sync",
    }
    drift("show", write("p.json", found)).failed("a bucket as such has nothing")


def test_a_plan_of_nothing_says_why_it_is_not_green(drift: Drift, write: Write) -> None:
    write("desired/a.json", desired("nothing-*"))
    ran = drift("plan", *LIVE)
    assert ran.code == 1
    assert "No declared bucket was found, so nothing is called green." in ran.out


@pytest.mark.usefixtures("refused")
def test_without_the_permission_to_list_policies_are_applied_to_names(
    write: Write, plan: Plan
) -> None:
    write("desired/a.json", desired("app-a", "cn-beijing"))
    strong = ciphers("StrongCipherSuite", {"const": True})
    write("desired/p.json", policy("app-*", strong, Region="cn-*"))
    assert statuses(plan()) == {"app-*": "unreadable", "app-a": "drift"}
    write("desired/p.json", policy("app-*", strong, Region="eu-*"))
    assert statuses(plan()) == {"app-*": "unreadable", "app-a": "in_sync"}
    write("desired/p.json", policy("app-*", strong, Tags={"stage": "prod"}))
    found = plan()
    assert statuses(found) == {"app-*": "unreadable", "app-a": "in_sync"}
    assert found["verdict"] == "incomplete"


def test_a_bucket_that_only_a_tag_lists_makes_the_list_doubtful(
    write: Write, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(source: Recording, _region: object, marker: str = "", tag: object = None) -> Answer:
        others = [Bucket("web-c", "cn-beijing")] if tag else []
        return Answer(200, page_body([*source.buckets(), *others], marker=marker))

    monkeypatch.setattr(Recording, "page", page)
    write("desired/a.json", desired("*", region=None) | PROD)
    found = plan()
    assert statuses(found) == {"*": "unreadable"}
    problem = found["resource_changes"][0]["problem"]
    assert problem["message"] == (
        "The answer lists a bucket by its tag that the list of all buckets has not."
    )
