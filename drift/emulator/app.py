"""OSS, as far as the settings go: one request in, one reply out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from drift.emulator.authentication import authenticate
from drift.emulator.fault import CutOff, HangUp, Reset
from drift.emulator.list_buckets import is_list_buckets, page
from drift.emulator.reader import Message
from drift.emulator.refusal import RefusedError
from drift.emulator.reply import Reply
from drift.emulator.request import Request
from drift.emulator.signature import Key
from drift.emulator.store import Store
from drift.emulator.trouble import Troubles
from drift.live.source import Answer
from drift.settings import SETTINGS
from drift.settings.setting import Setting

Now: TypeAlias = Callable[[], datetime]
"""Returns the current time, in UTC."""

_NO_HTTP = RefusedError("InvalidArgument", "The request is no HTTP.")
_SETTING = {setting.subresource: setting for setting in SETTINGS}


class App:
    """Faults first, then authentication, then the buckets and their documents."""

    def __init__(self, store: Store, keys: Sequence[Key], now: Now, troubles: Troubles) -> None:
        """Serve `store` to who holds one of `keys`."""
        self._store = store
        self._keys = {key.id: key for key in keys}
        self._now = now
        self._troubles = troubles

    def reply(self, message: Message | None) -> Reply:
        """Return the reply to a request; None stands for what was no HTTP."""
        now = self._now()
        if message is None:
            return Reply.of(_NO_HTTP.answer("", ""), None, now)
        try:
            request = Request.parse(message)
        except RefusedError as refusal:
            return Reply.of(refusal.answer("", ""), message, now)
        clock, delay, effect = self._troubles.of(request.bucket)
        now += clock
        match effect:
            case Reset() | HangUp():
                return Reply(b"", b"", keep_alive=False, delay=delay, broken=effect)
            case CutOff() | None:
                reply = Reply.of(self._answer(request, now), message, now)
                return reply._replace(delay=delay, broken=effect)
            case _:
                reply = Reply.of(effect.answer(request.bucket), message, now)
                return reply._replace(delay=delay)

    def _answer(self, request: Request, now: datetime) -> Answer:
        try:
            return self._served(request, authenticate(request, self._keys, now))
        except RefusedError as refusal:
            return refusal.answer(request.bucket, request.host)

    def _served(self, request: Request, region: str | None) -> Answer:
        if request.method == "GET" and is_list_buckets(request):
            return page(request, self._store)
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
        message = f"The emulator has the list of buckets and, of each, {served}; nothing else."
        raise RefusedError("NotImplemented", message)
    return named[0]
