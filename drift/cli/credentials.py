"""Whose credentials requests are signed with, by the options that several commands share."""

from functools import partial
from os import environ
from typing import TYPE_CHECKING, Annotated, TypeAlias

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
    bool, typer.Option("--verbose", help="Say where the credentials come from.")
]


def provider(
    *,
    profile: str | None,
    role_arn: str | None,
    allow_process: bool,
    verbose: bool,
    seconds: float | None = None,
) -> "Provider":
    """Return who hands out credentials; raise `DriftError` if nobody does, or not in `seconds`."""
    from drift.live.credentials import Search, find
    from drift.live.in_time import in_time

    for option, value in (("--profile", profile), ("--role-arn", role_arn)):
        if value is not None and not value.strip():
            raise typer.BadParameter("it is empty", param_hint=option)
    search = Search(environ, profile, role_arn, allow_process)
    try:
        found = in_time(partial(find, search), seconds)
    except TimeoutError:
        message = "No credentials were found before the deadline."
        raise CredentialsError(message, "Give --deadline more seconds.") from None
    if verbose:
        output.note(f"Credentials: {visible(found.name, 500)}.")
    return found
