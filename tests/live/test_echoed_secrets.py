"""An answer with status 200 that repeats a secret: it comes out nowhere, in no form, and nothing
is green because of it.
"""

import base64
import json
import os
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from socket import socket
from typing import TypeAlias, get_args
from urllib.parse import quote

import pytest

from drift import masking
from drift.cli import main
from drift.live.credentials import Credentials
from drift.planfile import load
from drift.render import Format
from tests.cli.running import desired, process, python, text
from tests.live.conftest import Found
from tests.live.wire import DOCUMENT, Talk, Wire, http, served

Against: TypeAlias = Callable[..., Found]

ID = "LTAI5tCanaryKeyId0001"
SECRET = 'CanarySecret/0002+x"&=='
TOKEN = "CAISCanaryToken0003/+" + "Ab3/" * 40 + "=="
CANARIES = {"id": ID, "secret": SECRET, "token": TOKEN}
ENVIRONMENT = {
    "OSS_ACCESS_KEY_ID": ID,
    "OSS_ACCESS_KEY_SECRET": SECRET,
    "OSS_SESSION_TOKEN": TOKEN,
}
FORMATS = get_args(Format)


def in_base64(secret: str) -> str:
    return base64.b64encode(f"a:{secret}".encode()).decode()


def folded(secret: str) -> str:
    return "\n  ".join(re.findall(".{1,9}", secret))


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "inside of a text": lambda secret: f"key={secret};",
    "for a URL": lambda secret: quote(secret, safe=""),
    "for a URL, in lower case": lambda secret: re.sub(
        "%..", lambda found: found[0].lower(), quote(secret, safe="")
    ),
    "for HTML": escape,
    "for JSON": lambda secret: json.dumps(secret).replace("/", r"\/"),
    "in base64": in_base64,
    "in base64 for a URL": lambda secret: in_base64(secret).replace("+", "-").replace("/", "_"),
    "on several lines": folded,
}
"""How a secret may be written by whatever repeats it."""


def document(tls: str, more: str = "") -> str:
    return (
        f"<HttpsConfiguration><TLS><Enable>true</Enable>{tls}</TLS>"
        f"<CipherSuite><Enable>true</Enable>{more}</CipherSuite></HttpsConfiguration>"
    )


VERSION = "<TLSVersion>TLSv1.2</TLSVersion>"
VALUES: dict[str, Callable[[str], str]] = {
    "a version": lambda said: document(f"{VERSION}<TLSVersion>{said}</TLSVersion>"),
    "a suite": lambda said: document(
        VERSION, f"<CustomCipherSuite>{said}</CustomCipherSuite><StrongCipherSuite>false"
        "</StrongCipherSuite>"
    ),
    "a suite of TLS 1.3": lambda said: document(
        VERSION, f"<TLS13CustomCipherSuite>{said}</TLS13CustomCipherSuite>"
    ),
    "a switch": lambda said: document(VERSION, f"<StrongCipherSuite>{said}</StrongCipherSuite>"),
    "a value divided by a comment": lambda said: document(
        f"<TLSVersion>{said[:9]}<!-- -->{said[9:]}</TLSVersion>"
    ),
}  # fmt: skip
NAMES: dict[str, Callable[[str], str]] = {
    "the root": lambda name: f"<{name}/>",
    "an element": lambda name: document(f"{VERSION}<{name}/>"),
    "an attribute": lambda name: document(VERSION).replace("<TLS>", f'<TLS {name}="1">'),
    "an attribute of the root": lambda name: document(VERSION).replace(
        "n><TLS>", f'n {name}="1"><TLS>'
    ),
    "a namespace": lambda name: document(VERSION).replace(
        "n><TLS>", f'n xmlns="urn:{name}"><TLS xmlns="">'
    ),
}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def entities(said: str) -> str:
    """Return a text as XML has it."""
    return "".join(f"&#{ord(one)};" if one in '<>&"' else one for one in said)


def leaks(*texts: str) -> list[str]:
    """Return each secret that stands in a text in any form, however the text is wrapped."""
    forms = [form(secret) for secret in CANARIES.values() for form in FORMS.values()]
    forms += [*CANARIES.values(), *(in_base64(one)[3:-4] for one in CANARIES.values())]
    bare = ["".join(one.split()) for one in texts]
    return [form for form in forms for one in bare if "".join(form.split()) in one]


def shown(capsys: pytest.CaptureFixture[str], folder: Path) -> list[str]:
    """Return what `drift show` prints of the saved plan in each format."""
    texts = [(folder / "plan.json").read_text()]
    for name in FORMATS:
        assert main(["show", "plan.json", "--format", name]) == 0
        texts += capsys.readouterr()
    return texts


