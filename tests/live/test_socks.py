"""SOCKS proxies, by both transports: where an HTTP proxy works, they do."""

from collections.abc import Callable
from socket import socket
from threading import Thread
from time import monotonic
from typing import TypeAlias

import pytest

from drift.live.source import Answer
from drift.live.transport.either import Name, transport
from drift.live.transport.transport import Transport, TransportError
from tests.live.socks import REFUSED_4, REFUSED_5, socks
from tests.live.tls import Certificate, old_suites, speaking
from tests.live.wire import DOCUMENT, Talk, Wire, dripping, hanging_up, http, saying, served, silent
from tests.waiting import until

Through: TypeAlias = Callable[..., Transport]

HOST = "https://oss-example.oss.example/?httpsConfig="
ADDRESS = "https://192.0.2.1/?httpsConfig="


@pytest.fixture
def through(carrier: Name, monkeypatch: pytest.MonkeyPatch, trusting: None) -> Through:
    """Return what makes each transport, with the proxy at a URL of another scheme."""
    del trusting

    def make(url: str, scheme: str, login: str = "") -> Transport:
        monkeypatch.setenv("ALL_PROXY", url.replace("http://", f"{scheme}://{login}"))
        return transport(carrier)

    return make


WAYS = {
    "socks4": (ADDRESS, "SOCKS4 192.0.2.1:443"),
    "socks4a": (HOST, "SOCKS4 oss-example.oss.example:443"),
    "socks5": (ADDRESS, "SOCKS5 192.0.2.1:443"),
    "socks5h": (HOST, "SOCKS5 oss-example.oss.example:443"),
}


@pytest.mark.parametrize("scheme", WAYS)
@pytest.mark.parametrize("change", [None, old_suites], ids=["modern", "old suites"])
def test_a_socks_proxy_leads_to_buckets_with_modern_and_old_suites(
    through: Through,
    named: Certificate,
    change: Callable[..., object] | None,
    scheme: str,
) -> None:
    url, wanted = WAYS[scheme]
    beyond = speaking(named, saying(http(DOCUMENT)), change)
    with served(socks(beyond), listens=False) as wire:
        assert through(wire.url, scheme).get(url, {"a": "b"}, 5) == Answer(200, DOCUMENT)
    assert set(wire.heads[:-1]) == {wanted}
    assert wire.heads[-1].startswith("GET /?httpsConfig= HTTP/1.1\r\n")


def test_a_user_and_a_password_are_sent_to_a_socks_proxy(
    through: Through, named: Certificate
) -> None:
    beyond = speaking(named, saying(http(DOCUMENT)))
    with served(socks(beyond, login=("us@er", "hun/ter2")), listens=False) as wire:
        found = through(wire.url, "socks5h", "us%40er:hun%2Fter2@").get(HOST, {}, 5)
    assert found.body == DOCUMENT
    assert "hun/ter2" not in wire.heads[-1]


def test_a_wrong_password_for_a_socks_proxy(through: Through) -> None:
    with served(socks(silent, login=("user", "other")), listens=False) as wire:
        with pytest.raises(TransportError, match="ProxyFailed"):
            through(wire.url, "socks5h", "user:hunter2@").get(HOST, {}, 5)
        assert wire.heads == []


def test_a_server_behind_a_socks_proxy_that_is_not_trusted(
    through: Through, named: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CURL_CA_BUNDLE")
    beyond = speaking(named, saying(http(DOCUMENT)))
    with (
        served(socks(beyond), listens=False) as wire,
        pytest.raises(TransportError, match="CertificateNotTrusted"),
    ):
        through(wire.url, "socks5h").get(HOST, {}, 5)
    assert len(wire.heads) == 1


UNWILLING: dict[str, tuple[str, Talk]] = {
    "it refuses, version 4": ("socks4a", saying(REFUSED_4)),
    "it refuses, version 5": ("socks5h", saying(b"\5\0" + REFUSED_5)),
    "it accepts no login": ("socks5h", saying(b"\5\xff")),
    "it wants a password": ("socks5h", saying(b"\5\2")),
    "it speaks HTTP": ("socks5h", saying(http(DOCUMENT))),
    "it hangs up": ("socks5h", hanging_up),
}


@pytest.mark.parametrize(("scheme", "talk"), UNWILLING.values(), ids=UNWILLING)
def test_a_socks_proxy_that_does_not_let_through(through: Through, scheme: str, talk: Talk) -> None:
    with (
        served(talk, listens=False) as wire,
        pytest.raises(TransportError, match="ProxyFailed"),
    ):
        through(wire.url, scheme).get(HOST, {}, 5)


SLOW: dict[str, Talk] = {
    "it says nothing": silent,
    "it drips": dripping(b"\5\0\5\0\0\3\xff" + b"a" * 257),
}


@pytest.mark.parametrize("talk", SLOW.values(), ids=SLOW)
def test_a_slow_socks_proxy_takes_no_longer_than_the_timeout(through: Through, talk: Talk) -> None:
    with served(talk, listens=False) as wire:
        begun = monotonic()
        with pytest.raises(TransportError, match="Timeout"):
            through(wire.url, "socks5h").get(HOST, {}, 0.3)
        assert monotonic() - begun < 10


def test_to_close_breaks_off_what_a_socks_proxy_delays(through: Through) -> None:
    codes: list[str] = []

    def ask() -> None:
        try:
            carried.get(HOST, {}, 600)
        except TransportError as error:
            codes.append(error.code)

    def talk(wire: Wire, connection: socket) -> None:
        wire.heads.append(str(connection.recv(1)))
        silent(wire, connection)

    with served(talk, listens=False) as wire:
        carried = through(wire.url, "socks5h")
        thread = Thread(target=ask)
        thread.start()
        until(lambda: len(wire.heads) == 1)
        carried.close()
        thread.join(10)
        assert not thread.is_alive()
    assert codes[0] in ("ConnectionFailed", "ProxyFailed")
