"""One place that can hold credentials: the environment, or a section of a file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drift.errors import CredentialsError
from drift.live.credentials.key import Credentials

_MAX_NAME_CHARACTERS = 64


def names_there(sections: Iterable[str]) -> str:
    """Return the names of sections for people, but none that is long enough to be a token."""
    names = sorted(name for name in sections if len(name) <= _MAX_NAME_CHARACTERS)
    return ", ".join(names) or "none"


@dataclass(frozen=True)
class Section:
    """Names and values that somebody wrote, and what to do where they are wrong."""

    name: str
    """What people call it. Empty for the environment, whose names speak for themselves."""
    values: Mapping[str, object]
    advice: str

    def text(self, member: str) -> str:
        """Return a member without blanks around it; empty if it is not there."""
        value = self.values.get(member)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"{self.place(member)} is no text.")
        return (value or "").strip()

    def needed(self, member: str) -> str:
        """Return a member that must be there."""
        value = self.text(member)
        if not value:
            raise self.wrong(f"{self.place(member)} is not set.")
        return value

    def header(self, member: str) -> str:
        """Return a member that must be there, and that a header can carry."""
        self.needed(member)
        return self._printable(member)

    def number(self, member: str) -> int:
        """Return a member that is a whole number; 0 if it is not there."""
        value = self.values.get(member) or 0
        if not isinstance(value, int):
            raise self.wrong(f"{self.place(member)} is no number.")
        return value

    def key(self, key_id: str, secret: str, token: str | None = None) -> Credentials | None:
        """Return the access key whose parts have these names; None if there is none of it."""
        values = {member: self._printable(member) for member in (key_id, secret)}
        if not values[key_id] and not values[secret]:
            return None
        for member in (key_id, secret):
            if not values[member]:
                message = f"{self.place(member)} is not set, and the other half of the key is."
                raise self.wrong(message)
        session = self._printable(token) if token else ""
        return Credentials(values[key_id], values[secret], session or None)

    def place(self, member: str) -> str:
        """Return what people call a member, which is never its value."""
        return f"`{member}` of {self.name}" if self.name else member

    def wrong(self, message: str) -> CredentialsError:
        """Return the error to raise for what is wrong here."""
        return CredentialsError(message, self.advice)

    def _printable(self, member: str) -> str:
        value = self.text(member)
        if not re.fullmatch(r"[!-~]*", value):
            message = f"{self.place(member)} holds characters that no key has."
            raise CredentialsError(message, "Set it anew.")
        return value
