"""JSON to one server and back, for the forges that have no well-kept client library."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, TypeAlias
from urllib.parse import unquote

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Timeout
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers, parse_url

from drift.comment.door import SECONDS, Door, hang_up, read, told
from drift.comment.patience import Patience
from drift.comment.trouble import refused, unreadable

Json: TypeAlias = Any
"""What JSON can say; who asked looks at its shape."""

Body: TypeAlias = Mapping[str, object]


class Web:
    """The API of one forge: no redirect, no .netrc, no cookie, no answer without measure."""

    def __init__(self, door: Door, headers: Mapping[str, str]) -> None:
        """Take the way to it, and the header with the token."""
        self._door = door
        self._headers = {
            **headers,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "drift",
        }
        self._pools = _pools(door)

    def ask(self, method: str, path: str, body: Body | None = None, *, reads: bool = False) -> Json:
        """Return what the answer says; None if it says nothing. Raise `CommentError`.

        `path` is as it stands in a URL, with its query. What only `reads` may be sent twice.
        """
        response = self._sent(method, path, body, Patience.with_(self._door.forge, reads=reads))
        text = read(response, self._door.forge)
        if not 200 <= response.status < 300:
            raise refused(response.status, self._door.forge)
        try:
            return json.loads(text) if text.strip() else None
        except (ValueError, RecursionError):
            raise unreadable(self._door.forge) from None

    def close(self) -> None:
        """Close the connections that are kept."""
        hang_up(self._pools)

    def _sent(
        self, method: str, path: str, body: Body | None, patience: Patience
    ) -> BaseHTTPResponse:
        try:
            return self._pools.urlopen(
                method,
                f"{self._door.server}{path}",
                redirect=False,
                preload_content=False,
                headers=self._headers,
                body=None if body is None else json.dumps(body).encode(),
                retries=patience,
                timeout=Timeout(SECONDS),
            )
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise told(error, self._door.forge) from None


def _pools(door: Door) -> PoolManager:
    if door.proxy is None:
        return PoolManager(ssl_context=door.context)
    try:
        login = parse_url(door.proxy).auth
        return ProxyManager(
            door.proxy,
            ssl_context=door.context,
            proxy_ssl_context=door.context,
            proxy_headers=make_headers(proxy_basic_auth=unquote(login)) if login else None,
        )
    except (HTTPError, ValueError) as error:
        raise told(error, door.forge) from None
