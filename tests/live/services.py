"""Servers on loopback that play who hands out temporary credentials, and what was asked of them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from socket import socket
from urllib.parse import parse_qsl, urlsplit

from tests.live.wire import Wire, http, served

ID, SECRET, TOKEN = "STS.NewKeyId0007", "NewSecret0008", "NewToken0009"


def key(seconds: float = 3600, **more: object) -> dict[str, object]:
    """Return an access key as every service words it, which ends in that many seconds."""
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    parts = {"AccessKeyId": ID, "AccessKeySecret": SECRET, "SecurityToken": TOKEN}
    return {**parts, "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}


def success(document: object) -> bytes:
    """Return an answer with a document of JSON."""
    return http(json.dumps(document).encode())


STS = {"Credentials": key()}


@contextmanager
def answering(answer: Callable[[str, str], bytes] | bytes) -> Iterator[Wire]:
    """Serve what `answer` returns for a method and a URL."""

    def talk(wire: Wire, connection: socket) -> None:
        if not wire.head:
            return  # somebody looked whether this server is there, and asked nothing
        method, url, _ = wire.head.splitlines()[0].split(" ")
        connection.sendall(answer(method, url) if callable(answer) else answer)

    with served(talk) as wire:
        yield wire


def metadata(method: str, url: str) -> bytes:
    """Answer as the metadata service of ECS does, version 2."""
    path = urlsplit(url).path
    if (method, path) == ("PUT", "/latest/api/token"):
        return http(b"metadata-token")
    role = path.removeprefix("/latest/meta-data/ram/security-credentials/")
    return success({"Code": "Success", **key()}) if role else http(b"a-role")


def query(line: str) -> dict[str, str]:
    """Return the query of a request's first line."""
    return dict(parse_qsl(urlsplit(line.split(" ")[1]).query))
