"""Both transports behind their one interface: the same outcome on the same wire."""

import base64
import gc
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import TypeAlias

import pytest

from drift.live.source import Answer
from drift.live.transport.environment import Proxies, TrustStore
from drift.live.transport.openssl import OpenSSL, _context, _Opened
from drift.live.transport.rustls import Rustls
from drift.live.transport.transport import Transport, TransportError
from tests.live.tls import Certificate, https, old_suites, old_version, tunnelling
from tests.live.wire import DOCUMENT, Talk, Wire, dripping, hanging_up, http, saying, served, silent
from tests.waiting import until

Make: TypeAlias = Callable[..., Transport]

URL = "https://oss-example.oss.example/?httpsConfig="


def rustls() -> Transport:
    return Rustls(Proxies.from_environment(), TrustStore.from_environment())


def openssl() -> Transport:
    return OpenSSL(Proxies.from_environment(), TrustStore.from_environment())


@pytest.fixture(params=[rustls, openssl])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Return what makes each transport; all that it made are closed in the end."""
    made: list[Transport] = []

    def remembered() -> Transport:
        made.append(request.param())
        return made[-1]

    yield remembered
    for transport in made:
        transport.close()


def code(transport: Transport, url: str, timeout: float = 5) -> str:
    """Return the code of the failure of a request."""
    with pytest.raises(TransportError) as raised:
        transport.get(url, {}, timeout)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value.code


def resetting(_wire: Wire, connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def secure(wire: Wire) -> str:
    return wire.url.replace("http:", "https:")


@pytest.mark.usefixtures("trusting", "local_names")
def test_every_certificate_of_a_bundle_is_trusted(
    make: Make, here: Certificate, named: Certificate
) -> None:
    transport = make()
    with https(here, saying(http(DOCUMENT))) as wire:
        assert transport.get(wire.url, {}, 5) == Answer(200, DOCUMENT)
    with https(named, saying(http(DOCUMENT))) as wire:
        url = wire.url.replace("127.0.0.1", "oss-example.oss.localhost")
        assert transport.get(url, {}, 5) == Answer(200, DOCUMENT)


@pytest.mark.usefixtures("trusting")
def test_bytes_that_are_no_text_in_a_header_do_not_matter(make: Make) -> None:
    answer = http(DOCUMENT, Date="\xff\xfe", Retry_After="7", X_Oss_Qos_Delay_Time="\xe9")
    with served(answer) as wire:
        assert make().get(wire.url, {}, 5).headers["retry-after"] == "7"


def test_the_headers_that_matter_come_by_their_names_in_lower_case(make: Make) -> None:
    with served(http(DOCUMENT, DATE="a", RETRY_after="b", x_oss_qos_delay_TIME="c", E="d")) as wire:
        found = make().get(wire.url, {}, 5).headers
    assert found == {"date": "a", "retry-after": "b", "x-oss-qos-delay-time": "c"}


REFUSED = {
    "a name that nobody has": ("https://oss-example.oss.invalid/", "HostNotFound"),
    "a port that is closed": ("https://127.0.0.1:9/", "ConnectionFailed"),
    "a port that is closed, in plain": ("http://127.0.0.1:9/", "ConnectionFailed"),
}


@pytest.mark.parametrize(("url", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_reached(make: Make, url: str, said: str) -> None:
    assert code(make(), url) == said


def test_a_resolver_that_is_busy_may_do_better_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr("socket.getaddrinfo", busy)
    assert code(openssl(), URL) == "ConnectionFailed"


def test_of_several_addresses_the_first_that_answers_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(http(DOCUMENT)) as wire:
        port = int(wire.url.rpartition(":")[2])
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        places = [(*stream, ("127.0.0.1", 9)), (*stream, ("127.0.0.1", port))]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: places)
        assert openssl().get(f"http://oss.localhost:{port}/", {}, 5).body == DOCUMENT
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [])
        assert code(openssl(), f"http://oss.localhost:{port}/") == "ConnectionFailed"


@pytest.mark.usefixtures("trusting")
def test_any_socket_can_be_made_secure(here: Certificate) -> None:
    with https(here, saying(http(DOCUMENT))) as wire:
        port = int(wire.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 5) as plain:
            secured = _context(_Opened(), TrustStore.from_environment()).wrap_socket(
                plain, server_hostname="127.0.0.1"
            )
            assert secured.version() == "TLSv1.3"
            secured.close()


BROKEN_OFF: dict[str, Talk] = {"with an end": hanging_up, "with a reset": resetting}


@pytest.mark.parametrize("talk", BROKEN_OFF.values(), ids=BROKEN_OFF)
@pytest.mark.parametrize("listens", [True, False])
def test_a_connection_that_breaks_off_may_do_better_later(
    make: Make, talk: Talk, listens: bool
) -> None:
    with served(talk, listens=listens) as wire:
        assert code(make(), wire.url) == "ConnectionFailed"


@pytest.mark.parametrize("talk", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_handshake_that_breaks_off(make: Make, talk: Talk) -> None:
    with served(talk, listens=False) as wire:
        assert code(make(), secure(wire)) == "ConnectionFailed"


HANDSHAKES = {
    "a version that is refused": b"\x15\x03\x01\x00\x02\x02\x46",
    "suites that are refused": b"\x15\x03\x03\x00\x02\x02\x28",
    "plain HTTP": http(DOCUMENT),
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("data", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_handshake_that_fails(make: Make, data: bytes) -> None:
    with served(saying(data), listens=False) as wire:
        assert code(make(), secure(wire)) == "TLSHandshakeFailed"


@pytest.mark.usefixtures("trusting")
def test_what_each_transport_speaks(make: Make, here: Certificate) -> None:
    transport = make()
    with https(here, saying(http(DOCUMENT)), old_version) as wire:
        assert code(transport, wire.url) == "TLSHandshakeFailed"
    with https(here, saying(http(DOCUMENT)), old_suites) as wire:
        if isinstance(transport, Rustls):
            assert code(transport, wire.url) == "TLSHandshakeFailed"
        else:
            assert transport.get(wire.url, {}, 5).body == DOCUMENT


def test_a_stranger_is_not_trusted(make: Make, here: Certificate) -> None:
    transport = make()
    with https(here, saying(http(DOCUMENT))) as wire:
        assert code(transport, wire.url) == "CertificateNotTrusted"
    assert wire.heads == []


DRIPS = {
    "the handshake": lambda: served(dripping(b"\x16\x03\x03\x40\x00" + bytes(400)), listens=False),
    "nothing at all": lambda: served(silent, listens=False),
}


@pytest.mark.parametrize("server", DRIPS.values(), ids=DRIPS)
def test_a_handshake_takes_no_longer_than_the_timeout(
    make: Make, server: Callable[[], object]
) -> None:
    with server() as wire:  # type: ignore[attr-defined]
        begun = monotonic()
        assert code(make(), secure(wire), 0.3) == "Timeout"
        assert monotonic() - begun < 10


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("rest", [http(DOCUMENT), b"HTTP/1.1 100 Continue\r\n\r\n" * 30])
def test_what_drips_within_tls_takes_no_longer_than_the_timeout(
    make: Make, here: Certificate, rest: bytes
) -> None:
    with https(here, dripping(rest)) as wire:
        begun = monotonic()
        assert code(make(), wire.url, 0.3) == "Timeout"
        assert monotonic() - begun < 10


def test_where_no_time_is_left_nothing_is_sent() -> None:
    """As where rustls took it all before OpenSSL was asked."""
    with served(http(DOCUMENT)) as wire:
        assert code(openssl(), wire.url, 0) == "Timeout"
    assert wire.heads in ([], [""])


LOGIN = "Basic " + base64.b64encode(b"us@er:hun/ter2").decode()


def through(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_proxy_carries_what_it_cannot_read(
    make: Make,
    here: Certificate,
    named: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    encrypted: bool,
) -> None:
    talk = tunnelling(named, http(DOCUMENT))
    with https(here, talk) if encrypted else served(talk) as wire:
        through(monkeypatch, wire.url.replace("//", "//us%40er:hun%2Fter2@"))
        assert make().get(URL, {"a": "b"}, 5) == Answer(200, DOCUMENT)
    connect, request = wire.heads
    assert connect.startswith("CONNECT oss-example.oss.example:443 HTTP/1.")
    assert f"proxy-authorization: {LOGIN}".lower() in connect.lower()
    assert LOGIN not in request


NOWHERE = "https://oss-example.oss.invalid/"
"""What no proxy is needed for to find out that it is not there."""


def test_a_proxy_is_not_used_for_a_host_that_no_proxy_excludes(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(http(b"", "403 Forbidden")) as proxy:
        through(monkeypatch, proxy.url)
        monkeypatch.setenv("NO_PROXY", "*.oss.invalid:443")
        assert code(make(), NOWHERE) == "HostNotFound"
    assert proxy.heads == []


UNREACHABLE = (
    "http://127.0.0.1:9", "https://127.0.0.1:9", "socks4://127.0.0.1:9", "socks4a://127.0.0.1:9",
    "socks5://127.0.0.1:9", "socks5h://127.0.0.1:9", "http://nobody.invalid:1",
    "socks5h://nobody.invalid:1",
)  # fmt: skip


@pytest.mark.parametrize("proxy", UNREACHABLE)
def test_a_proxy_that_cannot_be_reached_is_not_bypassed(
    make: Make, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], proxy: str
) -> None:
    through(monkeypatch, proxy)
    assert code(make(), NOWHERE) == "ProxyFailed"
    assert capfd.readouterr() == ("", "")


MALFORMED = (
    "ftp://127.0.0.1:9", "http://[bad", "http://exa mple", "::", "http://127.0.0.1:99999",
    "http://", "file:///etc/passwd", "http://user:pa/ss@127.0.0.1:9",
    "socks5h://a..b%zz:1", "http://[::1%25lo]:80", "http://a^b:80", "http://\N{SNOWMAN}:80",
    "http://user:pa\\ss@127.0.0.1:9",
)  # fmt: skip


@pytest.mark.parametrize("proxy", MALFORMED)
def test_a_malformed_proxy_is_neither_bypassed_nor_said_to_refuse(
    make: Make, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], proxy: str
) -> None:
    through(monkeypatch, proxy)
    assert code(make(), NOWHERE) == "ProxyNotUsable"
    assert capfd.readouterr() == ("", "")


UNWILLING: dict[str, Talk] = {
    "it refuses": saying(http(b"", "403 Forbidden")),
    "it wants a password": saying(http(b"", "407 Proxy Authentication Required")),
    "it talks rubbish": saying(b"rubbish\r\n\r\n"),
    "it hangs up": hanging_up,
    "it breaks off": resetting,
}


@pytest.mark.parametrize("talk", UNWILLING.values(), ids=UNWILLING)
def test_a_proxy_that_does_not_let_through(
    make: Make, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    with served(talk) as wire:
        through(monkeypatch, wire.url)
        assert code(make(), URL) == "ProxyFailed"


@pytest.mark.usefixtures("trusting")
def test_a_proxy_whose_certificate_is_another_hosts(
    make: Make, named: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https(named, tunnelling(named, http(DOCUMENT))) as wire:
        through(monkeypatch, wire.url)
        assert code(make(), URL) == "ProxyFailed"
    assert wire.heads == []


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_proxy_that_drips_takes_no_longer_than_the_timeout(
    make: Make, here: Certificate, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    talk = dripping(b"HTTP/1.1 200 OK\r\na: " + bytes(400))
    with https(here, talk) if encrypted else served(talk) as wire:
        through(monkeypatch, wire.url)
        begun = monotonic()
        assert code(make(), URL, 0.3) == "Timeout"
        assert monotonic() - begun < 10


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("encrypted", [False, True])
def test_to_close_breaks_off_what_is_under_way(
    make: Make, here: Certificate, encrypted: bool
) -> None:
    transport = make()
    failures: list[str] = []
    with https(here, silent) if encrypted else served(silent) as wire:
        threads = [
            Thread(target=lambda: failures.append(code(transport, wire.url, 600))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        until(lambda: len(wire.heads) == 4)
        transport.close()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
    assert failures == ["ConnectionFailed"] * 4


def test_to_close_breaks_off_a_handshake(make: Make) -> None:
    transport = make()
    reached: list[str] = []

    def talk(wire: Wire, connection: socket.socket) -> None:
        connection.recv(1)
        reached.append("")
        silent(wire, connection)

    with served(talk, listens=False) as wire:
        thread = Thread(target=lambda: reached.append(code(transport, secure(wire), 600)))
        thread.start()
        until(lambda: len(reached) == 1)
        transport.close()
        thread.join(10)
        assert not thread.is_alive()
    assert reached[1] == "ConnectionFailed"


def test_nothing_is_carried_after_closing(make: Make) -> None:
    transport = make()
    with served(http(DOCUMENT)) as wire:
        assert transport.get(wire.url, {}, 5).body == DOCUMENT
        transport.close()
        assert code(transport, wire.url) == "ConnectionFailed"
    assert len(wire.heads) == 1


def _open_files() -> int:
    gc.collect()
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.usefixtures("trusting", "local_names")
def test_open_files_stay_few_over_many_hosts(make: Make, named: Certificate) -> None:
    transport = make()
    before, most = 0, 0
    with https(named, saying(http(DOCUMENT))) as wire:
        port = wire.url.rpartition(":")[2]
        for number in range(300):
            answer = transport.get(f"https://b{number}.oss.localhost:{port}/", {}, 5)
            assert answer.body == DOCUMENT
            before = before or _open_files()
            if number % 50 == 0:
                most = max(most, _open_files())
    assert most <= before + 10


def test_memory_stays_small_before_a_bomb(make: Make) -> None:
    """Counted by the system: what Rust takes, Python does not see."""
    import gzip
    import resource

    bomb = gzip.compress(b"x" * (200 << 20), compresslevel=1)
    transport = make()
    with served(http(bomb, Content_Encoding="gzip")) as wire:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer = transport.get(wire.url, {}, 20)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert 1 << 20 < len(answer.body) < 4 << 20
    assert grown < 50 << 10  # KiB
