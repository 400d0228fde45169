"""Which requests are sent again, and after how long."""

import re
from datetime import UTC, datetime
from time import sleep
from typing import Any, Self

from urllib3 import BaseHTTPResponse, Retry

from drift.comment.trouble import too_busy
from drift.live.http_date import moment

LONGEST = 60
"""The seconds that a job waits because a forge asks it to. More is an error that says how many."""

_SAFE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
_NUMBER = re.compile(r"[0-9]{1,9}")


class Patience(Retry):
    """Four more attempts, after 0, 2, 4 and 8 seconds, or after as long as the forge asks for.

    What may have been done, and would then be done twice, is not sent again; TLS that failed once
    fails again.
    """

    forge = ""

    @classmethod
    def with_(cls, forge: str, *, reads: bool = False) -> Self:
        """Return the patience that requests to `forge` begin with; a POST may be one that reads."""
        made = cls(
            total=4,
            connect=1,
            other=0,
            backoff_factor=1,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None if reads else _SAFE,  # None is all of them
            raise_on_status=False,
        )
        made.forge = forge
        return made

    def new(self, **changed: Any) -> Self:  # noqa: ANN401 - as urllib3 has it
        """Return what is left of it after one more attempt."""
        made = super().new(**changed)
        made.forge = self.forge
        return made

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Return whether to send it again: always where the forge says that it did nothing."""
        return status_code == 429 or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *others: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> Self:
        """Count one more attempt, and hang up: urllib3 would read all that was answered."""
        left = super().increment(method, url, response, *others, **named)
        if response is not None:
            response.close()
        return left

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait before the next attempt; raise `CommentError` if the forge asks for too long."""
        asked = _asked_for(response.headers.get("Retry-After", "")) if response else 0
        if asked > LONGEST:
            raise too_busy(self.forge, asked)
        sleep(asked or self.get_backoff_time())


def _asked_for(text: str) -> int:
    """Return the seconds that a `Retry-After` asks for; 0 for what is none."""
    if _NUMBER.fullmatch(text):
        return int(text)
    due = moment(text)
    return max(int((due - datetime.now(UTC)).total_seconds()), 0) if due else 0
