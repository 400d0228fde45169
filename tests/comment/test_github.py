"""GitHub's client against a fake with a memory, over real HTTP."""

import contextlib
import importlib
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from drift.comment import patience, requester
from drift.comment.event import Branch
from drift.comment.forge import Comment, UnansweredError
from drift.comment.github import GitHub, connect
from drift.comment.keep import Keeper, Mode
from drift.comment.marker import read
from drift.errors import CommentError
from tests.comment.fake_forge import ME, STRANGER, Reply, running
from tests.comment.fake_github import HEAD, FakeGitHub
from tests.comment.memory import draft
from tests.live.tls import certificate_in
from tests.live.wire import hanging_up, http, saying, served

SECRET = "ghp_SECRET0123456789"
TEXT = f"text of a server {SECRET} \x1b[31m <b>"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that would have been waited; nobody waits for them here."""
    found: list[float] = []
    monkeypatch.setattr(patience, "sleep", found.append)
    monkeypatch.setattr(requester, "sleep", found.append)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return found


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    """Return a fake that is being served."""
    made = FakeGitHub(token=SECRET)
    with running(made):
        yield made


@pytest.fixture
def client(fake: FakeGitHub) -> Iterator[GitHub]:
    """Return the client of the fake."""
    with contextlib.closing(connect(fake.place())) as made:
        yield made


CALLS: dict[str, Callable[[GitHub], object]] = {
    "pull_request": lambda client: client.pull_request(),
    "me": lambda client: client.me(),
    "comments": lambda client: list(client.comments()),
    "comment": lambda client: client.comment("101"),
    "create": lambda client: client.create("text"),
    "update": lambda client: client.update("101", "text"),
    "delete": lambda client: client.delete("101"),
    "hide": lambda client: client.hide("101"),
}
READS = ["pull_request", "comments", "comment"]


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest, fake: FakeGitHub) -> Callable[[GitHub], object]:
    """Return each call in turn; there is a comment for it."""
    fake.add("old")
    return CALLS[request.param]


def failing(client: GitHub, call: Callable[[GitHub], object]) -> CommentError:
    """Return the error that a call ends with, once it is sure that it is fit to be shown."""
    with pytest.raises(CommentError) as caught:
        call(client)
    said = f"{caught.value} {caught.value.advice}"
    assert SECRET not in said
    assert "text of a server" not in said
    assert said.isprintable()
    assert caught.value.advice
    return caught.value


def test_a_comment_comes_back_as_it_was_created(client: GitHub) -> None:
    made = client.create("# text\n\n✅ \U0001f512")
    assert made.author == client.me() == ME
    assert made.url == f"https://github.com/octo/repo/pull/7#issuecomment-{made.id}"
    assert list(client.comments()) == [made]
    client.update(made.id, "other")
    assert client.comment(made.id) == made._replace(body="other")
    client.delete(made.id)
    assert client.comment(made.id) is None
    client.delete(made.id)
    client.hide(made.id)


def test_the_pull_request_is_open_or_not(fake: FakeGitHub, client: GitHub) -> None:
    assert client.pull_request() == (True, HEAD)
    fake.is_open = False
    assert client.pull_request() == (False, HEAD)


def test_a_job_comments_as_a_bot_by_whatever_name_graphql_has_for_it(fake: FakeGitHub) -> None:
    fake.bot, fake.token = True, "ghs_token"
    with contextlib.closing(connect(fake.place())) as client:
        assert client.create("text").author == client.me() == f"{ME}[bot]"


def test_a_server_without_graphql_names_the_user_by_rest(fake: FakeGitHub) -> None:
    """Gitea and Forgejo have GitHub's REST API, and no GraphQL."""
    fake.has_graphql, fake.has_user = False, True
    with contextlib.closing(connect(fake.place())) as client:
        assert client.create("text").author == client.me() == ME
        assert Keeper(client, draft()).keep().action == "created"
        assert Keeper(client, draft(1)).keep().action == "updated"


def test_a_server_without_graphql_cannot_hide_and_says_so(fake: FakeGitHub, client: GitHub) -> None:
    fake.add("old")
    fake.has_graphql = False
    error = failing(client, CALLS["hide"])
    assert str(error) == "A server without GraphQL cannot hide a comment."
    assert error.advice == "Use --mode update."


def test_a_person_with_the_name_of_a_bot_is_another(fake: FakeGitHub, client: GitHub) -> None:
    fake.add("text", "github-actions")
    (comment,) = client.comments()
    assert comment.author == "github-actions"


