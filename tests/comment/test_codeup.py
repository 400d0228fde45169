import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from drift.comment.codeup import Codeup
from drift.comment.forge import UnansweredError
from drift.comment.forges import connect
from drift.errors import CommentError
from tests.comment.fake_codeup import HEAD, ORGANIZATION, FakeCodeup
from tests.comment.fake_forge import ME, Reply, running


@pytest.fixture
def fake() -> Iterator[FakeCodeup]:
    """Return a change request that is served."""
    made = FakeCodeup()
    with running(made):
        yield made


@pytest.fixture
def client(fake: FakeCodeup) -> Iterator[Codeup]:
    """Return the client for it, in the central edition."""
    with contextlib.closing(Codeup(fake.place(), central=True)) as made:
        yield made


def test_the_edition_of_a_region_does_not_name_the_organization(fake: FakeCodeup) -> None:
    fake.is_central = False
    with contextlib.closing(connect(fake.place())) as client:
        assert client.create("text").author == client.me() == ME
        assert client.pull_request() == (True, HEAD)
    assert ORGANIZATION not in str([request.parts for request in fake.requests])


def test_the_central_edition_is_told_by_its_host(fake: FakeCodeup) -> None:
    with contextlib.closing(
        connect(fake.place(server="https://openapi-rdc.aliyuncs.com"))
    ) as client:
        assert "/organizations/" in str(vars(client))


@pytest.mark.parametrize(
    ("repo", "repository"),
    [
        (f"{ORGANIZATION}/2835387", "2835387"),
        (f"{ORGANIZATION}/demo", f"{ORGANIZATION}/demo"),
        (f"{ORGANIZATION}/group/demo", f"{ORGANIZATION}/group/demo"),
    ],
)
def test_a_repository_is_a_number_or_a_path(fake: FakeCodeup, repo: str, repository: str) -> None:
    fake.repository = repository
    with contextlib.closing(Codeup(fake.place(repo=repo), central=True)) as client:
        assert client.create("text").author == ME


def test_a_region_may_have_a_number_and_nothing_else(fake: FakeCodeup) -> None:
    fake.is_central = False
    with contextlib.closing(Codeup(fake.place(repo="2835387"), central=False)) as client:
        assert client.create("text").author == ME


def test_a_comment_that_somebody_ticked_off_is_still_found(
    fake: FakeCodeup, client: Codeup
) -> None:
    made = client.create("text")
    fake.resolved.add(made.id)
    assert [one.id for one in client.comments()] == [made.id]
    found = client.comment(made.id)
    assert found is not None


def test_a_comment_in_both_lists_is_one_comment(fake: FakeCodeup, client: Codeup) -> None:
    made = fake.add("text")
    both = Reply(200, [fake.shown(made)])
    fake.says(both, both)
    assert len(list(client.comments())) == 1


def test_the_oldest_comment_is_told_by_its_time(client: Codeup) -> None:
    ids = [client.create(str(n)).id for n in range(20)]
    assert ids != sorted(ids)
    assert [one.id for one in sorted(client.comments(), key=lambda one: one.age)] == ids


def test_a_comment_that_is_marked_as_deleted_is_gone(fake: FakeCodeup, client: Codeup) -> None:
    made = client.create("text")
    fake.deleted.add(made.id)
    assert client.comment(made.id) is None


def test_a_user_that_is_no_more_is_nobody(fake: FakeCodeup, client: Codeup) -> None:
    fake.add("text", "")
    assert [one.author for one in client.comments()] == [""]


@pytest.mark.parametrize("status", ["UNDER_DEV", "UNDER_REVIEW", "TO_BE_MERGED"])
def test_what_is_to_be_merged_is_open(fake: FakeCodeup, client: Codeup, status: str) -> None:
    fake.says(Reply(200, {"status": status}))
    assert client.pull_request().is_open


@pytest.mark.parametrize("status", ["MERGED", "CLOSED", "open", ""])
def test_everything_else_is_not(fake: FakeCodeup, client: Codeup, status: str) -> None:
    fake.says(Reply(200, {"status": status}))
    assert not client.pull_request().is_open


@pytest.mark.parametrize(
    "versions",
    [
        (),
        (("MERGE_TARGET", 1, "target", HEAD),),
        (("MERGE_SOURCE", None, "source", HEAD),),
    ],
)
def test_without_a_version_there_is_nothing_to_comment_on(
    fake: FakeCodeup, client: Codeup, versions: Any
) -> None:
    fake.versions = versions
    with pytest.raises(UnansweredError):
        client.create("text")
    assert "POST" not in fake.asked


def test_a_change_that_was_not_made_is_an_error(fake: FakeCodeup, client: Codeup) -> None:
    made = client.create("text")
    fake.says(Reply(200, {"result": False}), Reply(200, {"result": False}))
    with pytest.raises(CommentError, match="did not carry out"):
        client.update(made.id, "more")
    with pytest.raises(CommentError, match="did not carry out"):
        client.delete(made.id)
