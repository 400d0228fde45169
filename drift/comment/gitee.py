"""Gitee: the comments of a pull request.

https://gitee.com/api/v5/swagger documents the API. It has the token in the query or the body, where
logs would have it, too; Gitee's own client (https://gitee.com/oschina/gitee-cli) sends it in a
header, as is done here. How long a comment may be is not documented.
"""

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

from drift.comment.door import door
from drift.comment.forge import Comment, PullRequest
from drift.comment.place import Place
from drift.comment.trouble import GoneError, cannot_hide, unreadable
from drift.comment.web import Json, Web

_NAME = "Gitee"
_PAGE = 100
_MOST = 200
"""The pages that are read at most: beyond, they lead round in a circle."""


def connect(place: Place) -> "Gitee":
    """Return the comments of a pull request; raise `CommentError` if there is no way to them."""
    return Gitee(place)


class Gitee:
    """The comments of one pull request, but for those on lines of its code."""

    largest = 65_535

    def __init__(self, place: Place) -> None:
        """Take where it is; raise `CommentError` if there is no way to it."""
        self._web = Web(door(_NAME, place.server), {"Authorization": f"Bearer {place.token}"})
        self._pulls = f"/repos/{quote(place.repo)}/pulls"
        self._pull = f"{self._pulls}/{place.number}"

    def pull_request(self) -> PullRequest:
        """Return what is known of it; raise `CommentError` if there is none."""
        match self._web.ask("GET", self._pull):
            case {"state": str(state), "head": {"sha": str(head)}}:
                return PullRequest(state == "open", head)
            case _:
                raise unreadable(_NAME)

    def me(self) -> str:
        """Return the login of the token's user."""
        match self._web.ask("GET", "/user"):
            case {"login": str(login)}:
                return login
            case _:
                raise unreadable(_NAME)

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:  # noqa: ARG002
        """Yield all comments, a page of 100 at a time: in which order is not documented."""
        seen: set[str] = set()
        for page in range(1, _MOST + 1):
            query = f"comment_type=pr_comment&page={page}&per_page={_PAGE}"
            found = self._web.ask("GET", f"{self._pull}/comments?{query}")
            if not isinstance(found, list):
                raise unreadable(_NAME)
            for one in map(_comment, found):
                if one.id not in seen:
                    seen.add(one.id)
                    yield one
            if len(found) < _PAGE:
                return
        raise unreadable(_NAME)

    def comment(self, id_: str) -> Comment | None:
        """Return one comment as it is now; None if it is gone."""
        try:
            return _comment(self._web.ask("GET", self._one(id_)))
        except GoneError:
            return None

    def create(self, body: str) -> Comment:
        """Add a comment; raise `UnansweredError` if it may have been added."""
        return _comment(self._web.ask("POST", f"{self._pull}/comments", {"body": body}))

    def update(self, id_: str, body: str) -> None:
        """Replace the body of a comment."""
        self._web.ask("PATCH", self._one(id_), {"body": body})

    def delete(self, id_: str) -> None:
        """Remove a comment; one that is gone already is no error."""
        with suppress(GoneError):
            self._web.ask("DELETE", self._one(id_))

    def hide(self, id_: str) -> None:  # noqa: ARG002 - as every forge has it
        """Raise `CommentError`: the API hides no comments."""
        raise cannot_hide(_NAME)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._web.close()

    def _one(self, id_: str) -> str:
        return f"{self._pulls}/comments/{id_}"


def _comment(found: Json) -> Comment:
    """Return a comment; it has no author if that user is no more."""
    match found:
        case {
            "id": int(id_),
            "body": str() | None as body,
            "user": {"login": str()} | None as user,
        }:
            author = user["login"] if user else ""
            url, created = found.get("html_url"), found.get("created_at")
            return Comment(str(id_), author, body or "", str(url or ""), str(created or ""))
        case _:
            raise unreadable(_NAME)