def test_who_is_gone_is_nobody(fake: FakeGitHub, client: GitHub) -> None:
    fake.add("text", "")
    (comment,) = client.comments()
    assert comment.author == ""


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (99, 1), (100, 1), (101, 2), (250, 3)])
def test_comments_come_a_hundred_a_page(
    fake: FakeGitHub, client: GitHub, number: int, pages: int
) -> None:
    for _ in range(number):
        fake.add("text", STRANGER)
    assert [one.id for one in client.comments()] == list(fake.said)
    assert len(fake.requests) == pages


def test_a_hundred_comments_take_two_listings_with_the_one_after_a_creation(
    fake: FakeGitHub, client: GitHub
) -> None:
    for _ in range(100):
        fake.add("text", STRANGER)
    assert Keeper(client, draft()).keep().action == "created"
    listings = [one for one in fake.requests if one.parts[-1] == "comments" and one.method == "GET"]
    assert len(listings) == 2
    assert len(fake.requests) == 5
    assert listings[1].query["since"]


def test_what_was_created_in_the_same_second_is_listed(client: GitHub) -> None:
    first = client.create("one")
    client.create("two")
    assert [one.body for one in client.comments(first)] == ["one", "two"]


def test_a_time_that_is_none_is_not_asked_for(fake: FakeGitHub, client: GitHub) -> None:
    fake.add("text")
    assert len(list(client.comments(Comment("1", ME, "", created="noon")))) == 1


def test_pages_without_end_are_given_up(fake: FakeGitHub, client: GitHub) -> None:
    fake.says(*[Reply(200, [], {"Link": '<https://evil.example>; rel="next"'})] * 101)
    failing(client, CALLS["comments"])
    assert len(fake.requests) == 100


def test_a_page_that_comes_twice_counts_once(fake: FakeGitHub, client: GitHub) -> None:
    fake.add("text")
    page = fake.answer(fake_request(fake, client))
    fake.says(page._replace(headers={"Link": '<>; rel="next"'}), page)
    assert len(list(client.comments())) == 1


def fake_request(fake: FakeGitHub, client: GitHub) -> Any:
    """Return a listing as the client asks for it."""
    list(client.comments())
    return fake.requests[-1]


@pytest.mark.parametrize("mode", ["update", "recreate", "hide"])
def test_runs_keep_one_comment(fake: FakeGitHub, client: GitHub, mode: Mode) -> None:
    fake.add("first", STRANGER)
    for minute in range(3):
        Keeper(client, draft(minute), mode=mode).keep()
    markers = {id_: read(body) for id_, (_, body) in fake.said.items()}
    (alive,) = [id_ for id_, marker in markers.items() if marker and not marker.retired]
    assert fake.said[alive][1].endswith("Drift of minute 2.")
    retired = {id_ for id_, marker in markers.items() if marker and marker.retired}
    assert fake.hidden == retired
    assert len(retired) == (2 if mode == "hide" else 0)


