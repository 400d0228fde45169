"""Who asks, and whether the request is what they signed: checked in the order of the service."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import md5, sha256

from drift.emulator.refusal import RefusedError
from drift.emulator.request import Request
from drift.emulator.signature import SCHEMES, UNSIGNED, Key, Signature, encoded, malformed

_SKEW = timedelta(minutes=15)


def authenticate(request: Request, keys: Mapping[str, Key], now: datetime) -> str | None:
    """Return the region that the request is signed for, None if its signature has none.

    Raise `RefusedError` unless one of `keys` signed all of it, at most a quarter of an hour ago.
    """
    signature = _signature(request)
    key = keys.get(signature.key_id)
    if key is None:
        raise RefusedError("InvalidAccessKeyId", "The access key ID does not exist.")
    _check_date(request, signature, now)
    if not _same(signature.given, signature.expected(request, key.secret)):
        raise _mismatch()
    _check_token(request, key)
    _check_body(request)
    return signature.region


def _signature(request: Request) -> Signature:
    header = request.headers.get("authorization")
    if header is None:
        raise RefusedError("AccessDenied", "Anonymous access is forbidden for this operation.")
    scheme, _, text = header.partition(" ")
    if scheme not in SCHEMES:
        raise malformed()
    return SCHEMES[scheme].parse(text)


def _check_date(request: Request, signature: Signature, now: datetime) -> None:
    try:
        signed = _moment(request.date, signature.layout)
    except ValueError:
        raise RefusedError("AccessDenied", "The request has no valid date.") from None
    if abs(now - signed) > _SKEW:
        message = "The request's time and the current time are more than 15 minutes apart."
        raise RefusedError("RequestTimeTooSkewed", message)
    if signature.scope and signature.scope[0] != request.date[:8]:
        raise RefusedError("InvalidArgument", "The credential's day is not that of the request.")


@lru_cache(maxsize=64)
def _moment(text: str, layout: str) -> datetime:
    """Return the moment that `text` is; a client signs many requests in the same second."""
    return datetime.strptime(text, layout).replace(tzinfo=UTC)


def _check_token(request: Request, key: Key) -> None:
    # The official SDKs of the second generation drop the prefix when they sign by version 1.
    token = request.headers.get("x-oss-security-token") or request.headers.get("security-token")
    if token is None and key.token is not None:
        message = "The access key ID is of a session, and the request has no security token."
        raise RefusedError("AccessKeyIdAndSecurityTokenNotMatch", message)
    if not _same(token or "", key.token or ""):
        raise RefusedError("InvalidSecurityToken", "The security token is not valid.")


def _check_body(request: Request) -> None:
    payload = request.headers.get("x-oss-content-sha256", UNSIGNED)
    if payload != UNSIGNED and payload != sha256(request.body).hexdigest():
        raise _mismatch()
    if "content-md5" not in request.headers:
        return
    digest = b64encode(md5(request.body, usedforsecurity=False).digest()).decode()
    if request.headers["content-md5"] != digest:
        raise RefusedError("InvalidDigest", "The Content-MD5 is not that of the body.")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(encoded(given), encoded(expected))


def _mismatch() -> RefusedError:
    message = "The signature that the service calculated is not the one that the request has."
    return RefusedError("SignatureDoesNotMatch", message)
