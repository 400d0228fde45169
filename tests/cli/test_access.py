"""Where drift connects to, and with which credentials: refused before anything is sent."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from drift.errors import OptionError
from drift.live.credentials import Credentials, Search, find
from drift.live.endpoint import checked_endpoint
from tests.cli.running import Ran

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

REFUSED = {
    "http://oss-cn-hangzhou.aliyuncs.com": "plain http is for this machine only; use https",
    "http://192.168.0.1:8080": "plain http is for this machine only",
    "http://127.1": "plain http is for this machine only",
    "http://0.0.0.0": "plain http is for this machine only",
    "http://localhost.example.com": "plain http is for this machine only",
    "oss-cn-hangzhou.aliyuncs.com": "it must begin with https:// and name a host",
    "//oss-cn-hangzhou.aliyuncs.com": "it must begin with https:// and name a host",
    "localhost:8080": "it must begin with https:// and name a host",
    "https://": "it must begin with https:// and name a host",
    "https://:443": "it must begin with https:// and name a host",
    "https:example.com": "it must begin with https:// and name a host",
    "ftp://example.com": "it must begin with https:// and name a host",
    "file:///etc/passwd": "it must begin with https:// and name a host",
    "": "it must begin with https:// and name a host",
    "https://example.com:0": "it must begin with https:// and name a host",
    "https://example.com:65536": "it is not a URL",
    "https://example.com:port": "it is not a URL",
    "https://[::1": "it is not a URL",
    "https://[::1]": "oss2 takes no IPv6 address",
    "http://[::1]:8080": "oss2 takes no IPv6 address",
    "https://example.com/bucket": "it must hold nothing but",
    "https://example.com?a=b": "it must hold nothing but",
    "https://example.com#a": "it must hold nothing but",
    "https://exa mple.com": "its host is no host name",
    "https://exa%6dple.com": "its host is no host name",
    "https://exämple.com": "its host is no host name",
    "https://example..com": "its host is no host name",
    "https://.": "its host is no host name",
    "https://a\\b": "its host is no host name",
    "https://*": "its host is no host name",
}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", "LTAI5tExample")
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", "example-secret")


@pytest.mark.parametrize(("url", "reason"), REFUSED.items())
def test_an_endpoint_that_is_refused(drift: Drift, write: Write, url: str, reason: str) -> None:
    ran = drift("plan", write("a.json"), "--endpoint", url)
    ran.failed(f"cannot be used: {reason}", "Correct --endpoint or DRIFT_ENDPOINT.")
    assert ran.out == ""


def test_the_variable_of_the_endpoint_is_checked_alike(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRIFT_ENDPOINT", "http://example.com")
    drift("plan", write("a.json")).failed("The endpoint http://example.com cannot be used")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@example.com",
        "https://hunter2@example.com",
        "http://user:hunter2@127.0.0.1:80",
        "https://user:hunter2@",
        "user:hunter2@example.com",
        "https://user:hunter2@example.com:99999",
        "https://user:hunter2@[::1",
    ],
)
def test_a_password_in_the_endpoint_is_not_repeated(drift: Drift, write: Write, url: str) -> None:
    ran = drift("plan", write("a.json"), "--endpoint", url).failed("cannot be used")
    assert "hunter2" not in ran.out + ran.err


def test_an_escape_in_the_endpoint_is_spelled_out(drift: Drift, write: Write) -> None:
    drift("plan", write("a.json"), "--endpoint", "https://a\x1b31m").failed(r"https://a\x1b31m")


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://oss-cn-hangzhou.aliyuncs.com", "https://oss-cn-hangzhou.aliyuncs.com"),
        ("HTTPS://oss-cn-hangzhou.aliyuncs.com/", "https://oss-cn-hangzhou.aliyuncs.com"),
        ("https://oss.internal:8443/", "https://oss.internal:8443"),
        ("http://localhost:80", "http://localhost:80"),
        ("http://127.0.0.2:80", "http://127.0.0.2:80"),
    ],
)
def test_an_endpoint_that_is_used(url: str, used: str) -> None:
    assert checked_endpoint(url) == used


def test_an_endpoint_is_not_looked_at_without_the_live_service(
    drift: Drift, write: Write, recorded: tuple[str, Path]
) -> None:
    assert drift("plan", write("a.json"), *recorded, "--endpoint", "ftp://x").code == 0


CREDENTIALS = {
    "none": ({"ID": None, "SECRET": None}, "There are no credentials. Export OSS_ACCESS_KEY_ID"),
    "no secret": ({"SECRET": None}, "OSS_ACCESS_KEY_SECRET is not set, and the other half"),
    "no id": ({"ID": None}, "OSS_ACCESS_KEY_ID is not set, and the other half of the key is."),
    "an empty secret": ({"SECRET": ""}, "OSS_ACCESS_KEY_SECRET is not set"),
    "a blank id": ({"ID": " \n"}, "OSS_ACCESS_KEY_ID is not set"),
    "a new line in the id": ({"ID": "a\nX-Header: hunter2"}, "OSS_ACCESS_KEY_ID holds characters"),
    "a new line in the secret": ({"SECRET": "a\nhunter2"}, "OSS_ACCESS_KEY_SECRET holds char"),
    "a letter that no key has": ({"SECRET": "hunter2ü"}, "OSS_ACCESS_KEY_SECRET holds characters"),
}


@pytest.mark.parametrize(("values", "sentence"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_credentials_that_cannot_be_used(
    drift: Drift,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    values: dict[str, str | None],
    sentence: str,
) -> None:
    for name, value in values.items():
        if value is None:
            monkeypatch.delenv(f"OSS_ACCESS_KEY_{name}")
        else:
            monkeypatch.setenv(f"OSS_ACCESS_KEY_{name}", value)
    ran = drift("plan", write("a.json")).failed(sentence)
    assert ran.out == ""
    assert "hunter2" not in ran.err


def test_a_new_line_in_the_token(
    drift: Drift, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSS_SESSION_TOKEN", "a\r\nb")
    drift("plan", write("a.json")).failed("OSS_SESSION_TOKEN holds characters that no key has.")


def test_blanks_around_credentials_do_not_matter() -> None:
    found = find(
        Search(
            {
                "OSS_ACCESS_KEY_ID": " id\n",
                "OSS_ACCESS_KEY_SECRET": "\tsecret\r\n",
                "OSS_SESSION_TOKEN": " ",
            }
        )
    )
    assert found.credentials() == Credentials("id", "secret", None)


def test_a_recording_needs_no_credentials(
    drift: Drift,
    write: Write,
    recorded: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OSS_ACCESS_KEY_ID")
    assert drift("plan", write("a.json"), *recorded).code == 0


def test_an_error_about_an_endpoint_has_its_advice() -> None:
    with pytest.raises(OptionError) as raised:
        checked_endpoint("ftp://x")
    assert raised.value.advice == "Correct --endpoint or DRIFT_ENDPOINT."
