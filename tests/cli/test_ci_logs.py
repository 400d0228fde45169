"""What the log of a CI system would obey is spelled out, whoever wrote it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from drift.untrusted import visible
from tests.cli.running import Ran, desired

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

COMMANDS = ["##[add-mask]e", "##vso[task.setvariable]e", "::error::boo"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_harmless_as_the_name_of_a_member(
    drift: Drift, write: Write, command: str
) -> None:
    write("desired/a.json", json.dumps({"Bucket": "oss-example", command: 1}))
    ran = drift("validate")
    assert ran.code == 1
    assert "##" not in ran.err
    assert not any(line.lstrip().startswith("::") for line in ran.err.splitlines())


def test_a_command_is_harmless_as_the_name_of_a_file(drift: Drift, write: Write) -> None:
    ran = drift("validate", write("::error file=x::boo/##[add-mask]e.json", "{"))
    assert ran.err.startswith(r"\x3a:error file=x::boo/#\x23[add-mask]e.json:1:2: error: ")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_command_is_harmless_as_the_name_of_a_suite(
    drift: Drift, write: Write, form: str
) -> None:
    suites = {"Enable": True, "CustomCipherSuite": ["##[add-mask]e"]}
    write("a.json", desired(CipherSuite=suites))
    write(
        "live/cn-hangzhou/oss-example/httpsConfig.xml",
        "<HttpsConfiguration><CipherSuite><Enable>true</Enable>"
        "<CustomCipherSuite>##vso[x]</CustomCipherSuite></CipherSuite></HttpsConfiguration>",
    )
    ran = drift("plan", "a.json", "--live", "live", "--format", form)
    assert ran.code == 2
    assert "##" not in ran.out + ran.err
    if form == "json":
        changes = json.loads(ran.out)["resource_changes"][0]["changes"]
        assert {"##[add-mask]e", "##vso[x]"} <= {one["after"] or one["before"] for one in changes}


def test_only_the_beginning_of_a_command_is_changed() -> None:
    assert visible("a # ## [b] :: c") == "a # ## [b] :: c"


def test_validate_takes_the_region_as_plan_does(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/b.json", desired(region=None))
    drift("validate").failed("is declared differently")
    assert drift("validate", "--region", "cn-hangzhou").code == 0


@pytest.mark.parametrize("arguments", [("plan", ""), ("validate", "")])
def test_an_empty_path_is_not_the_current_folder(
    drift: Drift, write: Write, arguments: tuple[str, ...]
) -> None:
    write("a.json")
    drift(*arguments).failed("it is empty")


def test_an_empty_source_is_not_the_current_folder(drift: Drift, write: Write) -> None:
    drift("plan", write("a.json"), "--live", "").failed("--live names no source")


def test_any_case_of_the_suffix_is_found(drift: Drift, write: Write) -> None:
    write("desired/a.json")
    write("desired/b.JSON", "{")
    drift("validate").failed("desired/b.JSON:1:2: error: Not JSON")
