"""Credentials that others hand out: what they are asked, and what is said where they fail."""

import json
import logging
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drift.errors import CredentialsError
from drift.live.credentials import Credentials, Provider, Search, find
from tests.live.services import ID, SECRET, TOKEN, answering, key, metadata, query, success
from tests.live.wire import Talk, Wire, dripping, hanging_up, http, served, silent

BASE = {"OSS_ACCESS_KEY_ID": "base-id", "OSS_ACCESS_KEY_SECRET": "base-secret"}
KEY = {"access_key_id": "cli-id", "access_key_secret": "cli-secret"}
ARN = "acs:ram::1234567890123456:role/drift"
CANARY = "Canary/0042+x=="

Config = Callable[..., Path]


@pytest.fixture
def search(folder: Path) -> Callable[..., Search]:
    """Return a search in an environment that has nothing else in it."""
    off = {"HOME": str(folder), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}

    def made(environ: dict[str, str] | None = None, **options: Any) -> Search:
        return Search({**off, **(environ or {})}, **{"retries": 0, **options})

    return made


@pytest.fixture
def config(folder: Path) -> Config:
    """Write profiles of the CLI."""

    def write(*profiles: dict[str, object]) -> Path:
        path = folder / ".aliyun" / "config.json"
        path.parent.mkdir(exist_ok=True)
        named = [{"name": "default", **profile} for profile in profiles]
        path.write_text(json.dumps({"current": "default", "profiles": named}))
        return path

    return write


@pytest.fixture
def token(folder: Path) -> Path:
    """Write what a CI system hands to a job."""
    path = folder / "token"
    path.write_text("an-oidc-token")
    return path


@pytest.fixture
def said(
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], str]:
    """Return all that is logged or printed, with every logger at its most talkative."""
    monkeypatch.setenv("DEBUG", "sdk")  # as the libraries of Alibaba Cloud have it
    caplog.set_level(logging.DEBUG)
    return lambda: "".join([caplog.text, *capfd.readouterr()])


def temporary(provider: Provider) -> Provider:
    """Return a provider, once it is sure that it hands out what the services do."""
    found = provider.credentials()
    assert (found.key_id, found.secret, found.token) == (ID, SECRET, TOKEN)
    assert found.expires
    return provider


def asked(wire: Wire) -> dict[str, str]:
    """Return the query of the only request."""
    (line,) = wire.lines
    return query(line)


STS = success({"Credentials": key()})


def test_a_role_is_assumed_with_whatever_was_found(search: Any) -> None:
    with answering(STS) as sts:
        provider = temporary(find(search(BASE, role_arn=ARN, sts=sts.url)))
    assert provider.name == f"the role {ARN}, assumed with the environment (OSS_ACCESS_KEY_ID)"
    request = asked(sts)
    assert request["Action"] == "AssumeRole"
    assert (request["RoleArn"], request["RoleSessionName"]) == (ARN, "oss-drift")
    assert request["AccessKeyId"] == "base-id"
    assert "SecurityToken" not in request


def test_a_role_is_assumed_with_temporary_credentials_too(search: Any) -> None:
    environ = BASE | {"OSS_SESSION_TOKEN": "t", "ALIBABA_CLOUD_ROLE_SESSION_NAME": "mine"}
    with answering(STS) as sts:
        temporary(find(search(environ, role_arn=ARN, sts=sts.url)))
    assert asked(sts)["SecurityToken"] == "t"
    assert asked(sts)["RoleSessionName"] == "mine"


def test_a_ci_system_needs_no_key(search: Any, token: Path) -> None:
    environ = {
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(token),
        "ALIBABA_CLOUD_ROLE_ARN": ARN,
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "provider",
    }
    with answering(STS) as sts:
        provider = temporary(find(search(environ, sts=sts.url)))
    assert provider.name == "the OIDC role of the environment (ALIBABA_CLOUD_ROLE_ARN)"
    request = asked(sts)
    assert request["Action"] == "AssumeRoleWithOIDC"
    assert request["OIDCToken"] == "an-oidc-token"
    assert (request["RoleArn"], request["OIDCProviderArn"]) == (ARN, "provider")


