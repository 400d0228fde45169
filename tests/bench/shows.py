"""What it costs to print a saved plan of 10,000 buckets, in every format."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

from drift.render import Format
from tests.bench.processes import Command, measured, print_table
from tests.bench.recordings import make

BUCKETS = 10_000
_SUITE = "ECDHE-RSA-AES128-GCM-SHA256"


def print_shows(folder: Path) -> None:
    """Print the table: a fleet as it is, and one in which every bucket drifted in its own way."""
    plans = {"5 % drifted": _saved(folder / "few", share=0.05)}
    plans["all drifted, each in its own way"] = _saved(folder / "all", share=1)
    for title, plan in plans.items():
        commands: dict[str, Command] = {
            f"show --format {name}": ("-m", "drift", "show", str(plan), "--format", name)
            for name in get_args(Format)
        }
        size = plan.stat().st_size / 1e6
        print_table(f"{BUCKETS:,} buckets, {title}: a plan of {size:.0f} MB", measured(commands))


def _saved(folder: Path, *, share: float) -> Path:
    """Return a saved plan of a fleet; where all drifted, each bucket has a suite of its own."""
    fleet = make(folder, BUCKETS, share)
    if share == 1:
        for path in fleet.recording.glob("*/*/*"):
            path.write_text(path.read_text().replace(_SUITE, f"X-{path.parent.name}", 1))
    plan = folder / "plan.json"
    plan_it = (
        sys.executable, "-m", "drift", "plan", fleet.by_names, "--live", fleet.recording,
        "--format", "json", "--out", plan,
    )  # fmt: skip
    code = subprocess.run(plan_it, stdout=subprocess.DEVNULL).returncode
    if code != 2:
        raise RuntimeError(f"drift plan ended with {code}")
    return plan
