"""The error body of OSS: what of it may be shown, and how it looks.

Source: the documentation's list of error codes, and the answers that integration tests of the
official SDKs pin. The body can echo tokens and strings to sign, so only three members are ever
taken out of it, and only where they look as they should.
"""

import re
from hashlib import sha256
from typing import NamedTuple, Self
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from drift.live.endpoint import OSS_HOST
from drift.settings import SETTINGS
from drift.xml import SecretError, XmlError, local_name, parse, text_of

STATUS = {
    **dict.fromkeys((setting.unset_code for setting in SETTINGS), 404),
    "AccessDenied": 403,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidBucketName": 400,
    "InvalidDigest": 400,
    "InvalidSecurityToken": 403,
    "MalformedXML": 400,
    "MetaOperationQpsLimitExceeded": 503,
    "MethodNotAllowed": 405,
    "MissingSecurityToken": 400,
    "NoSuchBucket": 404,
    "NotImplemented": 400,
    "QpsLimitExceeded": 429,
    "RequestTimeTooSkewed": 403,
    "RequestTimeout": 400,
    "SecurityTokenExpired": 403,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "TotalQpsLimitExceeded": 503,
}
"""The HTTP status of each code; 403 for any other."""

CODE = re.compile(r"[A-Z][A-Za-z]{2,63}")
"""How every error code looks."""

_SHAPE = {
    "Code": CODE,
    "RequestId": re.compile(r"[0-9A-Fa-f-]{1,64}"),
    "Endpoint": OSS_HOST,
}


class ServiceError(NamedTuple):
    """The members of an error body that may be shown; None for what is absent or malformed."""

    code: str | None = None
    request_id: str | None = None
    endpoint: str | None = None

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return what `body` says, which may be anything; its namespace does not matter."""
        try:
            root = parse(body, "Error")
            return cls(*(_member(root, name) for name in ("Code", "RequestId", "Endpoint")))
        except XmlError:
            return cls()


def _member(root: Element, name: str) -> str | None:
    """Return a member's text; None if it is absent, malformed, there twice, or a credential."""
    try:
        texts = [text_of(child) for child in root if local_name(child) == name]
    except SecretError:
        return None
    return texts[0] if len(texts) == 1 and _SHAPE[name].fullmatch(texts[0]) else None


def status_of(body: bytes) -> int:
    """Return the HTTP status that goes with a recorded body: 200 unless it is an error."""
    if b"Error" not in body.replace(b"\0", b""):  # as UTF-16 has it; most bodies are documents
        return 200
    code = ServiceError.parse(body).code
    return 200 if code is None else STATUS.get(code, 403)


def error_body(code: str, message: str, bucket: str = "", **members: str) -> bytes:
    """Return the body that OSS would answer; its request id depends on code and bucket alone."""
    request_id = sha256(f"{code}/{bucket}".encode()).hexdigest()[:24].upper()
    children = {"Code": code, "Message": message, "RequestId": request_id, **members}
    texts = (f"  <{name}>{escape(text)}</{name}>\n" for name, text in children.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n{"".join(texts)}</Error>\n'.encode()
