"""The credentials that requests are signed with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from drift.errors import CredentialsError

_ADVICE = (
    "Export OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN if it is temporary."
)


@dataclass(frozen=True)
class Credentials:
    """An access key, and the session token of a temporary one. Only ever handed to the SDK."""

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def from_environment(environment: Mapping[str, str]) -> Credentials:
    """Return the credentials of the `OSS_*` variables, or raise `CredentialsError`."""
    key_id = _value(environment, "OSS_ACCESS_KEY_ID")
    secret = _value(environment, "OSS_ACCESS_KEY_SECRET")
    token = _value(environment, "OSS_SESSION_TOKEN")
    if not key_id and not secret:
        raise CredentialsError("There are no credentials.", _ADVICE)
    if not key_id or not secret:
        missing = "OSS_ACCESS_KEY_SECRET" if key_id else "OSS_ACCESS_KEY_ID"
        raise CredentialsError(f"{missing} is not set, and the other half of the key is.", _ADVICE)
    return Credentials(key_id, secret, token or None)


def _value(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not re.fullmatch(r"[!-~]*", value):
        raise CredentialsError(f"{name} holds characters that no key has.", "Set it anew.")
    return value
