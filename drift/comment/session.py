"""A session for a client library on requests: it goes to one server, and to no other."""

from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from drift.comment.door import Door, hang_up, read, told
from drift.comment.patience import Patience
from drift.comment.trouble import refused


def session(door: Door) -> Session:
    """Return a session without redirects, .netrc, cookies, or answers without measure.

    What is not answered with success is a `CommentError`, so that the library has nothing to try
    again, and no server's text to repeat.
    """

    def look_at(response: Response, **_: object) -> None:
        if not 200 <= response.status_code < 300:
            response.close()
            raise refused(response.status_code, door.forge)
        response.raw = BytesIO(read(response.raw, door.forge))

    made = Session()
    made.trust_env = False  # it would send a password of .netrc in place of the token
    made.proxies = {"https": door.proxy} if door.proxy else {}
    made.hooks["response"] = [look_at]
    made.adapters.clear()  # a link to the next page may lead anywhere
    made.mount(f"{door.server}/", _Adapter(door))
    return made


class _Adapter(HTTPAdapter):
    """What trusts as the rest of drift does, and is as patient."""

    def __init__(self, door: Door) -> None:
        self._door = door
        super().__init__(max_retries=Patience.with_(door.forge))

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:  # noqa: ANN401 - requests' own
        super().init_poolmanager(*sizes, ssl_context=self._door.context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401
        context = self._door.context
        return super().proxy_manager_for(
            proxy, ssl_context=context, proxy_ssl_context=context, **options
        )

    def cert_verify(self, *_: object) -> None:
        """Add nothing to what the context trusts."""

    def close(self) -> None:
        for pools in (self.poolmanager, *self.proxy_manager.values()):
            hang_up(pools)
        super().close()

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:  # noqa: ANN401
        try:
            return super().send(request, **options)
        except (OSError, ValueError) as error:
            raise told(error, self._door.forge) from None
