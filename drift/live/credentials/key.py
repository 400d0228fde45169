"""What a request is signed with, and who hands it out."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Credentials:
    """An access key, and the session token of a temporary one. Only ever handed to the SDK.

    A temporary one ends at `expires`, in seconds since 1970, where that is known.
    """

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires: float | None = field(default=None, repr=False)


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