def test_a_token_file_that_is_gone_is_named(search: Any, token: Path) -> None:
    token.unlink()
    environ = {
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(token),
        "ALIBABA_CLOUD_ROLE_ARN": ARN,
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "provider",
    }
    message = "The file that ALIBABA_CLOUD_OIDC_TOKEN_FILE names cannot be read: No such file"
    with pytest.raises(CredentialsError, match=message):
        find(search(environ))


def test_profiles_that_assume_roles(search: Any, config: Config, token: Path) -> None:
    role = {"ram_role_arn": ARN, "ram_session_name": "s", "expired_seconds": 900, "policy": "p"}
    oidc = {"oidc_provider_arn": "provider", "oidc_token_file": str(token)}
    chain = {"mode": "ChainableRamRoleArn", "source_profile": "r", "external_id": "x"}
    config(
        {"mode": "AK", **KEY},
        {"name": "r", "mode": "RamRoleArn", **KEY, **role},
        {"name": "o", "mode": "OIDC", **oidc, **role},
        {"name": "c", **chain, **role},
    )
    for name, ids in {"r": ["cli-id"], "o": [None], "c": ["cli-id", ID]}.items():
        with answering(STS) as sts:
            provider = temporary(find(search(profile=name, sts=sts.url)))
        assert provider.name == f'profile "{name}" of ~/.aliyun/config.json'
        requests = [query(line) for line in sts.lines]
        assert [request.get("AccessKeyId") for request in requests] == ids
        for request in requests:
            assert request["RoleArn"] == ARN
            assert (request["RoleSessionName"], request["DurationSeconds"]) == ("s", "900")
            assert request["Policy"] == "p"
    assert requests[-1]["ExternalId"] == "x"


def test_sections_that_assume_roles(search: Any, folder: Path, token: Path) -> None:
    (folder / "pem").write_text("private")
    (folder / "ini").write_text(
        f"[r]\ntype=ram_role_arn\naccess_key_id=a\naccess_key_secret=b\nrole_arn={ARN}\n"
        f"[o]\ntype=oidc_role_arn\nrole_arn={ARN}\noidc_provider_arn=p\n"
        f"oidc_token_file_path={token}\nrole_session_name=s\n"
        f"[k]\ntype=rsa_key_pair\npublic_key_id=a\nprivate_key_file={folder / 'pem'}\n"
    )
    pair = {"SessionAccessKeyId": ID, "SessionAccessKeySecret": SECRET, **key()}
    for name, action, answer in (
        ("r", "AssumeRole", STS),
        ("o", "AssumeRoleWithOIDC", STS),
        ("k", "GenerateSessionAccessKey", success({"SessionAccessKey": pair})),
    ):
        environ = {
            "ALIBABA_CLOUD_CREDENTIALS_FILE": str(folder / "ini"),
            "ALIBABA_CLOUD_PROFILE": name,
        }
        with answering(answer) as sts:
            provider = find(search(environ, sts=sts.url))
        assert asked(sts)["Action"] == action
        assert provider.name == f'section "{name}" of ~/ini'
        assert provider.credentials().key_id == ID


def test_single_sign_on(search: Any, config: Config) -> None:
    with answering(success({"CloudCredential": key()})) as sso:
        config(
            {
                "mode": "CloudSSO",
                "cloud_sso_sign_in_url": sso.url,
                "cloud_sso_account_id": "1",
                "cloud_sso_access_config": "ac",
                "access_token": "bearer",
                "cloud_sso_access_token_expire": 4_000_000_000,
            }
        )
        temporary(find(search()))
    assert sso.lines == ["POST /cloud-credentials HTTP/1.1"]
    assert sso.header("Authorization") == "Bearer bearer"


