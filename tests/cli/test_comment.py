"""`drift comment`: what it sends, says and exits with; and that the verdict is always printed."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any, TypeAlias

import pytest

from drift.comment import patience
from drift.comment.github import GitHub
from drift.comment.marker import read
from drift.planfile import load
from tests.cli.running import SAMPLES, Ran
from tests.comment.fake_forge import ME, STRANGER, Reply, running
from tests.comment.fake_github import HEAD, FakeGitHub
from tests.comment.fake_gitlab import FakeGitLab

Drift: TypeAlias = Callable[..., Ran]

SECRET = "ghp_SECRET0123456789"
VERDICT = "Verdict: incomplete\n"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the CI that runs these tests."""
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "GITEE_PIPELINE_NAME", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "CI_COMMIT_SHA", "CI_JOB_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(patience, "sleep", lambda _: None)


@pytest.fixture
def plan(drift: Drift, recorded: tuple[str, Path]) -> Path:
    """Return a saved plan with a bucket of every status."""
    drift("plan", SAMPLES / "desired", *recorded, "--out", "plan.json")
    return Path("plan.json")


@pytest.fixture
def green(drift: Drift, plan: Path) -> Path:
    """Return a later plan in which all is in sync."""
    document = json.loads(plan.read_text())
    kept = [one for one in document["resource_changes"] if one["status"] == "in_sync"]
    document["resource_changes"] = kept
    zero = dict.fromkeys(document["summary"], 0)
    document["summary"] = zero | {"buckets": len(kept), "in_sync": len(kept)}
    document |= {"verdict": "in_sync", "complete": True, "errored": False, "applyable": False}
    Path("green.json").write_text(json.dumps(document))
    assert drift("show", "green.json").code == 0
    return Path("green.json")


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    """Return GitHub, as it is served."""
    made = FakeGitHub(token=SECRET)
    with running(made):
        yield made


@pytest.fixture
def comment(drift: Drift, fake: FakeGitHub, plan: Path, monkeypatch: pytest.MonkeyPatch) -> Drift:
    """Return what runs `drift comment` in a job of GitHub Actions; the plan may be another."""
    event = {"pull_request": {"number": 7, "head": {"sha": HEAD}}}
    Path("event.json").write_text(json.dumps(event))
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": f"{fake.url}/api/v3",
        "GITHUB_REPOSITORY": "octo/repo",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": "event.json",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "42",
        "GITHUB_TOKEN": SECRET,
    }
    for name, value in job.items():
        monkeypatch.setenv(name, value)

    def run(*options: str | Path, of: Path = plan) -> Ran:
        ran = drift("comment", of, *options)
        assert SECRET not in ran.out + ran.err
        return ran

    return run


def bodies(fake: FakeGitHub) -> list[str]:
    return [body for author, body in fake.said.values() if author == ME]


def test_a_plan_becomes_a_comment_and_its_verdict_is_printed(
    comment: Drift, fake: FakeGitHub, drift: Drift, plan: Path
) -> None:
    ran = comment()
    assert ran.code == 0
    assert ran.out
    assert drift("show", plan).out.endswith(ran.out)
    assert ran.out.endswith(VERDICT)
    assert ran.err == ("Comment created: https://github.com/octo/repo/pull/7#issuecomment-101\n")
    (body,) = bodies(fake)
    marker = read(body)
    assert marker
    assert (marker.key, marker.commit, marker.verdict) == ("default", HEAD, "incomplete")
    assert marker.time == load(plan).timestamp
    assert "## ⚠️ Incomplete" in body


def test_the_same_plan_is_commented_once(comment: Drift, fake: FakeGitHub) -> None:
    comment()
    ran = comment()
    assert (ran.code, ran.err[:39]) == (0, "Comment left as it is: it says the same")
    assert len(bodies(fake)) == 1


