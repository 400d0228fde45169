"""GitLab's notes of one merge request, as documented."""

from dataclasses import dataclass
from typing import Any

from drift.comment.place import Place
from tests.comment.fake_forge import ME, FakeForge, Reply, Request

HEAD = "5d" * 20
REPO = "group/project"
PAGE = "https://gitlab.example/group/project/-/merge_requests/7"


@dataclass
class FakeGitLab(FakeForge):
    """One merge request; `root` is the path under which a company has it."""

    root: tuple[str, ...] = ()
    itself: str = ""
    """What it takes for its own address when it links to the next page; empty for the true one."""

    def place(self, **changed: Any) -> Place:
        server = "/".join((self.url, *self.root, "api", "v4"))
        return Place(
            forge="gitlab",
            **{"server": server, "repo": REPO, "number": 7, "token": self.token, **changed},
        )

    def answer(self, request: Request) -> Reply:
        if request.headers.get("private-token") != self.token:
            return Reply(401, {"message": "401 Unauthorized"})
        base = (*self.root, "api", "v4")
        within = request.parts[len(base) :] if request.parts[: len(base)] == base else ()
        match request.method, within:
            case "GET", ("user",):
                return Reply(200, {"username": ME, "web_url": "https://elsewhere.example/drift"})
            case "GET", ("projects", "group/project", "merge_requests", "7"):
                state = "opened" if self.is_open else "merged"
                return Reply(200, {"state": state, "sha": HEAD, "web_url": PAGE})
            case "GET" | "POST", ("projects", "group/project", "merge_requests", "7", "notes"):
                return self._notes(request)
            case _, ("projects", "group/project", "merge_requests", "7", "notes", id_) if (
                id_ in self.said
            ):
                return self._note(request, id_)
            case _:
                return Reply(404, {"message": "404 Not found"})

    def _notes(self, request: Request) -> Reply:
        if request.method == "POST":
            return Reply(201, self.shown(self.add(request.body["body"])))
        page, size = (int(request.query.get(name, "20")) for name in ("page", "per_page"))
        page = page if "page" in request.query else 1
        assert request.query["order_by"] == "created_at"
        ids = sorted(self.said, key=int, reverse=request.query["sort"] == "desc")
        here = ids[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(ids):
            path = "/".join(request.parts).replace(REPO, REPO.replace("/", "%2F"))
            query = "&".join(f"{k}={v}" for k, v in {**request.query, "page": page + 1}.items())
            headers["Link"] = f'<{self.itself or self.url}/{path}?{query}>; rel="next"'
        return Reply(200, [self.shown(id_) for id_ in here], headers)

    def _note(self, request: Request, id_: str) -> Reply:
        match request.method:
            case "DELETE":
                del self.said[id_]
                return Reply(204)
            case "PUT":
                self.said[id_] = (self.said[id_][0], request.body["body"])
        return Reply(200, self.shown(id_))

    def shown(self, id_: str) -> dict[str, Any]:
        """Return a comment as the API has it."""
        author, body = self.said[id_]
        return {
            "id": int(id_),
            "body": body,
            "author": {"id": 1, "username": author, "name": "Somebody"},
            "created_at": f"2026-11-22T12:{int(id_) // 60 % 60:02}:{int(id_) % 60:02}.000Z",
            "system": author == "GitLab",
            "resolvable": False,
        }
