"""The live service, read with oss2: the one door to the SDK.

oss2 2.19.1 knows the call as `get_bucket_https_config`, whose parser drops `CipherSuite` and
raises a bare `RuntimeError` for what it does not expect. So the body is taken through the SDK's
own request path, `_do`, which signs and makes the URL. There, too, it would look into answers: it
reads error bodies with the standard library's parser, as UTF-8, and trips over both.
"""

import logging
from collections.abc import Mapping
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

import oss2
import requests
import urllib3
from oss2.credentials import StaticCredentialsProvider
from oss2.exceptions import RequestError

from drift import __version__
from drift.live.credentials import Credentials
from drift.live.endpoint import host_of_region, is_loopback
from drift.live.problem import own
from drift.live.source import Answer, NoAnswerError
from drift.settings.setting import Setting
from drift.xml import LIMIT

# The SDK logs tokens, signatures and error bodies, urllib3 the headers that it cannot read.
for _logger in ("oss2", "urllib3"):
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


class Oss:
    """The service itself, or whatever answers in its place at `endpoint`."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        endpoint: str | None = None,
        timeout: float = 10,
        connections: int = 16,
    ) -> None:
        """Take the seconds to wait for a connection, for an answer, and for the rest of it."""
        provider = StaticCredentialsProvider(
            credentials.key_id, credentials.secret, credentials.token
        )
        self._auth = oss2.ProviderAuthV4(provider)
        self._endpoint = endpoint
        loopback = endpoint is not None and is_loopback(str(urlsplit(endpoint).hostname))
        # An empty proxy keeps requests from asking the environment, which proxies never reach.
        self._proxies = dict.fromkeys(("http", "https"), "") if loopback else None
        self._timeout = timeout
        self._session = _Session(pool_size=connections)

    def read(self, bucket: str, region: str, setting: type[Setting]) -> Answer:
        """Return what OSS answers to `GET /?SUBRESOURCE` of `bucket`; raise `NoAnswerError`."""
        client = oss2.Bucket(
            self._auth,
            self._endpoint or f"https://{host_of_region(region)}",
            bucket,
            session=self._session,
            connect_timeout=self._timeout,
            app_name=f"oss-drift/{__version__}",
            proxies=self._proxies,
            region=region,
        )
        request = client._do  # noqa: SLF001 - see the top of this module
        try:
            carried: _Carried = request("GET", bucket, "", params={setting.subresource: ""})
        except RequestError as error:
            raise NoAnswerError(own(_code(error.exception))) from None
        return carried.answer


class _Carried(NamedTuple):
    """An answer on its way through oss2, which sees a success without headers and lets it pass."""

    answer: Answer
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


class _Session(oss2.Session):  # type: ignore[misc]
    """Carries oss2's requests: no redirect, no .netrc, no more than a document's worth of body."""

    def __init__(self, pool_size: int) -> None:
        super().__init__(pool_size=pool_size)
        # With an authentication of its own, requests does not look into .netrc.
        self.session.auth = _as_it_is

    def do_request(self, req: oss2.http.Request, timeout: float) -> _Carried:
        try:
            with self.session.request(
                req.method,
                req.url,
                params=req.params,
                headers=req.headers,
                proxies=req.proxies,
                timeout=timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                body = _body(response, monotonic() + timeout)
                return _Carried(Answer(response.status_code, body))
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise RequestError(error) from None


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _body(response: requests.Response, end: float) -> bytes:
    """Return the body, or its beginning if it is too large; in time, however slowly it drips."""
    body = b""
    while len(body) <= LIMIT and (chunk := response.raw.read1(LIMIT, decode_content=True)):
        body += chunk
        if monotonic() > end:
            raise requests.ReadTimeout
    return body


def _code(error: Exception) -> str:
    """Return drift's code for a failure of the transport."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if not isinstance(error, requests.RequestException | urllib3.exceptions.HTTPError):
        return "CertificatesNotReadable"  # the one file that requests looks for by itself
    if isinstance(error, requests.exceptions.SSLError):
        distrust = "CERTIFICATE_VERIFY_FAILED" in str(error)
        return "CertificateNotTrusted" if distrust else "TLSHandshakeFailed"
    if isinstance(error, requests.exceptions.ProxyError):
        return "ProxyFailed"
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "Timeout"
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return "HostNotFound"
    return "ConnectionFailed"
