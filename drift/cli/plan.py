"""`drift plan`: compare, print the plan, exit with the verdict."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from drift.cli import output, summary
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
    ColorOption,
    EndpointOption,
    ExcludeOption,
    ExplainOption,
    FailOnOption,
    Paths,
    RegionOption,
    TimeoutOption,
    TransportOption,
    UndeclaredOption,
    paths_or_default,
    seconds,
    whole,
)
from drift.cli.progress import progress
from drift.cli.source import Live, opened
from drift.errors import OptionError
from drift.render import Format, Screen, render

if TYPE_CHECKING:
    from drift.live.credentials import Provider
    from drift.plan import Plan


def plan(  # noqa: PLR0913 - one parameter for each option
    paths: Paths = None,
    *,
    live: Annotated[
        str, typer.Option(metavar="SOURCE", help="`oss`, or the folder of a recording.")
    ] = "oss",
    endpoint: EndpointOption = None,
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
            envvar="DRIFT_CONCURRENCY",
            metavar="N",
            parser=whole(1, 256),
            help="How many reads at once, from 1 to 256.",
        ),
    ] = 32,
    retries: Annotated[
        int,
        typer.Option(
            envvar="DRIFT_RETRIES",
            metavar="N",
            parser=whole(0, 20),
            help="How often what fails in passing is tried again, from 0 to 20.",
        ),
    ] = 7,
    timeout: TimeoutOption = 10,
    deadline: Annotated[
        float | None,
        typer.Option(
            envvar="DRIFT_DEADLINE",
            metavar="S",
            parser=seconds,
            help="Seconds for the whole run, at most a day.",
        ),
    ] = None,
    undeclared: UndeclaredOption = None,
    fail_on: FailOnOption = "any",
    exclude: ExcludeOption = None,
    explain: ExplainOption = False,
    listed: Annotated[
        bool,
        typer.Option("--list", help="Print which file decides each bucket, and read no setting."),
    ] = False,
    transport: TransportOption = "auto",
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    allow_process: ProcessOption = False,
    verbose: VerboseOption = False,
    color: ColorOption = "auto",
) -> int:
    """Compare what is declared with what is live, and print what must change to get back.

    Exits with 0 if all is in sync, 2 if something drifted or is missing, and 1 if any bucket could
    not be judged or anything else went wrong. With --undeclared fail, an undeclared bucket counts
    as drifted; with --fail-on weaker, drift that accepts nothing unwanted does not. With --list it
    exits with 0, and with 1 if the list could not be had.
    """
    from drift.check import StoppedPlanError, compare
    from drift.desired.load import load
    from drift.discovery.discover import discover
    from drift.live.fleet import Fleet
    from drift.render import decisions
    from drift.waivers.load import load as load_waivers
    from drift.waivers.report import doubts, with_waivers

    end = None if deadline is None else monotonic() + deadline
    _refuse_what_does_not_fit(name, out, listed=listed)
    now = datetime.now(UTC).replace(microsecond=0)
    places = paths_or_default(paths)
    left_out = exclude or ()
    waivers = load_waivers(places, today=now.date(), exclude=left_out)
    declared = load(places, region=region, exclude=left_out, strict=strict)
    desired = with_waivers(declared, waivers, strict=strict)
    output.note_ignored(desired.ignored)
    output.report(desired.diagnostics)
    if not desired.valid:
        output.fail("Nothing was compared: the desired files have errors.")
        return 1
    wanted = Wanted(profile, role_arn, allow_process, retries, timeout)
    signer = partial(_announced_provider, wanted, end, verbose=verbose)
    source, clock_skew = opened(Live(live, endpoint, timeout, transport, signer))
    fleet = Fleet(
        source,
        concurrency=concurrency,
        retries=retries,
        deadline=end and end - monotonic(),
    )
    with progress(fleet.tally):
        discovery = discover(desired.declarations, fleet, region=region, undeclared=undeclared)
    diagnostics = discovery.diagnostics(strict=strict)
    output.report(diagnostics)
    wrong = any(one.severity == "error" for one in diagnostics)
    if listed:
        output.warn_of_clock(clock_skew().farthest)
        text = decisions.render(discovery, name, output.screen(color))
        output.write(text, for_people=name == "text")
        return 1 if wrong or discovery.problem else 0
    if wrong:
        output.fail("Nothing was compared: it is not clear what is declared.")
        return 1
    screen = output.screen(color, explain=explain)
    try:
        with progress(fleet.tally):
            found = compare(
                discovery,
                fleet,
                strict=strict,
                now=now,
                waivers=waivers,
                fail_on=fail_on,
                clock_skew=clock_skew,
            )
    except StoppedPlanError as stopped:
        _publish(stopped.plan, name, out, screen)
        raise
    output.warn_of_clock(clock_skew().farthest)
    waivers = waivers.by_clocks(now, clock_skew())
    doubtful = doubts(waivers, desired.declarations, found, strict=strict)
    output.report(one for one in doubtful if one not in desired.diagnostics)
    if any(one.severity == "error" for one in doubtful):
        output.fail("No plan was made: with --strict, a waiver that is doubtful is an error.")
        return 1
    output.warn(
        found,
        but=frozenset(warning for one in desired.declarations for warning in one.warnings),
    )
    _publish(found, name, out, screen)
    return found.verdict.exit_code


def _announced_provider(wanted: Wanted, end: float | None, *, verbose: bool) -> "Provider":
    """Find the credentials before `end`, and say whose they are."""
    found = provider(wanted, seconds=end and max(0, end - monotonic()))
    announce(found, verbose=verbose)
    return found


def _refuse_what_does_not_fit(name: Format, out: Path | None, *, listed: bool) -> None:
    if listed and name not in ("text", "json"):
        raise OptionError(f"--list cannot be printed as {name}.", "Give --format text or json.")
    if listed and out:
        raise OptionError("--list makes no plan that --out could save.", "Give one of them.")
    if out:
        output.refuse_unwritable(out)


def _publish(plan: "Plan", name: Format, out: Path | None, screen: Screen) -> None:
    """Save the plan, print it, and add it to the job's summary."""
    from drift.planfile import dumps

    text = render(plan, name, screen)
    if out:
        output.save(out, text if name == "json" else dumps(plan))
    output.write(text, for_people=name == "text")
    summary.add(plan)
