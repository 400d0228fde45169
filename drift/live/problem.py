"""Why a bucket could not be judged, said for people: the service's codes, and drift's own."""

from typing import NamedTuple, Self

from drift.live.endpoint import region_of_host
from drift.live.service_error import Reason, ServiceError
from drift.live.source import Answer, Bucket
from drift.plan import Problem
from drift.settings.setting import Setting


class _Said(NamedTuple):
    message: str
    advice: str
    retryable: bool = False

    def filled(self, **values: str) -> Self:
        """Return it with what its advice is about: a RAM action and a bucket."""
        return self._replace(advice=self.advice.format_map(values))


_KEY = "Check the access key; `drift doctor` says where it comes from."
_SESSION = (
    "Get new temporary credentials, whose token belongs to the key; `drift doctor` says where they "
    "come from."
)
_OWNER = "Look at the account and the bucket in the OSS console."
_LATER = "Run drift again later, or with a lower --concurrency."

_NETWORK = "Check the network, the proxy settings and the endpoint."

_OWN = {
    "CertificateNotTrusted": _Said(
        "The endpoint's certificate is not trusted by this machine.",
        "Check the endpoint, and what stands between it and this machine.",
    ),
    "CertificatesNotReadable": _Said(
        "The file with the certificates to trust cannot be read.",
        "Check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE.",
    ),
    "ConnectionFailed": _Said("The connection failed or broke off.", _NETWORK, retryable=True),
    "HostNotFound": _Said(
        "The endpoint's host name is not known.",
        'Check "Region" in the desired file, or --endpoint.',
    ),
    "NoRegion": _Said(
        "No region is declared, and requests are signed for one.",
        'Add "Region" to the desired file, or give --region.',
    ),
    "NotListed": _Said(
        "The buckets were not listed before the deadline.", "Give --deadline more seconds."
    ),
    "RegionNotKnown": _Said(
        "Only a pattern says in which region it is, and it is not in the list of buckets.",
        'Declare its "Region", or correct its name.',
    ),
    "NotRead": _Said("It was not read before the deadline.", "Give --deadline more seconds."),
    "Stopped": _Said("The run was stopped before it was read.", "Run drift again."),
    "ProxyFailed": _Said("The proxy does not let the request through.", _NETWORK),
    "Timeout": _Said(
        "No whole answer came in time.", "Give --timeout more seconds.", retryable=True
    ),
    "TLSHandshakeFailed": _Said(
        "No TLS version and cipher suite could be agreed on with the endpoint.",
        "The bucket may accept only what this machine does not speak; `drift doctor` says what.",
    ),
}

_LISTING = _Said(
    "These credentials may not list the buckets.",
    "Allow the RAM action oss:ListBuckets on acs:oss:*:*:*, or declare buckets by name and region.",
)

_ALLOW = "Allow the RAM action {action} on acs:oss:*:*:{bucket}."
_NOT_ALLOWED = _Said("These credentials may not read the setting.", _ALLOW)
_UNSIGNED = _Said(
    "OSS saw no signature, though the request has one.",
    "Check what stands between this machine and OSS: it must not take headers out.",
)

