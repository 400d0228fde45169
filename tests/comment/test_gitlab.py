import contextlib
import sys
from collections.abc import Iterator

import pytest

from drift.comment import gitlab
from drift.comment.forge import UnansweredError
from drift.comment.forges import connect
from drift.comment.gitlab import GitLab
from drift.errors import CommentError
from tests.comment.fake_forge import ME, STRANGER, Reply, running
from tests.comment.fake_gitlab import PAGE, FakeGitLab


@pytest.fixture
def fake() -> Iterator[FakeGitLab]:
    """Return a merge request that is served."""
    made = FakeGitLab()
    with running(made):
        yield made


@pytest.fixture
def client(fake: FakeGitLab) -> Iterator[GitLab]:
    """Return the client for it."""
    with contextlib.closing(GitLab(fake.place())) as made:
        yield made


def test_what_gitlab_itself_writes_is_no_comment(fake: FakeGitLab, client: GitLab) -> None:
    fake.add("added 1 commit", "GitLab")
    mine = fake.add("text")
    assert [one.id for one in client.comments()] == [mine]


def test_a_company_may_have_it_under_a_path(fake: FakeGitLab) -> None:
    fake.root = ("tools", "gitlab")
    with contextlib.closing(GitLab(fake.place())) as client:
        assert client.create("text").author == client.me() == ME


def test_a_project_may_be_a_number(fake: FakeGitLab) -> None:
    with (
        contextlib.closing(GitLab(fake.place(repo="4711"))) as client,
        pytest.raises(CommentError, match="no such repository"),
    ):
        client.pull_request()
    assert fake.requests[0].parts[2:4] == ("projects", "4711")


def test_a_comment_has_an_address_once_the_merge_request_is_known(client: GitLab) -> None:
    assert not client.create("text").url
    client.pull_request()
    made = client.create("text")
    assert made.url == f"{PAGE}#note_{made.id}"


def test_only_the_newest_page_is_read_after_a_comment(fake: FakeGitLab, client: GitLab) -> None:
    for n in range(250):
        fake.add(str(n), STRANGER)
    last = max(client.comments(), key=lambda one: one.age)
    new = fake.add("new")
    fake.requests.clear()
    assert [one.id for one in client.comments(last)] == [new, last.id]
    assert len(fake.requests) == 1


def test_what_is_added_between_two_pages_is_no_second_comment(
    fake: FakeGitLab, client: GitLab
) -> None:
    ids = [fake.add(str(n)) for n in range(150)]
    last = next(iter(client.comments()))
    found = client.comments(last)
    begun = [next(found).id]
    fake.add("new")
    assert sorted([*begun, *(one.id for one in found)]) == sorted(ids)


def test_a_page_that_links_by_http_is_read_where_the_first_one_was(
    fake: FakeGitLab, client: GitLab
) -> None:
    fake.itself = "http://gitlab.example"
    ids = [fake.add(str(n)) for n in range(250)]
    assert [one.id for one in client.comments()] == ids


@pytest.mark.parametrize("link", ["{thief}/elsewhere", "ftp://x/", "//", "http://[", "", ">"])
def test_a_link_that_leads_elsewhere_does_not_get_the_token(
    fake: FakeGitLab, client: GitLab, link: str
) -> None:
    thief = FakeGitLab()
    with running(thief):
        fake.says(Reply(200, [], {"Link": f'<{link.format(thief=thief.url)}>; rel="next"'}))
        with contextlib.suppress(CommentError):
            list(client.comments())
        assert not thief.requests


def test_pages_that_lead_round_in_a_circle_end(
    fake: FakeGitLab, client: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitlab, "_MOST", 500)
    made = fake.add("text")
    (note,) = [fake.shown(made)]
    circle = Reply(200, [note] * 100, {"Link": f'<{fake.url}/api/v4/again>; rel="next"'})
    fake.says(*[circle] * 9)
    with pytest.raises(UnansweredError):
        list(client.comments())
    assert len(fake.requests) == 6


@pytest.mark.parametrize("state", ["closed", "merged", "locked"])
def test_only_opened_is_open(fake: FakeGitLab, client: GitLab, state: str) -> None:
    fake.says(Reply(200, {"state": state, "sha": None, "web_url": PAGE}))
    assert client.pull_request() == (False, "")


def test_the_token_of_a_job_is_refused_before_it_is_sent(fake: FakeGitLab) -> None:
    with pytest.raises(CommentError, match="CI_JOB_TOKEN") as caught:
        connect(fake.place(token="glcbt-64_SECRET"))
    assert "GITLAB_TOKEN" in caught.value.advice
    assert "SECRET" not in f"{caught.value}{caught.value.advice}"
    assert not fake.requests


def test_the_configuration_of_the_library_is_not_read(
    fake: FakeGitLab, client: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_GITLAB_CFG", "/nowhere")
    monkeypatch.setenv("CI_JOB_TOKEN", "job")
    monkeypatch.setenv("CI_SERVER_URL", "http://127.0.0.1:1")
    assert client.me() == ME
    assert "job-token" not in fake.requests[0].headers


def test_a_missing_library_is_one_sentence(
    fake: FakeGitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "drift.comment.gitlab")
    monkeypatch.setitem(sys.modules, "gitlab", None)
    with pytest.raises(CommentError, match="one more library") as caught:
        connect(fake.place())
    assert caught.value.advice == "Install drift with its extra `gitlab`."
