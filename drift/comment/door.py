"""How a forge is reached: whom to trust, through which proxy; and what it may answer."""

import ssl
from http.client import HTTPException
from time import monotonic
from typing import NamedTuple

from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

from drift.comment.trouble import unreachable, unreadable, untrusted
from drift.errors import CommentError
from drift.live.transport.environment import Proxies, TrustStore, VariableError

LARGEST = 32 << 20
"""The bytes of the largest answer that is read."""

SECONDS = 30.0
"""What one step takes at most, and what the reading of one answer takes at most."""


class Door(NamedTuple):
    """The way to one server. Plain http is for this machine only, and never through a proxy."""

    forge: str
    server: str
    context: ssl.SSLContext
    proxy: str | None


def door(forge: str, server: str) -> Door:
    """Return the way to `server`, a URL without a slash at its end; raise `CommentError`."""
    try:
        context = TrustStore.from_environment().context()
        proxy = Proxies.from_environment().for_url(server)
    except VariableError as error:
        raise CommentError(str(error), error.advice) from None
    if proxy and proxy.lower().startswith("socks"):
        raise unreachable(forge)  # as elsewhere in drift, and whatever else is installed
    return Door(forge, server, context, proxy)


def read(response: BaseHTTPResponse, forge: str) -> bytes:
    """Return the body of an answer; raise `CommentError` if it is too large or too slow."""
    body, end = bytearray(), monotonic() + SECONDS
    try:
        while chunk := response.read1(1 << 16, decode_content=True):
            body += chunk
            if len(body) > LARGEST:
                raise unreadable(forge)
            if monotonic() > end:
                raise unreachable(forge)
    except (HTTPError, HTTPException, OSError) as error:
        raise told(error, forge) from None
    except CommentError:
        response.close()  # what is left would be read before the next request
        raise
    response.release_conn()
    return bytes(body)


def hang_up(pools: PoolManager) -> None:
    """Close the connections that are kept: urllib3 does so when nobody remembers the pools."""
    for key in pools.pools.keys():  # noqa: SIM118 - there is no way through it but by its keys
        pools.pools[key].close()


def told(error: BaseException, forge: str) -> CommentError:
    """Return what a failure of what carries requests means; its own words may be a server's."""
    cause: object = error
    while isinstance(cause, BaseException):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return untrusted(forge)
        cause = cause.__cause__ or cause.__context__ or next(iter(cause.args), None)
    return unreachable(forge)