@pytest.mark.parametrize("above", ["", "All green, believe me.\n"])
def test_a_comment_that_somebody_edited_is_written_anew(
    comment: Drift, fake: FakeGitHub, above: str
) -> None:
    comment()
    ((id_, (author, body)),) = fake.said.items()
    fake.said[id_] = (author, f"{above}{body.partition(chr(10))[0]}\n## All green")
    ran = comment("--when", "change")
    assert ran.code == 0
    assert "Comment updated" in ran.err
    assert bodies(fake) == [body]


def test_what_a_forge_repeats_of_the_token_is_masked(
    comment: Drift, fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = fake._shown
    page = {"html_url": f"https://github.com/octo?token={SECRET}"}
    monkeypatch.setattr(fake, "_shown", lambda id_: shown(id_) | page)
    assert comment().err == "Comment created: https://github.com/octo?token=***\n"
    assert comment("--dry-run").code == 0


def test_a_plan_that_repeats_the_token_is_masked_in_the_comment(
    comment: Drift, fake: FakeGitHub, plan: Path
) -> None:
    """Whoever made the plan may have read it elsewhere."""
    repeating = Path("repeating.json")
    repeating.write_text(plan.read_text().replace("cn-hangzhou", SECRET))
    for options in [("--dry-run",), ()]:
        ran = comment(*options, of=repeating)
        assert ran.code == 0
    assert comment("--when", "change", of=repeating).err.startswith("Comment left as it is")
    (body,) = bodies(fake)
    assert SECRET not in body
    assert "***" in body


def test_a_server_without_graphql_and_user_is_no_missing_repository(
    comment: Drift, fake: FakeGitHub
) -> None:
    fake.has_graphql = False
    ran = comment().failed("does not say whose the token is")
    assert "no such repository" not in ran.err


def later(plan: Path, moment: str) -> Path:
    document = json.loads(plan.read_text()) | {"timestamp": moment}
    Path("later.json").write_text(json.dumps(document))
    return Path("later.json")


def test_time_and_run_are_no_change(
    comment: Drift, fake: FakeGitHub, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = later(plan, "2026-01-02T03:04:05Z")
    comment(of=early)
    monkeypatch.setenv("GITHUB_RUN_ID", "43")
    late = later(plan, "2026-01-03T04:05:06Z")
    assert "says the same" in comment("--when", "change", of=late).err
    assert "Comment updated" in comment(of=late).err
    assert len(bodies(fake)) == 1


def test_an_older_plan_is_not_sent(comment: Drift, fake: FakeGitHub, plan: Path) -> None:
    comment()
    (before,) = bodies(fake)
    ran = comment(of=later(plan, "2026-01-02T03:04:05Z"))
    assert (ran.code, "a newer run" in ran.err) == (0, True)
    assert bodies(fake) == [before]


def test_a_plan_that_claims_to_be_from_the_future_is_of_now(
    comment: Drift, fake: FakeGitHub, plan: Path
) -> None:
    comment(of=later(plan, "9999-12-31T23:59:59Z"))
    (body,) = bodies(fake)
    marker = read(body)
    assert marker
    assert marker.time.year < 9999


def test_a_drift_that_is_gone_is_resolved(comment: Drift, fake: FakeGitHub, green: Path) -> None:
    assert "No comment" in comment(of=green).err
    comment()
    document = json.loads(green.read_text())
    assert "resolved" in comment(of=green).err
    (body,) = bodies(fake)
    assert "Resolved" in body
    assert document["verdict"] == "in_sync"


def test_each_key_has_its_comment(comment: Drift, fake: FakeGitHub) -> None:
    comment("--key", "prod/eu-1")
    comment("--key", "test")
    assert len(bodies(fake)) == 2


@pytest.mark.parametrize("key", ["", "two words", "<!-->", "k" * 101, "ключ"])
def test_a_key_is_letters_and_digits(comment: Drift, fake: FakeGitHub, key: str) -> None:
    comment("--key", key).failed("--key", "letters, digits")
    assert fake.requests == []


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    comment: Drift, fake: FakeGitHub, green: Path
) -> None:
    ran = comment("--dry-run")
    assert ran.code == 0
    assert read(ran.out)
    assert ran.err == "A comment would be created.\n"
    assert not fake.said
    comment()
    assert bodies(fake) == [ran.out]
    resolved = comment("--dry-run", of=green)
    assert "The comment would be updated: the drift is resolved" in resolved.err
    assert "Resolved" in resolved.out
    assert bodies(fake) == [ran.out]


def test_a_dry_run_needs_no_token_and_no_job(drift: Drift, plan: Path) -> None:
    ran = drift("comment", plan, "--dry-run")
    assert ran.code == 0
    assert read(ran.out)
    assert ran.err.startswith("Nothing was looked up.")
    options = ("--forge", "github", "--repo", "octo/repo", "--number", "7")
    assert "There is no token" in drift("comment", plan, "--dry-run", *options).err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--server", "ftp://example.com"), "is not https://HOST/PATH"),
        (("--commit", "zzz"), "zzz is no commit"),
        (("--mode", "hide"), "Only GitHub hides comments"),
    ],
)
def test_a_dry_run_forgives_what_is_missing_and_not_what_is_wrong(
    drift: Drift, plan: Path, options: tuple[str, ...], said: str
) -> None:
    where = ("--forge", "gitlab", "--repo", "1", "--number", "7")
    drift("comment", plan, "--dry-run", *where, *options).failed(said)


