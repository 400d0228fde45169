"""`drift demo`: the whole of it on samples, over HTTP."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from drift.cli import output
from drift.cli.options import ColorOption
from drift.render import render

if TYPE_CHECKING:
    from drift.plan import Plan

_WHY = {
    "in_sync": "every declared bucket was read, and none differs",
    "drift": "every declared bucket was read, and some differ or do not exist",
    "incomplete": "a bucket could not be judged, so nothing is called green",
}


def demo(color: ColorOption = "auto") -> int:
    """Run a real plan over HTTP, on sample files and a local endpoint that serves sample answers.

    Exits with 0 if that worked, and says what `drift plan` would have exited with.
    """
    from drift.bundled import samples

    folder = samples()
    here = Path.cwd()
    folder = folder.relative_to(here) if folder.is_relative_to(here) else folder
    plan, recorded = _plans(folder)
    output.warn(plan)
    output.write("\n" + render(plan, "text", output.screen(color)))
    if plan != recorded:
        output.fail("The demo did not work: over HTTP the plan is not that of the recording.")
        return 1
    code, why = plan.verdict.exit_code, _WHY[plan.verdict]
    output.write(
        f"\ndrift plan would exit with {code}: {why}.\nThe demo worked, and exits with 0.\n"
    )
    return 0


def _plans(folder: Path) -> tuple["Plan", "Plan"]:
    """Return the plan over HTTP, and that of the same recording without."""
    from drift.check import check
    from drift.desired.load import load
    from drift.emulator import EMULATOR_KEY, Emulator
    from drift.live.credentials import Credentials, Fixed
    from drift.live.fleet import Fleet
    from drift.live.oss import Oss
    from drift.live.recording import Recording

    recording, now = Recording(folder / "recording"), datetime.now(UTC).replace(microsecond=0)
    declarations = load([folder / "desired"]).declarations
    with Emulator(recording) as emulator:
        output.write(
            f"drift emulator {folder / 'recording'}    (at {emulator.url})\n"
            f"drift plan {folder / 'desired'}\n"
        )
        credentials = Credentials(EMULATOR_KEY.id, EMULATOR_KEY.secret)
        source = Oss(Fixed(credentials), endpoint=emulator.url)
        over_http = check(declarations, Fleet(source), now=now)
    return over_http, check(declarations, Fleet(recording), now=now)
