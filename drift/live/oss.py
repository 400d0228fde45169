"""The live service, read with oss2: the one door to the SDK.

oss2 2.19.1 knows the call as `get_bucket_https_config`, whose parser drops `CipherSuite` and
raises a bare `RuntimeError` for what it does not expect. So the body is taken through the SDK's
own request path, `_do`, which signs and makes the URL. There, too, it would look into answers: it
reads error bodies with the standard library's parser, as UTF-8, and trips over both.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import oss2
from oss2.credentials import CredentialsProvider

from drift import __version__
from drift.errors import CredentialsError
from drift.live.clock_skew import ClockSkew
from drift.live.credentials import Provider
from drift.live.endpoint import host_of_region
from drift.live.http_date import clock_offset, moment
from drift.live.listing import PAGE
from drift.live.problem import own, unexpected
from drift.live.service_error import ServiceError
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.live.transport.either import Name, transport
from drift.live.transport.environment import VariableError
from drift.live.transport.transport import Lazy, MalformedError, Transport, TransportError
from drift.plan import Problem
from drift.settings.setting import Setting

logging.getLogger("oss2").setLevel(logging.CRITICAL)  # it logs tokens and signatures

_CLOSE = timedelta(minutes=1)
_DATE_RESOLUTION = timedelta(seconds=1)
"""Clocks that are no farther apart agree; OSS refuses requests that are 15 minutes off."""

_HOME = "cn-hangzhou"
"""The region whose endpoint is asked for the list if nothing says another; each has all."""


class Oss:
    """The service itself, or whatever answers in its place at `endpoint`."""

    changing = True

    def __init__(
        self,
        provider: Provider,
        *,
        endpoint: str | None = None,
        timeout: float = 10,
        carrier: Name = "auto",
    ) -> None:
        """Take the seconds for one request, and the name of the transport."""
        self._provider = _Provider(provider)
        self._offset = timedelta()
        self._skew = ClockSkew()
        self._measuring = Lock()
        self._endpoint = endpoint
        self._timeout = timeout
        self._transport = Lazy(partial(transport, carrier))
        self._session = _Session(self._transport)

    @property
    def uses_addresses(self) -> bool:
        """Whether requests go to the addresses that answers name."""
        return self._endpoint is None

    @property
    def clock_skew(self) -> ClockSkew:
        """How far the service's clocks are ahead of this machine's, by the dates of all answers."""
        return self._skew

    def read(self, bucket: Bucket, setting: type[Setting]) -> Answer:
        """Return what OSS answers to `GET /?SUBRESOURCE` of `bucket`; raise `NoAnswerError`."""
        region = str(bucket.region)
        client = oss2.Bucket(
            _Signer(self._provider, self._offset),
            self._endpoint or f"https://{bucket.host or host_of_region(region)}",
            bucket.name,
            **self._options(region),
        )
        return self._answer(client, bucket.name, {setting.subresource: ""})

    def page(self, region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        """Return the page of ListBuckets after `marker`; raise `NoAnswerError`."""
        region = region or _HOME
        client = oss2.Service(
            _Signer(self._provider, self._offset),
            self._endpoint or f"https://{host_of_region(region)}",
            **self._options(region),
        )
        query = {"max-keys": str(PAGE), "marker": marker}
        if tag:
            query |= {"tag-key": tag.key, "tag-value": tag.value}
        return self._answer(client, "", query)

    def close(self) -> None:
        """Break off what is under way."""
        self._transport.close()

    def _options(self, region: str) -> dict[str, Any]:
        return {
            "session": self._session,
            "connect_timeout": self._timeout,
            "app_name": f"oss-drift/{__version__}",
            "region": region,
        }

    def _answer(self, client: Any, bucket: str, query: dict[str, str]) -> Answer:  # noqa: ANN401
        """Return the answer; if it says that the clock is off, that of a request in its time."""

        def ask() -> Answer:
            sent = datetime.now(UTC)
            try:
                carried: _Carried = client._do("GET", bucket, "", params=query)  # noqa: SLF001
            except TransportError as error:
                raise NoAnswerError(_not_carried(error)) from None
            except CredentialsError as error:
                raise NoAnswerError(_without_credentials(error)) from None
            self._measure(carried.answer, sent)
            return carried.answer

        answer = ask()
        offset = _offset(answer)
        # A clock by which the request was signed is not why it was refused.
        if offset is None or abs(offset - client.auth.offset) < _CLOSE:
            return answer
        self._offset = client.auth.offset = offset
        return ask()

    def _measure(self, answer: Answer, sent: datetime) -> None:
        """Compare the clocks, whether or not the service refused the time of the request."""
        offset = clock_offset(answer.headers.get("date", ""), sent, datetime.now(UTC))
        if offset is not None and abs(offset) >= _DATE_RESOLUTION:
            with self._measuring:
                self._skew = self._skew.including(offset)


class _Provider(CredentialsProvider):  # type: ignore[misc]
    """Hands drift's credentials to the SDK, anew for each request: they may be renewed."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def get_credentials(self) -> oss2.credentials.Credentials:
        held = self._provider.credentials()
        return oss2.credentials.Credentials(held.key_id, held.secret, held.token)


class _Signer(oss2.ProviderAuthV4):  # type: ignore[misc]
    """The SDK's version 4, by a service's clock: its own takes that of this machine."""

    def __init__(self, provider: CredentialsProvider, offset: timedelta) -> None:
        super().__init__(provider)
        self.offset = offset

    def _sign_request(
        self, req: oss2.http.Request, bucket_name: str, key: str, _additional: None = None
    ) -> None:
        held = self.credentials_provider.get_credentials()
        if held.get_security_token():
            req.headers["x-oss-security-token"] = held.get_security_token()
        moment = (datetime.now(UTC) + self.offset).strftime("%Y%m%dT%H%M%SZ")
        req.headers["x-oss-date"] = moment
        req.headers["x-oss-content-sha256"] = "UNSIGNED-PAYLOAD"
        scope = self._ProviderAuthV4__get_scope(moment[:8], req)
        signature = self._ProviderAuthV4__make_signature(req, bucket_name, key, set(), held, moment)
        credential = f"{held.get_access_key_id()}/{scope}"
        req.headers["authorization"] = (
            f"OSS4-HMAC-SHA256 Credential={credential},Signature={signature}"
        )


class _Carried(NamedTuple):
    """An answer on its way through oss2, which sees a success without headers and lets it pass."""

    answer: Answer
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


class _Session(oss2.Session):  # type: ignore[misc]
    """Carries oss2's requests by a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def do_request(self, req: oss2.http.Request, timeout: float) -> _Carried:
        headers = {name: text for name, text in req.headers.items() if text is not None}
        url = f"{req.url}?{urlencode(req.params, quote_via=quote)}"
        return _Carried(self._transport.get(url, headers, timeout))


def _offset(answer: Answer) -> timedelta | None:
    """Return by how much the service's clock is ahead, if it refuses the time of a request."""
    if answer.status != 403 or ServiceError.parse(answer.body).code != "RequestTimeTooSkewed":
        return None
    theirs = moment(answer.headers.get("date", ""))
    return None if theirs is None else theirs - datetime.now(UTC)


def _not_carried(error: TransportError) -> Problem:
    match error:
        case VariableError():
            return error.problem
        case MalformedError():  # something in between made it: it may do better next time
            return unexpected(str(error), retryable=True)
        case _:
            return own(error.code)


def _without_credentials(error: CredentialsError) -> Problem:
    return Problem(code="NoCredentials", message=str(error), advice=error.advice)
