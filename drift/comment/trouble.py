"""What can go wrong between drift and a forge, said once, in the same words for all of them.

`forge` is the forge's name as people write it. What a server said is never part of a sentence.
"""

from drift.comment.forge import UnansweredError
from drift.errors import CommentError

_LATER = "Run drift comment again later; the plan and its verdict are what they were."
_LOOK = (
    "Look at what would be sent with --dry-run, and check that the pull request is open and its "
    "discussion is not locked."
)


class GoneError(CommentError):
    """What was asked for is not there, or not for this token."""


def refused(status: int, forge: str) -> CommentError:
    """Return what an answer with this HTTP status means."""
    match status:
        case 401:
            return CommentError(
                f"{forge} does not accept the token (401).",
                "Check that it is complete, has not expired, and is for this server.",
            )
        case 403:
            return CommentError(
                f"{forge} does not let this token comment here (403).",
                "Use a token that may write comments. The CI's own token may not where the pull "
                "request comes from a fork, or where its discussion is locked.",
            )
        case 404 | 410:
            return GoneError(
                f"{forge} has no such repository, pull request or comment, or hides it from this "
                f"token ({status}).",
                "Check the server, the repository and the number, and what the token may see.",
            )
        case 400 | 413 | 422:
            return CommentError(f"{forge} refuses the comment ({status}).", _LOOK)
        case 429:
            return too_busy(forge)
        case _ if 300 <= status < 400:
            return CommentError(
                f"{forge} sends drift on to another address ({status}), which would get the token.",
                "Give the present address of the server, and the present name of the repository.",
            )
        case _ if status >= 500:
            return UnansweredError(f"{forge} has trouble of its own ({status}).", _LATER)
        case _:
            return CommentError(
                f"{forge} answers in a way that drift does not know ({status}).",
                "Check that the server's address is that of its API.",
            )


def not_done(forge: str) -> CommentError:
    """Return that the forge took the request, and says that it did nothing."""
    return CommentError(f"{forge} did not carry out the change of the comment.", _LOOK)


def too_busy(forge: str, seconds: int = 0) -> CommentError:
    """Return that the forge takes no more requests for now; for how long, if it says so."""
    when = f" for the next {seconds} seconds" if seconds else ""
    return CommentError(f"{forge} takes no more requests from this token{when}.", _LATER)


def unreachable(forge: str) -> UnansweredError:
    """Return that no answer came, or not in time."""
    return UnansweredError(
        f"{forge} cannot be reached, or does not answer in time.",
        "Check the server's address, and the proxies that the environment names.",
    )


def untrusted(forge: str) -> CommentError:
    """Return that the certificate is not one to trust, so that nothing was sent."""
    return CommentError(
        f"The certificate of {forge} is not trusted, so the token was not sent.",
        "Name the authority's certificate in REQUESTS_CA_BUNDLE, or correct the server's address.",
    )


def unreadable(forge: str) -> UnansweredError:
    """Return that the answer is no JSON, or too large, or lacks what is needed."""
    return UnansweredError(
        f"{forge} answers with something that its API does not.",
        "Check that the server's address is that of its API, and that no proxy answers for it.",
    )


def job_token() -> CommentError:
    """Return that the token is one that GitLab gives to each job, which may not comment."""
    return CommentError(
        "GitLab does not let the token of a job comment (CI_JOB_TOKEN).",
        "Set GITLAB_TOKEN to a token of the project, with the scope api and the role Reporter.",
    )


def no_user() -> CommentError:
    """Return that a server cannot say whose the token is."""
    return CommentError(
        "The server does not say whose the token is, so drift cannot find its own comments.",
        "Check that the server's address is that of its API. One with the API of GitHub needs "
        "GraphQL or GET /user.",
    )


def cannot_hide(forge: str) -> CommentError:
    """Return that a comment cannot be folded away there."""
    return CommentError(f"{forge} cannot hide a comment.", "Use --mode update.")


def not_installed(forge: str, extra: str) -> CommentError:
    """Return that the forge's client library is missing."""
    return CommentError(
        f"Commenting on {forge} needs one more library.",
        f"Install drift with its extra `{extra}`.",
    )
