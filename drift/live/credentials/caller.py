"""Requests to the services that hand out temporary credentials.

They go through drift's own transport, so that its proxies, certificates, retries and time limits
hold for them, too. Nothing of an answer becomes part of an error but its status and a well-formed
code: answers hold secrets, and repeat those of the request.
"""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from time import sleep
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from drift import __version__
from drift.live.credentials.key import Service, ServiceFailedError
from drift.live.credentials.search import Search
from drift.live.in_time import in_time
from drift.live.patience import Patience
from drift.live.source import Answer
from drift.masking import hold

if TYPE_CHECKING:
    from drift.live.transport.transport import TransportError

T = TypeVar("T")

_CODE = re.compile(r'"Code"\s*:\s*"([A-Z][A-Za-z]{2,39}(?:\.[A-Z][A-Za-z]{1,39}){0,2})"')

_AGENT = {"user-agent": f"oss-drift/{__version__}"}

_ADVICE = "Look at what is given there, and at the network and its proxy."

NONSENSE = "the answer makes no sense"

_UNSENT = {
    "CertificateNotTrusted": "this machine does not trust the certificate of its endpoint",
    "CertificatesNotReadable": "the file with the certificates to trust cannot be read",
    "HostNotFound": "its host name is not known",
    "ProxyFailed": "the proxy does not let the request through",
    "UnexpectedAnswer": NONSENSE,
    "Timeout": "it does not answer in time",
    "TLSHandshakeFailed": "no TLS version and cipher suite could be agreed on with it",
}

_PASSING = ("ConnectionFailed", "Timeout", "UnexpectedAnswer")

_BUNDLES = (
    "Check what stands between this machine and the service. If that is a proxy of your own, name "
    "its authority in REQUESTS_CA_BUNDLE or SSL_CERT_FILE."
)


class AnswerError(ValueError):
    """An answer that is a success and holds no credentials; the message says why."""


class Call(NamedTuple):
    """One request to a service."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes | None = None


class _Failure(NamedTuple):
    reason: str
    advice: str = _ADVICE
    retryable: bool = False


@dataclass(frozen=True)
class Caller:
    """Asks for credentials on behalf of one source."""

    source: str
    """What people call the source."""
    search: Search
    service: Service | None = None
    held: tuple[str, ...] = ()
    """The secrets that requests carry: an answer may repeat them as its code."""

    def __post_init__(self) -> None:
        """Mask the secrets, which may be no part of any credentials."""
        hold(*self.held)

    def ask(self, make: Callable[[], Call], parse: Callable[[bytes], T]) -> T:
        """Return what `parse` makes of the answer; raise `ServiceFailedError`.

        `make` is called for each try: a signature is good for one. `parse` raises `AnswerError`, or
        another `ValueError` for what is not the service's.
        """
        patience = Patience(self.search.retries)
        while True:
            outcome = self._attempt(partial(_send, make()), parse)
            if not isinstance(outcome, _Failure):
                return outcome
            pause = patience.pause(0) if outcome.retryable else None
            if pause is None:
                raise self.error(outcome.reason, outcome.advice)
            sleep(pause)

    def error(self, reason: str, advice: str = _ADVICE) -> ServiceFailedError:
        """Return the error to raise where no credentials come from the source."""
        message = f"No credentials come from {self.source}: {reason.removesuffix('.')}."
        return ServiceFailedError(message, advice, self.service)

    def _attempt(
        self, send: Callable[[float], Answer], parse: Callable[[bytes], T]
    ) -> T | _Failure:
        # Who exports a key needs no transport, and to load it is no part of the service's time.
        from drift.live.transport.transport import TransportError  # noqa: PLC0415

        timeout = self.search.timeout
        try:
            # A search for a name ends no timeout of a socket.
            answer = in_time(partial(send, timeout), timeout)
        except TimeoutError:
            return _Failure(_UNSENT["Timeout"], retryable=True)
        except TransportError as error:
            return _unsent(error)
        if answer.status != 200:
            return self._refused(answer)
        try:
            return parse(answer.body)
        except AnswerError as error:
            return _Failure(str(error))
        except ValueError:
            return _Failure(NONSENSE, retryable=True)

    def _refused(self, answer: Answer) -> _Failure:
        text = answer.body.decode(errors="replace")
        found = _CODE.search(text)
        code = found[1] if found and not self._is_held(found[1]) else ""
        foreign = answer.status == 400 and not text.lstrip().startswith("{")
        passing = answer.status in (408, 429) or answer.status >= 500 or foreign
        reason = f"the answer is HTTP {answer.status}" + (f" with the error {code}" if code else "")
        return _Failure(reason, retryable=passing or code.startswith("Throttling"))

    def _is_held(self, text: str) -> bool:
        return any(text in held or held in text for held in self.held if held)


def members(body: bytes) -> Mapping[str, object]:
    """Return the members of a JSON object; raise `ValueError` for anything else."""
    document = json.loads(body)
    if not isinstance(document, dict):
        raise AnswerError(NONSENSE)
    return document


def _send(call: Call, timeout: float) -> Answer:
    from drift.live.transport.environment import Proxies, TrustStore  # noqa: PLC0415
    from drift.live.transport.openssl import OpenSSL  # noqa: PLC0415
    from drift.live.transport.transport import Request  # noqa: PLC0415

    request = Request(call.method, call.url, {**_AGENT, **call.headers}, call.body)
    environment = Proxies.from_environment(), TrustStore.from_environment()
    with closing(OpenSSL(*environment)) as transport:
        return transport.send(request, timeout)


def _unsent(error: "TransportError") -> _Failure:
    """Return why a request was not carried; an error of a variable says so itself."""
    from drift.live.transport.environment import VariableError  # noqa: PLC0415

    if isinstance(error, VariableError):
        return _Failure(str(error), error.advice)
    reason = _UNSENT.get(error.code, "it cannot be reached")
    advice = _BUNDLES if error.code == "CertificateNotTrusted" else _ADVICE
    return _Failure(reason, advice, retryable=error.code in _PASSING)
