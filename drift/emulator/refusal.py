"""A request that is refused, and the error that the service answers it with."""

from drift.live.service_error import error_body, status_of
from drift.live.source import Answer


class RefusedError(Exception):
    """A request cannot be served. The message repeats nothing of it: it may hold secrets."""

    def __init__(self, code: str, message: str) -> None:
        """Take one of the service's error codes, and one sentence."""
        super().__init__(message)
        self.code = code

    def answer(self, bucket: str, host: str) -> Answer:
        """Return the error as the service's answer to a request for `bucket` at `host`."""
        body = error_body(self.code, str(self), bucket, HostId=host)
        return Answer(status_of(body), body)
