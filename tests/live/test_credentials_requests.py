"""Requests for credentials: which road they take, whom they trust, and how often they are tried."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from drift.errors import CredentialsError
from drift.live.credentials import Credentials, Search, find
from drift.live.transport.environment import Proxies, TrustStore
from drift.live.transport.openssl import OpenSSL
from drift.live.transport.transport import Request
from tests.live.services import ID, SECRET, TOKEN, answering, key, metadata, query, success
from tests.live.socks import socks
from tests.live.tls import Certificate, certificate_in, https, speaking, tunnelling
from tests.live.wire import http, saying, served

ARN = "acs:ram::1234567890123456:role/drift"
BASE = {"OSS_ACCESS_KEY_ID": "base-id", "OSS_ACCESS_KEY_SECRET": "base-secret"}
OFF = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
STS = success({"Credentials": key()})
HOST = "sts.drift.test"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait for no retry, and return how long each wait would have been."""
    waited: list[float] = []
    monkeypatch.setattr("drift.live.credentials.caller.sleep", waited.append)
    return waited


@pytest.fixture(scope="session")
def sts_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for a host that only a proxy can reach."""
    return certificate_in(tmp_path_factory.mktemp("sts"), f"DNS:{HOST}")


@pytest.fixture
def trusting_sts(sts_certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sts_certificate.authority))


def role(environ: dict[str, str] | None = None, **options: object) -> Credentials:
    """Assume the role, by one attempt unless `options` say otherwise."""
    asked = {"role_arn": ARN, "retries": 0, "timeout": 5, **options}
    return find(Search({**BASE, **OFF, **(environ or {})}, **asked)).credentials()  # type: ignore[arg-type]


def refusal(environ: dict[str, str] | None = None, **options: object) -> CredentialsError:
    """Return the error of a role that cannot be assumed."""
    with pytest.raises(CredentialsError) as raised:
        role(environ, **options)
    return raised.value


def test_openssl_sends_any_method_with_its_body() -> None:
    with served(http(b"done")) as server, closing(OpenSSL(Proxies({}), TrustStore())) as transport:
        request = Request("POST", f"{server.url}/path?a=b", {"x-a": "b"}, b"body")
        assert transport.send(request, 5).body == b"done"
    assert server.lines == ["POST /path?a=b HTTP/1.1"]
    assert server.header("Content-Length") == "4"
    assert server.header("X-A") == "b"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_of_the_environment_is_trusted(
    here: Certificate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(here.authority))
    with https(here, saying(STS)) as sts:
        assert role(sts=sts.url).key_id == ID


def test_an_untrusted_certificate_is_not_an_unreachable_host(here: Certificate) -> None:
    with https(here, saying(STS)) as sts:
        error = refusal(sts=sts.url)
    assert "this machine does not trust the certificate of its endpoint" in str(error)
    assert "REQUESTS_CA_BUNDLE" in error.advice
    assert "SSL_CERT_FILE" in error.advice


@pytest.mark.usefixtures("trusting_sts")
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_carries_the_request(
    sts_certificate: Certificate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with served(tunnelling(sts_certificate, STS)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert role(sts=f"https://{HOST}").token == TOKEN
    assert proxy.heads[0].startswith(f"CONNECT {HOST}:443 HTTP/1.")


@pytest.mark.usefixtures("trusting_sts")
def test_a_socks_proxy_carries_the_request(
    sts_certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    beyond = speaking(sts_certificate, saying(STS))
    with served(socks(beyond), listens=False) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("http:", "socks5h:"))
        assert role(sts=f"https://{HOST}").token == TOKEN
    assert proxy.heads[0] == f"SOCKS5 {HOST}:443"
    assert query(proxy.heads[1].splitlines()[0])["Action"] == "AssumeRole"


@pytest.mark.parametrize(
    "excluded", ["*.drift.test", ".drift.test", "sts.drift.test:443", "*", "a,sts.drift.test"]
)
def test_a_host_of_no_proxy_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, excluded: str
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [])
    with served(http(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", excluded)
        refusal(sts=f"https://{HOST}")
        assert proxy.heads == []


@pytest.mark.parametrize("excluded", ["sts.drift.test:8443", "test.drift", "other.test"])
def test_a_host_that_no_proxy_does_not_name_is_asked_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, excluded: str
) -> None:
    with served(http(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", excluded)
        refusal(sts=f"https://{HOST}")
    assert proxy.lines[0].startswith(f"CONNECT {HOST}:443 ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HTTPS_PROXY", "hunter2 hunter2"), ("REQUESTS_CA_BUNDLE", "hunter2hunter2")],
)
def test_a_variable_of_the_network_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    error = refusal(sts=f"https://{HOST}")
    assert variable in str(error)
    assert "hunter2" not in f"{error}{error.advice}"
    assert "the proxy does not let" not in str(error)


def test_a_proxy_that_refuses_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(http(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = refusal(sts=f"https://{HOST}")
    assert "the proxy does not let the request through" in str(error)


def test_no_proxy_is_asked_about_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(http(b"", "500 No")) as proxy, answering(STS) as sts:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        assert role(sts=sts.url).key_id == ID
    assert proxy.heads == []


def test_the_metadata_service_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(http(b"", "500 No")) as proxy, answering(metadata) as service:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        found = find(Search({"HOME": "/nonexistent"}, metadata=service.url)).credentials()
    assert found.key_id == ID
    assert proxy.heads == []


def failing_at_first(times: int, failure: bytes) -> Iterator[bytes]:
    yield from [failure] * times
    while True:
        yield STS


def _sts_error(code: str, status: str) -> bytes:
    return http(json.dumps({"Code": code, "Message": "No."}).encode(), status)


PASSING: dict[str, bytes] = {
    "a server error": http(b"", "503 Service Unavailable"),
    "too many requests": http(b"", "429 Too Many Requests"),
    "throttling of the user": _sts_error("Throttling.User", "400 Bad Request"),
    "throttling": _sts_error("Throttling", "403 Forbidden"),
    "a timeout of something in between": http(b"", "408 Request Timeout"),
    "a page of something in between": http(b"<html>", "400 Bad Request"),
    "a success of something in between": http(b"<html>"),
    "no HTTP": b"rubbish",
}


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_what_fails_in_passing_is_tried_again(failure: bytes, pauses: list[float]) -> None:
    answers = failing_at_first(2, failure)
    with answering(lambda _method, _url: next(answers)) as sts:
        assert role(sts=sts.url, retries=2).key_id == ID
    assert len(sts.lines) == 3
    assert len(pauses) == 2
    nonces = {query(line)["SignatureNonce"] for line in sts.lines}
    assert len(nonces) == 3


def test_what_goes_on_failing_is_given_up_in_the_end(pauses: list[float]) -> None:
    with answering(_sts_error("Throttling.User", "400 Bad Request")) as sts:
        error = refusal(sts=sts.url, retries=3)
    assert str(error).endswith("the answer is HTTP 400 with the error Throttling.User.")
    assert len(sts.lines) == 4
    assert len(pauses) == 3


LASTING: dict[str, bytes] = {
    "a refusal": _sts_error("NoPermission", "403 Forbidden"),
    "a wrong parameter": _sts_error("InvalidParameter.RoleArn", "400 Bad Request"),
    "a success without a key": success({}),
    "a list": success([]),
}


@pytest.mark.parametrize("failure", LASTING.values(), ids=LASTING)
def test_what_would_fail_again_is_not_tried_again(failure: bytes, pauses: list[float]) -> None:
    with answering(failure) as sts:
        refusal(sts=sts.url, retries=3)
    assert len(sts.lines) == 1
    assert pauses == []


def test_the_endpoint_of_the_environment_is_asked() -> None:
    with answering(STS) as sts:
        assert role({"ALIBABA_CLOUD_STS_ENDPOINT": sts.url}).key_id == ID
    assert query(sts.lines[0])["Action"] == "AssumeRole"


def test_the_endpoint_of_a_profile_comes_before_that_of_the_environment(folder: Path) -> None:
    with answering(STS) as sts:
        profile = {
            "name": "a", "mode": "RamRoleArn", "access_key_id": "a", "access_key_secret": "b",
            "ram_role_arn": ARN, "sts_endpoint": sts.url,
        }  # fmt: skip
        path = folder / ".aliyun" / "config.json"
        path.parent.mkdir()
        path.write_text(json.dumps({"current": "a", "profiles": [profile]}))
        elsewhere = {"ALIBABA_CLOUD_STS_ENDPOINT": "https://127.0.0.1:9", "HOME": str(folder)}
        found = find(Search({**OFF, **elsewhere}, retries=0))
    assert found.credentials().key_id == ID


def test_a_profile_can_choose_the_endpoint_of_a_network(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = {
        "name": "default", "mode": "RamRoleArn", "access_key_id": "a", "access_key_secret": "b",
        "ram_role_arn": ARN, "sts_region": "cn-beijing", "enable_vpc": True,
    }  # fmt: skip
    path = folder / ".aliyun" / "config.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"profiles": [profile]}))
    with served(http(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(CredentialsError):
            find(Search({**OFF, "HOME": str(folder)}, retries=0))
    assert proxy.lines[0].startswith("CONNECT sts-vpc.cn-beijing.aliyuncs.com:443 ")


ENDPOINTS = {
    "none": ({}, "sts.aliyuncs.com"),
    "a region": ({"ALIBABA_CLOUD_STS_REGION": "cn-beijing"}, "sts.cn-beijing.aliyuncs.com"),
    "a network": (
        {
            "ALIBABA_CLOUD_STS_REGION": "cn-beijing",
            "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": "true",
        },
        "sts-vpc.cn-beijing.aliyuncs.com",
    ),
    "a host": (
        {"ALIBABA_CLOUD_STS_ENDPOINT": "sts-vpc.cn-hangzhou.aliyuncs.com"},
        "sts-vpc.cn-hangzhou.aliyuncs.com",
    ),
    "a URL": ({"ALIBABACLOUD_STS_ENDPOINT": f"https://{HOST}/"}, HOST),
}


@pytest.mark.parametrize(("environ", "host"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_which_endpoint_is_asked(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], host: str
) -> None:
    with served(http(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        refusal(environ)
    assert proxy.lines[0].startswith(f"CONNECT {host}:443 ")


@pytest.mark.parametrize("address", ["http://sts.aliyuncs.com", "https://", "ftp://a", "a b"])
def test_an_endpoint_that_is_none_is_refused_by_the_name_of_its_variable(address: str) -> None:
    error = refusal({"ALIBABA_CLOUD_STS_ENDPOINT": address})
    assert str(error).startswith("ALIBABA_CLOUD_STS_ENDPOINT is no address to get credentials from")


@pytest.mark.parametrize(
    "address",
    [
        "https://user:canary-0009@sts.aliyuncs.com",
        "https://sts.aliyuncs.com/canary-0009",
        "sts.aliyuncs.com/?canary-0009",
        "https://sts.aliyuncs.com#canary-0009",
    ],
)
def test_an_endpoint_with_more_than_a_host_is_refused_and_not_repeated(address: str) -> None:
    error = refusal({"ALIBABA_CLOUD_STS_ENDPOINT": address})
    assert str(error).startswith("ALIBABA_CLOUD_STS_ENDPOINT must hold nothing but https://HOST")
    assert "canary" not in f"{error} {error.advice}"


def test_a_code_that_repeats_a_secret_is_not_shown(pauses: list[float]) -> None:
    environ = {"OSS_ACCESS_KEY_SECRET": "CanarySecret", "OSS_SESSION_TOKEN": "CanaryToken"}
    for echo in environ.values():
        with answering(_sts_error(echo, "403 Forbidden")) as sts:
            error = refusal(environ, sts=sts.url)
        assert str(error).endswith("the answer is HTTP 403.")
    assert pauses == []


def test_a_search_for_a_name_that_does_not_end_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(*_: object, **__: object) -> None:
        sleep(0.5)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", slow)
    error = refusal(sts=f"https://{HOST}", timeout=0.1)
    assert str(error).endswith("it does not answer in time.")


def test_the_account_is_that_of_the_role_that_was_assumed() -> None:
    assert role_answering({"Credentials": key()}).account == "1234567890123456"
    arn = "acs:ram::42:role/drift/session"
    user = {"Arn": arn, "AssumedRoleId": "1:session"}
    assert role_answering({"Credentials": key(), "AssumedRoleUser": user}).account == "42"
    odd = {"Credentials": key(), "AssumedRoleUser": {"Arn": SECRET}}
    assert role_answering(odd).account == "1234567890123456"


def role_answering(document: object) -> Credentials:
    with answering(success(document)) as sts:
        return role(sts=sts.url)


def test_a_role_whose_arn_is_none_is_not_repeated() -> None:
    with answering(STS) as sts:
        provider = find(Search({**BASE, **OFF}, role_arn="hunter2", sts=sts.url))
    assert provider.name == "the role, assumed with the environment (OSS_ACCESS_KEY_ID)"
    assert provider.credentials().account is None
