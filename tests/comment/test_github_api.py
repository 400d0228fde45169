"""GitHub's client against GitHub's own description of its API.

Where node is, against a mock server that is generated from the description, and refuses what does
not fit it; and everywhere against the examples of the description, as they were recorded.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from drift.comment.event import Branch
from drift.comment.github import GitHub, connect
from drift.comment.place import Place
from drift.comment.trouble import GoneError
from drift.errors import CommentError
from tests.cli.running import ROOT
from tests.comment.fake_forge import FakeForge, Reply, Request, running
from tests.comment.github_api import DESCRIPTION, RECORDED, cut, examples

PRISM = ROOT / "tests/node_modules/@stoplight/prism-cli/dist/index.js"
HAS_NODE = bool(shutil.which("node")) and PRISM.exists() and DESCRIPTION.exists()
WITH_PRISM = HAS_NODE or bool(os.environ.get("CI"))
"""Whether Prism is used: in CI it must not be missing."""
LONGEST = 60
"""Seconds after which a mock server that does not begin to listen is given up."""


def pull_request_at(url: str, **changed: Any) -> Place:
    """Return the pull request of the description's examples on a server."""
    given = {"forge": "github", "server": url, "repo": "octocat/Hello-World", "number": 1}
    return Place(**{**given, "token": "t", **changed})


class Recorded(FakeForge):
    """GitHub, as the examples of its description answer."""

    def place(self, **changed: Any) -> Place:
        return pull_request_at(self.url, **changed)

    def answer(self, request: Request) -> Reply:
        said = f"{request.method} /{'/'.join(request.parts)}"
        for operation, example in json.loads(RECORDED.read_text()).items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation), said):
                return Reply(example["status"], example["body"])
        return Reply(404, {})


@contextlib.contextmanager
def prism(folder: Path) -> Iterator[str]:
    """Serve the mock that Prism makes of the description, and yield its address."""
    description = folder / "github.json"
    description.write_text(json.dumps(cut()))
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Requests that do not fit are refused. With --errors so is GitHub's own example of a pull
    # request, which lacks what its schema requires.
    how = ["--multiprocess", "false", "--host", "127.0.0.1", "--port", str(port)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            ["node", str(PRISM), "mock", *how, str(description)], stdout=log, stderr=log
        ) as process,
    ):
        try:
            _wait(process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(LONGEST * 10):
        if "Prism is listening" in log.read_text():
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            break
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module", params=["recorded", *(["prism"] if WITH_PRISM else [])])
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of server in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def url(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the server."""
    if kind == "prism":
        with prism(tmp_path_factory.mktemp("prism")) as address:
            yield address
    else:
        fake = Recorded()
        with running(fake):
            yield fake.url


@pytest.fixture
def place(url: str) -> Place:
    """Return a pull request there."""
    return pull_request_at(url)


@pytest.fixture
def client(place: Place) -> Iterator[GitHub]:
    """Return a client of it."""
    with contextlib.closing(connect(place)) as made:
        yield made


def test_a_pull_request_is_read(client: GitHub) -> None:
    assert client.pull_request() == (True, "6dcb09b5b57875f334f61aebed695e2e4193db5e")


def test_comments_are_listed(client: GitHub) -> None:
    first = next(client.comments())
    assert (first.id, first.author, first.body) == ("1", "octocat", "Me too")
    assert first.url.endswith("#issuecomment-1")
    assert next(client.comments(first)) == first


def test_a_comment_is_created_read_changed_and_removed(client: GitHub) -> None:
    made = client.create("text")
    assert made.created == "2011-04-14T16:00:49Z"
    assert client.comment(made.id) == made
    client.update(made.id, "text")
    client.delete(made.id)


def test_a_branch_leads_to_its_pull_request(url: str) -> None:
    branch = Branch("octocat/Hello-World", "new-topic", "6dcb09b5b57875f334f61aebed695e2e4193db5e")
    there = pull_request_at(url, number=None, branch=branch)
    with contextlib.closing(connect(there)) as client:
        assert client._number == 1347
        assert client.pull_request().is_open


def test_what_the_description_does_not_have_is_refused(client: GitHub) -> None:
    with pytest.raises(GoneError):
        client._ask("GET", "/repos/octocat/Hello-World/nothing")


def test_the_recorded_examples_are_whole() -> None:
    recorded: dict[str, Any] = json.loads(RECORDED.read_text())
    assert all(example["status"] < 300 for example in recorded.values())
    if WITH_PRISM:
        assert examples(cut()) == recorded


def test_the_mock_refuses_what_does_not_fit(client: GitHub, kind: str) -> None:
    """Else the other tests would show nothing: the examples alone take anything."""
    ask = partial(client._ask, "POST", "/repos/octocat/Hello-World/issues/1/comments", {"bod": ""})
    if kind == "recorded":
        assert ask()["body"] == "Me too"
    else:
        with pytest.raises(CommentError, match="422"):
            ask()
