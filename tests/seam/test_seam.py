"""The seam: adding a setting is adding one file. Each test drives a copy of drift that has one."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import drift
from tests.cli.running import environment

PACKAGE = Path(drift.__file__).parent
NEW = Path(__file__).with_name("public_access_block.py")

DESIRED = {
    "Bucket": ["oss-blocked", "oss-fresh", "oss-open"],
    "Region": "cn-hangzhou",
    "HttpsConfiguration": {"TLS": {"Enable": False}},
    "PublicAccessBlockConfiguration": {"BlockPublicAccess": True},
}
RECORDED = {
    "oss-blocked/httpsConfig.xml": "<HttpsConfiguration/>",
    "oss-blocked/publicAccessBlock.xml": (
        "<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess>"
        "</PublicAccessBlockConfiguration>"
    ),
    "oss-fresh/publicAccessBlock.xml": (
        "<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>"
    ),
    "oss-fresh/httpsConfig.xml": "<Error><Code>NoSuchHttpsConfig</Code></Error>",
    "oss-open/httpsConfig.xml": (
        "<HttpsConfiguration><TLS><Enable>true</Enable><TLSVersion>TLSv1.3</TLSVersion></TLS>"
        "</HttpsConfiguration>"
    ),
    "oss-open/publicAccessBlock.xml": (
        "<PublicAccessBlockConfiguration><BlockPublicAccess>false</BlockPublicAccess>"
        "</PublicAccessBlockConfiguration>"
    ),
}

OVER_HTTP = """
import os, sys
from pathlib import Path
import oss2
from drift.cli import main
from drift.emulator import EMULATOR_KEY, Emulator
from drift.live.recording import Recording

