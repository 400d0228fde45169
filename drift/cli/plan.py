"""`drift plan`: compare, print the plan, exit with the verdict."""

from datetime import UTC, datetime
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drift.cli import output
from drift.cli.options import ColorOption, Paths, RegionOption, paths_or_default, seconds
from drift.errors import OptionError
from drift.render import Format, render

if TYPE_CHECKING:
    from drift.live.source import Source


def plan(  # noqa: PLR0913 - one parameter for each option
    paths: Paths = None,
    *,
    live: Annotated[
        str, typer.Option(metavar="SOURCE", help="`oss`, or the folder of a recording.")
    ] = "oss",
    endpoint: Annotated[
        str | None,
        typer.Option(
            envvar="DRIFT_ENDPOINT", metavar="URL", help="Use it for every bucket and region."
        ),
    ] = None,
    region: RegionOption = None,
    name: Annotated[
        Format, typer.Option("--format", envvar="DRIFT_FORMAT", help="What is printed.")
    ] = "text",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also save the plan, as JSON.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            envvar="DRIFT_STRICT",
            help="What is not reported is not a default, and a warning is a problem.",
        ),
    ] = False,
    concurrency: Annotated[
        int,
        typer.Option(
            envvar="DRIFT_CONCURRENCY", min=1, max=256, metavar="N", help="How many reads at once."
        ),
    ] = 16,
    timeout: Annotated[
        float,
        typer.Option(
            envvar="DRIFT_TIMEOUT", metavar="S", callback=seconds, help="Seconds for one request."
        ),
    ] = 10,
    deadline: Annotated[
        float | None,
        typer.Option(
            envvar="DRIFT_DEADLINE",
            metavar="S",
            callback=seconds,
            help="Seconds for the whole run.",
        ),
    ] = None,
    color: ColorOption = "auto",
) -> int:
    """Compare what is declared with what is live, and print what must change to get back.

    Exits with 0 if all is in sync, 2 if something drifted or is missing, and 1 if any bucket could
    not be judged or anything else went wrong.
    """
    from drift.check import check
    from drift.desired.load import load
    from drift.live.fleet import Fleet
    from drift.planfile import dumps

    if out:
        output.refuse_unwritable(out)
    desired = load(paths_or_default(paths), region=region)
    output.report(desired.diagnostics)
    if not desired.valid:
        output.fail("Nothing was compared: the desired files have errors.")
        return 1
    source = _source(live, endpoint, timeout, concurrency)
    # Threads that read files only take turns: of ten thousand, one reads a quarter faster.
    fleet = Fleet(source, concurrency if live == "oss" else 1, deadline)
    found = check(
        desired.declarations, fleet, strict=strict, now=datetime.now(UTC).replace(microsecond=0)
    )
    known = frozenset(warning for one in desired.declarations for warning in one.warnings)
    output.warn(found, but=known)
    text = render(found, name, output.screen(color))
    if out:
        output.save(out, text if name == "json" else dumps(found))
    output.write(text)
    return found.verdict.exit_code


def _source(live: str, endpoint: str | None, timeout: float, connections: int) -> "Source":
    if not live:
        raise OptionError("--live names no source.", "Give `oss`, or the folder of a recording.")
    if live != "oss":
        from drift.live.recording import Recording

        return Recording(Path(live))
    from drift.live.credentials import from_environment
    from drift.live.endpoint import checked_endpoint

    credentials = from_environment(environ)
    url = None if endpoint is None else checked_endpoint(endpoint)
    from drift.live.oss import Oss

    return Oss(credentials, endpoint=url, timeout=timeout, connections=connections)
