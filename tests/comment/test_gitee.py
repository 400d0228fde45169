import contextlib
from collections.abc import Iterator

import pytest

from drift.comment import gitee
from drift.comment.forge import UnansweredError
from drift.comment.forges import connect
from drift.comment.gitee import Gitee
from tests.comment.fake_forge import Reply, running
from tests.comment.fake_gitee import HEAD, FakeGitee


@pytest.fixture
def fake() -> Iterator[FakeGitee]:
    """Return a pull request that is served."""
    made = FakeGitee()
    with running(made):
        yield made


@pytest.fixture
def client(fake: FakeGitee) -> Iterator[Gitee]:
    """Return the client for it."""
    with contextlib.closing(Gitee(fake.place())) as made:
        yield made


def test_it_is_found_by_its_name(fake: FakeGitee) -> None:
    with contextlib.closing(connect(fake.place())) as client:
        assert client.pull_request() == (True, HEAD)


def test_a_comment_has_an_address_and_a_time(client: Gitee) -> None:
    made = client.create("text")
    assert made.url.endswith(f"#note_{made.id}")
    assert made.created.startswith("2026-")


def test_a_user_that_is_no_more_is_nobody(fake: FakeGitee, client: Gitee) -> None:
    fake.add("text", "")
    assert [one.author for one in client.comments()] == [""]


def test_pages_that_lead_round_in_a_circle_end(
    fake: FakeGitee, client: Gitee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitee, "_MOST", 5)
    made = fake.add("text")
    fake.says(*[Reply(200, [fake.shown(made)] * 100)] * 9)
    with pytest.raises(UnansweredError):
        list(client.comments())
    assert len(fake.requests) == 5


def test_what_moves_to_the_next_page_meanwhile_is_no_second_comment(
    fake: FakeGitee, client: Gitee
) -> None:
    ids = [fake.add(str(n)) for n in range(150)]
    found = client.comments()
    begun = [next(found).id]
    fake.said = {"1": fake.said[ids[0]], **fake.said}
    assert sorted([*begun, *(one.id for one in found)]) == sorted(ids)
