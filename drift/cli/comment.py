"""`drift comment`: keep one comment on the pull request up to date."""

import os
import re
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from drift.cli import output, summary
from drift.cli.options import ColorOption, whole
from drift.cli.plan_argument import PlanArgument, read_plan
from drift.errors import CommentError
from drift.live.in_time import in_time
from drift.masking import masked
from drift.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from drift.comment.keep import Action, Draft, Mode, Outcome, When
    from drift.comment.place import Place, Wish
    from drift.plan import Plan

_LARGEST = 32 << 20
"""The bytes of the largest plan that is taken: the job that wrote it may be a stranger's."""

_LONGEST = 65_535
"""The longest comment, in code points, where it is not known to which forge it goes."""

_SECONDS = 300
"""The seconds after which nobody waits for the forge any longer: a job has a limit, too."""

_CAVEAT = (
    "Not verified: a workflow of the pull request's own repository made this plan, and can make it "
    "say anything."
)
_LINK = re.compile(r"https://[A-Za-z0-9._~:/%-]{1,500}")

_DONE: "dict[Action, str]" = {
    "created": "Comment created",
    "updated": "Comment updated",
    "resolved": "Comment updated: the drift is resolved",
    "unchanged": "Comment left as it is: it says the same",
    "outdated": "Nothing sent: a newer run, or one of a newer commit, has commented",
    "unneeded": "No comment: there is no drift that counts",
}
_FORESEEN: "dict[Action, str]" = {
    "created": "A comment would be created",
    "updated": "The comment would be updated",
    "resolved": "The comment would be updated: the drift is resolved",
    "unchanged": "The comment would be left as it is: it says the same",
    "outdated": "Nothing would be sent: a newer run, or one of a newer commit, has commented",
    "unneeded": "There would be no comment: there is no drift that counts",
}


def _key(value: str) -> str:
    from drift.comment.marker import KEY

    if not KEY.fullmatch(value):
        raise typer.BadParameter("it is not 1 to 100 letters, digits, and . _ / -")
    return value


def comment(  # noqa: PLR0913 - one parameter for each option
    path: PlanArgument,
    *,
    forge: Annotated[
        Literal["github", "gitlab", "codeup", "gitee"] | None,
        typer.Option(envvar="DRIFT_COMMENT_FORGE", help="Where the pull request is."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            envvar="DRIFT_COMMENT_SERVER", metavar="URL", help="The address of the forge's API."
        ),
    ] = None,
    repo: Annotated[
        str | None,
        typer.Option(
            envvar="DRIFT_COMMENT_REPO",
            metavar="OWNER/NAME",
            help="The repository, or a project's number.",
        ),
    ] = None,
    number: Annotated[
        int | None,
        typer.Option(
            envvar="DRIFT_COMMENT_NUMBER",
            metavar="N",
            parser=whole(1, 10**12),
            help="The number of the pull request.",
        ),
    ] = None,
    commit: Annotated[
        str | None,
        typer.Option(
            envvar="DRIFT_COMMENT_COMMIT", metavar="SHA", help="The commit that was checked."
        ),
    ] = None,
    key: Annotated[
        str,
        typer.Option(
            envvar="DRIFT_COMMENT_KEY",
            metavar="TEXT",
            callback=_key,
            help="Each key has a comment of its own; letters, digits, and . _ / -",
        ),
    ] = "default",
    when: Annotated[
        Literal["drift", "always", "change"],
        typer.Option(
            envvar="DRIFT_COMMENT_WHEN",
            help="Comment if not all is in sync; always; or if what it says has changed.",
        ),
    ] = "drift",
    mode: Annotated[
        Literal["update", "recreate", "hide"],
        typer.Option(
            envvar="DRIFT_COMMENT_MODE",
            help="Edit the comment; or write a new one, and remove or hide the old one.",
        ),
    ] = "update",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent; send nothing.")
    ] = False,
    color: ColorOption = "auto",
) -> int:
    """Keep one comment on the pull request up to date with a saved plan.

    The pull request comes from the CI's environment, or from the options, and the token from
    GITHUB_TOKEN, GITLAB_TOKEN and the like, or from DRIFT_COMMENT_TOKEN.

    Exits with 0 if the comment is as it should be, whatever the verdict, and 1 if it is not.
    """
    from drift.comment.place import Wish
    from drift.render import text

    plan = read_plan(path, largest=_LARGEST)
    if not dry_run:
        output.write(text.summary(plan, output.screen(color)))
    wish = Wish(forge, server, repo, number, commit)
    act = partial(_show if dry_run else _send, plan, wish, key, (when, mode))
    try:
        _in_time(act)
    except CommentError as error:
        output.fail(str(error), error.advice)
        if not dry_run and summary.append(_draft(plan, None, key).text):
            output.note("The job's summary has what the comment would have said.")
        return 1
    return 0


