"""Certificates that are refused: by every transport, and nobody else is asked then."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import TypeAlias

import pytest
import trustme

from drift.comment.door import door
from drift.comment.web import Web
from drift.errors import CommentError
from drift.live.probe import Target, reach
from drift.live.transport.either import Name, transport
from drift.live.transport.transport import TransportError
from tests.live.conftest import Found
from tests.live.tls import Certificate, certificate_in, https, speaking, tunnelling
from tests.live.wire import DOCUMENT, Wire, http, saying, served

Against: TypeAlias = Callable[..., Found]
Issue: TypeAlias = Callable[[Path], Certificate]


def issued(folder: Path, *names: str, days: int = 1) -> Certificate:
    """Return a certificate that ends in some days, by an authority of its own."""
    authority = trustme.CA()
    issue = authority.issue_cert(*names, not_after=datetime.now(UTC) + timedelta(days=days))
    made = Certificate(folder / "certificate", folder / "key", folder / "authority")
    issue.private_key_and_cert_chain_pem.write_to_path(made.path)
    made.key.write_bytes(made.path.read_bytes())
    authority.cert_pem.write_to_path(made.authority)
    return made


def only_a_common_name(folder: Path) -> Certificate:
    return certificate_in(folder, "", common_name="localhost")


def another_name(folder: Path) -> Certificate:
    return certificate_in(folder, "DNS:oss.example", common_name="localhost")


def expired(folder: Path) -> Certificate:
    return issued(folder, "localhost", days=-1)


REFUSED: Mapping[str, Issue] = {
    issue.__name__.replace("_", " "): issue for issue in (only_a_common_name, another_name, expired)
}


@pytest.fixture(params=list(REFUSED.values()), ids=list(REFUSED))
def refused(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Certificate:
    """Return each certificate for localhost that nobody must accept, of a trusted authority."""
    issue: Issue = request.param
    certificate = issue(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.authority))
    return certificate


def localhost(wire: Wire) -> str:
    return wire.url.replace("http:", "https:").replace("127.0.0.1", "localhost")


def test_a_certificate_that_is_refused_is_a_problem(against: Against, refused: Certificate) -> None:
    with https(refused, saying(http(DOCUMENT))) as wire:
        against(localhost(wire)).is_a_problem("CertificateNotTrusted")
    assert wire.heads == []


def counted(certificate: Certificate, connections: list[bytes]) -> Callable[..., object]:
    """Return what speaks TLS, and counts who comes to it."""
    secured = speaking(certificate, saying(http(DOCUMENT)))

    def talk(wire: Wire, connection: socket) -> None:
        connections.append(b"")
        with suppress(OSError):
            secured(wire, connection)

    return talk


@pytest.mark.parametrize("name", ["auto", "openssl"])
def test_openssl_is_not_asked_about_a_certificate_that_rustls_refuses(
    refused: Certificate, name: Name
) -> None:
    connections: list[bytes] = []
    with (
        served(counted(refused, connections), listens=False) as wire,
        pytest.raises(TransportError, match="CertificateNotTrusted"),
    ):
        transport(name).get(localhost(wire), {}, 5)
    assert len(connections) == 1


ALERTS = {
    "internal error": (80, 1, "TLSHandshakeFailed"),
    "bad certificate": (42, 1, "TLSHandshakeFailed"),
    "unrecognised name": (112, 1, "TLSHandshakeFailed"),
    "handshake failure": (40, 2, "TLSHandshakeFailed"),
    "protocol version": (70, 2, "TLSHandshakeFailed"),
    "insufficient security": (71, 2, "TLSHandshakeFailed"),
}


@pytest.mark.parametrize(("alert", "tries", "code"), ALERTS.values(), ids=ALERTS)
def test_openssl_is_asked_only_for_lack_of_a_common_version_or_suite(
    alert: int, tries: int, code: str
) -> None:
    connections: list[bytes] = []

    def talk(_wire: Wire, connection: socket) -> None:
        connections.append(connection.recv(65536))
        connection.sendall(bytes([21, 3, 3, 0, 2, 2, alert]))

    with (
        served(talk, listens=False) as wire,
        pytest.raises(TransportError, match=code),
    ):
        transport("auto").get(localhost(wire), {}, 5)
    assert len(connections) == tries


def test_the_doctor_refuses_what_the_transports_refuse(refused: Certificate) -> None:
    with https(refused, saying(http(DOCUMENT))) as wire:
        port = int(wire.url.rpartition(":")[2])
        (found,) = reach([Target("localhost", port, is_tls=True)], 5)
    assert found.problem
    assert found.problem.code == "CertificateNotTrusted"


def test_a_comment_is_not_sent_to_what_the_transports_refuse(refused: Certificate) -> None:
    with https(refused, saying(http(b"{}"))) as wire:
        web = Web(door("Gitee", localhost(wire)), {"Authorization": "example-token"})
        with pytest.raises(CommentError, match="not trusted"):
            web.ask("GET", "/")
    assert wire.heads == []


def test_a_proxy_whose_certificate_is_refused(
    carrier: Name, refused: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https(refused, tunnelling(refused, http(DOCUMENT))) as wire:
        monkeypatch.setenv("HTTPS_PROXY", localhost(wire))
        with pytest.raises(TransportError, match="ProxyFailed"):
            transport(carrier).get("https://oss-example.oss.example/", {}, 5)
    assert wire.heads == []


def test_a_common_name_beside_the_right_alternative_does_no_harm(
    carrier: Name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_in(tmp_path, "DNS:localhost", common_name="oss.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.authority))
    with https(certificate, saying(http(DOCUMENT))) as wire:
        assert transport(carrier).get(localhost(wire), {}, 5).body == DOCUMENT
