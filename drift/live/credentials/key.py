"""What a request is signed with, and who hands it out."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from drift.errors import CredentialsError
from drift.masking import hold


@dataclass(frozen=True)
class Credentials:
    """An access key, and the session token of a temporary one. Only ever handed to the SDK.

    A temporary one ends at `expires`, in seconds since 1970, where that is known. So is the id of
    the `account` only for roles and sign-ons, which name it. The key, the secret and the token are
    masked from then on, wherever they would be shown.
    """

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires: float | None = field(default=None, repr=False)
    account: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Mask what it holds, whatever source it comes from."""
        hold(self.key_id, self.secret, self.token)


def end_of(credentials: Credentials) -> str:
    """Return when credentials end, as the end of a sentence about them."""
    with suppress(ValueError, OverflowError, OSError):  # of a number that is no time
        if credentials.expires is not None:
            end = datetime.fromtimestamp(credentials.expires, UTC)
            return f"they end at {end:%Y-%m-%d %H:%M:%S} UTC"
    return "they have no known end"


class Service(NamedTuple):
    """A service that hands out temporary credentials."""

    url: str
    name: str
    """What may be shown of the URL: somebody may have put a secret where an address belongs."""


class ServiceFailedError(CredentialsError):
    """A service handed out no credentials."""

    def __init__(self, message: str, advice: str, service: Service | None) -> None:
        """Take one sentence of what happened, one of what to do, and the service."""
        super().__init__(message, advice)
        self.service = service


class Provider(Protocol):
    """Whoever hands out credentials, as often as a request is signed and by many threads."""

    @property
    def name(self) -> str:
        """Where they come from, for people: never the key, nor a part of it."""
        ...

    def credentials(self) -> Credentials:
        """Return credentials that still hold; raise `CredentialsError` if there are none."""
        ...


@dataclass(frozen=True)
class Fixed:
    """Always the same credentials."""

    held: Credentials
    name: str = "the given key"

    def credentials(self) -> Credentials:
        """Return them."""
        return self.held
