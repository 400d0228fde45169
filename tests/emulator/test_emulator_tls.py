"""The emulator over TLS: who can trust it, what it speaks, and what it refuses."""

import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import alibabacloud_oss_v2 as oss
import pytest
import requests

from drift.emulator import EMULATOR_KEY, CutOff, Emulator, Fault, Handshake, Latency, Reset
from drift.errors import ServerError
from drift.live.recording import Recording

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
HOST = "oss-example.oss.localhost"


def secure(folder: Path, *faults: Fault) -> Emulator:
    return Emulator(Recording(folder), tls=True, faults=faults)


def port(emulator: Emulator) -> int:
    return int(str(urlsplit(emulator.url).port))


def trusting(emulator: Emulator) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=emulator.ca)


def met(
    emulator: Emulator,
    host: str = HOST,
    context: ssl.SSLContext | None = None,
    *,
    breaks: bool = False,
) -> ssl.SSLSocket:
    """Return a connection on which TLS is spoken with a virtual host.

    Unless it is said to break, it must be ended properly: what just breaks off could be an attack.
    """
    plain = socket.create_connection(("127.0.0.1", port(emulator)), timeout=5)
    return (context or trusting(emulator)).wrap_socket(
        plain, server_hostname=host, suppress_ragged_eofs=breaks
    )


def head(request: requests.PreparedRequest) -> bytes:
    lines = [f"{request.method} {request.path_url} HTTP/1.1"]
    lines += [f"{name}: {value!s}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def told(connection: ssl.SSLSocket, raw: bytes) -> bytes:
    connection.sendall(raw)
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names of buckets lead nowhere, as on a machine without nss-myhostname."""

    def unknown(*_: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names of buckets lead here, as on a machine with nss-myhostname."""

    def found(*_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.usefixtures("named")
def test_the_endpoint_is_a_name_where_names_of_buckets_lead_here(folder: Path) -> None:
    with secure(folder) as running:
        assert running.url == f"https://oss.localhost:{port(running)}"


@pytest.mark.usefixtures("unnamed")
def test_the_endpoint_is_an_address_where_they_do_not(
    folder: Path, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secure(folder) as running, requests.Session() as session:
        monkeypatch.undo()
        assert running.url == f"https://127.0.0.1:{port(running)}"
        session.trust_env = False
        answer = session.send(sign(running.url), verify=str(running.ca), timeout=5)
        assert answer.status_code == 200


def test_every_name_of_it_can_be_trusted(folder: Path) -> None:
    with secure(folder) as running:
        for host in ("localhost", "127.0.0.1", "oss.localhost", HOST):
            with met(running, host) as connection:
                assert connection.version() == "TLSv1.3"


def test_nobody_trusts_it_by_himself(folder: Path) -> None:
    with (
        secure(folder) as running,
        pytest.raises(ssl.SSLCertVerificationError),
        met(running, context=ssl.create_default_context()),
    ):
        pass


def test_each_has_an_authority_of_its_own(folder: Path) -> None:
    with (
        secure(folder) as one,
        secure(folder) as other,
        pytest.raises(ssl.SSLCertVerificationError),
        met(one, context=trusting(other)),
    ):
        pass


def test_the_authority_is_a_file_that_is_gone_at_the_end(folder: Path) -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    with secure(folder) as running:
        assert running.ca is not None
        text = running.ca.read_text()
        assert "PRIVATE KEY" not in text
        assert text.startswith("-----BEGIN CERTIFICATE-----")
    assert not running.ca.exists()
    assert not {
        p for p in set(Path(tempfile.gettempdir()).iterdir()) - before if p.suffix == ".pem"
    }


def test_without_tls_there_is_no_authority(folder: Path) -> None:
    with Emulator(Recording(folder)) as running:
        assert running.ca is None


def test_a_place_where_the_authority_cannot_be_written_is_a_clear_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "nowhere"))
    with pytest.raises(ServerError) as raised, secure(folder):
        pass
    assert str(raised.value) == (
        "The emulator's certificates cannot be written: No such file or directory."
    )
    assert raised.value.advice == "Set TMPDIR to a folder that can be written to."


@pytest.mark.usefixtures("unnamed")
def test_the_second_sdk_reads_over_tls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with secure(folder) as running:
        monkeypatch.undo()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca))
        chosen = oss.config.load_default()
        chosen.credentials_provider = oss.credentials.StaticCredentialsProvider(
            EMULATOR_KEY.id, EMULATOR_KEY.secret
        )
        chosen.region, chosen.endpoint = "cn-hangzhou", running.url
        chosen.retryer = oss.retry.NopRetryer()
        request = oss.GetBucketHttpsConfigRequest(bucket="oss-example")
        read = oss.Client(chosen).get_bucket_https_config(request)
        assert read.https_configuration.tls.tls_versions == ["TLSv1.2", "TLSv1.3"]


