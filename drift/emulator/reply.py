"""An answer as HTTP sends it, and what becomes of it on the way."""

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from http.client import responses
from secrets import token_hex
from typing import NamedTuple, Self

from drift.emulator.fault import Broken
from drift.emulator.reader import Message
from drift.live.service_error import ServiceError
from drift.live.source import Answer


class Reply(NamedTuple):
    """What a client gets, after how many seconds, and what breaks while it is sent."""

    head: bytes
    body: bytes
    keep_alive: bool
    delay: float = 0.0
    broken: Broken | None = None

    @classmethod
    def of(cls, answer: Answer, message: Message | None, now: datetime) -> Self:
        """Return the reply to `message`; None stands for what was no HTTP, and ends there."""
        keep_alive = message is not None and message.keep_alive
        is_head = message is not None and message.method == "HEAD"
        # Only errors name the request, and most answers are none.
        error = ServiceError() if answer.status == 200 else ServiceError.parse(answer.body)
        headers = {
            "Server": "AliyunOSS",
            "Date": _http_date(now.replace(microsecond=0)),
            "Content-Length": str(len(answer.body)),
            "Connection": "keep-alive" if keep_alive else "close",
            "x-oss-request-id": error.request_id or token_hex(12).upper(),
            "x-oss-server-time": "1",
            **answer.headers,
        }
        if answer.body:
            headers["Content-Type"] = "application/xml"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        reason = responses.get(answer.status, "Error")
        head = f"HTTP/1.1 {answer.status} {reason}\r\n{lines}\r\n".encode("ascii")
        return cls(head, b"" if is_head else answer.body, keep_alive)


@lru_cache(maxsize=8)
def _http_date(second: datetime) -> str:
    return format_datetime(second, usegmt=True)
