"""A request as OSS sees it: which bucket it is about, however the client spells that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Self
from urllib.parse import unquote

from drift.emulator.reader import Message
from drift.emulator.refusal import RefusedError
from drift.live.endpoint import OSS_HOST
from drift.live.listing import BUCKET_NAME
from drift.xml import LIMIT

ENDPOINT = "oss.localhost"
"""The host of the endpoint by name; each bucket has a host of its own below it."""

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}]|[a-z0-9_.-]{1,255})(:[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request with its body. Names of headers are in lower case; what is absent is empty.

    Bytes of headers that are not UTF-8 are kept as surrogates, so that signatures are computed
    of what was sent.
    """

    method: str
    host: str
    bucket: str
    key: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def parse(cls, message: Message) -> Self:
        """Return the request; raise `RefusedError` for one that addresses nothing."""
        if len(message.body) > LIMIT:
            raise RefusedError("InvalidArgument", f"The body is larger than {LIMIT // 1024} KiB.")
        headers = _headers(message.headers)
        host = _host(headers.get("host", ""))
        path, _, text = message.target.partition(b"?")
        bucket, key = _address(host, _decoded(path))
        query = tuple(map(_pair, filter(None, text.split(b"&"))))
        return cls(message.method, host, bucket, key, query, headers, message.body)

    @property
    def resource(self) -> str:
        """The path by which signatures name the bucket and the key, whatever the host says."""
        return f"/{self.bucket}/{self.key}" if self.bucket else "/"

    @property
    def date(self) -> str:
        """The moment of signing, as the client spells it."""
        return self.headers.get("x-oss-date") or self.headers.get("date", "")


def _headers(raw: tuple[tuple[bytes, bytes], ...]) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for raw_name, value in raw:
        name = raw_name.decode("ascii")
        text = value.decode("utf-8", "surrogateescape")
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return MappingProxyType(headers)


def _host(header: str) -> str:
    match = _HOST.fullmatch(header)
    if match is None:
        raise RefusedError("InvalidArgument", "The Host header names no host.")
    return match[1].strip("[].").lower()


def _address(host: str, path: str) -> tuple[str, str]:
    """Return bucket and key of `BUCKET.HOST/`, or of `HOST/BUCKET/KEY` for any other path.

    Below the emulator's own endpoint the path is the key, whatever it is.
    """
    if not path.startswith("/"):
        raise RefusedError("InvalidArgument", "The request target is not a path.")
    virtual = bucket_of_host(host)
    if virtual and (path == "/" or host.endswith(f".{ENDPOINT}")):
        bucket, key = virtual, path[1:]
    else:
        bucket, _, key = path[1:].partition("/")
    if bucket and not BUCKET_NAME.fullmatch(bucket):
        raise RefusedError("InvalidBucketName", "The specified bucket is not valid.")
    return bucket, key


def bucket_of_host(host: str) -> str:
    """Return what stands before the endpoint in a host, which may be no bucket's name.

    It is empty for the endpoint itself, and for a host that has no room for a bucket.
    """
    if host.endswith(f".{ENDPOINT}"):
        return host.removesuffix(f".{ENDPOINT}")
    if "." not in host or host == ENDPOINT or OSS_HOST.fullmatch(host) or _is_address(host):
        return ""
    return host.partition(".")[0]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _pair(raw: bytes) -> tuple[str, str]:
    name, _, value = raw.partition(b"=")
    return _decoded(name), _decoded(value)


def _decoded(raw: bytes) -> str:
    try:
        return unquote(raw.decode("ascii"), errors="strict")
    except ValueError:
        raise RefusedError("InvalidArgument", "The request target is not UTF-8.") from None
