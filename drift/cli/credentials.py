"""Whose credentials requests are signed with, by the options that several commands share."""

from functools import partial
from os import environ
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeAlias

import typer

from drift.cli import output
from drift.errors import CredentialsError
from drift.untrusted import visible

if TYPE_CHECKING:
    from drift.live.credentials import Provider

ProfileOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Sign with this profile of the Alibaba Cloud CLI, whatever the environment says.",
    ),
]
RoleOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--role-arn", metavar="ARN", help="Assume this RAM role before anything else."),
]
ProcessOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-process", help="Let a profile run the program that prints its credentials."
    ),
]
VerboseOption: TypeAlias = Annotated[
    bool, typer.Option("--verbose", help="Say where the credentials come from, and when they end.")
]


class Wanted(NamedTuple):
    """What the options of a command say about credentials."""

    profile: str | None
    role_arn: str | None
    allow_process: bool
    retries: int
    """How often a request for temporary credentials is tried again."""
    timeout: float
    """Seconds for one such request."""


def provider(wanted: Wanted, *, seconds: float | None = None) -> "Provider":
    """Return who hands out credentials; raise `DriftError` if nobody does, or not in `seconds`."""
    from drift.live.credentials import Search, find
    from drift.live.in_time import in_time

    for option, value in (("--profile", wanted.profile), ("--role-arn", wanted.role_arn)):
        if value is not None and not value.strip():
            raise typer.BadParameter("it is empty", param_hint=option)
    search = Search(environ, *wanted)
    try:
        return in_time(partial(find, search), seconds)
    except TimeoutError:
        message = "No credentials were found before the deadline."
        raise CredentialsError(message, "Give --deadline more seconds.") from None


def announce(source: "Provider", *, verbose: bool) -> None:
    """Write where credentials come from, and whose they are where that is known.

    It is the only sign that a verdict is about another account than the one that is meant.
    """
    from drift.live.credentials import end_of

    credentials = source.credentials()
    account = f", account {credentials.account}" if credentials.account else ""
    end = f"; {end_of(credentials)}" if verbose and credentials.expires else ""
    output.note(f"Credentials: {visible(source.name, 500)}{account}{end}.")
