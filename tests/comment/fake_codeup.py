"""Codeup's comments of one change request, as documented."""

from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from drift.comment.place import Place
from tests.comment.fake_forge import ME, FakeForge, Reply, Request

HEAD = "7f" * 20
ORGANIZATION = "60d54f3daccf2bbd6659f3ad"


@dataclass
class FakeCodeup(FakeForge):
    """One change request; `resolved` are the ids of the comments that somebody ticked off."""

    is_central: bool = True
    repository: str = "2835387"
    resolved: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    """The ids of all comments, the oldest first."""
    versions: tuple[tuple[str, int, str, str], ...] = (
        ("MERGE_SOURCE", 9, "ninth", "aa" * 20),
        ("MERGE_TARGET", 11, "target", "bb" * 20),
        ("MERGE_SOURCE", 10, "tenth", HEAD),
    )

    def id_of(self, number: int) -> str:
        id_ = md5(str(number).encode(), usedforsecurity=False).hexdigest()
        self.made.append(id_)
        return id_

    def place(self, **changed: Any) -> Place:
        return Place(
            forge="codeup",
            **{
                "server": self.url,
                "repo": f"{ORGANIZATION}/2835387",
                "number": 7,
                "token": self.token,
                **changed,
            },
        )

    def answer(self, request: Request) -> Reply:
        if request.headers.get("x-yunxiao-token") != self.token:
            return Reply(401, {"errorMessage": "invalid token"})
        if request[:2] == ("GET", ("oapi", "v1", "platform", "user")):
            return Reply(200, {"id": ME, "name": "Somebody", "username": "somebody"})
        where = ("organizations", ORGANIZATION) if self.is_central else ()
        base = ("oapi", "v1", "codeup", *where, "repositories", self.repository)
        within = request.parts[len(base) :] if request.parts[: len(base)] == base else ()
        match request.method, within:
            case "GET", ("changeRequests", "7"):
                return Reply(200, {"status": "UNDER_REVIEW" if self.is_open else "MERGED"})
            case "GET", ("changeRequests", "7", "diffs", "patches"):
                names = ("relatedMergeItemType", "versionNo", "patchSetBizId", "commitId")
                return Reply(200, [dict(zip(names, one, strict=True)) for one in self.versions])
            case method, ("changeRequests", "7", "comments", *rest):
                return self._comments(method, rest, request.body)
            case _:
                return Reply(404, {"errorCode": "NotFound"})

    def _comments(self, method: str, rest: list[str], body: Any) -> Reply:
        match method, rest:
            case "POST", []:
                assert 1 <= len(body["content"]) <= 65_535
                assert body == {
                    "comment_type": "GLOBAL_COMMENT",
                    "content": body["content"],
                    "draft": False,
                    "resolved": False,
                    "patchset_biz_id": "tenth",
                }
                return Reply(200, self.shown(self.add(body["content"])))
            case "POST", ["list"]:
                assert (body["comment_type"], body["state"]) == ("GLOBAL_COMMENT", "OPENED")
                ids = [id_ for id_ in self.said if (id_ in self.resolved) == body["resolved"]]
                return Reply(200, [self.shown(id_) for id_ in ids])
            case "PUT", [id_] if id_ in self.said:
                self.said[id_] = (self.said[id_][0], body["content"])
                return Reply(200, {"result": True})
            case "DELETE", [id_] if id_ in self.said:
                del self.said[id_]
                return Reply(200, {"result": True})
            case _:
                return Reply(404, {"errorCode": "NotFound"})

    def shown(self, id_: str) -> dict[str, Any]:
        """Return a comment as the API has it."""
        author, body = self.said[id_]
        return {
            "comment_biz_id": id_,
            "comment_type": "GLOBAL_COMMENT",
            "content": body,
            "author": {"userId": author, "name": "Somebody"} if author else None,
            "comment_time": f"2026-11-22T12:{self.made.index(id_) % 60:02}:00Z",
            "is_deleted": id_ in self.deleted,
            "child_comments_list": [],
        }
