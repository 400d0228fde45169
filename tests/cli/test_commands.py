"""What each command prints, loads and exits with."""

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest

from drift import __version__
from drift.emulator import EMULATOR_KEY, Emulator
from drift.live.oss import Oss
from drift.live.problem import own
from drift.live.source import Answer, NoAnswerError
from drift.schema import SCHEMAS, dumps
from tests.cli.running import (
    PATIENCE,
    SAMPLES,
    STRONG,
    Ran,
    begun,
    desired,
    process,
    python,
    shell,
)

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

COMMANDS = ("plan", "validate", "show", "schema", "emulator", "demo")
PLAN_SCHEMA = json.loads(dumps("plan"))
EXIT = {"in_sync": 0, "drift": 2, "incomplete": 1}


def test_without_a_command_help_is_printed_and_nothing_was_checked(drift: Drift) -> None:
    ran = drift()
    assert ran.code == 1
    assert all(f" {name} " in ran.out for name in COMMANDS)
    assert ran.err == ""


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_no_error(drift: Drift, name: str) -> None:
    ran = drift(*filter(None, [name]), "--help")
    assert ran.code == 0
    assert "Usage: drift" in ran.out
    assert ran.err == ""


def test_help_names_every_option_that_scripts_rely_on(drift: Drift) -> None:
    out = drift("plan", "--help").out
    for option in ("live", "endpoint", "region", "format", "out", "strict", "concurrency",
                   "timeout", "deadline", "undeclared", "list"):  # fmt: skip
        assert f"--{option}" in out
    for option in ("ENDPOINT", "REGION", "FORMAT", "STRICT", "CONCURRENCY", "TIMEOUT", "DEADLINE",
                   "UNDECLARED"):  # fmt: skip
        assert f"DRIFT_{option}" in out


def test_the_version_is_printed(drift: Drift) -> None:
    assert drift("--version") == (0, f"drift {__version__}\n", "")


def loaded(arguments: list[str], folder: Path) -> set[str]:
    """Return the modules that a run of drift has loaded at its end."""
    code = (
        "import sys; from drift.cli import main; code = main(sys.argv[1:]); "
        "print(code, *sys.modules, sep='\\n', file=sys.stderr)"
    )
    ran = python(f"import sys; sys.argv[1:] = {arguments!r}; {code}", cwd=folder)
    first, *names = ran.err.splitlines()
    assert first == "0", ran.err
    return {name for name in names if "." not in name}


def test_validating_loads_neither_the_sdk_nor_what_compares_or_draws(
    write: Write, folder: Path
) -> None:
    found = loaded(["validate", str(write("a.json"))], folder)
    assert "pydantic" in found
    assert not found & {"oss2", "requests", "urllib3", "deepdiff", "rich", "httptools"}


def test_the_version_loads_no_models(folder: Path) -> None:
    found = loaded(["--version"], folder)
    assert "typer" in found
    assert not found & {"pydantic", "oss2", "requests", "deepdiff", "rich", "defusedxml"}


def test_a_recording_is_read_without_the_sdk(write: Write, folder: Path) -> None:
    live = str(SAMPLES / "recording")
    found = loaded(["plan", str(write("a.json")), "--live", live], folder)
    assert not found & {"oss2", "requests", "deepdiff", "rich", "httptools"}


def test_a_package_run_as_a_module_exits_with_the_code(folder: Path, write: Write) -> None:
    live = SAMPLES / "recording"
    for bucket, code in (("oss-example", 0), ("oss-nowhere", 2), ("example-audit", 1)):
        path = write("a.json", desired(bucket, region="cn-beijing" if code == 1 else "cn-hangzhou"))
        assert process("plan", path, "--live", live, cwd=folder).code == code


