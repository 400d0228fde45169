"""Options, arguments and variables with values that cannot be used: exit code 1, never 2."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from drift.emulator import Emulator
from tests.cli.running import SAMPLES, Ran, desired, process

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

MISTAKES = {
    "an unknown command": (["plna"], "No such command 'plna'"),
    "an unknown option": (["plan", "--lvie", "x"], "No such option: --lvie"),
    "an unknown option before the command": (["--lvie"], "No such option: --lvie"),
    "an option without its value": (["plan", "--timeout"], "Option '--timeout' requires"),
    "an unknown format of plan": (["plan", "--format", "xml"], "'--format'"),
    "an unknown format of show": (["show", "p.json", "--format", "xml"], "'--format'"),
    "an unknown format of validate": (["validate", "--format", "xml"], "'--format'"),
    "an unknown policy": (["plan", "--undeclared", "drift"], "'--undeclared'"),
    "an unknown colour": (["plan", "--color", "pink"], "'--color'"),
    "no read at once": (["plan", "--concurrency", "0"], "'--concurrency'"),
    "too many reads at once": (["plan", "--concurrency", "257"], "'--concurrency'"),
    "half a read at once": (["plan", "--concurrency", "1.5"], "'--concurrency'"),
    "a region of the wrong form": (["plan", "--region", "oss-cn-hangzhou"], "'--region'"),
    "an empty region": (["plan", "--region", ""], "'--region'"),
    "a hostile region": (["plan", "--region", "\x1b[31m"], r"\x1b[31m"),
    "no plan to show": (["show"], "Missing argument 'PLAN'"),
    "too many plans to show": (["show", "a", "b"], "unexpected extra argument"),
    "an unknown schema": (["schema", "bucket"], "'bucket' is not one of"),
    "no such port": (["emulator", "--port", "65536"], "'--port'"),
    "a negative port": (["emulator", "--port", "-1"], "'--port'"),
    "an argument of the demo": (["demo", "x"], "unexpected extra argument"),
}


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_on_the_command_line(drift: Drift, arguments: list[str], sentence: str) -> None:
    ran = drift(*arguments).failed(sentence, "drift --help lists the commands and their options.")
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("option", ["--timeout", "--deadline"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "nan", "-nan", "inf", "-inf", "1e400", "1e10", "86401", "soon", ""]
)
def test_what_is_no_number_of_seconds(drift: Drift, option: str, value: str) -> None:
    drift("plan", option, value).failed(f"'{option}'", "a number of seconds above 0, and at most")


@pytest.mark.parametrize(("option", "ends"), [("--concurrency", (1, 256)), ("--retries", (0, 20))])
@pytest.mark.parametrize("value", ["-1", "257", "1.5", "nan", "1e9", "many", "", "9" * 5000])
def test_what_is_no_whole_number_in_range(
    drift: Drift, option: str, ends: tuple[int, int], value: str
) -> None:
    said = f"it is not a whole number from {ends[0]} to {ends[1]}"
    drift("plan", option, value).failed(f"'{option}'", said)


@pytest.mark.parametrize("option", ["--timeout", "--deadline"])
@pytest.mark.parametrize("value", ["0.5", "86400"])
def test_seconds_that_a_clock_can_hold(
    drift: Drift, write: Write, recorded: tuple[str, Path], option: str, value: str
) -> None:
    assert drift("plan", write("a.json"), *recorded, option, value).code == 0


VARIABLES = {
    "DRIFT_FORMAT": "xml",
    "DRIFT_STRICT": "maybe",
    "DRIFT_CONCURRENCY": "many",
    "DRIFT_TIMEOUT": "nan",
    "DRIFT_DEADLINE": "-1",
    "DRIFT_REGION": "oss-cn-hangzhou",
    "DRIFT_UNDECLARED": "drift",
}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://b.example.com/?OSSAccessKeyId=hunter2&Signature=hunter2",
        "https://b.example.com/hunter2#hunter2",
        "https://b.example.com/hunter2?@",
        "https://me:hunter2@b.example.com",
        "https://[hunter2",
        "hunter2",
    ],
)
def test_of_a_bad_endpoint_no_more_than_its_host_is_shown(drift: Drift, endpoint: str) -> None:
    ran = drift("doctor", "--endpoint", endpoint).failed("The endpoint", "cannot be used: ")
    assert "hunter2" not in ran.err
    plain = endpoint.startswith("https://b.") and "@" not in endpoint
    assert ("The endpoint https://b.example.com cannot" in ran.err) is plain


@pytest.mark.parametrize(("variable", "value"), VARIABLES.items())
def test_a_bad_variable_is_named(
    drift: Drift, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    ran = drift("plan").failed(f"(env var: '{variable}')", f"'--{variable[6:].lower()}'")
    for words in ("Value error", "Input should be"):  # a library's
        assert words not in ran.err


def test_mistakes_exit_with_1_in_a_process_too(folder: Path) -> None:
    for arguments in (["--lvie"], ["plan", "--lvie"], ["plna"], ["plan", "--format", "xml"]):
        ran = process(*arguments, cwd=folder).harmless().failed("Error: ")
        assert ran.out == ""


def test_a_variable_stands_in_for_its_option(
    drift: Drift, write: Write, recorded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.json", desired("oss-nowhere", region=None))
    monkeypatch.setenv("DRIFT_REGION", "cn-beijing")
    monkeypatch.setenv("DRIFT_FORMAT", "json")
    assert '"region": "cn-beijing"' in drift("plan", path, *recorded).out
    ran = drift("plan", path, *recorded, "--region", "cn-hangzhou")
    assert '"region": "cn-hangzhou"' in ran.out
    assert "Verdict: drift" in drift("plan", path, *recorded, "--format", "text").out


def test_an_empty_variable_is_none(
    drift: Drift, write: Write, recorded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in (*VARIABLES, "DRIFT_ENDPOINT"):
        monkeypatch.setenv(variable, "")
    assert drift("plan", write("a.json"), *recorded).code == 0


def test_the_region_is_for_files_that_name_none(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    assert drift("plan", write("a.json"), *recorded, "--region", "cn-beijing").code == 0


def test_a_recording_that_is_not_there(drift: Drift, write: Write) -> None:
    ran = drift("plan", write("a.json"), "--live", "nowhere")
    ran.failed("Error: The recording nowhere cannot be read: No such file or directory.")
    assert ran.out == ""


def test_a_recording_that_is_a_file(drift: Drift, write: Write) -> None:
    path = write("a.json")
    drift("plan", path, "--live", path).failed("Error: The recording a.json cannot be read: ")


@pytest.mark.parametrize("inside", [[], ["cn-hangzhou"], [".gitkeep", "recording.json"]])
def test_a_recording_without_buckets(drift: Drift, write: Write, inside: list[str]) -> None:
    Path("recording").mkdir()
    for name in inside:
        write(f"recording/{name}", "") if "." in name else Path("recording", name).mkdir()
    ran = drift("plan", write("a.json"), "--live", "recording")
    ran.failed("There is no recording in recording.", "holds files REGION/BUCKET/httpsConfig.xml")


def test_a_recording_that_is_one_folder_off_is_never_green(drift: Drift, write: Write) -> None:
    path = write("a.json")
    assert drift("plan", path, "--live", SAMPLES / "recording/cn-hangzhou").code == 1
    assert drift("plan", path, "--live", SAMPLES).code == 1
    assert drift("plan", path, "--live", "").code == 1


@pytest.mark.parametrize(
    "name", ["httpsConfig.xml", "bkt-two/httpsConfig.xml", "cn-hangzhou/oss-two"]
)
def test_recording_and_emulator_refuse_what_is_no_part_of_a_recording(
    drift: Drift, write: Write, name: str
) -> None:
    path = write("a.json", desired("*", None, TLS={"Enable": False}))
    write("recording/cn-hangzhou/oss-example/httpsConfig.xml", "<HttpsConfiguration/>")
    write(f"recording/{name}", "")
    said = f"has what is no part of a recording: {name}. A recording holds folders REGION/BUCKET"
    ran = drift("plan", path, "--live", "recording", "--undeclared", "fail").failed(said)
    assert ran.out == ""
    drift("emulator", "recording").failed(said)


def test_a_recording_with_a_bucket_in_two_regions(drift: Drift, write: Write) -> None:
    for region in ("cn-hangzhou", "cn-beijing"):
        write(f"recording/{region}/oss-example/httpsConfig.xml", "")
    drift("plan", write("a.json"), "--live", "recording").failed(
        "The recording recording has the bucket oss-example in two regions. "
        "Keep it in cn-beijing or in cn-hangzhou."
    )


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no emulator serve, as it would never end."""

    def served(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Emulator, "serve_forever", served)


@pytest.mark.usefixtures("unserved")
def test_the_emulator_does_not_change_the_samples(drift: Drift) -> None:
    drift("emulator", "--write").failed("--write would change the samples. Name a recording")


@pytest.mark.usefixtures("unserved")
def test_the_emulator_of_a_recording_that_is_not_there(drift: Drift) -> None:
    drift("emulator", "nowhere").failed("The recording nowhere cannot be read: No such file")
