"""An emulator on loopback, and requests to it that a test signs, tampers with and sends."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import oss2
import pytest
import requests

from drift.emulator import EMULATOR_KEY, Emulator, Key
from drift.live.recording import Recording

DOCUMENT = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<HttpsConfiguration>\n  <TLS>\n    <Enable>true</Enable>\n"
    b"    <TLSVersion>TLSv1.2</TLSVersion>\n    <TLSVersion>TLSv1.3</TLSVersion>\n  </TLS>\n"
    b"  <CipherSuite>\n    <Enable>true</Enable>\n"
    b"    <StrongCipherSuite>false</StrongCipherSuite>\n"
    b"    <CustomCipherSuite>ECDHE-RSA-AES128-GCM-SHA256</CustomCipherSuite>\n"
    b"    <TLS13CustomCipherSuite>TLS_AES_256_GCM_SHA384</TLS13CustomCipherSuite>\n"
    b"  </CipherSuite>\n</HttpsConfiguration>\n"
)
DENIED = (
    b"<Error><Code>AccessDenied</Code><Message>No.</Message>"
    b"<RequestId>5C3D9175B6FC201293AD0001</RequestId></Error>"
)
TIMEOUT = 5
SESSION_KEY = Key("STS.session", "session-secret", "session-token")


@pytest.fixture(scope="session")
def session_key() -> Key:
    return SESSION_KEY


@pytest.fixture(scope="session")
def document() -> bytes:
    return DOCUMENT


@pytest.fixture(scope="session")
def record() -> Callable[[Path], Path]:
    """Write a recording: one bucket with a document, one without, one that cannot be read."""

    def written(folder: Path) -> Path:
        for name, body in (("oss-example", DOCUMENT), ("oss-fresh", None), ("oss-denied", DENIED)):
            bucket = folder / "cn-hangzhou" / name
            bucket.mkdir(parents=True)
            if body is not None:
                (bucket / "httpsConfig.xml").write_bytes(body)
        return folder

    return written


@pytest.fixture
def folder(tmp_path: Path, record: Callable[[Path], Path]) -> Path:
    return record(tmp_path / "recording")


@pytest.fixture(scope="module")
def emulator(
    tmp_path_factory: pytest.TempPathFactory, record: Callable[[Path], Path]
) -> Iterator[Emulator]:
    recording = Recording(record(tmp_path_factory.mktemp("recording")))
    with Emulator(recording, keys=(EMULATOR_KEY, SESSION_KEY)) as running:
        yield running


@pytest.fixture(scope="session")
def sign() -> Callable[..., requests.PreparedRequest]:
    """Return a request that oss2 signed: `sign(url, method, bucket, ...)`.

    `auth` is one of oss2's, `host` the host of virtual-hosted style, `extra` what `auth` signs
    besides, and the other arguments are those of the request.
    """

    def signed(
        url: str,
        method: str = "GET",
        bucket: str = "oss-example",
        **options: Any,
    ) -> requests.PreparedRequest:
        auth = options.get("auth") or oss2.AuthV4(EMULATOR_KEY.id, EMULATOR_KEY.secret)
        host = options.get("host")
        request = oss2.http.Request(
            method,
            f"{url}/" if host else f"{url}/{bucket}/",
            data=options.get("body"),
            params=options.get("params", {"httpsConfig": ""}),
            headers={"Host": host or urlsplit(url).netloc, **options.get("headers", {})},
            region=options.get("region", "cn-hangzhou"),
            product="oss",
        )
        more = (options["extra"],) if "extra" in options else ()
        auth._sign_request(request, bucket, "", *more)
        headers = {name: value for name, value in request.headers.items() if value is not None}
        return requests.Request(
            method, request.url, headers, data=request.data, params=request.params
        ).prepare()

    return signed


@pytest.fixture(scope="session")
def send() -> Callable[[requests.PreparedRequest], requests.Response]:
    """Send a request as it is, over a connection of its own."""

    def sent(request: requests.PreparedRequest) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.send(request, timeout=TIMEOUT, allow_redirects=False)

    return sent


@pytest.fixture(scope="session")
def talk() -> Callable[[str, bytes], bytes]:
    """Send bytes to the server at a URL, and return what it answers until it hangs up."""

    def said(url: str, raw: bytes) -> bytes:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT) as connection:
            connection.sendall(raw)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    return said
