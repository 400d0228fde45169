"""Where to comment: the pull request, and the token, that the CI's environment names.

Nothing of it comes from the plan, which a stranger may have written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias, get_args
from urllib.parse import urlsplit

from drift.comment.event import Branch, Target, target_of
from drift.errors import CommentError
from drift.live.endpoint import is_loopback
from drift.untrusted import visible

Name: TypeAlias = Literal["github", "gitlab", "codeup", "gitee"]

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_REPO = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
_LARGEST_NUMBER = 10**12


class Wish(NamedTuple):
    """What the options say; what they leave open, the environment says."""

    forge: Name | None = None
    server: str | None = None
    repo: str | None = None
    number: int | None = None
    commit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """One pull request on one forge.

    `server` is the address of the API, with no slash at its end. `repo` is OWNER/NAME, or the
    number of a project. Without a `number`, `branch` is what the pull request asks to merge.
    """

    forge: Name
    server: str
    repo: str
    number: int | None
    commit: str = ""
    """The commit that was checked, in hexadecimal digits; empty if the environment has none."""
    token: str = field(repr=False)
    run: str = ""
    """The address of the CI run; empty if the environment has none."""
    branch: Branch | None = None
    is_from_fork: bool = False
    """Whether the plan comes from a workflow that a stranger may have written."""


class UnknownPlaceError(CommentError):
    """Neither the environment nor the options say where to comment, or with which token."""


class _Variables(NamedTuple):
    """The environment variables that say something, the first that is set first."""

    sign: str = ""
    token: tuple[str, ...] = ()
    server: str = ""
    default: str = ""
    repo: tuple[str, ...] = ()
    number: str = ""
    commit: tuple[str, ...] = ()


_BY_FORGE: dict[Name, _Variables] = {
    "github": _Variables(
        sign="GITHUB_ACTIONS",
        token=("GITHUB_TOKEN", "GH_TOKEN"),
        server="GITHUB_API_URL",
        default="https://api.github.com",
        repo=("GITHUB_REPOSITORY",),
    ),
    # A job in a fork has the fork's number as CI_PROJECT_ID. In a pipeline for merged results
    # CI_COMMIT_SHA is a commit that nobody pushed.
    "gitlab": _Variables(
        sign="GITLAB_CI",
        token=("GITLAB_TOKEN",),
        server="CI_API_V4_URL",
        default="https://gitlab.com/api/v4",
        repo=("CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID"),
        number="CI_MERGE_REQUEST_IID",
        commit=("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"),
    ),
    # https://help.gitee.com/gitee-go/pipeline/parameter
    "gitee": _Variables(
        sign="GITEE_PIPELINE_NAME",
        token=("GITEE_TOKEN",),
        default="https://gitee.com/api/v5",
        number="GITEE_PULL_ID",
        commit=("GITEE_SOURCE_COMMIT",),
    ),
    # https://help.aliyun.com/document_detail/153688.html: Flow names neither forge nor request.
    "codeup": _Variables(
        token=("CODEUP_TOKEN", "YUNXIAO_ACCESS_TOKEN"),
        default="https://openapi-rdc.aliyuncs.com",
        commit=("CI_COMMIT_SHA",),
    ),
}


def find(environment: Mapping[str, str], wish: Wish) -> Place:
    """Return where to comment; raise `CommentError` if that is not known.

    An empty token is none: what is only to be shown needs none.
    """
    forge = wish.forge or _forge(environment)
    names = _BY_FORGE[forge]
    target = _target(environment, forge, names)
    if wish.number and target.number not in (None, wish.number):
        target = Target()  # its commit is not that of the pull request that is wished for
    number, branch = (wish.number, None) if wish.number else (target.number, target.branch)
    if number is None and branch is None:
        raise UnknownPlaceError(
            "The environment names no pull request.",
            "Run drift comment in a job for a pull request, or give --number.",
        )
    repo = _repo(wish.repo or _first(environment, names.repo))
    return Place(
        forge=forge,
        server=_server(wish.server or environment.get(names.server) or names.default),
        repo=repo,
        number=number,
        commit=_commit(wish.commit or target.commit),
        token=_first(environment, ("DRIFT_COMMENT_TOKEN", *names.token)).strip(),
        run=_run(environment, forge),
        branch=branch,
        is_from_fork=bool(target.branch and target.branch.repo.lower() != repo.lower()),
    )


def require_token(place: Place) -> None:
    """Raise `CommentError` if there is no token."""
    names = _BY_FORGE[place.forge].token
    if not place.token:
        raise UnknownPlaceError(
            "There is no token to comment with.",
            f"Set {' or '.join((*names, 'DRIFT_COMMENT_TOKEN'))}"
            + ("; CI_JOB_TOKEN may not comment." if place.forge == "gitlab" else "."),
        )
    if not place.token.isascii() or not place.token.isprintable() or " " in place.token:
        raise CommentError(
            "The token has characters that no token has.",
            "Set it anew, without quotes and line breaks.",
        )


def _forge(environment: Mapping[str, str]) -> Name:
    for name, variables in _BY_FORGE.items():
        if variables.sign and environment.get(variables.sign):
            return name
    raise UnknownPlaceError(
        "The environment does not say where the pull request is.",
        f"Give --forge ({', '.join(get_args(Name))}), --repo and --number.",
    )


def _target(environment: Mapping[str, str], forge: Name, names: _Variables) -> Target:
    if forge == "github":
        return target_of(environment)
    number = environment.get(names.number, "")
    fits = number.isascii() and number.isdecimal() and 0 < int(number[:18]) <= _LARGEST_NUMBER
    return Target(int(number) if fits else None, _first(environment, names.commit))


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")


def _repo(repo: str) -> str:
    """Return `repo` if it can stand in the path of a URL as it is."""
    if not repo:
        raise UnknownPlaceError("The environment names no repository.", "Give --repo OWNER/NAME.")
    if not _REPO.fullmatch(repo) or {".", ".."} & set(repo.split("/")):
        raise CommentError(
            f"{visible(repo)} is no repository.", "Give --repo OWNER/NAME, or a project's number."
        )
    return repo


def _commit(commit: str) -> str:
    if commit and not _COMMIT.fullmatch(commit):
        raise CommentError(
            f"{visible(commit)} is no commit.", "Give --commit with its hexadecimal digits."
        )
    return commit.lower()


def _server(url: str) -> str:
    """Return `url` if a token may be sent there: by https, or to this machine."""
    advice = "Give --server https://HOST, with the path of the API if it has one."
    try:
        parts = urlsplit(url)
        fits = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise CommentError("The server's address is no URL.", advice) from None
    odd = parts.query or parts.fragment or "@" in parts.netloc or not url.isprintable()
    if parts.scheme not in ("http", "https") or not fits or odd:
        raise CommentError("The server's address is not https://HOST/PATH.", advice)
    if parts.scheme == "http" and not is_loopback(str(parts.hostname)):
        raise CommentError("The server's address is http, and a token would be read.", advice)
    return url.rstrip("/")


def _run(environment: Mapping[str, str], forge: Name) -> str:
    server, repo, run = (
        environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    if forge == "github" and server and repo and run:
        return f"{server}/{repo}/actions/runs/{run}"
    return environment.get("CI_JOB_URL", "") if forge == "gitlab" else ""