@pytest.mark.parametrize("mode", ["update", "recreate"])
def test_runs_at_once_leave_one_comment(fake: FakeGitHub, mode: Mode) -> None:
    begin = Barrier(4)

    def run(minute: int) -> None:
        with contextlib.closing(connect(fake.place())) as one:
            begin.wait(20)
            Keeper(one, draft(minute), mode=mode).keep()

    threads = [Thread(target=run, args=(minute,)) for minute in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    alive = [body for _, body in fake.said.values() if read(body)]
    assert len(alive) == 1


def pull(number: int, repo: str, commit: str) -> dict[str, Any]:
    return {"number": number, "head": {"sha": commit, "repo": {"full_name": repo}}}


def found(fake: FakeGitHub, *pulls: Any) -> int | None:
    """Return the number that a branch of a fork leads to, if these pull requests are open."""
    fake.pulls = list(pulls)
    branch = Branch("Mallory/fork", "a&b=c#d", HEAD)
    place = fake.place(number=None, branch=branch)
    with contextlib.closing(connect(place)) as client:
        client.pull_request()
        assert fake.requests[0].query["head"] == "Mallory:a&b=c#d"
        return int(fake.requests[-1].parts[-1])


def test_a_run_for_a_fork_finds_its_pull_request(fake: FakeGitHub) -> None:
    gone = {"number": 3, "head": {"sha": HEAD, "repo": None}}
    other = pull(6, "mallory/fork", "b2" * 20)
    assert found(fake, gone, other, pull(7, "mallory/fork", HEAD), pull(8, "eve/fork", HEAD)) == 7


def test_a_pull_request_that_went_on_is_still_the_one(fake: FakeGitHub) -> None:
    assert found(fake, pull(7, "mallory/fork", "b2" * 20)) == 7


def test_a_pull_request_of_another_shape_is_an_error(fake: FakeGitHub) -> None:
    with pytest.raises(CommentError, match="its API does not"):
        found(fake, {"number": "7"})


@pytest.mark.parametrize("numbers", [(), (7, 8)])
def test_none_or_several_pull_requests_are_an_error(
    fake: FakeGitHub, numbers: tuple[int, ...]
) -> None:
    with pytest.raises(CommentError, match="open pull requests") as caught:
        found(fake, *(pull(number, "mallory/fork", HEAD) for number in numbers))
    assert "--number" in caught.value.advice


def test_a_place_without_anything_is_an_error(fake: FakeGitHub) -> None:
    with contextlib.closing(connect(fake.place(number=None))) as client:
        failing(client, CALLS["pull_request"])


@pytest.mark.parametrize(
    ("status", "sentence", "advice"),
    [
        (401, "does not accept the token", "expired"),
        (403, "does not let this token comment", "pull-requests: write"),
        (410, "no such", "number"),
        (422, "refuses the comment", "--dry-run"),
        (301, "another address", "present"),
        (418, "does not know", "API"),
    ],
)
def test_a_refusal_is_a_sentence_with_advice(  # noqa: PLR0913, PLR0917 - a fixture is a parameter
    fake: FakeGitHub,
    client: GitHub,
    call: Callable[[GitHub], object],
    status: int,
    sentence: str,
    advice: str,
) -> None:
    if status == 410 and call not in (CALLS["pull_request"], CALLS["comments"], CALLS["create"]):
        return  # what is gone is no error there
    fake.says(*[Reply(status, {"message": TEXT}, {"Location": "http://127.0.0.1:1/"})] * 2)
    error = failing(client, call)
    assert sentence in str(error)
    assert advice in error.advice
    assert len(fake.requests) == 1


def test_what_a_fork_may_do_is_said(fake: FakeGitHub, client: GitHub) -> None:
    fake.says(Reply(403, {"message": "Resource not accessible by integration"}))
    assert "workflow_run" in failing(client, CALLS["create"]).advice


LIMITS: list[tuple[Reply, float]] = [
    (Reply(429, {"message": TEXT}, {"Retry-After": "7"}), 7),
    (Reply(403, {"message": TEXT}, {"Retry-After": "3"}), 3),
    (Reply(403, {"message": TEXT}, {"X-RateLimit-Remaining": "0"}), 60),
    (
        Reply(403, {"message": TEXT}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}),
        1,
    ),
]


@pytest.mark.parametrize(("reply", "seconds"), LIMITS)
def test_a_limit_is_waited_for(  # noqa: PLR0913, PLR0917 - a fixture is a parameter
    fake: FakeGitHub,
    client: GitHub,
    call: Callable[[GitHub], object],
    waits: list[float],
    reply: Reply,
    seconds: float,
) -> None:
    fake.says(reply)
    call(client)
    assert waits == [seconds]


@pytest.mark.parametrize("name", ["Retry-After", "X-RateLimit-Reset"])
def test_a_limit_of_more_than_a_minute_is_an_error_that_says_how_long(
    fake: FakeGitHub, client: GitHub, call: Callable[[GitHub], object], name: str
) -> None:
    now = int(datetime.now(UTC).timestamp())
    value = "3600" if name == "Retry-After" else str(now + 3600)
    fake.says(Reply(403, {"message": TEXT}, {name: value, "X-RateLimit-Remaining": "0"}))
    error = failing(client, call)
    assert "no more requests" in str(error)
    assert "the next 3" in str(error)
    assert len(fake.requests) == 1


def test_trouble_of_the_server_is_tried_again_but_for_a_creation(
    fake: FakeGitHub, client: GitHub, call: Callable[[GitHub], object], waits: list[float]
) -> None:
    fake.says(Reply(502, b"<html>"))
    if call is CALLS["create"]:
        assert isinstance(failing(client, call), UnansweredError)
        assert len(fake.requests) == 1
    else:
        call(client)
        assert len(waits) == 1


