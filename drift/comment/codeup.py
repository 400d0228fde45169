"""Codeup, in Alibaba Cloud DevOps (Yunxiao): the comments of a change request.

https://help.aliyun.com/zh/yunxiao/developer-reference/createchangerequestcomment and its
neighbours document it, and https://github.com/aliyun/alibabacloud-devops-mcp-server uses it. No
documentation says that `author.userId` is the `id` of the token's user, what the answer is for a
comment that is gone, or which requests are too many; here it is taken to be what HTTP says.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from drift.comment.door import door
from drift.comment.forge import Comment, PullRequest
from drift.comment.place import Place
from drift.comment.trouble import GoneError, cannot_hide, not_done, unreadable
from drift.comment.web import Json, Web

_NAME = "Codeup"
_CENTRAL = "openapi-rdc.aliyuncs.com"
_OPEN = ("UNDER_DEV", "UNDER_REVIEW", "TO_BE_MERGED")
_ID = re.compile(r"[0-9A-Za-z_-]{1,200}")


def connect(place: Place) -> "Codeup":
    """Return the comments of a change request; raise `CommentError` if there is no way to them."""
    return Codeup(place, central=urlsplit(place.server).hostname == _CENTRAL)


class Codeup:
    """The comments of one change request, but for those on lines of its code.

    The repository is ORGANIZATION/REPOSITORY, by its number or its path. The edition of a region
    has one organization, and does not name it in its addresses.
    """

    largest = 65_535

    def __init__(self, place: Place, *, central: bool) -> None:
        """Take where it is, and in which edition; raise `CommentError` if there is no way to it."""
        self._web = Web(door(_NAME, place.server), {"x-yunxiao-token": place.token})
        organization, _, rest = place.repo.partition("/")
        repository = rest if rest.isdecimal() else place.repo
        within = f"/organizations/{quote(organization)}" if central else ""
        self._request = (
            f"/oapi/v1/codeup{within}/repositories/{quote(repository, safe='')}"
            f"/changeRequests/{place.number}"
        )

    def pull_request(self) -> PullRequest:
        """Return what is known of it; raise `CommentError` if there is none."""
        match self._web.ask("GET", self._request):
            case {"status": str(status)}:
                return PullRequest(status in _OPEN, self._version().commit)
            case _:
                raise unreadable(_NAME)

    def me(self) -> str:
        """Return the id of the token's user."""
        match self._web.ask("GET", "/oapi/v1/platform/user"):
            case {"id": str(id_)}:
                return id_
            case _:
                raise unreadable(_NAME)

    def comments(self, after: Comment | None = None) -> Iterator[Comment]:  # noqa: ARG002
        """Yield all comments. There are no pages, but resolved ones are asked for by themselves."""
        seen: set[str] = set()
        for resolved in (False, True):
            query = {"comment_type": "GLOBAL_COMMENT", "state": "OPENED", "resolved": resolved}
            found = self._web.ask("POST", f"{self._request}/comments/list", query, reads=True)
            if not isinstance(found, list):
                raise unreadable(_NAME)
            for each in found:
                one = _comment(each)
                if one.id not in seen and each.get("is_deleted") is not True:
                    seen.add(one.id)
                    yield one

    def comment(self, id_: str) -> Comment | None:
        """Return one comment as it is now; None if it is gone. The API has them in lists only."""
        return next((one for one in self.comments() if one.id == id_), None)

    def create(self, body: str) -> Comment:
        """Add a comment; raise `UnansweredError` if it may have been added.

        Each belongs to a version; one on the whole belongs to the newest.
        """
        comment = {
            "comment_type": "GLOBAL_COMMENT",
            "content": body,
            "draft": False,
            "resolved": False,
            "patchset_biz_id": self._version().id,
        }
        return _comment(self._web.ask("POST", f"{self._request}/comments", comment))

    def update(self, id_: str, body: str) -> None:
        """Replace the body of a comment."""
        _done(self._web.ask("PUT", self._one(id_), {"content": body}))

    def delete(self, id_: str) -> None:
        """Remove a comment; one that is gone already is no error."""
        with suppress(GoneError):
            _done(self._web.ask("DELETE", self._one(id_)))

    def hide(self, id_: str) -> None:  # noqa: ARG002 - as every forge has it
        """Raise `CommentError`: the API hides no comments."""
        raise cannot_hide(_NAME)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._web.close()

    def _one(self, id_: str) -> str:
        return f"{self._request}/comments/{id_}"

    def _version(self) -> "_Version":
        """Return the newest version of what is to be merged: each push makes one."""
        found = self._web.ask("GET", f"{self._request}/diffs/patches")
        versions = list(_versions(found)) if isinstance(found, list) else []
        if not versions:
            raise unreadable(_NAME)
        return max(versions)


class _Comment(Comment):
    """A comment whose id says nothing of its age, as it is drawn by lot."""

    @property
    def age(self) -> tuple[int, str]:
        """What orders comments: the time, as the API words it, and then the id."""
        return 0, f"{self.created} {self.id}"


class _Version(NamedTuple):
    number: int
    id: str
    commit: str


def _versions(found: list[Json]) -> Iterator[_Version]:
    for each in found:
        match each:
            case {
                "relatedMergeItemType": "MERGE_SOURCE",
                "versionNo": int(number),
                "patchSetBizId": str(id_),
                "commitId": str(commit),
            }:
                yield _Version(number, id_, commit)


def _comment(found: Json) -> Comment:
    """Return a comment; it has no author if that user is no more."""
    match found:
        case {
            "comment_biz_id": str(id_),
            "content": str() | None as body,
            "author": {"userId": str()} | None as author,
        } if _ID.fullmatch(id_):
            user = author["userId"] if author else ""
            created = str(found.get("comment_time") or "")
            return _Comment(id_, user, body or "", created=created)
        case _:
            raise unreadable(_NAME)


def _done(answer: Json) -> None:
    """Raise `CommentError` if the answer says that nothing was done."""
    match answer:
        case {"result": False}:
            raise not_done(_NAME)
