"""Variables of the network whose values cannot be used are said by name, and never repeated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cli.running import Ran, by_itself, desired, process, run_here, text
from tests.live.wire import DOCUMENT

Run: TypeAlias = Callable[..., Ran]

KEY = {"OSS_ACCESS_KEY_ID": "LTAI5tExample", "OSS_ACCESS_KEY_SECRET": "example-secret"}
PEM = "-----BEGIN CERTIFICATE-----\n" + "MIIBhunter2" * 500 + "\n-----END CERTIFICATE-----\n"
FORGE = ("--forge", "gitee", "--server", "https://forge.invalid", "--repo", "a/b", "--number", "1")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "plan": ("plan", "a.json", "--retries", "0", "--timeout", "2"),
    "plan with OpenSSL": ("plan", "a.json", "--retries", "0", "--transport", "openssl"),
    "doctor": ("doctor", "a.json", "--timeout", "2"),
    "comment": ("comment", "plan.json", *FORGE),
}
VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """Return the folder in which everything happens, with a desired file and a saved plan."""
    by_itself(tmp_path, monkeypatch, **KEY, DRIFT_COMMENT_TOKEN="example-token")
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "a.json").write_text(text(desired()))
    bucket = tmp_path / "recording" / "cn-hangzhou" / "oss-example"
    bucket.mkdir(parents=True)
    (bucket / "httpsConfig.xml").write_bytes(DOCUMENT.replace(b"true", b"false"))
    run_here(capsys, "plan", "a.json", "--live", "recording", "--out", "plan.json")
    return tmp_path


@pytest.fixture(params=list(COMMANDS.values()), ids=list(COMMANDS))
def run(
    request: pytest.FixtureRequest,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return what runs each command with a variable, which must not lead to its end."""
    del folder

    def with_variable(variable: str, value: str) -> Ran:
        monkeypatch.setenv(variable, value)
        ran = run_here(capsys, *request.param)
        assert ran.code == 1
        return ran

    return with_variable


@pytest.mark.parametrize("value", [PEM, "/etc/passwd/hunter2.pem"], ids=["text", "no path"])
@pytest.mark.parametrize("variable", VARIABLES)
def test_certificates_that_cannot_be_read(run: Run, variable: str, value: str) -> None:
    ran = run(variable, value)
    assert f"The certificates that {variable} names cannot be read." in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_that_is_not_one(run: Run, variable: str) -> None:
    ran = run(variable, "http://user:hunter2/@127.0.0.1:9")
    assert f"The value of {variable} is not the URL of a proxy." in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_device_is_not_read_for_certificates(folder: Path, arguments: tuple[str, ...]) -> None:
    """In a process of its own, which would hang."""
    variables = {**KEY, "DRIFT_COMMENT_TOKEN": "example-token", "SSL_CERT_FILE": "/dev/full"}
    ran = process(*arguments, env=variables, cwd=folder)
    assert ran.code == 1
    assert "The certificates that SSL_CERT_FILE names cannot be read." in ran.out + ran.err