def test_a_creation_that_was_answered_with_trouble_is_looked_for(
    fake: FakeGitHub, client: GitHub
) -> None:
    real = fake.answer
    troubled: list[int] = []

    def answer(request: Any) -> Reply:
        reply = real(request)
        if request.method == "POST" and request.parts[-1] == "comments" and not troubled:
            troubled.append(1)
            return Reply(502, b"")
        return reply

    fake.answer = answer  # type: ignore[method-assign]
    assert Keeper(client, draft()).keep().action == "created"
    assert len(fake.said) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[1]",
        b"{",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"data": null, "errors": [{"message": "no"}]}',
        b'{"data": {"viewer": {"login": 1}}}',
        b'[{"id": true}]',
        b'"text"',
    ],
)
def test_an_answer_of_another_shape_is_an_error(
    fake: FakeGitHub, client: GitHub, call: Callable[[GitHub], object], answer: bytes
) -> None:
    fake.says(Reply(200, answer))
    empty = call is CALLS["comments"] and answer == b"[]"
    if empty or call in (CALLS["update"], CALLS["delete"]):
        with contextlib.suppress(CommentError):
            call(client)
    else:
        failing(client, call)


def test_an_answer_that_keeps_one_waiting_is_an_error(fake: FakeGitHub, client: GitHub) -> None:
    fake.says(Reply(202, {}))
    failing(client, CALLS["pull_request"])


def test_what_is_not_hidden_is_an_error(fake: FakeGitHub, client: GitHub) -> None:
    id_ = fake.add("text")
    shown = fake.answer(fake_request(fake, client)).body[0]
    done = {"minimizeComment": {"minimizedComment": {"isMinimized": False}}}
    fake.says(Reply(200, shown), Reply(200, {"data": done}))
    with pytest.raises(CommentError, match="did not"):
        client.hide(id_)


def test_the_links_of_an_open_pull_request_lead_nowhere_else(fake: FakeGitHub) -> None:
    other = FakeGitHub(token=SECRET)
    with running(other), contextlib.closing(connect(fake.place())) as client:
        for _ in range(101):
            fake.add("text", STRANGER)
        assert len(list(client.comments())) == 101
        fake.says(Reply(302, {}, {"Location": f"{other.url}/api/v3/"}))
        failing(client, CALLS["pull_request"])
        assert other.requests == []


def test_netrc_is_not_read(
    fake: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password netrc-secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with contextlib.closing(connect(fake.place())) as client:
        client.pull_request()
    assert SECRET in fake.requests[0].headers["authorization"]


def test_a_log_never_has_the_token(client: GitHub, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "github"):
        client.create("text")
        client.me()
    assert caplog.records
    assert SECRET not in caplog.text


def test_a_server_that_is_not_trusted_gets_no_token(tmp_path: Path) -> None:
    made = FakeGitHub(token=SECRET)
    with (
        running(made, certificate_in(tmp_path)),
        contextlib.closing(connect(made.place())) as client,
    ):
        assert "not trusted" in str(failing(client, CALLS["me"]))
    assert made.requests == []


@pytest.mark.parametrize("talk", [hanging_up, saying(b"SSH-2.0-server\r\n"), saying(http(b"<p>"))])
def test_what_is_no_github_is_an_error(talk: Any) -> None:
    with served(talk) as wire:
        place = FakeGitHub(url=wire.url, token=SECRET).place()
        with contextlib.closing(connect(place)) as client:
            failing(client, CALLS["pull_request"])


def test_nobody_there_is_an_error() -> None:
    place = FakeGitHub(url="http://127.0.0.1:1", token=SECRET).place()
    with contextlib.closing(connect(place)) as client:
        assert "cannot be reached" in str(failing(client, CALLS["create"]))


def test_github_com_has_its_graphql_elsewhere() -> None:
    place = FakeGitHub(token=SECRET).place(server="https://api.github.com")
    with contextlib.closing(connect(place)) as client:
        assert client._requester.graphql_url == "https://api.github.com/graphql"
        mounts = sorted(client._session.adapters)
    assert mounts == ["https://api.github.com:443/", "https://api.github.com:443/graphql"]


def test_a_missing_extra_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "github.Auth", None)
    monkeypatch.delitem(sys.modules, "drift.comment.requester")
    with pytest.raises(CommentError, match="one more library") as caught:
        importlib.import_module("drift.comment.requester")
    assert "Install drift with its extra `github`" in caught.value.advice
