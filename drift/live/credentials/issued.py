"""Access keys as services and programs hand them out."""

import re
from calendar import timegm
from collections.abc import Mapping
from time import strptime, time
from typing import NamedTuple

from drift.live.credentials.caller import NONSENSE, AnswerError
from drift.live.credentials.key import Credentials

_ROLE = re.compile(r"acs:ram::([0-9]{1,20}):(?:assumed-)?role/[A-Za-z0-9._@/-]{1,200}")


class Names(NamedTuple):
    """What the parts of a key are called; keys of a kind without a token have no name for one."""

    key_id: str
    secret: str
    token: str
    expiration: str


SERVICE = Names("AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration")
PAIR = Names("SessionAccessKeyId", "SessionAccessKeySecret", "", "Expiration")
PROGRAM = Names("access_key_id", "access_key_secret", "sts_token", "expiration")


def is_role(arn: str) -> bool:
    """Return whether a text is the ARN of a RAM role."""
    return bool(_ROLE.fullmatch(arn))


def account_of(arn: object) -> str | None:
    """Return the account of a role; None for what is not the ARN of one."""
    found = _ROLE.fullmatch(arn) if isinstance(arn, str) else None
    return found[1] if found else None


def issued(values: object, names: Names = SERVICE, *, account: str | None = None) -> Credentials:
    """Return the key whose parts have these names, and that still holds; raise `AnswerError`."""
    if not isinstance(values, Mapping):
        raise AnswerError(NONSENSE)
    key_id, secret, token = (_printable(values.get(name)) for name in names[:3])
    if not key_id or not secret:
        raise AnswerError(NONSENSE)
    expires = _seconds(values.get(names.expiration))
    if expires is not None and expires <= time():
        raise AnswerError("what it has is over, or this machine's clock is wrong")
    return Credentials(key_id, secret, token or None, expires, account)


def temporary(values: object, names: Names = SERVICE, *, account: str | None = None) -> Credentials:
    """Return such a key, which must have an end, and a token unless its kind has none."""
    key = issued(values, names, account=account)
    if key.expires is None or not (key.token or not names.token):
        raise AnswerError(NONSENSE)
    return key


def _printable(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]*", value):
        raise AnswerError(NONSENSE)
    return value


def _seconds(value: object) -> float | None:
    """Return a time of day in seconds since 1970; None if there is none."""
    if value is None or value == "":
        return None
    try:
        return timegm(strptime(str(value), "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise AnswerError(NONSENSE) from None
