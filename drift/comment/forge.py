"""What a forge can do with the comments of one pull request."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from drift.errors import CommentError


class UnansweredError(CommentError):
    """Nobody knows whether the comment was created: no answer came, or the server had trouble."""


class Comment(NamedTuple):
    """A comment as the forge has it. `id` is the forge's own, as text."""

    id: str
    author: str
    body: str
    url: str = ""
    created: str = ""
    """When it was created, as the forge words it."""

    @property
    def age(self) -> tuple[int, str]:
        """What orders comments: for numbers in decimal digits, the oldest is the lowest."""
        return len(self.id), self.id


class PullRequest(NamedTuple):
    """The pull request, or merge request, or change request: whether it is open, and its head."""

    is_open: bool
    head: str
    """The commit at its head, in hexadecimal digits; empty if the forge does not say."""


class Forge(Protocol):
    """The comments of one pull request. Every method may raise `CommentError`."""

    largest: int
    """The longest body, in code points."""

    def pull_request(self) -> PullRequest:
        """Return what is known of it; raise `CommentError` if there is none."""
        ...

    def me(self) -> str:
        """Return the author that comments of this token have."""
        ...

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:
        """Yield all comments, a page of 100 at a time.

        With `after`, at least those that were created since that one was; a forge that can ask for
        them alone spares a listing.
        """
        ...

    def comment(self, id_: str) -> Comment | None:
        """Return one comment as it is now; None if it is gone."""
        ...

    def create(self, body: str) -> Comment:
        """Add a comment; raise `UnansweredError` if it may have been added, and not be tried."""
        ...

    def update(self, id_: str, body: str) -> None:
        """Replace the body of a comment."""
        ...

    def delete(self, id_: str) -> None:
        """Remove a comment; one that is gone already is no error."""
        ...

    def hide(self, id_: str) -> None:
        """Fold a comment away as outdated; raise `CommentError` where a forge cannot."""
        ...

    def close(self) -> None:
        """Close what it holds open."""
        ...