def test_a_connection_is_kept_and_ended_properly(folder: Path, sign: Sign, document: bytes) -> None:
    with secure(folder) as running, met(running) as connection:
        request = sign(running.url, host=HOST)
        connection.sendall(head(request))
        first = connection.recv(65536)
        while not first.endswith(document):
            first += connection.recv(65536)
        request.headers["Connection"] = "close"
        assert told(connection, head(request)).endswith(document)


def test_a_client_that_takes_its_leave_is_let_go(folder: Path) -> None:
    with secure(folder) as running, met(running) as connection:
        connection.unwrap().close()


def test_a_large_body_over_tls_is_read_whole(folder: Path, sign: Sign) -> None:
    body = b"<!--" + b" " * 500_000 + b"-->"
    with secure(folder) as running, met(running) as connection:
        request = sign(running.url, "PUT", host=HOST, body=body)
        request.headers["Connection"] = "close"
        assert b"MalformedXML" in told(connection, head(request) + body)


def test_what_is_no_tls_is_let_go(folder: Path) -> None:
    for faults in ((), (Fault(Handshake("old"), "x"),)):
        with (
            secure(folder, *faults) as running,
            socket.create_connection(("127.0.0.1", port(running)), timeout=5) as plain,
        ):
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while plain.recv(65536):
                pass


def test_a_handshake_is_refused_for_the_buckets_of_the_rule_alone(folder: Path) -> None:
    with secure(folder, Fault(Handshake("refuse"), "oss-ex*")) as running:
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            met(running)
        met(running, "oss-fresh.oss.localhost").close()
        met(running, "127.0.0.1").close()


def test_a_handshake_may_be_refused_for_a_while(folder: Path) -> None:
    with secure(folder, Fault(Handshake("refuse"), times=2)) as running:
        for _ in range(2):
            with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
                met(running)
        met(running).close()


def test_an_old_configuration_is_tls_1_2_with_cbc(
    folder: Path, sign: Sign, document: bytes
) -> None:
    with secure(folder, Fault(Handshake("old"), "oss-ex*")) as running:
        request = sign(running.url, host=HOST)
        request.headers["Connection"] = "close"
        with met(running) as connection:
            assert connection.version() == "TLSv1.2"
            name = str((connection.cipher() or ("",))[0])
            assert "GCM" not in name
            assert "POLY1305" not in name
            assert told(connection, head(request)).endswith(document)
        for lacking in ("ECDHE+AESGCM", "ECDHE+CHACHA20"):
            modern = trusting(running)
            modern.set_ciphers(lacking)
            with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
                met(running, context=modern)
        newest = trusting(running)
        newest.minimum_version = ssl.TLSVersion.TLSv1_3
        with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
            met(running, context=newest)
        with met(running, "oss-fresh.oss.localhost") as connection:
            assert connection.version() == "TLSv1.3"


def test_a_first_message_in_pieces_is_understood(folder: Path) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with (
        secure(folder, Fault(Handshake("old"), "oss-ex*")) as running,
        socket.create_connection(("127.0.0.1", port(running)), timeout=5) as plain,
    ):
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        tls = trusting(running).wrap_bio(incoming, outgoing, server_hostname=HOST)
        while tls.version() is None:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    plain.sendall(bytes([byte]))
                incoming.write(plain.recv(65536))
        assert tls.version() == "TLSv1.2"


def test_connections_break_over_tls_as_well(folder: Path, sign: Sign, document: bytes) -> None:
    cut, reset = Fault(CutOff(), times=1), Fault(Reset(), times=1)
    with secure(folder, cut, reset, Fault(Latency(0.05))) as running:
        request = head(sign(running.url, host=HOST))
        with met(running, breaks=True) as connection:
            assert told(connection, request).endswith(document[: len(document) // 2])
        with met(running) as connection, pytest.raises((ConnectionResetError, ssl.SSLEOFError)):
            told(connection, request)


def test_it_stops_at_once_whatever_clients_are_up_to(folder: Path) -> None:
    before = {*threading.enumerate()}
    with secure(folder) as running:
        silent = socket.create_connection(("127.0.0.1", port(running)), timeout=5)
        idle = met(running, breaks=True)
    with silent, idle, suppress(ConnectionResetError):
        assert silent.recv(1) == b""
        assert idle.recv(1) == b""
    assert {*threading.enumerate()} <= before
