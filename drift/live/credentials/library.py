"""The one door to the official library, which gets temporary credentials from others.

`alibabacloud-credentials` 1.0.12 has a chain of its own, which is not used: it goes on to the next
source where one is half given, runs the program that a profile names, writes tokens back to the
CLI's file, and says what went wrong in the service's own words, secrets and all. Its parts are
used one by one, anew for every renewal: their caches give up on credentials a quarter of an hour
before they end, and let two threads renew at once.
"""

import logging
import re
from typing import Literal, TypeAlias

from alibabacloud_credentials import provider as library
from Tea.exceptions import RetryError

from drift.errors import CredentialsError
from drift.live.credentials.key import Credentials

# They log whole answers when a renewal fails, and whole URLs, which are signed.
for _logger in ("credentials", "alibabacloud-tea", "urllib3"):
    logging.getLogger(_logger).setLevel(logging.CRITICAL)

Kind: TypeAlias = Literal[
    "CloudSSO", "EcsRamRole", "External", "OAuth", "OIDCRoleArn", "RamRoleArn", "RsaKeyPair", "URL"
]

_STATUS = re.compile(r"http_?code\W{1,3}(\d{3})\b", re.IGNORECASE)
_CODE = re.compile(r'"Code"\s*:\s*"([A-Z][A-Za-z]{2,39}(?:\.[A-Z][A-Za-z]{1,39}){0,2})"')
_EXIT = re.compile(r"exit status (-?\d{1,5})\b")


def fetch(kind: Kind, name: str, **arguments: object) -> Credentials:
    """Return new credentials from the library's provider of this kind.

    Whatever it raises becomes a `CredentialsError` about `name`, without a word of its own: its
    sentences hold the bodies of answers.
    """
    try:
        found = getattr(library, f"{kind}CredentialsProvider")(**arguments).get_credentials()
        return _checked(
            found.get_access_key_id(),
            found.get_access_key_secret(),
            found.get_security_token() or None,
            found.get_expiration() or None,
        )
    except Exception as error:  # noqa: BLE001 - the library lets through whatever it meets
        message = f"No credentials come from {name}: {_reason(error)}."
        advice = "Look at what is given there, and at the network and its proxy."
        raise CredentialsError(message, advice) from None


def _checked(key_id: object, secret: object, token: object, expires: object) -> Credentials:
    for part in (key_id, secret, token or "none"):
        if not isinstance(part, str) or not re.fullmatch(r"[!-~]+", part):
            raise ValueError
    ends = expires if isinstance(expires, int) else None
    return Credentials(str(key_id), str(secret), str(token) if token else None, ends)


def _reason(error: Exception) -> str:
    """Return why it failed, with nothing of the library's text but what has a known shape."""
    said = str(error)
    if isinstance(error, RetryError):
        return "it cannot be reached"
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read, {error.strerror}"
    if status := _STATUS.search(said):
        code = _CODE.search(said)
        return f"the answer is HTTP {status[1]}" + (f" with the error {code[1]}" if code else "")
    if exited := _EXIT.search(said):
        return f"its program ended with exit code {exited[1]}"
    if "timed out" in said:
        return "its program did not end in time"
    if "No cached value" in said:
        return "what it has is over, or this machine's clock is wrong"
    return "the answer makes no sense"
