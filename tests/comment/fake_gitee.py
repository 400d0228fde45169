"""Gitee's comments of one pull request, as documented."""

from typing import Any

from drift.comment.place import Place
from tests.comment.fake_forge import ME, FakeForge, Reply, Request

HEAD = "6e" * 20


class FakeGitee(FakeForge):
    """One pull request."""

    def place(self, **changed: Any) -> Place:
        return Place(
            forge="gitee",
            **{
                "server": f"{self.url}/api/v5",
                "repo": "owner/name",
                "number": 7,
                "token": self.token,
                **changed,
            },
        )

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"message": "401 Unauthorized: Access token does not exist"})
        match request.method, request.parts[2:]:
            case "GET", ("user",):
                return Reply(200, {"id": 1, "login": ME})
            case "GET", ("repos", "owner", "name", "pulls", "7"):
                state = "open" if self.is_open else "merged"
                return Reply(200, {"state": state, "head": {"sha": HEAD}})
            case "GET", ("repos", "owner", "name", "pulls", "7", "comments"):
                assert request.query["comment_type"] == "pr_comment"
                page, size = int(request.query["page"]), int(request.query["per_page"])
                ids = list(self.said)[(page - 1) * size : page * size]
                return Reply(200, [self.shown(id_) for id_ in ids])
            case "POST", ("repos", "owner", "name", "pulls", "7", "comments"):
                return Reply(201, self.shown(self.add(request.body["body"])))
            case method, ("repos", "owner", "name", "pulls", "comments", id_) if id_ in self.said:
                return self._one(method, id_, request)
            case _:
                return Reply(404, {"message": "404 Not Found"})

    def _one(self, method: str, id_: str, request: Request) -> Reply:
        match method:
            case "DELETE":
                del self.said[id_]
                return Reply(204)
            case "PATCH":
                self.said[id_] = (self.said[id_][0], request.body["body"])
        return Reply(200, self.shown(id_))

    def shown(self, id_: str) -> dict[str, Any]:
        """Return a comment as the API has it."""
        author, body = self.said[id_]
        return {
            "id": int(id_),
            "body": body,
            "user": {"id": 1, "login": author} if author else None,
            "html_url": f"https://gitee.com/owner/name/pulls/7#note_{id_}",
            "created_at": "2026-11-22T20:00:00+08:00",
            "comment_type": "pr_comment",
        }
