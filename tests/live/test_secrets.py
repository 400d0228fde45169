"""No key, secret, token or signature comes out, however often a server repeats it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from traceback import format_exception
from typing import TypeAlias

import pytest

from drift.live.attempt import reading
from drift.live.credentials import Credentials, Fixed, Search, find
from drift.live.fleet import Fleet, Request
from drift.live.oss import Oss
from drift.live.source import Answer, Bucket
from drift.live.transport.either import Name, transport
from drift.live.transport.transport import TransportError
from drift.settings.https import HttpsConfiguration
from tests.cli.running import Ran, desired, python, text
from tests.live.conftest import Found
from tests.live.tls import Certificate, https, old_suites
from tests.live.wire import Wire, http, saying, served

Against: TypeAlias = Callable[..., Found]

ID, SECRET, TOKEN = "LTAI5tCanaryKeyId0001", "CanarySecret/0002+x==", "CAISCanaryToken0003/+=="
CANARIES = (ID, SECRET, TOKEN)
ENVIRONMENT = {
    "OSS_ACCESS_KEY_ID": ID,
    "OSS_ACCESS_KEY_SECRET": SECRET,
    "OSS_SESSION_TOKEN": TOKEN,
}
MEMBERS = (
    "Code", "Message", "RequestId", "HostId", "Endpoint", "Bucket", "EC", "RecommendDoc",
    "OSSAccessKeyId", "AccessKeyId", "SecurityToken", "StringToSign", "StringToSignBytes",
    "SignatureProvided", "CanonicalRequest",
)  # fmt: skip
LINES = """
import logging, sys
logging.basicConfig(level=1)
from drift.cli import main
sys.exit(main(sys.argv[1:]))
"""


def echo(code: str | None = None, *, separator: str = " ", root: str = "Error") -> bytes:
    """Return a body with every secret in every element."""
    every = separator.join(CANARIES)
    inner = "".join(
        f"<{name}>{code if code and name == 'Code' else every}</{name}>" for name in MEMBERS
    )
    return f'<{root} a="{every}">{inner}</{root}>'.encode()


ECHOES = {
    "a known error": http(echo("SecurityTokenExpired"), "403 Forbidden"),
    "another known error": http(echo("SignatureDoesNotMatch"), "403 Forbidden"),
    "an unknown error": http(echo("SomethingNew"), "403 Forbidden"),
    "no code": http(echo(), "403 Forbidden"),
    "one secret in each": http(
        re.sub(rb"<(\w+)>[^<]*<", rb"<\1>" + ID.encode() + rb"<", echo()), "403 Forbidden"
    ),
    "with a success": http(echo()),
    "as text": http(" ".join(CANARIES).encode(), "500 Oops"),
    "as text with a success": http(" ".join(CANARIES).encode()),
    "as a reason": http(b"", f"403 {TOKEN} {ID} {SECRET}"),
    "as headers": http(b"", "403 Forbidden", x_oss_request_id=TOKEN, x_oss_ec=ID, a=SECRET),
    "as a header that is none": http(b"").replace(b"\r\n\r\n", f"\r\n{TOKEN}\r\n\r\n".encode()),
    "as no HTTP": " ".join(CANARIES).encode(),
    "as a redirect": http(b"", "302 Found", Location=f"http://127.0.0.1:9/{ID}?{TOKEN}{SECRET}"),
}


def leaks(*texts: str) -> list[str]:
    return [canary for canary in CANARIES for text in texts if canary in text]


def signature(wire: Wire) -> str:
    return wire.heads[0].partition("Signature=")[2][:64]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("answer", ECHOES.values(), ids=ECHOES)
def test_what_a_server_repeats_is_repeated_to_nobody(
    against: Against, folder: Path, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with served(answer) as wire:
        found = against(wire.url)
        as_json = against(wire.url, "--format", "json")
    assert TOKEN in wire.heads[0]
    assert len(signature(wire)) == 64
    for run in (found, as_json):
        assert run.ran.code == 1
        told = (run.ran.out, run.ran.err, repr(run.plan), (folder / "plan.json").read_text())
        assert not leaks(*told)
        assert not [text for text in told if signature(wire) in text]
    logged = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in caplog.records)
    assert not leaks(logged)
    assert signature(wire) not in logged


LOUD = {"RUST_LOG": "trace", "RUST_BACKTRACE": "full", "PYTHONTRACEMALLOC": "1"}


@pytest.mark.parametrize("name", ["a known error", "as a header that is none", "as no HTTP"])
@pytest.mark.parametrize("carrier", ["auto", "openssl"])
@pytest.mark.parametrize("encrypted", [False, True])
def test_not_even_with_logging_at_its_loudest(
    folder: Path, here: Certificate, name: str, carrier: str, encrypted: bool
) -> None:
    (folder / "a.json").write_text(text(desired()))
    talk = saying(ECHOES[name])
    with https(here, talk, old_suites) if encrypted else served(talk) as wire:
        options = ["--transport", carrier, "--endpoint", wire.url, "--out", "plan.json"]
        arguments = ["plan", "a.json", "--retries", "0", *options]
        code = LINES.replace("sys.argv[1:]", repr(arguments))
        bundle = {"REQUESTS_CA_BUNDLE": str(here.authority)}
        ran = python(code, cwd=folder, env={**ENVIRONMENT, **LOUD, **bundle})
    assert ran.code == 1
    assert TOKEN in wire.heads[0]
    assert not leaks(ran.out, ran.err, (folder / "plan.json").read_text())
    assert signature(wire) not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("carrier", ["auto", "openssl"], indirect=True)
def test_what_a_transport_was_given_is_not_in_its_failure(carrier: Name) -> None:
    headers = {"authorization": SECRET, "x-oss-security-token": TOKEN, "x": f"{ID}\n"}
    carried = transport(carrier)
    with served(ECHOES["as no HTTP"]) as wire:
        for given in (headers, {"authorization": SECRET, "x-oss-security-token": TOKEN}):
            with pytest.raises(TransportError) as raised:
                carried.get(wire.url, given, 5)
            assert not leaks("".join(format_exception(raised.value)), repr(carried))


def test_a_header_that_is_none_makes_no_noise(folder: Path) -> None:
    (folder / "a.json").write_text(text(desired()))
    with served(ECHOES["as a header that is none"]) as wire:
        ran = python(
            f"from drift.cli import main; "
            f"main(['plan', 'a.json', '--retries', '0', '--endpoint', {wire.url!r}])",
            cwd=folder,
            env=ENVIRONMENT,
        )
    assert ran.err == "Credentials: the environment (OSS_ACCESS_KEY_ID).\n"
    assert isinstance(ran, Ran)


def test_no_object_on_the_way_shows_what_it_holds() -> None:
    credentials = find(Search(ENVIRONMENT)).credentials()
    with served(ECHOES["a known error"]) as wire:
        source = Oss(Fixed(credentials), endpoint=wire.url)
        bucket = Bucket("oss-example", "cn-hangzhou")
        answer = source.read(bucket, HttpsConfiguration)
        outcome = reading(source, bucket, HttpsConfiguration)
        request = Request(bucket, HttpsConfiguration)
        outcomes = Fleet(source).read([request])
    assert TOKEN.encode() in answer.body
    for one in (credentials, source, answer, outcome, outcomes, Fleet(source), vars(source)):
        assert not leaks(repr(one), str(one))


def test_an_answer_shows_its_size() -> None:
    assert repr(Answer(403, b"secret")) == "Answer(status=403, 6 bytes)"


def test_credentials_show_nothing_and_are_compared_by_all_they_hold() -> None:
    credentials = Credentials(ID, SECRET, TOKEN)
    assert repr(credentials) == "Credentials()"
    assert credentials != Credentials(ID, SECRET)


def test_a_bug_shows_no_secret_in_its_traceback(folder: Path) -> None:
    (folder / "a.json").write_text(text(desired()))
    broken = (
        "import drift.live.outcome as outcome\n"
        "def broken(*arguments): raise AssertionError(repr(arguments))\n"
        "outcome.interpreted = broken\n"
        "from drift.cli import main\n"
    )
    with served(ECHOES["a known error"]) as wire:
        ran = python(
            f"{broken}main(['plan', 'a.json', '--endpoint', {wire.url!r}])",
            cwd=folder,
            env=ENVIRONMENT,
        )
    assert ran.code == 1
    assert "AssertionError: (Answer(status=403, " in ran.err
    assert not leaks(ran.out, ran.err)


def test_the_saved_plan_has_only_what_the_schema_names(against: Against, folder: Path) -> None:
    with served(ECHOES["a known error"]) as wire:
        against(wire.url)
    plan = json.loads((folder / "plan.json").read_text())
    assert set(plan["resource_changes"][0]["problem"]) == {
        "code", "message", "advice", "request_id", "retryable",
    }  # fmt: skip
    assert plan["resource_changes"][0]["problem"]["request_id"] is None
