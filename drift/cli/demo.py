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
    plan = _plan(folder.relative_to(here) if folder.is_relative_to(here) else folder)
    output.warn(plan)
    output.write("\n" + render(plan, "text", output.screen(color)))
    code, why = plan.verdict.exit_code, _WHY[plan.verdict]
    output.write(
        f"\ndrift plan would exit with {code}: {why}.\nThe demo worked, and exits with 0.\n"
    )
    return 0


def _plan(folder: Path) -> "Plan":
    from drift.check import check
    from drift.desired.load import load
    from drift.emulator import EMULATOR_KEY, Emulator
    from drift.live.credentials import Credentials
    from drift.live.fleet import Fleet
    from drift.live.oss import Oss
    from drift.live.recording import Recording

    with Emulator(Recording(folder / "recording")) as emulator:
        output.write(
            f"drift emulator {folder / 'recording'}    (at {emulator.url})\n"
            f"drift plan {folder / 'desired'}\n"
        )
        source = Oss(Credentials(EMULATOR_KEY.id, EMULATOR_KEY.secret), endpoint=emulator.url)
        declarations = load([folder / "desired"]).declarations
        return check(declarations, Fleet(source), now=datetime.now(UTC).replace(microsecond=0))
