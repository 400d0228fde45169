"""The way to the service: TLS, names, proxies, and what is sent."""

import os
import re
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import TypeAlias

import pytest

from drift import __version__
from drift.live.credentials import Credentials, Fixed
from drift.live.oss import Oss
from drift.live.probe import Target, reach
from drift.live.source import Answer, Bucket, NoAnswerError
from drift.live.transport.either import Name
from drift.live.transport.transport import TransportError
from drift.settings.https import HttpsConfiguration
from tests.cli.running import desired
from tests.live.conftest import KEY, Found
from tests.live.tls import Certificate, https, old_suites, old_version
from tests.live.wire import (
    DOCUMENT,
    Wire,
    error,
    hanging_up,
    saying,
    served,
    silent,
)
from tests.live.wire import (
    http as answer,
)

BUCKET = Bucket("oss-example", "cn-hangzhou")

Against: TypeAlias = Callable[..., Found]


def secure(wire: Wire) -> str:
    return wire.url.replace("http:", "https:")


def test_a_certificate_that_is_not_trusted(against: Against, here: Certificate) -> None:
    with https(here, saying(answer(DOCUMENT))) as wire:
        against(wire.url).is_a_problem(
            "CertificateNotTrusted", "The endpoint's certificate is not trusted by this machine."
        )
    assert wire.heads == []


@pytest.mark.usefixtures("trusting")
def test_the_same_certificate_is_fine_once_it_is_trusted(
    against: Against, here: Certificate
) -> None:
    with https(here, saying(answer(DOCUMENT))) as wire:
        against(wire.url).is_in_sync()
        against(wire.url.replace("127.0.0.1", "localhost")).is_a_problem("CertificateNotTrusted")


@pytest.mark.usefixtures("trusting")
def test_a_bucket_with_old_suites_is_still_judged(against: Against, here: Certificate) -> None:
    with https(here, saying(answer(DOCUMENT)), old_suites) as wire:
        against(wire.url).is_in_sync()
    assert len(wire.heads) == 1


@pytest.mark.usefixtures("trusting")
def test_a_bucket_with_an_old_version_is_a_problem(against: Against, here: Certificate) -> None:
    with https(here, saying(answer(DOCUMENT)), old_version) as wire:
        against(wire.url).is_a_problem(
            "TLSHandshakeFailed",
            "No TLS version and cipher suite could be agreed on with the endpoint.",
            "The bucket may accept only what this machine does not speak;",
            "`drift doctor` says what.",
        )


HANDSHAKES = {
    "no version in common": saying(b"\x15\x03\x01\x00\x02\x02\x46"),
    "no suite in common": saying(b"\x15\x03\x03\x00\x02\x02\x28"),
    "plain HTTP": saying(answer(DOCUMENT)),
    "zeros": saying(bytes(1000)),
}