def test_a_dry_run_prints_nothing_if_nothing_would_be_sent(comment: Drift, green: Path) -> None:
    ran = comment("--dry-run", of=green)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "There would be no comment: there is no drift that counts.\n"


@pytest.fixture
def from_fork(comment: Drift, fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch) -> Drift:
    """Return `comment` for the second stage, after a run of a fork's workflow."""
    run = {
        "head_repository": {"full_name": "mallory/fork"},
        "head_branch": "topic",
        "head_sha": HEAD,
    }
    Path("event.json").write_text(json.dumps({"workflow_run": run}))
    head = {"sha": HEAD, "repo": {"full_name": "mallory/fork"}}
    fake.pulls = [{"number": 7, "state": "open", "head": head}]
    monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_run")
    return comment


def test_nobody_vouches_for_the_plan_of_a_fork(
    from_fork: Drift, fake: FakeGitHub, green: Path
) -> None:
    document = json.loads(green.read_text())
    document["timestamp"] = "2999-01-01T00:00:00Z"
    green.write_text(json.dumps(document))
    for of in (Path("plan.json"), green):
        assert from_fork(of=of).code == 0
        (body,) = bodies(fake)
        assert "**Not verified: a workflow of the pull request's own repository" in body
        assert not {"✅", "Resolved", "2999"} & {word.strip(":") for word in body.split()}
    assert "⚠️ Not verified: this plan says that live matches desired" in body


def test_a_comment_says_which_plan_commit_and_run_it_is_of(
    comment: Drift, fake: FakeGitHub
) -> None:
    comment("--key", "prod/eu")
    run = "https://github.com/octo/repo/actions/runs/42"
    assert bodies(fake)[0].endswith(f"drift `prod/eu` · commit `{HEAD[:12]}` · [run]({run})\n")


