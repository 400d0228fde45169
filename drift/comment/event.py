"""Which pull request a run of GitHub Actions is about, by the event that began it.

https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from drift import disk
from drift.errors import CommentError

_LARGEST = 32 << 20
_QUEUE = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([1-9][0-9]{0,11})-[0-9a-f]{40,64}")


class Branch(NamedTuple):
    """What a pull request asks to merge: OWNER/NAME, the branch, and the commit at its head."""

    repo: str
    name: str
    commit: str


class Target(NamedTuple):
    """A pull request by its number, or by its branch, as far as the environment knows."""

    number: int | None = None
    commit: str = ""
    branch: Branch | None = None


def target_of(environment: Mapping[str, str]) -> Target:
    """Return the pull request of the event; an event of another kind, or none, has none."""
    path = environment.get("GITHUB_EVENT_PATH")
    event = _event(path) if path else {}
    match environment.get("GITHUB_EVENT_NAME", ""):
        case "workflow_run":
            return _of_run(_object(event, "workflow_run"))
        case "merge_group":
            # What is checked there is a commit of the queue's own, at the head of nothing.
            found = _QUEUE.fullmatch(environment.get("GITHUB_REF", ""))
            return Target(int(found[1])) if found else Target()
        case "issue_comment":
            issue = _object(event, "issue")
            return Target(_number(issue)) if _object(issue, "pull_request") else Target()
        case _:
            pull = _object(event, "pull_request")
            return Target(_number(pull), _text(_object(pull, "head"), "sha"))


def _of_run(run: Mapping[str, Any]) -> Target:
    """Return the branch that a run was about.

    The run's own list of pull requests is empty for one from a fork, and may name those of other
    repositories otherwise; so the forge is asked.
    """
    repo = _text(_object(run, "head_repository"), "full_name")
    name, commit = _text(run, "head_branch"), _text(run, "head_sha")
    known = repo and name and commit
    return Target(None, commit, Branch(repo, name, commit)) if known else Target()


def _event(path: str) -> Mapping[str, Any]:
    try:
        data = disk.read(Path(path), _LARGEST)
        event = json.loads(data) if len(data) <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        event = None
    if isinstance(event, dict):
        return event
    raise CommentError(
        "The file that GITHUB_EVENT_PATH names is no event.", "Leave it as the runner sets it."
    )


def _object(members: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _number(members: Mapping[str, Any]) -> int | None:
    value = members.get("number")
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12
    return value if fits else None
