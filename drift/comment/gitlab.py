"""GitLab, gitlab.com or a company's own: the notes of a merge request.

https://docs.gitlab.com/api/notes/
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from drift.comment.door import SECONDS, door
from drift.comment.forge import Comment, PullRequest
from drift.comment.place import Place
from drift.comment.session import session
from drift.comment.trouble import GoneError, cannot_hide, job_token, not_installed, unreadable

try:
    from gitlab import Gitlab
    from gitlab.exceptions import GitlabError
except ImportError:
    raise not_installed("GitLab", "gitlab") from None

_NAME = "GitLab"

_MOST = 10_000
"""More notes than GitLab lets a merge request have: beyond, its pages lead round in a circle."""


def connect(place: Place) -> "GitLab":
    """Return the notes of a merge request; raise `CommentError` if there is no way to them."""
    if place.token.startswith("glcbt-"):
        raise job_token()
    return GitLab(place)


class GitLab:
    """The notes of one merge request, but for those that GitLab itself writes."""

    largest = 1_000_000

    def __init__(self, place: Place) -> None:
        """Take where it is; raise `CommentError` if there is no way to it."""
        server = place.server.removesuffix("/api/v4")  # which the library adds
        self._session = session(door(_NAME, server))
        self._client = Gitlab(
            server,
            private_token=place.token,
            timeout=SECONDS,
            keep_base_url=True,  # behind a proxy GitLab may link to itself by http
            session=self._session,
        )
        self._requests = self._client.projects.get(place.repo, lazy=True).mergerequests
        self._number = str(place.number)
        self._notes = self._requests.get(self._number, lazy=True).notes
        self._page = ""

    def pull_request(self) -> PullRequest:
        """Return what is known of it; raise `CommentError` if there is none."""
        with _readable():
            match self._requests.get(self._number).attributes:
                case {"state": str(state), "sha": str() | None as head, "web_url": str(page)}:
                    self._page = page
                    return PullRequest(state == "opened", head or "")
                case _:
                    raise unreadable(_NAME)

    def me(self) -> str:
        """Return the token's user; the token of a project or a group has one of its own."""
        with _readable():
            match self._client.http_get("/user"):
                case {"username": str(name)}:
                    return name
                case _:
                    raise unreadable(_NAME)

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:
        """Yield all comments, a page of 100 at a time; with `after`, the newest until that one."""
        order = "desc" if after else "asc"
        with _readable():
            notes = self._notes.list(iterator=True, per_page=100, order_by="created_at", sort=order)
            seen: set[str] = set()  # what is added meanwhile moves others to the next page
            for count, note in enumerate(notes):
                one = self._comment(note.attributes)
                if count == _MOST:
                    raise unreadable(_NAME)
                if after and one.created < after.created:
                    return
                if one.id not in seen and note.attributes.get("system") is not True:
                    seen.add(one.id)
                    yield one

    def comment(self, id_: str) -> Comment | None:
        """Return one comment as it is now; None if it is gone."""
        try:
            with _readable():
                return self._comment(self._notes.get(id_).attributes)
        except GoneError:
            return None

    def create(self, body: str) -> Comment:
        """Add a comment; raise `UnansweredError` if it may have been added."""
        with _readable():
            return self._comment(self._notes.create({"body": body}).attributes)

    def update(self, id_: str, body: str) -> None:
        """Replace the body of a comment."""
        with _readable():
            self._notes.update(id_, {"body": body})

    def delete(self, id_: str) -> None:
        """Remove a comment; one that is gone already is no error."""
        with suppress(GoneError), _readable():
            self._notes.delete(id_)

    def hide(self, id_: str) -> None:  # noqa: ARG002 - as every forge has it
        """Raise `CommentError`: GitLab hides no comments."""
        raise cannot_hide(_NAME)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._session.close()

    def _comment(self, note: Mapping[str, Any]) -> Comment:
        match note:
            case {
                "id": int(id_),
                "body": str(body),
                "author": {"username": str(author)},
                "created_at": str(created),
            }:
                page = f"{self._page}#note_{id_}" if self._page else ""
                return Comment(str(id_), author, body, page, created)
            case _:
                raise unreadable(_NAME)


@contextmanager
def _readable() -> Iterator[None]:
    """Raise `CommentError` for what the library cannot read, in whatever way it stumbles."""
    try:
        yield
    except (GitlabError, LookupError, OSError, TypeError, ValueError):
        raise unreadable(_NAME) from None