@pytest.mark.parametrize("place", VALUES)
@pytest.mark.parametrize("form", FORMS)
def test_a_value_that_repeats_a_secret_is_not_read_and_not_shown(
    against: Against, capsys: pytest.CaptureFixture[str], folder: Path, place: str, form: str
) -> None:
    for secret in CANARIES.values():
        body = VALUES[place](entities(FORMS[form](secret)))
        with served(http(body.encode())) as wire:
            found = against(wire.url)
        found.is_a_problem("UnexpectedAnswer", "repeats a credential")
        assert not leaks(*found.ran[1:], (folder / "plan.json").read_text())
    if form == "as it is":
        assert not leaks(*shown(capsys, folder))


@pytest.mark.parametrize("place", NAMES)
def test_a_name_that_repeats_a_secret_is_not_shown(
    against: Against, capsys: pytest.CaptureFixture[str], folder: Path, place: str
) -> None:
    with served(http(NAMES[place](ID).encode())) as wire:
        found = against(wire.url)
    found.is_a_problem("UnexpectedAnswer")
    assert not leaks(*found.ran[1:], *shown(capsys, folder))


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_secret(against: Against, folder: Path, name: str) -> None:
    body = VALUES["a suite"](entities(SECRET))
    with served(http(body.encode())) as wire:
        found = against(wire.url, "--format", name)
    assert found.ran.code == 1
    assert not leaks(*found.ran[1:], (folder / "plan.json").read_text())


def test_an_answer_in_utf_16_is_no_way_around(against: Against) -> None:
    body = VALUES["a version"](TOKEN)
    with served(http(f'<?xml version="1.0" encoding="UTF-16"?>{body}'.encode("utf-16"))) as wire:
        found = against(wire.url)
    found.is_a_problem("UnexpectedAnswer", "repeats a credential")
    assert not leaks(*found.ran[1:])


def repeating(part: Callable[[str], str]) -> Talk:
    """Return what answers with a part of the request as a TLS version."""

    def talk(wire: Wire, connection: socket) -> None:
        body = document(f"{VERSION}<TLSVersion>{part(wire.head)}</TLSVersion>")
        connection.sendall(http(body.encode()))

    return talk


def signature(head: str) -> str:
    return head.partition("Signature=")[2][:64]


def authorization(head: str) -> str:
    found = re.search(r"(?im)^authorization: (.*?)\r?$", head)
    assert found
    return found[1]


@pytest.mark.parametrize("part", [signature, authorization])
def test_a_signature_that_is_repeated_is_not_shown(
    against: Against, folder: Path, part: Callable[[str], str]
) -> None:
    with served(repeating(part)) as wire:
        found = against(wire.url)
    found.is_a_problem("UnexpectedAnswer", "repeats a credential")
    made = signature(wire.heads[0])
    assert len(made) == 64
    for told in (*found.ran[1:], (folder / "plan.json").read_text()):
        assert made not in told
        assert not leaks(told)


MEMBERS = {
    "Name": "oss-example",
    "Region": "cn-hangzhou",
    "Location": "oss-cn-hangzhou",
    "ExtranetEndpoint": "oss-cn-hangzhou.aliyuncs.com",
}


def page(member: str, said: str) -> bytes:
    members = MEMBERS | {member: said}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in members.items())
    return http(
        f"<ListAllMyBucketsResult><Owner><ID>{ID}</ID></Owner><Buckets><Bucket>{inner}</Bucket>"
        "</Buckets></ListAllMyBucketsResult>".encode()
    )


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("secret", ["canary-secret-0002", "oss-canary.aliyuncs.com"])
def test_a_list_that_repeats_a_secret_is_not_shown(
    against: Against, folder: Path, monkeypatch: pytest.MonkeyPatch, member: str, secret: str
) -> None:
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", secret)
    monkeypatch.setitem(CANARIES, "secret", secret)
    with served(page(member, secret)) as wire:
        found = against(wire.url, "--undeclared", "fail", declared=desired("oss-*"))
        listed = process(
            "plan", "a.json", "--list", "--endpoint", wire.url, cwd=folder, env=dict(os.environ)
        )
    assert found.ran.code == listed.code == 1
    assert not leaks(*found.ran[1:], *listed[1:], (folder / "plan.json").read_text())


def test_a_member_of_a_list_that_is_not_looked_at_may_repeat_a_key(against: Against) -> None:
    """Other services of this kind answer with the key's id, or a digest, as the owner."""

    def talk(wire: Wire, connection: socket) -> None:
        is_list = "httpsConfig" not in wire.head
        connection.sendall(page("Owner", "0f" * 32) if is_list else http(DOCUMENT))

    with served(talk) as wire:
        against(wire.url, declared=desired("oss-*")).is_in_sync()


