"""The two ways to sign a request in its `Authorization` header: versions 4 and 1.

Source: the documentation's pages on signing requests by header, version 4 and version 1.
"""

import hmac
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Self
from urllib.parse import quote

from drift.emulator.refusal import RefusedError
from drift.emulator.request import Request
from drift.settings import SETTINGS

UNSIGNED = "UNSIGNED-PAYLOAD"
"""What a version 4 signature has in place of the body's digest, if it leaves the body out."""

_FIELDS = {"Credential", "Signature"}
_SUBRESOURCES = frozenset(setting.subresource for setting in SETTINGS)


@dataclass(frozen=True, slots=True)
class Key:
    """An access key. One that was issued for a session has a token."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Signature(ABC):
    """What an `Authorization` header says.

    The scope is what the signature is valid for: day, region, service and version. Only version 4
    has one.
    """

    key_id: str
    given: str = field(repr=False)
    scope: tuple[str, ...] = ()
    additional: tuple[str, ...] = ()

    layout: ClassVar[str]
    """How the moment of signing is written, in the words of `strptime`."""

    @property
    def region(self) -> str | None:
        """The region that the client takes the bucket to be in, None if it does not say."""
        return self.scope[1] if self.scope else None

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Return what the header says after the name of its scheme; raise `RefusedError`."""

    @abstractmethod
    def expected(self, request: Request, secret: str) -> str:
        """Return the signature of `request` with `secret`."""


class V4(Signature):
    """Version 4: all of the query is signed, and the region."""

    __slots__ = ()
    layout = "%Y%m%dT%H%M%SZ"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `Credential=ID/DAY/REGION/oss/aliyun_v4_request,Signature=HEX`, in any order."""
        pairs = [item.strip().partition("=")[::2] for item in text.split(",")]
        fields = dict(pairs)
        additional = fields.pop("AdditionalHeaders", "").lower()
        if fields.keys() != _FIELDS or len(pairs) != len(dict(pairs)):
            raise malformed()
        key_id, *scope = fields["Credential"].rsplit("/", 4)
        if len(scope) != 4 or scope[2:] != ["oss", "aliyun_v4_request"]:
            raise malformed()
        names = tuple(sorted(filter(None, additional.split(";"))))
        return cls(key_id, fields["Signature"], tuple(scope), names)

    def expected(self, request: Request, secret: str) -> str:
        """Sign a digest of the request with a key made for one day and one region."""
        digest = sha256(encoded("\n".join(self._canonical(request)))).hexdigest()
        text = "\n".join(("OSS4-HMAC-SHA256", request.date, "/".join(self.scope), digest))
        return hmac.digest(_signing_key(secret, self.scope), encoded(text), "sha256").hex()

    def _canonical(self, request: Request) -> Iterator[str]:
        names = {"content-type", "content-md5", *self.additional}
        yield request.method
        yield quote(request.resource)
        yield _query((quote(name, safe=""), quote(value, safe="")) for name, value in request.query)
        yield _headers(request, names)
        yield ";".join(self.additional)
        yield request.headers.get("x-oss-content-sha256", UNSIGNED)


class V1(Signature):
    """Version 1: of the query, only the sub-resources are signed."""

    __slots__ = ()
    layout = "%a, %d %b %Y %H:%M:%S GMT"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `ID:BASE64`."""
        key_id, colon, given = text.strip().rpartition(":")
        if not colon:
            raise malformed()
        return cls(key_id, given)

    def expected(self, request: Request, secret: str) -> str:
        """Sign the request itself with the secret itself."""
        query = _query((name, value) for name, value in request.query if name in _SUBRESOURCES)
        lines = (
            request.method,
            request.headers.get("content-md5", ""),
            request.headers.get("content-type", ""),
            request.date,
            _headers(request) + request.resource + (f"?{query}" if query else ""),
        )
        digest = hmac.digest(encoded(secret), encoded("\n".join(lines)), "sha1")
        return b64encode(digest).decode()


SCHEMES: dict[str, type[Signature]] = {"OSS4-HMAC-SHA256": V4, "OSS": V1}
"""The signatures by the first word of the header."""


@lru_cache(maxsize=64)
def _signing_key(secret: str, scope: tuple[str, ...]) -> bytes:
    """Return the key of version 4 for one day and one region, which many requests share."""
    signing_key = encoded(f"aliyun_v4{secret}")
    for part in scope:
        signing_key = hmac.digest(signing_key, encoded(part), "sha256")
    return signing_key


def malformed() -> RefusedError:
    """Return the refusal of a header that is of no known form."""
    return RefusedError("InvalidArgument", "The Authorization header is malformed.")


def encoded(text: str) -> bytes:
    """Return the bytes that `Request` made `text` of."""
    return text.encode("utf-8", "surrogateescape")


def _headers(request: Request, names: Iterable[str] = ()) -> str:
    signed = (
        item for item in request.headers.items() if item[0].startswith("x-oss-") or item[0] in names
    )
    return "".join(f"{name}:{value}\n" for name, value in sorted(signed))


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" if value else name for name, value in sorted(pairs))
