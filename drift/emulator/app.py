"""The emulator as an ASGI application: one request in, one answer out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from secrets import token_hex
from typing import Any, TypeAlias

from drift.emulator.authentication import authenticate
from drift.emulator.refusal import RefusedError
from drift.emulator.request import Request, Scope
from drift.emulator.signature import Key
from drift.emulator.store import Store
from drift.live.service_error import ServiceError
from drift.live.source import Answer
from drift.settings import SETTINGS
from drift.settings.setting import Setting
from drift.xml import LIMIT

Event: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]
Clock: TypeAlias = Callable[[], datetime]
"""Returns the current time, in UTC."""

_SETTING = {setting.subresource: setting for setting in SETTINGS}


class App:
    """OSS, as far as the settings go: authentication first, then the bucket and its documents."""

    def __init__(self, store: Store, keys: Sequence[Key], now: Clock) -> None:
        """Serve `store` to who holds one of `keys`."""
        self._store = store
        self._keys = {key.id: key for key in keys}
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await _body(receive)
        if body is None:
            return
        answer = self._answer(scope, body)
        headers = _headers(answer, self._now())
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, scope: Scope, body: bytes) -> Answer:
        try:
            request = Request.parse(scope, body)
        except RefusedError as refusal:
            return refusal.answer("", "")
        try:
            return self._served(request)
        except RefusedError as refusal:
            return refusal.answer(request.bucket, request.host)

    def _served(self, request: Request) -> Answer:
        region = authenticate(request, self._keys, self._now())
        setting = _setting(request)
        match request.method:
            case "GET":
                return self._store.read(request.bucket, region, setting)
            case "PUT":
                return self._store.replace(request.bucket, region, setting, body=request.body)
            case _:
                message = "The specified method is not allowed against this resource."
                raise RefusedError("MethodNotAllowed", message)


def _setting(request: Request) -> type[Setting]:
    """Return the one setting whose sub-resource is asked for; other parameters do not matter."""
    named = [_SETTING[name] for name, _ in request.query if name in _SETTING]
    if not request.bucket or request.key or len(named) != 1:
        served = ", ".join(f"?{name}" for name in _SETTING)
        message = f"The emulator serves these sub-resources of buckets, and nothing else: {served}."
        raise RefusedError("NotImplemented", message)
    return named[0]


async def _body(receive: Receive) -> bytes | None:
    """Return the body, of which no more than `LIMIT` + 1 bytes; None if the client went away.

    A longer one is read to its end all the same: a client that is still sending sees no answer.
    """
    body = bytearray()
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event["body"][: LIMIT + 1 - len(body)]
        more = event["more_body"]
    return bytes(body)


def _headers(answer: Answer, now: datetime) -> list[tuple[bytes, bytes]]:
    request_id = ServiceError.parse(answer.body).request_id or token_hex(12).upper()
    headers = {
        "Server": "AliyunOSS",
        "Date": format_datetime(now, usegmt=True),
        "Content-Length": str(len(answer.body)),
        "x-oss-request-id": request_id,
        "x-oss-server-time": "1",
    }
    if answer.body:
        headers["Content-Type"] = "application/xml"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