CASES: dict[str, tuple[object, tuple[str, ...], str]] = {
    "in sync": (desired(), (), "in_sync"),
    "in sync, strictly": (desired(), ("--strict",), "in_sync"),
    "another order": (
        desired(TLS={"Enable": True, "TLSVersion": ["TLSv1.3", "TLSv1.2"]}),
        (),
        "in_sync",
    ),
    "drift": (desired(CipherSuite=STRONG), (), "drift"),
    "never configured": (desired("example-new"), (), "drift"),
    "missing": (desired("oss-nowhere"), (), "drift"),
    "missing and in sync": (desired(["oss-nowhere", "oss-example"]), (), "drift"),
    "denied": (desired("example-audit", "cn-beijing"), (), "incomplete"),
    "denied and in sync": (
        desired(["example-audit", "oss-example"], region=None),
        (),
        "incomplete",
    ),
    "denied and drift": (
        desired(["example-audit", "example-new"], region=None),
        (),
        "incomplete",
    ),
    "another region": (desired(region="eu-central-1"), (), "in_sync"),
    "another region, strictly": (desired(region="eu-central-1"), ("--strict",), "incomplete"),
    "not reported": (
        desired("example-website", CipherSuite={"Enable": False}),
        (),
        "in_sync",
    ),
    "not reported, strictly": (
        desired("example-website", CipherSuite={"Enable": False}),
        ("--strict",),
        "drift",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_text_json_and_exit_code_tell_the_same(
    drift: Drift, write: Write, recorded: tuple[str, Path], name: str
) -> None:
    content, options, verdict = CASES[name]
    path = write("a.json", content)
    text = drift("plan", path, *recorded, *options)
    as_json = drift("plan", path, *recorded, *options, "--format", "json")
    plan = json.loads(as_json.out)
    jsonschema.Draft202012Validator(PLAN_SCHEMA).validate(plan)
    assert plan["verdict"] == verdict
    assert text.code == as_json.code == EXIT[verdict]
    assert text.out.endswith(f"Verdict: {verdict}\n")
    assert ("No changes." in text.out) == (verdict == "in_sync")
    assert sorted(one["name"] for one in plan["resource_changes"]) == [
        one["name"] for one in plan["resource_changes"]
    ]


def test_the_plan_of_the_samples_is_one_valid_document(
    drift: Drift, recorded: tuple[str, Path]
) -> None:
    ran = drift("plan", SAMPLES / "desired", *recorded, "--format", "json")
    plan = json.loads(ran.out)
    jsonschema.Draft202012Validator(PLAN_SCHEMA).validate(plan)
    assert ran.code == EXIT[plan["verdict"]] == 1
    assert ran.out.isascii()
    assert plan["summary"]["buckets"] == len(plan["resource_changes"]) == 8


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_printed_and_is_a_schema(drift: Drift, name: str) -> None:
    ran = drift("schema", name)
    assert (ran.code, ran.out, ran.err) == (0, dumps(name), "")
    jsonschema.Draft202012Validator.check_schema(json.loads(ran.out))


def test_the_schema_of_desired_files_is_the_default(drift: Drift) -> None:
    assert drift("schema").out == dumps("oss-bucket")


def test_findings_as_json_have_the_shape_of_terraform(drift: Drift, write: Write) -> None:
    content = '{\n  "Bucket": "größe",\n  "HttpsConfiguration": {"TLS": {"Enable": "true"}}}\n'
    bad = write("desired/a.json", content.encode())
    write("desired/b.json", desired(CipherSuite={"Enable": True, "CustomCipherSuite": ["X"]}))
    write("desired/c.json", b"\xff")
    ran = drift("validate", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    document: dict[str, Any] = json.loads(ran.out)
    found = document.pop("diagnostics")
    assert document == {
        "format_version": "1.0",
        "valid": False,
        "error_count": 3,
        "warning_count": 1,
    }
    assert [one["severity"] for one in found] == ["error", "error", "warning", "error"]
    assert all(isinstance(one["summary"] + one["detail"], str) for one in found)
    assert found[1] == {
        "severity": "error",
        "summary": '"true" is neither true nor false',
        "detail": "Leave out the quotes.",
        "range": {
            "filename": str(bad),
            "start": {"line": 3, "column": 44, "byte": content.encode().index(b'"true"')},
            "end": {"line": 3, "column": 50, "byte": content.encode().index(b'"true"') + 6},
        },
        "pointer": "/HttpsConfiguration/TLS/Enable",
    }
    assert found[3]["range"] == {"filename": "desired/c.json"}


def test_valid_files_have_that_shape_too(drift: Drift, write: Write) -> None:
    ran = drift("validate", write("a.json"), "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "format_version": "1.0",
        "valid": True,
        "error_count": 0,
        "warning_count": 0,
        "diagnostics": [],
    }


def test_the_demo_works_and_says_what_a_plan_would_exit_with(
    drift: Drift, recorded: tuple[str, Path]
) -> None:
    demo = drift("demo")
    assert demo.code == 0
    plan = drift("plan", SAMPLES / "desired", *recorded)
    said = re.search(r"^drift plan would exit with (\d): (.+)\.$", demo.out, re.MULTILINE)
    assert said
    assert int(said[1]) == plan.code
    assert re.search(r"\bhttp://127\.0\.0\.1:\d+\b", demo.out)
    assert re.sub(r"Declared in .*/desired/", "Declared in ", plan.out) in re.sub(
        r"Declared in .*/desired/", "Declared in ", demo.out
    )


def test_the_emulator_serves_until_it_is_stopped_and_a_plan_can_be_made_of_it(
    write: Write, folder: Path
) -> None:
    with begun("emulator", cwd=folder) as emulator:
        assert emulator.stdout
        exports = [emulator.stdout.readline() for _ in range(4)]
        ran = shell(f"{''.join(exports)} drift plan {write('a.json')}", cwd=folder)
        emulator.send_signal(signal.SIGINT)
        out, err = emulator.communicate(timeout=PATIENCE)
    assert ran.code == 0
    assert "Verdict: in_sync" in ran.out
    assert (emulator.returncode, out) == (0, "")
    assert re.fullmatch(r"Serving .* on http://127\.0\.0\.1:\d+\. Stop with Ctrl-C\.\n", err)


def test_the_emulator_says_how_to_reach_it(drift: Drift, monkeypatch: pytest.MonkeyPatch) -> None:
    def served(_self: Emulator, ready: Callable[[str], None]) -> None:
        ready("http://127.0.0.1:1")

    monkeypatch.setattr(Emulator, "serve_forever", served)
    ran = drift("emulator", SAMPLES / "recording", "--write")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "export DRIFT_ENDPOINT=http://127.0.0.1:1",
        f"export OSS_ACCESS_KEY_ID={EMULATOR_KEY.id}",
        f"export OSS_ACCESS_KEY_SECRET={EMULATOR_KEY.secret}",
        "unset OSS_SESSION_TOKEN",
    ]


def test_a_demo_that_reads_nothing_does_not_work(
    drift: Drift, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Answer:
        raise NoAnswerError(own("ConnectionFailed"))

    monkeypatch.setattr(Oss, "read", failing)
    drift("demo").failed("The demo did not work: over HTTP the plan is not that of the recording.")


def test_a_bug_of_ours_is_not_taken_for_a_full_disk(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> object:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("drift.desired.load.find", missing)
    with pytest.raises(FileNotFoundError):
        drift("validate", write("a.json"))