def test_the_uri_of_a_local_server(search: Any) -> None:
    with answering(success({"Code": "Success", **key()})) as server:
        environ = {"ALIBABA_CLOUD_CREDENTIALS_URI": f"{server.url}/key?a=b"}
        assert temporary(find(search(environ))).name == "ALIBABA_CLOUD_CREDENTIALS_URI"
    assert server.lines == ["GET /key?a=b HTTP/1.1"]


def test_the_uri_of_a_server_that_speaks_tls_may_be_anywhere(search: Any) -> None:
    with served(hanging_up, listens=False) as server:
        environ = {"ALIBABA_CLOUD_CREDENTIALS_URI": server.url.replace("http:", "https:")}
        with pytest.raises(CredentialsError, match="it cannot be reached"):
            find(search(environ))


def test_an_ecs_instance_needs_no_key(folder: Path) -> None:
    with answering(metadata) as service:
        environ = {"HOME": str(folder)}
        provider = temporary(find(Search(environ, metadata=service.url)))
        named = {**environ, "ALIBABA_CLOUD_ECS_METADATA": "b-role"}
        temporary(find(Search(named, metadata=service.url)))
    assert provider.name == "the RAM role of this ECS instance"
    paths = [line.split(" ")[1] for line in service.lines if "security" in line]
    assert [path.rpartition("/")[2] for path in paths] == ["", "a-role", "b-role"]


def test_a_profile_of_an_ecs_instance(folder: Path, config: Config) -> None:
    config({"mode": "EcsRamRole", "ram_role_name": "c-role"})
    ini = folder / "ini"
    ini.write_text("[default]\ntype = ecs_ram_role\nrole_name = d-role\n")
    environ = {"HOME": str(folder)}
    with answering(metadata) as service:
        temporary(find(Search(environ, metadata=service.url)))
        config({"mode": "AK"})
        environ["ALIBABA_CLOUD_CREDENTIALS_FILE"] = str(ini)
        temporary(find(Search(environ, metadata=service.url)))
    roles = [line.split(" ")[1].rpartition("/")[2] for line in service.lines if "GET" in line]
    assert roles == ["c-role", "d-role"]


NOBODY: dict[str, Talk | bytes] = {
    "silence": silent,
    "an answer that drips": dripping(http(b"x" * 1000)),
    "another service": http(b"Not here.", "404 Not Found"),
    "a captive portal": http(b"<html>Log in</html>"),
    "an empty answer": http(b""),
    "no HTTP": b"\0\1\2",
}


@pytest.mark.parametrize("talk", NOBODY.values(), ids=NOBODY)
def test_where_no_metadata_service_is_the_answer_comes_in_bounded_time(
    folder: Path, talk: Talk | bytes
) -> None:
    environ = {"HOME": str(folder)}
    with served(talk) as wire, pytest.raises(CredentialsError, match="There are no credentials"):
        find(Search(environ, metadata=wire.url))
    assert wire.heads


@pytest.mark.parametrize("talk", [silent, http(b"", "404 Not Found")])
def test_a_role_that_is_named_must_be_there(folder: Path, talk: Talk | bytes) -> None:
    environ = {"HOME": str(folder), "ALIBABA_CLOUD_ECS_METADATA": "role"}
    with served(talk) as wire, pytest.raises(CredentialsError) as raised:
        find(Search(environ, metadata=wire.url, retries=0, timeout=0.3))
    assert "No credentials come from the RAM role of this ECS instance: " in str(raised.value)


def _error(code: object) -> bytes:
    body = {"Code": code, "Message": CANARY, "RequestId": CANARY, "AccessKeySecret": CANARY}
    return http(json.dumps(body).encode(), "403 Forbidden")


