"""Addresses from which credentials may come."""

import re
from urllib.parse import urlsplit

from drift.errors import CredentialsError
from drift.live.endpoint import is_loopback

_URL = re.compile(r"[!-~]+")


def refuse_plain(address: str, place: str) -> None:
    """Raise `CredentialsError` if an address is neither https nor this machine.

    The error names `place`, and not the address, which may be a secret in the wrong place.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        fits = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        fits = fits and bool(host) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or not _URL.fullmatch(address):
        message = f"{place} is no address to get credentials from: it must be https://HOST."
        raise CredentialsError(message, "Correct it; plain http is for this machine only.")