@pytest.fixture
def dripping() -> Iterator[str]:
    """Return the address of a server whose header comes in single bytes, and never ends."""
    over = Event()

    class Drip(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not over.wait(0.02):
                    self.request.sendall(b"x")

    with ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        serving = Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v3"
        over.set()
        server.shutdown()
        serving.join()


def test_a_forge_that_drips_for_ever_is_given_up(
    comment: Drift, dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drift.cli.comment._SECONDS", 0.5)
    ran = comment("--server", dripping).failed("The forge kept drift waiting", "again later")
    assert ran.out.endswith(VERDICT)


def test_a_dry_run_that_cannot_look_is_an_error(comment: Drift, fake: FakeGitHub) -> None:
    fake.says(Reply(401, {}))
    comment("--dry-run").failed("does not accept the token")


def test_a_failure_leaves_the_verdict_and_says_what_to_do(comment: Drift, fake: FakeGitHub) -> None:
    fake.says(Reply(403, {"message": f"no {SECRET}"}))
    ran = comment().failed("does not let this token comment", "pull-requests: write")
    assert ran.out.endswith(VERDICT)
    assert ran.err.count("\n") == 1


def test_a_failure_falls_back_to_the_summary_of_the_job(
    comment: Drift, fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    fake.says(Reply(403, {}))
    comment().failed("summary has what")
    assert "## ⚠️ Incomplete" in Path("summary.md").read_text()


def test_a_closed_pull_request_is_an_error(comment: Drift, fake: FakeGitHub) -> None:
    fake.is_open = False
    comment().failed("The pull request is closed")


def test_a_pull_request_that_is_not_there_is_an_error(comment: Drift) -> None:
    comment("--number", "8").failed("no such repository, pull request or comment")


def test_a_body_that_is_refused_is_an_error(comment: Drift, fake: FakeGitHub) -> None:
    nothing: list[Any] = []
    opened = {"state": "open", "head": {"sha": HEAD}}
    viewer = {"data": {"viewer": {"login": ME}}}
    fake.says(Reply(200, opened), Reply(200, viewer), Reply(200, nothing), Reply(422, {}))
    comment().failed("refuses the comment (422)")


def test_no_token_is_an_error(comment: Drift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    comment().failed("There is no token", "GITHUB_TOKEN or GH_TOKEN")


def test_no_pull_request_is_an_error(drift: Drift, plan: Path) -> None:
    ran = drift("comment", plan).failed("does not say where the pull request is", "--forge")
    assert ran.out.endswith(VERDICT)


def test_an_unknown_forge_is_an_error(comment: Drift) -> None:
    comment("--forge", "sourceforge").failed("sourceforge")


def test_a_token_of_one_forge_is_not_sent_to_another(comment: Drift) -> None:
    options = ("--forge", "gitlab", "--repo", "1", "--number", "7")
    comment(*options).failed("There is no token")


def test_gitlab_hides_nothing(drift: Drift, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRIFT_COMMENT_TOKEN", SECRET)
    options = ("--forge", "gitlab", "--repo", "1", "--number", "7", "--mode", "hide")
    drift("comment", plan, *options).failed("Only GitHub hides comments")


def test_another_forge_is_a_matter_of_options(
    drift: Drift, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeGitLab(token=SECRET)
    monkeypatch.setenv("GITLAB_TOKEN", SECRET)
    with running(fake):
        place = fake.place()
        where = ("--server", place.server, "--repo", place.repo, "--number", str(place.number))
        ran = drift("comment", plan, "--forge", "gitlab", *where)
    assert (ran.code, ran.err[:15]) == (0, "Comment created")
    assert any(read(body) for _, body in fake.said.values())


def test_a_plan_that_is_none_is_an_error(comment: Drift, write: Callable[..., Path]) -> None:
    comment(of=write("broken.json", "{")).failed("is no plan")


def test_a_stranger_is_left_alone(comment: Drift, fake: FakeGitHub) -> None:
    comment()
    ((id_, (_, body)),) = fake.said.items()
    fake.said[id_] = (STRANGER, body)
    comment()
    assert fake.said[id_] == (STRANGER, body)
    assert len(fake.said) == 2


@pytest.mark.parametrize(
    ("server", "linked"),
    [("https://github.com", True), ("javascript:alert(1)//[x](y)", False), ("", False)],
)
def test_what_is_left_out_is_linked_if_the_link_can_be_nothing_else(
    comment: Drift,
    fake: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
    server: str,
    *,
    linked: bool,
) -> None:
    monkeypatch.setattr(GitHub, "largest", 3_000)
    monkeypatch.setenv("GITHUB_SERVER_URL", server)
    comment()
    (body,) = bodies(fake)
    assert "Left out:" in body
    assert ("(https://github.com/octo/repo/actions/runs/42)" in body) == linked
    assert "javascript" not in body