FAILURES: dict[str, tuple[Talk | bytes, str]] = {
    "a known code": (_error("NoPermission"), "the answer is HTTP 403 with the error NoPermission"),
    "a code in parts": (
        _error("InvalidAccessKeyId.NotFound"),
        "the answer is HTTP 403 with the error InvalidAccessKeyId.NotFound",
    ),
    "a secret as the code": (_error(CANARY), "the answer is HTTP 403"),
    "a code that is none": (_error([CANARY]), "the answer is HTTP 403"),
    "a text": (http(CANARY.encode(), "500 Oops"), "the answer is HTTP 500"),
    "bytes that are no text": (http(b"\xff", "403 Forbidden"), "the answer is HTTP 403"),
    "a success without a key": (success({"Message": CANARY}), "the answer makes no sense"),
    "half a key": (
        success({"Credentials": {"AccessKeyId": CANARY}}),
        "the answer makes no sense",
    ),
    "a key of another type": (
        success({"Credentials": key(AccessKeyId=7)}),
        "the answer makes no sense",
    ),
    "a key that breaks lines": (
        success({"Credentials": key(AccessKeySecret=f"{CANARY}\r\nX: y")}),
        "the answer makes no sense",
    ),
    "no date": (success({"Credentials": key(Expiration=CANARY)}), "the answer makes no sense"),
    "a key that is over": (
        success({"Credentials": key(-3600)}),
        "what it has is over, or this machine's clock is wrong",
    ),
    "no end": (success({"Credentials": key(Expiration=None)}), "the answer makes no sense"),
    "no token": (success({"Credentials": key(SecurityToken="")}), "the answer makes no sense"),
    "no JSON": (http(CANARY.encode()), "the answer makes no sense"),
    "no HTTP": (CANARY.encode(), "it cannot be reached"),
}


@pytest.mark.parametrize(("talk", "reason"), FAILURES.values(), ids=FAILURES)
def test_an_answer_that_is_no_key_is_an_error_without_its_words(
    search: Any, said: Callable[[], str], talk: Talk | bytes, reason: str
) -> None:
    with served(talk) as sts, pytest.raises(CredentialsError) as raised:
        find(search(BASE, role_arn=ARN, sts=sts.url))
    name = f"the role {ARN}, assumed with the environment (OSS_ACCESS_KEY_ID)"
    assert str(raised.value) == f"No credentials come from {name}: {reason}."
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    everything = f"{said()}{raised.value}{raised.value.advice}"
    for secret in (CANARY, "Signature", "base-id", "base-secret"):
        assert secret not in everything


def test_a_service_that_cannot_be_reached_is_an_error(search: Any) -> None:
    with answering(STS) as sts:
        pass
    with pytest.raises(CredentialsError, match=r"it cannot be reached\."):
        find(search(BASE, role_arn=ARN, sts=sts.url))


DRIP = dripping(http(b"x" * 1000))


def test_no_kind_of_service_holds_drift_up_by_an_answer_that_drips(
    search: Any, token: Path
) -> None:
    with served(DRIP) as wire:
        oidc = {
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(token),
            "ALIBABA_CLOUD_ROLE_ARN": ARN,
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "a",
        }
        searches = (
            search({"ALIBABA_CLOUD_CREDENTIALS_URI": wire.url}, timeout=0.3),
            search(BASE, role_arn=ARN, sts=wire.url, timeout=0.3),
            search(oidc, sts=wire.url, timeout=0.3),
        )
        for one in searches:
            with pytest.raises(CredentialsError, match="it does not answer in time"):
                find(one)
    assert len(wire.heads) == len(searches)


def test_the_time_of_a_program_that_does_not_end_is_bounded(
    search: Any, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drift.live.credentials.program.SECONDS", 0.1)
    nap = f"sleep 60.{os.getpid()}"
    config({"mode": "External", "process_command": nap})
    with pytest.raises(CredentialsError, match="its program did not end in time"):
        find(search(allow_process=True))
    assert subprocess.run(["pgrep", "-f", f"^{nap}$"], capture_output=True).stdout == b""


def test_a_key_without_an_end_has_none(search: Any, config: Config, folder: Path) -> None:
    (folder / "answer").write_text(json.dumps(KEY))
    config({"mode": "External", "process_command": f"cat {folder / 'answer'}"})
    found = find(search(allow_process=True)).credentials()
    assert found == Credentials("cli-id", "cli-secret")
