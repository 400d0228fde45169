"""`drift doctor`: what would go wrong before it goes wrong."""

import json
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from drift.cli import output
from drift.cli.credentials import (
    ProcessOption,
    ProfileOption,
    RoleOption,
    VerboseOption,
    Wanted,
    announce,
    provider,
)
from drift.cli.options import (
    EndpointOption,
    ExcludeOption,
    Paths,
    RegionOption,
    TimeoutOption,
    TransportOption,
    UndeclaredOption,
    paths_or_default,
)
from drift.errors import CredentialsError
from drift.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drift.doctor.checks import Result
    from drift.live.credentials import Provider

_RETRIES = 2
"""How often a request for credentials is tried again: somebody waits for the findings."""


def doctor(  # noqa: PLR0913 - one parameter for each option
    paths: Paths = None,
    *,
    exclude: ExcludeOption = None,
    endpoint: EndpointOption = None,
    region: RegionOption = None,
    timeout: TimeoutOption = 10,
    undeclared: UndeclaredOption = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", envvar="DRIFT_STRICT", help="A warning of the files is a problem."
        ),
    ] = False,
    transport: TransportOption = "auto",
    name: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help="What is printed."),
    ] = "text",
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    allow_process: ProcessOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Look for what would keep `drift plan` from a verdict, and say what to do about it.

    Exits with 0 if nothing would go wrong, and with 1 if something would.
    """
    from drift.desired.load import load
    from drift.doctor.case import Case, Level
    from drift.doctor.checks import examine
    from drift.live.endpoint import checked_endpoint

    url = None if endpoint is None else checked_endpoint(endpoint)
    places, left_out = paths_or_default(paths), exclude or ()
    desired = load(places, region=region, exclude=left_out, strict=strict)
    output.note_ignored(desired.ignored)
    found: Provider | CredentialsError
    source = None
    try:
        found = provider(Wanted(profile, role_arn, allow_process, _RETRIES, timeout))
    except CredentialsError as error:
        found = error
    else:
        from drift.live.oss import Oss

        if verbose:
            announce(found, verbose=True)
        source = Oss(found, endpoint=url, timeout=timeout, carrier=transport)
    case = Case(desired, found, source, url, region, timeout, undeclared, strict, transport)
    results = tuple(examine(case))
    healthy = all(result.found.level is not Level.PROBLEM for result in results)
    text = _json(results, healthy=healthy) if name == "json" else _text(results)
    output.write(text, for_people=name == "text")
    return 0 if healthy else 1


def _text(results: "Sequence[Result]") -> str:
    """Return a line for each finding, wrapped on a terminal, and what to do about it below."""
    width = output.screen("never").width
    lines: list[str] = []
    for check, found in results:
        said = [f"{found.level:<8} {check}: {visible(found.message, 1000)}"]
        if found.advice:
            said.append(" " * 9 + visible(found.advice, 1000))
        for text in said:
            lines += [text] if width is None else _wrapped(text, width)
    return "".join(f"{line}\n" for line in lines)


def _wrapped(text: str, width: int) -> list[str]:
    indent = " " * 9
    first = indent if text.startswith(indent) else ""
    return wrap(
        text.strip() if first else text,
        max(width, 30),
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _json(results: "Sequence[Result]", *, healthy: bool) -> str:
    document = {
        "format_version": "1.0",
        "healthy": healthy,
        "results": [
            {
                "check": check,
                "level": found.level,
                "message": visible(found.message, 1000),
                "advice": visible(found.advice, 1000),
            }
            for check, found in results
        ],
    }
    return json.dumps(document, indent=2) + "\n"
