"""Which transport carries a request, and that none is made in vain."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread

import pytest

from drift.live.source import Answer
from drift.live.transport.either import Either, Name, _loaded, transport
from drift.live.transport.openssl import OpenSSL
from drift.live.transport.transport import HandshakeError, Lazy, Transport, TransportError
from tests.live.tls import Certificate, https
from tests.live.wire import DOCUMENT, http, saying, served

FINE = Answer(200, DOCUMENT)


class Playing:
    """A transport that does as a test says, and remembers the seconds that it was given."""

    def __init__(self, act: Callable[[], Answer]) -> None:
        self._act = act
        self.timeouts: list[float] = []
        self.closed = 0

    def get(self, _url: str, _headers: Mapping[str, str], timeout: float) -> Answer:
        self.timeouts.append(timeout)
        return self._act()

    def close(self) -> None:
        self.closed += 1


def failing(error: TransportError) -> Playing:
    def act() -> Answer:
        raise error

    return Playing(act)


def fine() -> Playing:
    return Playing(lambda: FINE)


def test_the_second_is_asked_where_the_first_agrees_on_no_tls_in_what_time_is_left() -> None:
    first, second = failing(HandshakeError()), fine()
    assert Either(first, second).get("https://a", {}, 10) == FINE
    assert len(first.timeouts) == len(second.timeouts) == 1
    assert second.timeouts[0] < first.timeouts[0] == 10


@pytest.mark.parametrize("code", ["Timeout", "ConnectionFailed", "HostNotFound", "ProxyFailed"])
def test_nothing_else_is_asked_for_twice(code: str) -> None:
    second = fine()
    with pytest.raises(TransportError, match=code):
        Either(failing(TransportError(code)), second).get("https://a", {}, 10)
    assert second.timeouts == []


def test_the_second_failure_is_what_is_said() -> None:
    first = failing(HandshakeError())
    second = failing(TransportError("CertificateNotTrusted"))
    with pytest.raises(TransportError, match="CertificateNotTrusted"):
        Either(first, second).get("https://a", {}, 10)


def test_both_are_closed() -> None:
    first, second = fine(), fine()
    Either(first, second).close()
    assert (first.closed, second.closed) == (1, 1)


def test_what_is_lazy_is_made_once_and_only_if_it_is_asked() -> None:
    made: list[Playing] = []

    def make() -> Playing:
        made.append(fine())
        return made[-1]

    lazy = Lazy(make)
    assert made == []
    assert lazy.get("https://a", {}, 1) == lazy.get("https://a", {}, 1) == FINE
    lazy.close()
    assert [one.closed for one in made] == [1]


def test_what_is_lazy_is_not_made_after_closing() -> None:
    made: list[Transport] = []

    def make() -> Transport:
        made.append(fine())
        return made[-1]

    lazy = Lazy(make)
    lazy.close()
    with pytest.raises(TransportError, match="ConnectionFailed"):
        lazy.get("https://a", {}, 1)
    assert made == []


def test_without_the_fast_library_openssl_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    # For Python, None stands for a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "drift.live.transport.rustls", None)
    monkeypatch.setattr("drift.live.transport.either._Fast", _loaded())
    found = transport("auto")
    assert isinstance(found, Lazy)
    with served(http(DOCUMENT)) as wire:
        assert found.get(wire.url, {}, 5) == FINE


def test_the_fast_library_is_loaded_by_no_thread_that_may_end() -> None:
    loaded: list[object] = []
    thread = Thread(target=lambda: loaded.append(_loaded()))
    thread.start()
    thread.join()
    assert loaded == [None]


def test_openssl_is_not_loaded_where_it_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> OpenSSL:
        raise AssertionError

    monkeypatch.setattr("drift.live.transport.either.OpenSSL", never)
    with served(http(DOCUMENT)) as wire:
        assert transport("auto").get(wire.url, {}, 5) == FINE


JUNK = {
    "nothing": b"",
    "words": b"junk",
    "no certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "no letters of one": b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_a_bundle_without_certificates_is_said(
    carrier: Name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junk: bytes
) -> None:
    (tmp_path / "bundle.pem").write_bytes(junk)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    with pytest.raises(TransportError, match="REQUESTS_CA_BUNDLE") as raised:
        transport(carrier).get("https://127.0.0.1:9", {}, 1)
    assert raised.value.code == "CertificatesNotReadable"


def test_certificates_that_rustls_takes_for_none_are_left_to_openssl(
    here: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bundles have grown over decades; one bad certificate must not end all."""
    junk = JUNK["no certificate"]
    (tmp_path / "bundle.pem").write_bytes(here.authority.read_bytes() + junk)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", lambda *_, **__: None)
    assert isinstance(transport("auto"), Lazy)


def test_a_folder_of_certificates_is_trusted(
    carrier: Name, here: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    (tmp_path / "authority.pem").write_bytes(here.authority.read_bytes())
    subprocess.run(["openssl", "rehash", tmp_path], check=True, timeout=30)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    with https(here, saying(http(DOCUMENT))) as wire:
        assert transport(carrier).get(wire.url, {}, 5) == FINE


def test_a_machine_without_certificates_has_those_of_certifi(
    here: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    monkeypatch.setattr("certifi.where", lambda: str(here.authority))
    with https(here, saying(http(DOCUMENT))) as wire:
        for name in ("auto", "openssl"):
            carried = transport(name).get(wire.url, {}, 5)
            assert carried == FINE


def test_closing_does_not_wait_for_a_transport_that_is_being_made() -> None:
    """Certificates may come from a disk that hangs; what is made in the end carries nothing."""
    begun, closed, late = Event(), Event(), fine()

    def made() -> Transport:
        begun.set()
        assert closed.wait(10)
        return late

    lazy, errors = Lazy(made), list[str]()

    def use() -> None:
        try:
            lazy.get("https://a", {}, 10)
        except TransportError as error:
            errors.append(error.code)

    using = Thread(target=use)
    using.start()
    assert begun.wait(10)
    lazy.close()
    closed.set()
    using.join(10)
    assert errors == ["ConnectionFailed"]
    assert (late.timeouts, late.closed) == ([], 1)