with Emulator(Recording(Path("recording"))) as emulator:
    os.environ["OSS_ACCESS_KEY_ID"] = EMULATOR_KEY.id
    os.environ["OSS_ACCESS_KEY_SECRET"] = EMULATOR_KEY.secret
    auth = oss2.AuthV4(EMULATOR_KEY.id, EMULATOR_KEY.secret)
    plan = ["plan", "desired", "--endpoint", emulator.url, "--format", "json"]
    code = main([*plan, "--out", "before.json"])
    for name in ("oss-open", "oss-fresh"):
        bucket = oss2.Bucket(auth, emulator.url, name, region="cn-hangzhou")
        body = Path("recording/cn-hangzhou/oss-blocked/publicAccessBlock.xml").read_bytes()
        bucket._do("PUT", name, "", params={"publicAccessBlock": ""}, data=body)
        answer = bucket._do("GET", name, "", params={"publicAccessBlock": ""}).read()
        assert b"<BlockPublicAccess>true</BlockPublicAccess>" in answer, answer
    main([*plan, "--out", "after.json"])
    sys.exit(code)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with drift and one file more, desired files and a recording."""
    folder = tmp_path_factory.mktemp("seam")
    shutil.copytree(PACKAGE, folder / "drift", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(NEW, folder / "drift" / "settings")
    write(folder, DESIRED)
    for name, body in RECORDED.items():
        path = folder / "recording" / "cn-hangzhou" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    return folder


def write(folder: Path, document: dict[str, Any]) -> None:
    (folder / "desired").mkdir(exist_ok=True)
    (folder / "desired" / "example.json").write_text(json.dumps(document, indent=2))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in `folder`, where it finds the copy of drift before any other."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(PYTHONPATH=str(folder)),
        capture_output=True,
        text=True,
        check=False,
    )


def run_drift(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "drift", *arguments)


def schema(folder: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run_drift(folder, "schema", name).stdout)
    return document


def statuses(plan: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["status"] for one in plan["resource_changes"]}


def test_the_copy_differs_from_drift_in_one_added_file(place: Path) -> None:
    def files(top: Path) -> dict[Path, bytes]:
        return {path.relative_to(top): path.read_bytes() for path in top.rglob("*.py")}

    copy = files(place / "drift")
    added = copy.keys() - files(PACKAGE).keys()
    assert added == {Path("settings/public_access_block.py")}
    assert {path: copy[path] for path in copy.keys() - added} == files(PACKAGE)


def test_the_schema_of_desired_files_has_the_new_setting(place: Path) -> None:
    document = schema(place, "oss-bucket")
    assert "PublicAccessBlockConfiguration" in document["properties"]
    validator = jsonschema.Draft202012Validator(document)
    assert validator.is_valid(DESIRED)
    assert not validator.is_valid(
        DESIRED | {"PublicAccessBlockConfiguration": {"BlockPublicAccess": "true"}}
    )


def test_a_desired_file_may_have_the_new_setting(place: Path) -> None:
    done = run_drift(place, "validate", "desired")
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 declared, 0 errors" in done.stdout


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"BlockPublicAcess": True}, "Did you mean BlockPublicAccess?"),
        ({"BlockPublicAccess": "true"}, '"true" is neither true nor false'),
        ({"BlockPublicAccess": None}, "null is no value here"),
        ({}, "`PublicAccessBlockConfiguration` manages nothing"),
        ([], "a list is not an object"),
    ],
)
def test_a_fault_in_the_new_setting_is_said_with_its_place(
    place: Path, tmp_path: Path, fault: object, said: str
) -> None:
    write(tmp_path, DESIRED | {"PublicAccessBlockConfiguration": fault})
    done = run_drift(place, "validate", str(tmp_path / "desired"))
    assert done.returncode == 1
    assert said in done.stderr
    assert "/PublicAccessBlockConfiguration" in done.stderr


def test_a_mistyped_name_of_the_new_setting_is_recognised(place: Path, tmp_path: Path) -> None:
    write(tmp_path, {"Bucket": "oss-open", "PublicAccesBlockConfiguration": {}})
    done = run_drift(place, "validate", str(tmp_path / "desired"))
    assert "Did you mean PublicAccessBlockConfiguration?" in done.stderr


def test_a_recording_gives_a_plan_with_both_settings_of_each_bucket(place: Path) -> None:
    done = run_drift(place, "plan", "desired", "--live", "recording", "--format", "json")
    assert (done.returncode, done.stderr) == (2, "")
    plan = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema(place, "plan")).validate(plan)
    assert statuses(plan) == {
        "oss_bucket_https_config.oss-blocked": "in_sync",
        "oss_bucket_public_access_block.oss-blocked": "in_sync",
        "oss_bucket_https_config.oss-fresh": "in_sync",
        "oss_bucket_public_access_block.oss-fresh": "drift",
        "oss_bucket_https_config.oss-open": "drift",
        "oss_bucket_public_access_block.oss-open": "drift",
    }
    fresh, changed = plan["resource_changes"][3], plan["resource_changes"][5]
    assert fresh["change"]["actions"] == ["create"]
    assert changed["impact"] == "weaker"
    assert [(one["path"], one["before"], one["after"]) for one in changed["changes"]] == [
        ("/PublicAccessBlockConfiguration/BlockPublicAccess", False, True)
    ]


def test_text_shows_the_new_setting_as_terraform_shows_an_attribute(place: Path) -> None:
    done = run_drift(place, "plan", "desired", "--live", "recording")
    head, _, rest = done.stdout.partition("  # oss_bucket_public_access_block.oss-open ")
    assert head
    assert rest.startswith("is weaker than desired\n  # It lets the public in.\n")
    block = rest[rest.index("  ~ resource") : rest.index("    }\n")]
    assert block.splitlines() == [
        '  ~ resource "oss_bucket_public_access_block" "oss-open" {',
        "      ~ BlockPublicAccess = false -> true",
    ]


def test_the_emulator_serves_and_stores_the_new_setting(place: Path) -> None:
    done = run(place, "-c", OVER_HTTP)
    said = "Credentials: the environment (OSS_ACCESS_KEY_ID).\n"
    assert (done.returncode, done.stderr.replace(said, "")) == (2, "")
    recorded = run_drift(place, "plan", "desired", "--live", "recording", "--format", "json")
    before, after = (
        json.loads((place / name).read_text()) for name in ("before.json", "after.json")
    )
    assert statuses(before) == statuses(json.loads(recorded.stdout))
    assert statuses(after) == statuses(before) | {
        "oss_bucket_public_access_block.oss-fresh": "in_sync",
        "oss_bucket_public_access_block.oss-open": "in_sync",
    }


def test_a_policy_may_be_about_the_new_setting(place: Path, tmp_path: Path) -> None:
    policy = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Nothing is public",
        "x-drift": {"Bucket": "oss-*"},
        "properties": {
            "PublicAccessBlockConfiguration": {"properties": {"BlockPublicAccess": {"const": True}}}
        },
    }
    write(tmp_path, policy)
    desired, recording = str(tmp_path / "desired"), str(place / "recording")
    done = run_drift(place, "plan", desired, "--live", recording, "--format", "json")
    assert (done.returncode, done.stderr) == (2, "")
    found = json.loads(done.stdout)["resource_changes"]
    assert {one["name"]: one["status"] for one in found} == {
        "oss-blocked": "in_sync", "oss-fresh": "drift", "oss-open": "drift"
    }  # fmt: skip
    (change,) = found[2]["changes"]
    assert (change["before"], change["after"], change["impact"]) == (False, True, "weaker")
    assert [one["title"] for one in change["violations"]] == ["Nothing is public"]


def test_a_policy_that_contradicts_the_new_setting_names_both(place: Path, tmp_path: Path) -> None:
    policy = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-drift": {"Bucket": "*"},
        "properties": {"PublicAccessBlockConfiguration": {"const": {"BlockPublicAccess": False}}},
    }
    write(tmp_path, DESIRED)
    (tmp_path / "desired" / "policy.json").write_text(json.dumps(policy))
    done = run_drift(place, "validate", str(tmp_path / "desired"))
    assert done.returncode == 1
    assert "example.json" in done.stderr
    assert "policy.json" in done.stderr
