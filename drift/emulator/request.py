"""A request as OSS sees it: which bucket it is about, however the client spells that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any, Self, TypeAlias
from urllib.parse import unquote

from drift.emulator.refusal import RefusedError
from drift.xml import LIMIT

Scope: TypeAlias = Mapping[str, Any]
"""What ASGI tells about a request before its body."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
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
    def parse(cls, scope: Scope, body: bytes) -> Self:
        """Return the request; raise `RefusedError` for one that addresses nothing."""
        if len(body) > LIMIT:
            raise RefusedError("InvalidArgument", f"The body is larger than {LIMIT // 1024} KiB.")
        headers = _headers(scope["headers"])
        host = _host(headers.get("host", ""))
        bucket, key = _address(host, _decoded(scope["raw_path"]))
        query = tuple(map(_pair, filter(None, scope["query_string"].split(b"&"))))
        return cls(scope["method"], host, bucket, key, query, headers, body)

    @property
    def resource(self) -> str:
        """The path by which signatures name the bucket and the key, whatever the host says."""
        return f"/{self.bucket}/{self.key}" if self.bucket else "/"

    @property
    def date(self) -> str:
        """The moment of signing, as the client spells it."""
        return self.headers.get("x-oss-date") or self.headers.get("date", "")


def _headers(raw: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
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
    """Return bucket and key of `BUCKET.HOST/`, or of `HOST/BUCKET/KEY` for any other path."""
    if not path.startswith("/"):
        raise RefusedError("InvalidArgument", "The request target is not a path.")
    if path == "/" and "." in host and not _is_address(host):
        bucket, key = host.partition(".")[0], ""
    else:
        bucket, _, key = path[1:].partition("/")
    if bucket and not _BUCKET.fullmatch(bucket):
        raise RefusedError("InvalidBucketName", "The specified bucket is not valid.")
    return bucket, key


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
