"""An answer names no bucket: a connection carries one request, and its answer is nobody else's."""

import re
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from time import sleep
from typing import TypeAlias

import pytest

from drift.live.credentials import Credentials, Fixed
from drift.live.listing import page_of
from drift.live.oss import Oss
from drift.live.transport.either import Name, transport
from tests.cli.running import desired
from tests.live.conftest import Found
from tests.live.tls import Certificate, https, tunnelling
from tests.live.wire import DOCUMENT, Talk, Wire, _head, http, served

Against: TypeAlias = Callable[..., Found]
Serve: TypeAlias = Callable[[Talk], AbstractContextManager[Wire]]

NAMES = [f"bucket-{number:02}" for number in range(30)]
OPEN = DOCUMENT.replace(b"true", b"false")
"""What each of the buckets has, and none should."""


def kept(body: bytes) -> bytes:
    """Return an answer after which the connection stays open for more."""
    return http(body, Connection="keep-alive")


def answering(answer: bytes, surplus: bytes, delay: float | None) -> Talk:
    """Return what answers each request of a connection, and then once more after some seconds.

    Without a delay both come in one piece.
    """

    def talk(wire: Wire, connection: socket.socket) -> None:
        while wire.head:
            connection.sendall(answer if delay is not None else answer + surplus)
            if delay is not None:
                sleep(delay)
                connection.sendall(surplus)
            wire.received(_head(connection))

    return talk


@pytest.fixture(params=["plain", "TLS"])
def serve(request: pytest.FixtureRequest, here: Certificate, trusting: None) -> Serve:
    """Return what serves on this machine, in plain and over TLS."""
    del trusting

    def with_tls(talk: Talk) -> AbstractContextManager[Wire]:
        return https(here, talk)

    return served if request.param == "plain" else with_tls


@pytest.mark.parametrize("delay", [None, 0, 0.01], ids=["at once", "next", "10 ms late"])
def test_an_answer_that_nobody_asked_for_is_no_other_buckets(
    against: Against, serve: Serve, delay: float | None
) -> None:
    with serve(answering(kept(OPEN), kept(DOCUMENT), delay)) as wire:
        found = against(wire.url, declared=desired(NAMES))
    statuses = [one["status"] for one in found.plan["resource_changes"]]
    assert statuses == ["drift"] * len(NAMES)
    assert found.ran.code == 2


def test_each_bucket_has_a_connection_of_its_own(against: Against, serve: Serve) -> None:
    requests: list[list[str]] = []

    def talk(wire: Wire, connection: socket.socket) -> None:
        head = wire.head
        requests.append([])
        with suppress(OSError):
            while head:
                requests[-1].append(head.splitlines()[0])
                connection.sendall(kept(DOCUMENT))
                head = _head(connection)

    with serve(talk) as wire:
        against(wire.url, "--concurrency", "1", declared=desired(NAMES)).is_in_sync()
    assert requests == [[f"GET /{name}/?httpsConfig= HTTP/1.1"] for name in NAMES]


def listed(name: str, marker: str = "") -> bytes:
    """Return a page of ListBuckets with one bucket, and where the next begins."""
    bucket = f"<Name>{name}</Name><Location>oss-cn-hangzhou</Location><Region>cn-hangzhou</Region>"
    more = f"<IsTruncated>true</IsTruncated><NextMarker>{marker}</NextMarker>" if marker else ""
    return (
        f"<ListAllMyBucketsResult>{more}<Buckets><Bucket>{bucket}</Bucket></Buckets>"
        "</ListAllMyBucketsResult>"
    ).encode()


def test_a_page_that_nobody_asked_for_is_not_the_next(carrier: Name, serve: Serve) -> None:
    key = Fixed(Credentials("id", "secret"))
    with serve(answering(kept(listed("bucket-a", "bucket-a")), kept(listed("forged")), 0)) as wire:
        source = Oss(key, endpoint=wire.url, carrier=carrier)
        for marker in ("", "bucket-a", "bucket-b"):
            page = page_of(source.page(None, marker).body)
            assert [bucket.name for bucket in page.buckets] == ["bucket-a"]
            sleep(0.02)


@pytest.mark.usefixtures("trusting")
def test_a_tunnel_through_a_proxy_carries_one_request(
    carrier: Name, named: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tunnelling(named, kept(DOCUMENT))) as wire:
        monkeypatch.setenv("HTTPS_PROXY", wire.url)
        carried = transport(carrier)
        for _ in range(3):
            assert carried.get("https://oss-example.oss.example/", {}, 5).body == DOCUMENT
    connects = [head for head in wire.heads if re.match("CONNECT ", head)]
    assert len(connects) == 3