def test_an_error_keeps_its_code_where_other_members_repeat_a_secret(
    against: Against, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", secret)
    error = f"<Error><Code>InvalidAccessKeyId</Code><RequestId>{secret}</RequestId></Error>"
    with served(http(error.encode(), "403 Forbidden")) as wire:
        found = against(wire.url)
    found.is_a_problem("InvalidAccessKeyId")
    assert found.bucket["problem"]["request_id"] is None
    assert secret not in (folder / "plan.json").read_text() + found.ran.out


def test_a_code_that_is_a_secret_is_none(
    against: Against, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "CanarySecretOfLettersOnly"
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", secret)
    with served(http(f"<Error><Code>{secret}</Code></Error>".encode(), "403 No")) as wire:
        found = against(wire.url)
    found.is_a_problem("UnexpectedAnswer")
    assert secret not in (folder / "plan.json").read_text() + found.ran.out


def test_a_secret_that_is_declared_is_masked_and_the_plan_stays_one(
    against: Against, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    suites = {"Enable": True, "CustomCipherSuite": ["ECDHE-" + SECRET.replace('"', "")]}
    bucket = "canary-bucket-0009"
    with served(http(DOCUMENT)) as wire, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OSS_ACCESS_KEY_ID", "canary-bucket")
        patch.setenv("OSS_ACCESS_KEY_SECRET", SECRET.replace('"', ""))
        patch.setitem(CANARIES, "id", "canary-bucket")
        patch.setitem(CANARIES, "secret", SECRET.replace('"', ""))
        found = against(wire.url, declared=desired(bucket, CipherSuite=suites))
        assert found.ran.code == 2
        assert found.bucket["name"] == "***-0009"
        assert found.bucket["address"] == "oss_bucket_https_config.***-0009"
        assert not leaks(*found.ran[1:], *shown(capsys, folder))
    assert load(folder / "plan.json").verdict.exit_code == 2


def test_the_summary_of_a_job_has_no_secret(
    against: Against, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = folder / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", "canary-bucket")
    monkeypatch.setitem(CANARIES, "id", "canary-bucket")
    with served(http(DOCUMENT.replace(b"TLSv1.3", b"TLSv1.1"))) as wire:
        against(wire.url, declared=desired("canary-bucket-0009"))
    assert "***-0009" in summary.read_text()
    assert not leaks(summary.read_text())


def test_the_doctor_shows_no_secret(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "a.json").write_text(text(desired()))
    with served(http(VALUES["a version"](TOKEN).encode())) as wire:
        for name in ("text", "json"):
            code = main(["doctor", "a.json", "--endpoint", wire.url, "--format", name])
            assert code == 1
            told = capsys.readouterr()
            assert "repeats a credential" in told.out
            assert not leaks(*told)


BUGS = {
    "of the main thread": "load.load = bug",
    "of another thread": "load.load = lambda *_, **__: Thread(target=bug).start() or sys.exit(1)",
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_the_traceback_of_a_bug_shows_no_secret(folder: Path, bug: str) -> None:
    ran = python(
        "import os, sys\n"
        "from threading import Thread\n"
        "from drift.__main__ import run\n"
        "from drift.desired import load\n"
        "def bug(*_, **__): raise AssertionError(os.environ['OSS_ACCESS_KEY_SECRET'])\n"
        f"{bug}\n"
        "sys.argv = ['drift', 'plan']\n"
        "run()\n",
        cwd=folder,
        env=ENVIRONMENT,
    )
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert "AssertionError: ***" in ran.err
    assert not leaks(*ran[1:])


def test_a_secret_of_the_environment_is_masked_in_every_command(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "a.json").write_text(text(desired(TLS={"Enable": SECRET})))
    assert main(["validate", "a.json"]) == 1
    assert main(["show", f"{TOKEN.replace('/', '')}{ID}"]) == 1
    assert main([f"--{TOKEN}"]) == 1
    told = capsys.readouterr()
    assert '"***" is neither true nor false' in told.err
    assert not leaks(*told)


@pytest.mark.parametrize("secret", ["TLSv1.2", "true", "oss-exa"])
def test_a_secret_too_short_to_be_one_hides_nothing(
    against: Against, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", secret)
    with served(http(DOCUMENT)) as wire:
        found = against(wire.url).is_in_sync()
    assert found.bucket["name"] == "oss-example"


def test_renewed_credentials_are_masked_as_the_first() -> None:
    masking.begin({})
    assert masking.masked(f"{ID} {TOKEN}") == f"{ID} {TOKEN}"
    Credentials("LTAI5tCanaryKeyId0008", "canary-secret-8")
    Credentials(ID, SECRET, TOKEN)
    assert masking.masked(f"{ID} {TOKEN} canary-secret-8") == "*** *** ***"


def test_a_run_forgets_the_secrets_of_the_one_before(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["show", ID])
    assert ID not in capsys.readouterr().err
    monkeypatch.delenv("OSS_ACCESS_KEY_ID")
    main(["show", ID])
    assert ID in capsys.readouterr().err
