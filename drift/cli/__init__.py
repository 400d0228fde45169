"""The command line: options in, bytes and an exit code out."""

import errno
import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from drift import __version__, masking
from drift.cli import (
    comment,
    demo,
    doctor,
    emulator,
    fmt,
    init,
    output,
    plan,
    policy,
    schema,
    show,
    validate,
)
from drift.docstring import docstring
from drift.errors import DriftError, StoppedError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for command in (
    plan.plan,
    validate.validate,
    fmt.fmt,
    init.init,
    show.show,
    comment.comment,
    schema.schema,
    doctor.doctor,
    policy.policy,
    emulator.emulator,
    demo.demo,
):
    app.command(help=docstring(command))(command)


_WORDING = (
    ("Value error, ", ""),
    ("Input should be a valid boolean, unable to interpret input", "it is neither true nor false"),
)
"""What Typer has from pydantic, and people are told."""


def _version(wanted: bool) -> None:
    if wanted:
        output.write(f"drift {__version__}\n")
        raise typer.Exit(0)


def drift(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> int:
    """Tell whether OSS buckets still have the HTTPS configuration that was declared."""
    if context.invoked_subcommand is None:
        output.write(context.get_help() + "\n")
    return 1  # Nothing was checked; a command's own code takes the place of this one.


app.callback(invoke_without_command=True, help=docstring(drift))(drift)


def _is_working_folder_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: the one border for errors that people can mend."""
    masking.begin(os.environ)
    output.prepare()
    # A run is short, and what it makes stays to its end: to look for garbage took 1 s of 4.
    gc.set_threshold(100_000, 50, 100)
    try:
        return int(app(args=arguments, prog_name="drift", standalone_mode=False))
    except typer.TyperException as error:
        # Typer's own exit code for a mistyped option is 2, which reads as drift.
        message = error.format_message().removesuffix(".")
        for theirs, ours in _WORDING:
            message = message.replace(theirs, ours)
        output.fail(f"{message}.", "drift --help lists the commands and their options.")
    except StoppedError as error:
        output.fail_stopped(error)
        return 130
    except DriftError as error:
        output.fail(str(error), error.advice)
    except OSError as error:
        if _is_working_folder_gone():
            output.fail("The working folder does not exist any more.", "Change to another one.")
            return 1
        # Typer writes its help by itself; any other failure is a bug of ours.
        if error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EBADF, errno.EIO):
            raise
        output.fail(str(output.lost(error)))
    return 1