@pytest.mark.parametrize("talk", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_handshake_that_fails(against: Against, talk: Callable[..., object]) -> None:
    with served(talk, listens=False) as wire:
        against(secure(wire)).is_a_problem("TLSHandshakeFailed", "`drift doctor` says what.")


def test_a_handshake_that_is_broken_off(against: Against) -> None:
    with served(hanging_up, listens=False) as wire:
        against(secure(wire)).is_a_problem("ConnectionFailed")


def test_a_handshake_that_never_comes(against: Against) -> None:
    with served(silent, listens=False) as wire:
        started = monotonic()
        against(secure(wire), "--timeout", "0.4").is_a_problem("Timeout")
        assert monotonic() - started < 10


def test_a_connection_that_is_refused(against: Against) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    against(f"http://127.0.0.1:{port}").is_a_problem(
        "ConnectionFailed", "Check the network, the proxy settings and the endpoint."
    )


def test_a_connection_that_is_reset(against: Against) -> None:
    def talk(_wire: Wire, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with served(talk) as wire:
        against(wire.url).is_a_problem("ConnectionFailed")


def test_a_connection_that_is_reset_within_the_answer(against: Against) -> None:
    def talk(wire: Wire, connection: socket.socket) -> None:
        saying(answer(DOCUMENT, Content_Length=1000))(wire, connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with served(talk) as wire:
        against(wire.url).is_a_problem("ConnectionFailed")


def test_a_host_that_is_not_known(against: Against) -> None:
    against("https://oss.invalid").is_a_problem(
        "HostNotFound",
        "The endpoint's host name is not known.",
        'Check "Region" in the desired file, or --endpoint.',
    )


class Nowhere:
    """A transport that knows no host, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def get(self, url: str, _headers: Mapping[str, str], _timeout: float) -> Answer:
        self.urls.append(url)
        raise TransportError("HostNotFound")

    def close(self) -> None: ...


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Nowhere:
    """Let no name be known, and return what was asked for."""
    transport = Nowhere()
    monkeypatch.setattr("drift.live.oss.transport", lambda *_, **__: transport)
    return transport


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-hangzhou", "oss-example.oss-cn-hangzhou.aliyuncs.com"),
        ("eu-central-1", "oss-example.oss-eu-central-1.aliyuncs.com"),
        ("cn-hangzhou-finance", "oss-example.oss-cn-hzfinance.aliyuncs.com"),
        ("cn-shanghai-finance-1", "oss-example.oss-cn-shanghai-finance-1-pub.aliyuncs.com"),
    ],
)
def test_without_an_endpoint_the_regions_own_is_asked(
    against: Against, nowhere: Nowhere, region: str, host: str
) -> None:
    against(None, declared=desired(region=region)).is_a_problem("HostNotFound")
    assert nowhere.urls == [f"https://{host}/?httpsConfig="]


def test_a_bucket_without_a_region_is_not_asked_for(against: Against) -> None:
    with served(answer(DOCUMENT)) as wire:
        against(wire.url, declared=desired(region=None)).is_a_problem(
            "NoRegion", 'Add "Region" to the desired file, or give --region.'
        )
        assert wire.heads == []
        against(wire.url, "--region", "cn-beijing", declared=desired(region=None)).is_in_sync()
    assert "/cn-beijing/oss/aliyun_v4_request" in wire.header("authorization")


def test_the_request_is_the_one_that_the_documentation_has(against: Against) -> None:
    with served(answer(DOCUMENT)) as wire:
        against(wire.url).is_in_sync()
    assert wire.lines == ["GET /oss-example/?httpsConfig= HTTP/1.1"]
    signed = wire.header("authorization")
    assert re.fullmatch(
        rf"OSS4-HMAC-SHA256 Credential={KEY['OSS_ACCESS_KEY_ID']}/\d{{8}}/cn-hangzhou/oss/"
        r"aliyun_v4_request, ?Signature=[0-9a-f]{64}",
        signed,
    )
    assert f"oss-drift/{__version__}" in wire.header("User-Agent")
    assert wire.header("x-oss-content-sha256") == "UNSIGNED-PAYLOAD"
    assert "x-oss-security-token" not in wire.heads[0].lower()


def test_a_session_token_is_sent_where_there_is_one(
    against: Against, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSS_SESSION_TOKEN", "token")
    with served(answer(DOCUMENT)) as wire:
        against(wire.url).is_in_sync()
    assert wire.header("x-oss-security-token") == "token"


def test_every_bucket_is_asked_for_once(against: Against) -> None:
    names = [f"bucket-{number:02}" for number in range(40)]
    with served(answer(DOCUMENT)) as wire:
        against(wire.url, declared=desired(names)).is_in_sync()
    assert sorted(wire.lines) == [f"GET /{name}/?httpsConfig= HTTP/1.1" for name in names]


def test_what_was_refused_is_not_asked_for_again(against: Against) -> None:
    names = ["oss-one", "oss-two"]
    with served(error("ServiceUnavailable", "503 Service Unavailable")) as wire:
        against(wire.url, declared=desired(names)).is_a_problem("ServiceUnavailable")
    assert len(wire.heads) == 2


@pytest.mark.parametrize("entry", ["default", "machine 127.0.0.1"])
def test_a_netrc_does_not_change_the_authorization(
    against: Against, folder: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    text = f"{entry} login somebody password hunter2\n"
    for name in (".netrc", "_netrc", "netrc"):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    with served(answer(DOCUMENT)) as wire:
        against(wire.url).is_in_sync()
        monkeypatch.setenv("NETRC", str(folder / "netrc"))
        against(wire.url).is_in_sync()
    assert len(wire.heads) == 2
    for head in wire.heads:
        assert "authorization: oss4-hmac-sha256 " in head.lower()
        assert "Basic" not in head


PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def test_a_proxy_is_used_for_the_service(against: Against, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(answer(b"no", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:hunter2@"))
        found = against(None)
    found.is_a_problem("ProxyFailed", "The proxy does not let the request through.")
    (line,) = proxy.lines
    assert re.fullmatch(r"CONNECT oss-example\.oss-cn-hangzhou\.aliyuncs\.com:443 HTTP/1\.\d", line)
    assert "OSS4-HMAC" not in proxy.heads[0]
    assert "hunter2" not in str(found)


def test_a_proxy_that_only_connects_sees_no_request(
    against: Against, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(b"HTTP/1.1 200 Connection established\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        found = against(None)
    assert {line.partition(" ")[0] for line in proxy.lines} == {"CONNECT"}
    found.is_a_problem("ConnectionFailed")


def test_a_proxy_that_is_not_there(against: Against, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.getsockname()[1]}")
    against(None).is_a_problem("ProxyFailed", "Check the network, the proxy settings")


def test_a_proxy_has_no_part_in_a_request_to_this_machine(
    against: Against, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(answer(b"no", "403 Forbidden")) as proxy:
        for name in PROXIES:
            monkeypatch.setenv(name, proxy.url)
        with served(answer(DOCUMENT)) as wire:
            against(wire.url).is_in_sync()
            against(wire.url.replace("127.0.0.1", "localhost")).is_in_sync()
    assert proxy.heads == []
    assert len(wire.heads) == 2


def test_a_source_says_what_it_could_not_do() -> None:
    source = Oss(Fixed(Credentials("id", "secret")), endpoint="http://127.0.0.1:9")
    with pytest.raises(NoAnswerError, match="The connection failed or broke off") as raised:
        source.read(BUCKET, HttpsConfiguration)
    assert raised.value.problem.code == "ConnectionFailed"


def test_certificates_that_cannot_be_read_are_a_problem_of_the_bucket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    source = Oss(Fixed(Credentials("id", "secret")), endpoint="https://127.0.0.1:9")
    with pytest.raises(NoAnswerError, match="REQUESTS_CA_BUNDLE names cannot be read"):
        source.read(BUCKET, HttpsConfiguration)


@pytest.mark.parametrize("carrier", ["auto", "openssl"])
def test_a_pipe_that_certificates_could_come_from_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, carrier: Name
) -> None:
    os.mkfifo(folder / "pipe")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "pipe"))
    key = Fixed(Credentials("id", "secret"))
    source = Oss(key, endpoint="https://127.0.0.1:9", carrier=carrier)
    with pytest.raises(NoAnswerError, match="REQUESTS_CA_BUNDLE names cannot be read"):
        source.read(BUCKET, HttpsConfiguration)
    (found,) = reach([Target("127.0.0.1", 9, is_tls=True)], 10)
    assert found.problem
    assert found.problem.code == "CertificatesNotReadable"