_DENIED = {
    Reason.ANONYMOUS: _UNSIGNED,
    Reason.ANONYMOUS_BUCKET: _UNSIGNED,
    Reason.BUCKET_ACL: _Said("The bucket's ACL gives these credentials no access.", _ALLOW),
    Reason.BUCKET_POLICY: _Said(
        "A bucket policy or a RAM policy denies the request.",
        "Look for a Deny of {action} in the policies of {bucket} and of the RAM user or role; one "
        "may let in only some VPCs or addresses.",
    ),
    Reason.EXPIRED: _Said(
        "OSS says that the request has expired.",
        "Check the clock of this machine, and what may hold requests back on their way.",
    ),
    Reason.LIST_BUCKETS: _LISTING,
    Reason.NOT_OWNER: _Said(
        "The bucket is another account's, or these credentials have no permission on it.",
        "Check the bucket's name, and with `drift doctor` whose credentials these are; then allow "
        "the RAM action {action} on acs:oss:*:*:{bucket}.",
    ),
    Reason.NO_DATE: _Said(
        "OSS found no date in the request, though it has one.",
        "Check what stands between this machine and OSS: it must not take headers out.",
    ),
    Reason.REFERER: _Said(
        "The bucket refuses requests without a Referer, and drift sends none.",
        "Allow requests without a Referer in the bucket's hotlink protection.",
    ),
    Reason.SESSION_POLICY: _Said(
        "The role or the session policy of these temporary credentials does not allow it.",
        "Allow the RAM action {action} on acs:oss:*:*:{bucket} in both.",
    ),
    Reason.VPC_POLICY: _Said(
        "The policy of the VPC endpoint that the request came through denies it.",
        "Allow {bucket} in the policy of the VPC endpoint, or ask from elsewhere.",
    ),
    Reason.WRONG_ENDPOINT: _Said(
        "The bucket is in another region, and OSS does not say in which.",
        'Set "Region" in the desired file to where the bucket is, and check --endpoint.',
    ),
}
"""What AccessDenied means by its message."""

_OF_A_BUCKET = frozenset(
    {
        Reason.BUCKET_ACL, Reason.BUCKET_POLICY, Reason.NOT_OWNER, Reason.REFERER,
        Reason.WRONG_ENDPOINT,
    }
)  # fmt: skip
"""What makes no sense of a list of buckets."""

_BY_REASON = {
    "AccessDenied": _DENIED,
    "InvalidAccessKeyId": {
        Reason.KEY_DISABLED: _Said("The access key is disabled.", _KEY),
        Reason.TEMPORARY_KEY: _Said("The access key needs a session token.", _SESSION),
    },
    "InvalidArgument": {
        Reason.SIGNING_REGION: _Said(
            "The request was signed for another region than the endpoint's.",
            'Check "Region" in the desired file, --region and --endpoint.',
        ),
    },
}

THROTTLED = frozenset(
    {
        "ActiveRequestLimitExceeded",
        "MetaOperationQpsLimitExceeded",
        "QpsLimitExceeded",
        "TotalQpsLimitExceeded",
    }
)
"""The codes by which the service says that it is asked too much."""

_KNOWN = {
    "AbnormalBucketOwnerStatus": _Said(
        "The bucket's owner has a problem with the account.", _OWNER
    ),
    "AccessKeyIdAndSecurityTokenNotMatch": _Said("The session token is another key's.", _SESSION),
    "ActiveRequestLimitExceeded": _Said("OSS is asked too much at once.", _LATER, retryable=True),
    "BucketNotBelongTo": _DENIED[Reason.NOT_OWNER],
    "BucketDisable": _Said("The bucket is disabled.", _OWNER),
    "InDebt": _Said("The account is in debt.", _OWNER),
    "InDebtOverdue": _Said("The account is in debt.", _OWNER),
    "InternalError": _Said("OSS had an internal error.", _LATER, retryable=True),
    "InvalidAccessKeyId": _Said("OSS does not know the access key.", _KEY),
    "InvalidArgument": _Said(
        "OSS refuses the request; most often the region is not the endpoint's.",
        'Check "Region" in the desired file, or --region.',
    ),
    "InvalidSecurityToken": _Said("The session token is not valid.", _SESSION),
    "MetaOperationQpsLimitExceeded": _Said("OSS is asked too often.", _LATER, retryable=True),
    "MissingSecurityToken": _Said("The access key needs a session token.", _SESSION),
    "QpsLimitExceeded": _Said("OSS is asked too often.", _LATER, retryable=True),
    "RequestTimeout": _Said("The request did not arrive in time.", _LATER, retryable=True),
    "RequestTimeTooSkewed": _Said(
        "This machine's clock is more than 15 minutes off.", "Set the clock, then run drift again."
    ),
    "SecondLevelDomainForbidden": _Said(
        "The endpoint wants the bucket in the host name.", "Use a host name as the endpoint."
    ),
    "SecurityTokenExpired": _Said("The session token has expired.", _SESSION),
    "ServiceUnavailable": _Said("OSS is not available just now.", _LATER, retryable=True),
    "SignatureDoesNotMatch": _Said("The signature does not match: the secret is wrong.", _KEY),
    "TotalQpsLimitExceeded": _Said("OSS is asked too often.", _LATER, retryable=True),
    "UserDisable": _Said("The user is disabled.", _OWNER),
}


