"""The way to the service: TLS, names, proxies, and what is sent."""

import http.server
import re
import socket
import ssl
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, TypeAlias

import pytest

from drift import __version__
from drift.live.credentials import Credentials
from drift.live.oss import Oss
from drift.live.source import NoAnswerError
from drift.settings.https import HttpsConfiguration
from tests.cli.running import desired
from tests.live.conftest import KEY, Found
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

Against: TypeAlias = Callable[..., Found]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for this machine that nobody trusts, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    files = (folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=drift", "-addext", "subjectAltName=IP:127.0.0.1",
         "-out", files[0], "-keyout", files[1]],
        check=True,
        capture_output=True,
        timeout=30,
    )  # fmt: skip
    return files


class _Document(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(DOCUMENT)))
        self.end_headers()
        self.wfile.write(DOCUMENT)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def https(certificate: tuple[Path, Path]) -> Iterator[str]:
    """Serve the document over TLS, and yield the URL."""

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that refuses the certificate is what the tests are about."""

        def get_request(self) -> tuple[socket.socket, Any]:
            plain, address = super().get_request()
            plain.settimeout(10)
            return context.wrap_socket(plain, server_side=True), address

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with Server(("127.0.0.1", 0), _Document) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(10)


def secure(wire: Wire) -> str:
    return wire.url.replace("http:", "https:")


def test_a_certificate_that_is_not_trusted(
    against: Against, certificate: tuple[Path, Path]
) -> None:
    with https(certificate) as url:
        against(url).is_a_problem(
            "CertificateNotTrusted", "The endpoint's certificate is not trusted by this machine."
        )


def test_the_same_certificate_is_fine_once_it_is_trusted(
    against: Against, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    with https(certificate) as url:
        against(url).is_in_sync()


def test_a_trusted_certificate_of_another_name_is_not_trusted(
    against: Against, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    with https(certificate) as url:
        port = url.rpartition(":")[2]
        against(f"https://localhost:{port}").is_a_problem("CertificateNotTrusted")


HANDSHAKES = {
    "no version in common": saying(b"\x15\x03\x01\x00\x02\x02\x46"),
    "no suite in common": saying(b"\x15\x03\x03\x00\x02\x02\x28"),
    "plain HTTP": saying(answer(DOCUMENT)),
    "zeros": saying(bytes(1000)),
}


@pytest.mark.parametrize("talk", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_handshake_that_fails(against: Against, talk: Callable[..., object]) -> None:
    with served(talk, listens=False) as wire:
        against(secure(wire)).is_a_problem("TLSHandshakeFailed", "try a newer OpenSSL.")


def test_a_handshake_that_is_broken_off(against: Against) -> None:
    with served(hanging_up, listens=False) as wire:
        found = against(secure(wire))
    assert found.bucket["problem"]["code"] in ("TLSHandshakeFailed", "ConnectionFailed")
    found.is_a_problem(found.bucket["problem"]["code"])


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


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let no name be known, and return those that were asked for."""
    asked = []
    resolve = socket.getaddrinfo

    def unknown(host: Any, *arguments: Any, **options: Any) -> Any:
        if host == "127.0.0.1":
            return resolve(host, *arguments, **options)
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    return asked


def test_a_host_that_is_not_known(against: Against, nameless: list[str]) -> None:
    against("https://oss.invalid").is_a_problem(
        "HostNotFound",
        "The endpoint's host name is not known.",
        'Check "Region" in the desired file, or --endpoint.',
    )
    assert nameless == ["oss-example.oss.invalid"]


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
    against: Against, nameless: list[str], region: str, host: str
) -> None:
    against(None, declared=desired(region=region)).is_a_problem("HostNotFound")
    assert nameless == [host]


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
        assert "authorization: OSS4-HMAC-SHA256 " in head
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
    assert len(proxy.heads) == 1
    assert found.bucket["problem"]["code"] in ("TLSHandshakeFailed", "ConnectionFailed")
    found.is_a_problem(found.bucket["problem"]["code"])


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
    source = Oss(Credentials("id", "secret"), endpoint="http://127.0.0.1:9")
    with pytest.raises(NoAnswerError, match="The connection failed or broke off") as raised:
        source.read("oss-example", "cn-hangzhou", HttpsConfiguration)
    assert raised.value.problem.code == "ConnectionFailed"


def test_certificates_that_cannot_be_read_are_a_problem_of_the_bucket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    source = Oss(Credentials("id", "secret"), endpoint="https://127.0.0.1:9")
    with pytest.raises(NoAnswerError, match="certificates to trust cannot be read"):
        source.read("oss-example", "cn-hangzhou", HttpsConfiguration)
