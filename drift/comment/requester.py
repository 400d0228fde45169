"""PyGithub's requests, sent through a session that goes to one server, and waits as GitHub asks.

https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import sleep
from typing import Any, Self
from urllib.parse import urlsplit

from requests import Session
from urllib3 import BaseHTTPResponse

from drift.comment.door import SECONDS, door
from drift.comment.patience import LONGEST, Patience
from drift.comment.session import session
from drift.comment.trouble import not_installed, too_busy, unreadable
from drift.errors import CommentError

try:
    from github.Auth import Token
    from github.GithubException import GithubException
    from github.Requester import HTTPRequestsConnectionClass, Requester, RequestsResponse
except ImportError:
    raise not_installed("GitHub", "github") from None

NAME = "GitHub"

_SECOND = re.compile(r"[0-9]{1,11}")
_UNHURRIED = 60
"""The seconds that GitHub asks to wait where it has a limit and does not say for how long."""


def requester(server: str, token: str) -> tuple[Requester, Session]:
    """Return what sends requests to the API at `server`, and what to close in the end."""
    parts = urlsplit(server)
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]  # which PyGithub always names
    origin = f"{parts.scheme}://{parts.hostname}:{port}"
    way = door(NAME, origin)
    made = _patient(session(way))

    class Through(HTTPRequestsConnectionClass):
        """What carries PyGithub's requests."""

        def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as PyGithub has it
            super().__init__(*given, **named)
            self.session = made
            self.protocol = parts.scheme

        def getresponse(self) -> RequestsResponse:
            response = super().getresponse()
            if response.status == 202:  # PyGithub would ask again, for ever
                raise unreadable(NAME)
            return response

        def close(self) -> None:
            """Leave the session open for the next request."""

    class Own(Requester):
        """A class of its own, so that what carries requests is no affair of other users'."""

    Own.injectConnectionClasses(Through, Through)  # type: ignore[arg-type]  # it takes any port
    asks = Own(
        Token(token),
        server,
        int(SECONDS),
        "drift",
        per_page=100,
        verify=True,
        retry=None,
        pool_size=None,
    )
    # All that is asked by GraphQL may be asked twice, though it is a POST.
    twice = _patient(session(way), reads=True)
    path = urlsplit(asks.graphql_url).path
    made.mount(f"{origin}{path}", twice.get_adapter(f"{origin}/"))
    return asks, made


@contextmanager
def readable() -> Iterator[None]:
    """Raise `CommentError` for what PyGithub cannot read, in whatever way it stumbles."""
    try:
        yield
    except (
        AssertionError,
        AttributeError,
        GithubException,
        LookupError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ):
        raise unreadable(NAME) from None


def _patient(made: Session, *, reads: bool = False) -> Session:
    for adapter in made.adapters.values():
        adapter.max_retries = _Patience.with_(NAME, reads=reads)  # type: ignore[attr-defined]
    return made


class _Patience(Patience):
    """That with GitHub, which says 403 where others say 429."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code == 403 or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *others: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> Self:
        if response is not None and response.status == 403 and not _limits(response.headers):
            response.close()
            raise _forbidden()
        return super().increment(method, url, response, *others, **named)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        seconds = _left(response.headers) if response is not None else 0
        if seconds > LONGEST:
            raise too_busy(NAME, seconds)
        if seconds:
            sleep(seconds)
        else:
            super().sleep(response)


def _limits(headers: Mapping[str, str]) -> bool:
    return "Retry-After" in headers or headers.get("X-RateLimit-Remaining") == "0"


def _left(headers: Mapping[str, str]) -> int:
    """Return the seconds until GitHub takes requests again; 0 if it is not by its own limit."""
    reset = headers.get("X-RateLimit-Reset", "")
    if "Retry-After" in headers or headers.get("X-RateLimit-Remaining") != "0":
        return 0
    if not _SECOND.fullmatch(reset):
        return _UNHURRIED
    # It is not clear when in that second.
    return max(1, int(reset) - int(datetime.now(UTC).timestamp()) + 1)


def _forbidden() -> CommentError:
    return CommentError(
        "GitHub does not let this token comment here (403).",
        "Give the job `permissions: pull-requests: write`. For a pull request from a fork the "
        "token may only read, so comment from a second workflow, on workflow_run. Or its "
        "discussion is locked.",
    )
