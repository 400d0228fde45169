"""The error body of OSS: what of it may be shown, and how it looks.

Source: the documentation's list of error codes, and the answers that integration tests of the
official SDKs pin. The body can echo tokens and strings to sign, so only a few members are ever
taken out of it, and only where they look as they should. A message is never shown: of some it is
known what they mean.
"""

import re
from collections.abc import Iterator
from enum import Enum
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
    "EC": re.compile(r"[0-9]{4}-[0-9]{8}"),
    "Message": re.compile(r"(?s).{1,300}"),
}


class Reason(Enum):
    """What OSS says in a message, in its own words, without the full stop.

    Source: the page "HTTP 403 status code" of the documentation; where it is named, an answer of
    the service in a public thread. Other messages mean no more than their code.
    """

    ANONYMOUS = "Anonymous access is forbidden for this operation"
    ANONYMOUS_BUCKET = "Anonymous user has no right to access this bucket"
    BUCKET_ACL = "You have no right to access this object because of bucket acl"
    """Also: github.com/aliyun/aliyun-oss-android-sdk/issues/280"""
    BUCKET_POLICY = "Access denied by bucket policy"
    """Also where a RAM policy denies: help.aliyun.com/en/oss/user-guide/0003-00000201"""
    EXPIRED = "Request has expired"
    """Also: github.com/johnlui/AliyunOSS/issues/20"""
    KEY_DISABLED = "The OSS Access Key Id you provided is disabled"
    """Also: github.com/1Panel-dev/1Panel/issues/12223"""
    LIST_BUCKETS = "You are forbidden to list buckets"
    """Only: github.com/minio/minio/issues/6075"""
    NOT_OWNER = "The bucket you access does not belong to you"
    """Also: github.com/aliyun/alibabacloud-oss-go-sdk-v2/issues/73"""
    NO_DATE = "OSS authentication requires a valid Date"
    """Only: github.com/aliyun/aliyun-oss-ruby-sdk/pull/85"""
    REFERER = "You are denied by bucket referer policy"
    SESSION_POLICY = "Access denied by authorizer's policy"
    """Also: github.com/aliyun/oss-browser/issues/32"""
    SIGNING_REGION = "Invalid signing region in Authorization header"
    """Only: github.com/aliyun/alibabacloud-oss-go-sdk-v2/issues/29"""
    TEMPORARY_KEY = (
        "The OSS Access Key Id you provided does not exist in our records. The Security Token may "
        "be lost to specify that it is a STS Access Id"
    )
    """Only: github.com/lucky1213/aliyun_oss/issues/19"""
    VPC_POLICY = "Access denied by VPC endpoint policy"
    WRONG_ENDPOINT = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint"
    )
    """Also: github.com/coderhaoxin/aliyun-oss/issues/25"""


_MEMBERS = ("Code", "RequestId", "Endpoint", "EC", "Message")
_REASONS = {reason.value: reason for reason in Reason}


class ServiceError(NamedTuple):
    """What an error body says that may be shown; None for what is absent, malformed or unknown.

    `ec` is the detailed code, which only people can use: it may change.
    """

    code: str | None = None
    request_id: str | None = None
    endpoint: str | None = None
    ec: str | None = None
    reason: Reason | None = None
    buckets: frozenset[str] = frozenset()
    """The buckets that it says it is about, most often one or none: they are never shown."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return what `body` says, which may be anything; its namespace does not matter."""
        try:
            root = parse(body, "Error")
            code, request_id, endpoint, ec, message = (_member(root, name) for name in _MEMBERS)
            reason = _REASONS.get(message.removesuffix(".")) if message else None
            return cls(code, request_id, endpoint, ec, reason, frozenset(_buckets(root)))
        except XmlError:
            return cls()

    def is_about(self, bucket: str) -> bool:
        """Return whether it names no other bucket."""
        return self.buckets <= {bucket}


def _member(root: Element, name: str) -> str | None:
    """Return a member's text; None if it is absent, malformed, there twice, or a credential."""
    texts = [_text(child) for child in root if local_name(child) == name]
    return texts[0] if len(texts) == 1 and _SHAPE[name].fullmatch(texts[0]) else None


def _text(element: Element) -> str:
    """Return an element's text; nothing of one that has children, or repeats a credential."""
    try:
        return "" if len(element) else text_of(element)
    except SecretError:
        return ""


def _buckets(root: Element) -> Iterator[str]:
    for child in root:
        name, text = local_name(child), _text(child)
        if name in ("Bucket", "BucketName") and text:
            yield text
        label, _, endpoint = text.partition(".")
        # The host that was asked: that of the bucket, or an endpoint alone.
        if name == "HostId" and OSS_HOST.fullmatch(endpoint):
            yield label


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