def _in_time(act: "Callable[[], None]") -> None:
    """Do it, or raise `CommentError` if the forge keeps it waiting: it may drip for ever."""
    try:
        in_time(act, _SECONDS)
    except TimeoutError:
        raise CommentError(
            f"The forge kept drift waiting for more than {_SECONDS // 60} minutes.",
            "Run drift comment again later.",
        ) from None


def _send(plan: "Plan", wish: "Wish", key: str, rule: "tuple[When, Mode]") -> None:
    """Bring the comment up to date, and say what was done."""
    from drift.comment.forges import connect
    from drift.comment.keep import Keeper

    place = _place(wish, rule[1])
    with closing(connect(place)) as forge:
        draft = _draft(plan, place, key, forge.largest)
        _say(Keeper(forge, draft, *rule).keep(), _DONE)


def _show(plan: "Plan", wish: "Wish", key: str, rule: "tuple[When, Mode]") -> None:
    """Print what would be sent, and say what would be done; without a token that is not known."""
    from drift.comment.forges import connect
    from drift.comment.keep import SENDING, Keeper
    from drift.comment.marker import marked
    from drift.comment.place import UnknownPlaceError

    try:
        place = _place(wish, rule[1])
    except UnknownPlaceError as error:
        draft = _draft(plan, None, key)
        output.write(marked(draft.text, draft.marker))
        output.note(f"Nothing was looked up. {error} {error.advice}")
        return
    with closing(connect(place)) as forge:
        draft = _draft(plan, place, key, forge.largest)
        outcome = Keeper(forge, draft, *rule).foresee()
    if outcome.action in SENDING:
        said = draft.resolved if outcome.action == "resolved" else draft.text
        output.write(marked(said, draft.marker))
    _say(outcome, _FORESEEN)


def _place(wish: "Wish", mode: "Mode") -> "Place":
    from drift.comment.place import find, require_token

    place = find(os.environ, wish)
    if mode == "hide" and place.forge != "github":
        raise CommentError("Only GitHub hides comments.", "Use --mode update or recreate.")
    require_token(place)
    return place


def _draft(plan: "Plan", place: "Place | None", key: str, longest: int = _LONGEST) -> "Draft":
    """Return what the plan has to say, for a place that takes so many code points."""
    from drift.comment.keep import Draft
    from drift.comment.marker import Marker, digest, plausible
    from drift.plan import Verdict
    from drift.render.ladder import Limit
    from drift.render.markdown import fitted, resolved
    from drift.render.phrase import read_at

    run = place.run if place and _LINK.fullmatch(place.run) else ""
    whole = f"[The run]({run}) saved the whole plan; `drift show PLAN` prints it." if run else ""
    caveat = _CAVEAT if place and place.is_from_fork else ""
    made = plausible(plan.timestamp, datetime.now(UTC))
    plan = plan.model_copy(update={"timestamp": made})
    commit = place.commit if place else ""
    foot = _foot(key, commit, run)
    said = fitted(plan, Limit(longest - len(foot)), whole=whole, caveat=caveat)
    # When live was read, and by which run, differs each time.
    lasting = said.replace(read_at(plan), "").replace(whole or read_at(plan), "")
    marker = Marker(key, made, commit, plan.verdict.value, digest(lasting))
    gone = plan.verdict is Verdict.IN_SYNC and not caveat
    gone_text = resolved(plan) if gone else said
    return Draft(marker, masked(said + foot), masked(gone_text + foot))


def _foot(key: str, commit: str, run: str) -> str:
    """Return which plan it is, of which commit and run: what tells two comments apart."""
    parts = [f"drift `{key}`", commit and f"commit `{commit[:12]}`", run and f"[run]({run})"]
    return f"{' · '.join(filter(None, parts))}\n"


def _say(outcome: "Outcome", words: "dict[Action, str]") -> None:
    where = f": {visible(outcome.url, 500)}" if outcome.url else "."
    output.note(f"{words[outcome.action]}{where}")