def own(code: str) -> Problem:
    """Return the problem of a bucket from which no answer came; `code` is drift's own."""
    said = _OWN[code]
    return Problem(code=code, message=said.message, advice=said.advice, retryable=said.retryable)


def elsewhere(bucket: Bucket, decided: Bucket, file: str | None) -> Problem:
    """Return the problem of a bucket in another region than what holds for it was decided for.

    The file is the one that declares it; None if the list of buckets says where it is.
    """
    return Problem(
        code="RegionDiffers",
        message=(
            f"The bucket is in {bucket.region}, where other patterns and policies apply than in "
            f"{decided.region}."
        ),
        advice=(
            f'Set "Region" to "{bucket.region}" in {file}.'
            if file
            else f"The list of buckets says {decided.region}: run drift again later."
        ),
    )


def refusal(answer: Answer, setting: type[Setting], bucket: Bucket) -> Problem:
    """Return the problem that an answer with an error stands for."""
    error = ServiceError.parse(answer.body)
    said = _misdirected(error, bucket) or _meaning(error, _NOT_ALLOWED)
    return _problem(answer, error, said.filled(action=setting.permission, bucket=bucket.name))


def listing_refusal(answer: Answer) -> Problem:
    """Return the problem that a list of buckets with an error stands for."""
    error = ServiceError.parse(answer.body)
    if error.reason in _OF_A_BUCKET:  # a RAM policy can be what denies, whatever it says
        error = error._replace(reason=None)
    said = _meaning(error, _LISTING)
    return _problem(answer, error, said.filled(action="oss:ListBuckets", bucket="*"))


def _problem(answer: Answer, error: ServiceError, said: _Said) -> Problem:
    passing = answer.status >= 500 or answer.status in (408, 429)
    if error.code is None:
        reason = f"has the HTTP status {answer.status} and no error code"
        # A proxy says 400 of a request that reached it broken; where OSS says so, it has a code.
        return unexpected(reason, retryable=passing or answer.status == 400)
    message = said.message
    return Problem(
        code=error.code,
        message=f"{message.removesuffix('.')} (EC {error.ec})." if error.ec else message,
        advice=said.advice,
        request_id=error.request_id,
        retryable=said.retryable or passing,
    )


def unexpected(reason: str, *, retryable: bool = False) -> Problem:
    """Return the problem of an answer that cannot be what OSS means; `reason` ends its sentence."""
    return Problem(
        code="UnexpectedAnswer",
        message=f"The answer {reason}.",
        advice="Check that nothing between this machine and OSS answers in its place.",
        retryable=retryable,
    )


def _misdirected(error: ServiceError, bucket: Bucket) -> _Said | None:
    """Return what it means that OSS names another endpoint than was asked, if it does."""
    region = region_of_host(error.endpoint) if error.endpoint else None
    if error.code != "AccessDenied" or region is None:
        return None
    if region == bucket.region:
        return _Said(
            f"The endpoint that was asked is not the bucket's: OSS names {error.endpoint}.",
            f"Give --endpoint https://{error.endpoint}, or neither --endpoint nor DRIFT_ENDPOINT.",
        )
    return _Said(
        f"The bucket is in another region: OSS names the endpoint {error.endpoint}.",
        f'Set "Region" to "{region}" in the desired file.',
    )


def _meaning(error: ServiceError, denied: _Said) -> _Said:
    """Return what an error means; `denied` is for a denial of which no more is known."""
    unknown = _Said(
        f"OSS answered with the error {error.code}.", "Look the code up in the OSS documentation."
    )
    code = str(error.code)
    known = _BY_REASON.get(code, {})
    if error.reason in known:
        return known[error.reason]
    return denied if code == "AccessDenied" else _KNOWN.get(code, unknown)
