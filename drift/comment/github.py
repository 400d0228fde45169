"""GitHub, github.com or a company's own: the comments of a pull request.

https://docs.github.com/rest/issues/comments
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from drift.comment.event import Branch
from drift.comment.forge import Comment, PullRequest
from drift.comment.place import Place
from drift.comment.requester import NAME, readable, requester
from drift.comment.trouble import GoneError, cannot_hide, not_done, unreadable
from drift.errors import CommentError

_BOT = "[bot]"
_APP = "ghs_"
"""What the tokens of an app begin with, as that of a job is one of GitHub Actions."""

_MOST = 100
"""More pages than GitHub lets a pull request have: 2,500 comments are 25."""


def connect(place: Place) -> "GitHub":
    """Return the comments of a pull request; raise `CommentError` if there is no way to them."""
    return GitHub(place)


class GitHub:
    """The comments of one pull request."""

    largest = 65_536

    def __init__(self, place: Place) -> None:
        """Take where it is; raise `CommentError` if there is no way to it."""
        self._requester, self._session = requester(place.server, place.token)
        self._token = place.token
        self._repo = f"/repos/{quote(place.repo)}"
        self._branch = place.branch
        self._given = place.number

    def pull_request(self) -> PullRequest:
        """Return what is known of it; raise `CommentError` if there is none."""
        match self._ask("GET", f"{self._repo}/pulls/{self._number}"):
            case {"state": str(state), "head": {"sha": str(head)}}:
                return PullRequest(state == "open", head)
            case _:
                raise unreadable(NAME)

    def me(self) -> str:
        """Return the token's user. The token of a job may not ask `/user`, but may ask GraphQL.

        Other forges have GitHub's REST API without GraphQL.
        """
        try:
            with readable():
                _, found = self._requester.graphql_query("query { viewer { login } }", {})
                login = found["data"]["viewer"]["login"]
        except GoneError:
            with readable():
                login = self._ask("GET", "/user")["login"]
        if not isinstance(login, str) or not login:
            raise unreadable(NAME)
        return _bot(login) if self._token.startswith(_APP) else login

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:
        """Yield all comments, a page of 100 at a time; with `after`, those touched since."""
        query = {"per_page": 100, **_since(after)}
        seen: set[str] = set()
        for page in range(1, _MOST + 1):
            with readable():
                headers, found = self._requester.requestJsonAndCheck(
                    "GET", f"{self._repo}/issues/{self._number}/comments", query | {"page": page}
                )
            for one in map(_comment, _list(found)):
                if one.id not in seen:  # a new one moves nothing, but an answer is only an answer
                    seen.add(one.id)
                    yield one
            # Where the link leads to does not matter, so that it cannot lead astray.
            if 'rel="next"' not in headers.get("link", ""):
                return
        raise unreadable(NAME)

    def comment(self, id_: str) -> Comment | None:
        """Return one comment as it is now; None if it is gone."""
        try:
            return _comment(self._ask("GET", self._path(id_)))
        except GoneError:
            return None

    def create(self, body: str) -> Comment:
        """Add a comment; raise `UnansweredError` if it may have been added."""
        path = f"{self._repo}/issues/{self._number}/comments"
        return _comment(self._ask("POST", path, {"body": body}))

    def update(self, id_: str, body: str) -> None:
        """Replace the body of a comment."""
        self._ask("PATCH", self._path(id_), {"body": body})

    def delete(self, id_: str) -> None:
        """Remove a comment; one that is gone already is no error."""
        with suppress(GoneError):
            self._ask("DELETE", self._path(id_))

    def hide(self, id_: str) -> None:
        """Fold a comment away as outdated; one that is gone already is no error."""
        try:
            found = self._ask("GET", self._path(id_))
        except GoneError:
            return
        try:
            with readable():
                _, done = self._requester.graphql_named_mutation(
                    "minimizeComment",
                    {"subjectId": found["node_id"], "classifier": "OUTDATED"},
                    "minimizedComment { isMinimized }",
                )
                hidden = done["minimizedComment"]["isMinimized"] is True
        except GoneError:
            raise cannot_hide("A server without GraphQL") from None
        if not hidden:
            raise not_done(NAME)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._session.close()

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
        with readable():
            return self._requester.requestJsonAndCheck(method, path, input=body)[1]

    def _path(self, id_: str) -> str:
        return f"{self._repo}/issues/comments/{quote(id_, safe='')}"

    @property
    def _number(self) -> int:
        """The number of the pull request, which is asked for once if only its branch is known."""
        if self._given is None:
            self._given = self._found(self._branch)
        return self._given

    def _found(self, branch: Branch | None) -> int:
        if branch is None:
            raise GoneError("There is no pull request.", "Give --number.")
        query = {"state": "open", "head": f"{branch.repo.split('/')[0]}:{branch.name}"}
        with readable():
            _, found = self._requester.requestJsonAndCheck("GET", f"{self._repo}/pulls", query)
        pulls = [one for one in map(_pull, _list(found)) if one[0] == branch.repo.lower()]
        of_commit = [one for one in pulls if one[1] == branch.commit] or pulls
        if len(of_commit) != 1:
            number = len(of_commit) or "no"
            raise CommentError(
                f"GitHub has {number} open pull requests for the branch that was checked.",
                "Give --number, or run drift comment only where there is one.",
            )
        return of_commit[0][2]


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise unreadable(NAME)
    return found


def _comment(found: object) -> Comment:
    match found:
        case {"id": int(id_), "body": str(body), "created_at": str(created), **rest}:
            match rest.get("user"):
                case {"login": str(login), "type": "Bot"}:
                    author = _bot(login)
                case {"login": str(login)}:
                    author = login
                case _:  # whoever wrote it is gone
                    author = ""
            return Comment(str(id_), author, body, str(rest.get("html_url", "")), created)
        case _:
            raise unreadable(NAME)


def _pull(found: object) -> tuple[str, str, int]:
    """Return where a pull request comes from, in lower case, its commit and its number."""
    match found:
        case {
            "number": int(number),
            "head": {"sha": str(commit), "repo": {"full_name": str(name)}},
        }:
            return name.lower(), commit, number
        case {"number": int(number)}:  # the fork is gone
            return "", "", number
        case _:
            raise unreadable(NAME)


def _bot(login: str) -> str:
    """Return the login of an app; REST names it with a suffix, GraphQL now and then without."""
    return login if login.endswith(_BOT) else f"{login}{_BOT}"


def _since(after: Comment | None) -> dict[str, str]:
    """Return the query for what was touched since a comment was created, and not a second less."""
    if after is None:
        return {}
    try:
        moment = datetime.fromisoformat(after.created) - timedelta(seconds=1)
    except (ValueError, OverflowError):
        return {}
    return {"since": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
