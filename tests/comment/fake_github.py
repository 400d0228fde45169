"""GitHub's comments of one pull request, as its REST and GraphQL APIs have them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from drift.comment.place import Place
from tests.comment.fake_forge import ME, FakeForge, Reply, Request

HEAD = "a1" * 20
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class FakeGitHub(FakeForge):
    """Pull request 7, and others that are listed; each comment is a second younger."""

    bot: bool = False
    head: str = HEAD
    pulls: list[dict[str, Any]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    has_graphql: bool = True
    has_user: bool = False

    def place(self, **changed: Any) -> Place:
        given = {"server": f"{self.url}/api/v3", "repo": "octo/repo", "number": 7}
        return Place(forge="github", **{**given, "token": self.token, **changed})

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") not in (
            f"token {self.token}",
            f"Bearer {self.token}",
        ):
            return Reply(401, {"message": "Bad credentials", "status": "401"})
        match request.method, request.parts:
            case "GET", ("api", "v3", "user") if self.has_user:
                return Reply(200, {"login": ME})
            case "POST", ("api", "graphql") if self.has_graphql:
                return self._graphql(request.body)
            case "GET", ("api", "v3", "repos", "octo", "repo", "pulls"):
                return Reply(200, self.pulls)
            case "GET", ("api", "v3", "repos", "octo", "repo", "pulls", "7"):
                state = "open" if self.is_open else "closed"
                return Reply(200, {"state": state, "head": {"sha": self.head}})
            case "GET", ("api", "v3", "repos", "octo", "repo", "issues", "7", "comments"):
                return self._page(request.query)
            case "POST", ("api", "v3", "repos", "octo", "repo", "issues", "7", "comments"):
                return Reply(201, self._shown(self.add(request.body["body"])))
            case method, ("api", "v3", "repos", "octo", "repo", "issues", "comments", id_):
                return self._one(method, id_, request) if id_ in self.said else _missing()
        return _missing()

    def _page(self, query: Any) -> Reply:
        page, size = int(query["page"]), int(query["per_page"])
        ids = [id_ for id_ in self.said if _created(id_) >= query.get("since", "")]
        more = len(ids) > page * size
        link = f'<{self.url}/elsewhere?page={page + 1}>; rel="next"'
        shown = [self._shown(id_) for id_ in ids[(page - 1) * size : page * size]]
        return Reply(200, shown, {"Link": link} if more else {})

    def _one(self, method: str, id_: str, request: Request) -> Reply:
        match method:
            case "DELETE":
                del self.said[id_]
                return Reply(204)
            case "PATCH":
                self.said[id_] = (self.said[id_][0], request.body["body"])
        return Reply(200, self._shown(id_))

    def _graphql(self, body: Any) -> Reply:
        if "viewer" in body["query"]:
            return Reply(200, {"data": {"viewer": {"login": ME}}})
        given = body["variables"]["input"]
        assert given["classifier"] == "OUTDATED"
        assert re.search(r"minimizeComment\(input: \$input\)", body["query"])
        self.hidden.add(given["subjectId"].removeprefix("IC_"))
        done = {"minimizedComment": {"isMinimized": True}}
        return Reply(200, {"data": {"minimizeComment": done}})

    def _shown(self, id_: str) -> dict[str, Any]:
        author, body = self.said[id_]
        kind = "Bot" if self.bot else "User"
        login = f"{author}[bot]" if self.bot and author == ME else author
        return {
            "id": int(id_),
            "node_id": f"IC_{id_}",
            "body": body,
            "user": {"login": login, "type": kind} if author else None,
            "html_url": f"https://github.com/octo/repo/pull/7#issuecomment-{id_}",
            "created_at": _created(id_),
        }


def _created(id_: str) -> str:
    return (NOON + timedelta(seconds=int(id_))).strftime("%Y-%m-%dT%H:%M:%SZ")


def _missing() -> Reply:
    return Reply(404, {"message": "Not Found", "status": "404"})
