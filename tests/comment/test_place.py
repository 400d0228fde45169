"""Where to comment, as the environment of each CI says it; and what may not be believed."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.comment.event import Branch, target_of
from drift.comment.place import Place, Wish, find, require_token
from drift.errors import CommentError
from tests.hostile import HOSTILE

HEAD = "a1" * 20
ACTIONS = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "octo/repo",
    "GITHUB_TOKEN": "ghs_token",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_RUN_ID": "42",
}
PULL = {"pull_request": {"number": 7, "head": {"sha": HEAD}}}
RUN = {
    "workflow_run": {
        "head_repository": {"full_name": "mallory/fork"},
        "head_branch": "main",
        "head_sha": HEAD,
        "pull_requests": [{"number": 99}],
    }
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_ID": "12",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_COMMIT_SHA": "b2" * 20,
    "CI_JOB_URL": "https://gitlab.example/-/jobs/1",
    "GITLAB_TOKEN": "glpat-token",
}
OPTIONS = Wish("github", "https://ghe.example/api/v3", "octo/repo", 7, HEAD)


@pytest.fixture
def actions(tmp_path: Path) -> Any:
    """Return what makes the environment of a job of GitHub Actions for an event."""

    def made(name: str, event: object, **more: str) -> dict[str, str]:
        path = tmp_path / "event.json"
        path.write_bytes(event if isinstance(event, bytes) else json.dumps(event).encode())
        given = {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}
        return {**ACTIONS, **given, **more}

    return made


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target", "pull_request_review"])
def test_actions_name_the_pull_request_by_the_event(actions: Any, name: str) -> None:
    assert find(actions(name, PULL), Wish()) == Place(
        forge="github",
        server="https://api.github.com",
        repo="octo/repo",
        number=7,
        commit=HEAD,
        token="ghs_token",
        run="https://github.com/octo/repo/actions/runs/42",
    )


def test_a_company_has_its_own_server(actions: Any) -> None:
    place = find(
        actions("pull_request", PULL, GITHUB_API_URL="https://ghe.example/api/v3/"), Wish()
    )
    assert place.server == "https://ghe.example/api/v3"


def test_a_run_after_another_one_names_a_branch_and_believes_no_list(actions: Any) -> None:
    place = find(actions("workflow_run", RUN), Wish())
    assert (place.number, place.commit) == (None, HEAD)
    assert place.branch == Branch("mallory/fork", "main", HEAD)


def test_a_number_by_option_needs_no_branch(actions: Any) -> None:
    place = find(actions("workflow_run", RUN), Wish(number=8))
    assert (place.number, place.commit, place.branch) == (8, HEAD, None)


def test_a_comment_is_about_a_pull_request_or_an_issue(actions: Any) -> None:
    event = {"issue": {"number": 7, "pull_request": {"url": "https://github.example"}}}
    assert find(actions("issue_comment", event), Wish()).number == 7
    with pytest.raises(CommentError, match="no pull request"):
        find(actions("issue_comment", {"issue": {"number": 7}}), Wish())


def test_a_merge_queue_has_the_number_in_its_branch(actions: Any) -> None:
    ref = f"refs/heads/gh-readonly-queue/release/1.x/pr-7-{HEAD}"
    place = find(actions("merge_group", {}, GITHUB_REF=ref), Wish())
    assert (place.number, place.commit) == (7, "")


@pytest.mark.parametrize(
    "ref", ["", "refs/heads/main", f"refs/heads/gh-readonly-queue/main/pr-0-{HEAD}", "pr-7-x"]
)
def test_other_branches_have_no_number(actions: Any, ref: str) -> None:
    with pytest.raises(CommentError, match="no pull request"):
        find(actions("merge_group", {}, GITHUB_REF=ref), Wish())


@pytest.mark.parametrize(
    "event",
    [
        {"pull_request": None},
        {"pull_request": {"number": "7"}},
        {"pull_request": {"number": True}},
        {"pull_request": {"number": -1}},
        {"pull_request": {"number": 10**400}},
    ],
)
def test_an_event_of_another_shape_names_nothing(actions: Any, event: object) -> None:
    with pytest.raises(CommentError, match="no pull request"):
        find(actions("pull_request", event), Wish())


@pytest.mark.parametrize("event", [b"", b"\xff", b"[" * 100_000, []])
def test_what_is_no_event_is_said_to_be_none(actions: Any, event: object) -> None:
    with pytest.raises(CommentError, match="GITHUB_EVENT_PATH names is no event"):
        find(actions("pull_request", event), Wish())


def test_an_event_that_is_too_large_is_none(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    with path.open("wb") as file:
        file.truncate((32 << 20) + 1)
    for wrong in (path, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommentError, match="is no event"):
            target_of({"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(wrong)})


def test_no_event_names_nothing() -> None:
    with pytest.raises(CommentError, match="no pull request"):
        find(ACTIONS | {"GITHUB_EVENT_NAME": "push"}, Wish())


def test_a_run_whose_fork_is_gone_names_nothing(actions: Any) -> None:
    event = {"workflow_run": {**RUN["workflow_run"], "head_repository": None}}
    with pytest.raises(CommentError, match="no pull request"):
        find(actions("workflow_run", event), Wish())


def test_gitlab_names_the_project_of_the_merge_request() -> None:
    assert find(GITLAB, Wish()) == Place(
        forge="gitlab",
        server="https://gitlab.example/api/v4",
        repo="12",
        number=7,
        commit="b2" * 20,
        token="glpat-token",
        run="https://gitlab.example/-/jobs/1",
    )
    fork = {"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD}
    place = find(GITLAB | fork, Wish())
    assert (place.repo, place.commit) == ("1", HEAD)


def test_gitee_go_names_the_pull_request() -> None:
    environment = {
        "GITEE_PIPELINE_NAME": "ci",
        "GITEE_PULL_ID": "7",
        "GITEE_SOURCE_COMMIT": HEAD,
        "GITEE_TOKEN": "t",
    }
    place = find(environment, Wish(repo="owner/name"))
    assert (place.forge, place.server) == ("gitee", "https://gitee.com/api/v5")
    assert (place.repo, place.number, place.commit) == ("owner/name", 7, HEAD)


def test_codeup_flow_names_the_commit_alone() -> None:
    environment = {"CI_COMMIT_SHA": HEAD, "YUNXIAO_ACCESS_TOKEN": "pt-t"}
    place = find(environment, Wish("codeup", repo="60de/Demo", number=7))
    assert (place.server, place.commit) == ("https://openapi-rdc.aliyuncs.com", HEAD)
    require_token(place)


def test_options_come_before_the_environment(actions: Any) -> None:
    environment = actions("pull_request", PULL, DRIFT_COMMENT_TOKEN="mine")
    place = find(environment, OPTIONS._replace(repo="other/repo", number=8, commit="ABCDEF12"))
    assert (place.server, place.repo) == ("https://ghe.example/api/v3", "other/repo")
    assert (place.number, place.commit, place.token) == (8, "abcdef12", "mine")


def test_the_commit_of_another_pull_request_is_not_taken(actions: Any) -> None:
    environment = actions("pull_request", PULL)
    assert find(environment, Wish(number=8)).commit == ""
    assert find(environment, Wish(number=7)).commit == HEAD


def test_options_are_enough() -> None:
    assert find({}, OPTIONS).run == ""
    assert find({}, OPTIONS).token == ""


def test_a_token_is_in_no_text_of_the_place() -> None:
    assert "SECRET" not in repr(find({"GH_TOKEN": "SECRET"}, OPTIONS))


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (OPTIONS._replace(forge=None), "does not say where"),
        (OPTIONS._replace(number=None), "no pull request"),
        (OPTIONS._replace(repo=None), "no repository"),
        (OPTIONS._replace(repo="../../user"), "is no repository"),
        (OPTIONS._replace(repo="a b/c?d"), "is no repository"),
        (OPTIONS._replace(repo="a//b"), "is no repository"),
        (OPTIONS._replace(commit="HEAD"), "is no commit"),
        (OPTIONS._replace(server="http://ghe.example"), "http"),
        (OPTIONS._replace(server="ftp://ghe.example"), "https://HOST"),
        (OPTIONS._replace(server="https://"), "https://HOST"),
        (OPTIONS._replace(server="https://me:secret@ghe.example"), "https://HOST"),
        (OPTIONS._replace(server="https://ghe.example/?x=1"), "https://HOST"),
        (OPTIONS._replace(server="https://ghe.example:x"), "no URL"),
        (OPTIONS._replace(server="https://[::1"), "no URL"),
    ],
)
def test_what_is_missing_or_wrong_is_a_sentence_with_advice(wish: Wish, sentence: str) -> None:
    with pytest.raises(CommentError, match=sentence) as caught:
        find({}, wish)
    assert caught.value.advice
    assert "secret" not in str(caught.value)


def test_plain_http_is_for_this_machine() -> None:
    assert find({}, OPTIONS._replace(server="http://127.0.0.1:8/api/v3/")).server.endswith("/v3")


@pytest.mark.parametrize(
    ("forge", "names"),
    [
        ("github", "GITHUB_TOKEN or GH_TOKEN"),
        ("gitlab", "CI_JOB_TOKEN may not"),
        ("gitee", "GITEE"),
    ],
)
def test_no_token_is_a_sentence_that_names_the_variables(forge: Any, names: str) -> None:
    with pytest.raises(CommentError, match="no token") as caught:
        require_token(find({}, OPTIONS._replace(forge=forge)))
    assert names in caught.value.advice


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "tökén", "\x1b[31m"])
def test_what_can_be_no_token_is_not_sent(token: str) -> None:
    with pytest.raises(CommentError, match="no token has") as caught:
        require_token(find({"GITHUB_TOKEN": token}, OPTIONS))
    assert token not in str(caught.value)


NAMES = sorted({*ACTIONS, *GITLAB, "GITHUB_REF", "GITHUB_EVENT_NAME", "GITHUB_API_URL"})
wild = st.sampled_from(HOSTILE) | st.text(max_size=20)


@given(st.dictionaries(st.sampled_from(NAMES), wild))
def test_whatever_the_environment_says_is_a_place_or_a_sentence(
    environment: dict[str, str],
) -> None:
    """Law: and a place has only what can stand in a URL."""
    with contextlib.suppress(CommentError):
        place = find(environment, Wish())
        assert place.server.startswith("https://")
        assert not set(" ?#\n%") & set(place.repo)
