"""How fast drift is: `python -m tests.bench [TABLE]...` prints Markdown tables.

Without a name it prints all of them, in a quarter of an hour.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.network import print_network
from tests.bench.processes import Command, measured, print_table
from tests.bench.recordings import make, write
from tests.bench.shows import print_shows

DRIFT = ("-m", "drift")
ROOT = Path(__file__).parents[2]
SIZES = (10_000, 50_000, 100_000)

STARTS: Mapping[str, Command] = {
    "python -c pass": ("-c", "pass"),
    "drift --version": (*DRIFT, "--version"),
    "drift validate FILE": (*DRIFT, "validate", "names/cn-hangzhou.json"),
    "drift schema": (*DRIFT, "schema"),
    "drift plan FILE --live RECORDING": (
        *DRIFT, "plan", "names/cn-hangzhou.json", "--live", "recording",
    ),
}  # fmt: skip
IMPORTS: Mapping[str, Command] = {
    "python -c pass": ("-c", "pass"),
    **{name: ("-c", f"import {name}") for name in ("typer", "pydantic", "rich.console")},
    **{name: ("-c", f"import {name}") for name in ("defusedxml.ElementTree", "deepdiff", "oss2")},
    "pyreqwest.client": ("-c", "import pyreqwest.client"),
}


def starts(folder: Path) -> None:
    """One bucket, and nothing that drifted."""
    make(folder, 1, drift_share=0)
    print_table("Start", measured(STARTS), over="python -c pass")


def imports(_folder: Path) -> None:
    """The libraries that cost the most."""
    print_table("Imports", measured(IMPORTS), over="python -c pass")


def recordings(folder: Path) -> None:
    """Fleets of rising size, from a recording."""
    for size in SIZES:
        make(folder / str(size), size)
    commands: dict[str, Command] = {
        f"{size:,} buckets, {title}": (
            *DRIFT,
            "plan",
            f"{size}/{desired}",
            "--live",
            f"{size}/recording",
            *more,
        )
        for size in SIZES
        for title, desired, more in (
            ("patterns, text", "patterns", ()),
            ("names, text", "names", ()),
            ("patterns, json, --out", "patterns", ("--format", "json", "--out", "plan.json")),
        )
    }
    print_table("Plans from a recording, 5 % drifted", measured(commands))


def files(folder: Path) -> None:
    """A desired file for each bucket."""
    fleet = make(folder, SIZES[0])
    each = folder / "each"
    each.mkdir()
    for path in sorted(fleet.recording.glob("*/*")):
        write(each / f"{path.name}.json", path.name, path.parent.name)
    commands: dict[str, Command] = {
        "plan, a file each": (*DRIFT, "plan", "each", "--live", "recording"),
        "validate, a file each": (*DRIFT, "validate", "each"),
        "validate, a file for each region": (*DRIFT, "validate", "names"),
    }
    print_table(f"{SIZES[0]:,} desired files", measured(commands))


def policies(folder: Path) -> None:
    """What a policy costs, beside exact files: drifts that are alike, and each another."""
    commands: dict[str, Command] = {}
    for kind, alike in (("alike", True), ("each another", False)):
        make(folder / kind.replace(" ", "-"), SIZES[0], alike=alike)
        for title, desired in (("exact, patterns", "patterns"), ("a policy", "policy")):
            at = kind.replace(" ", "-")
            live = ("--live", f"{at}/recording")
            commands[f"{title}, drifts {kind}"] = (*DRIFT, "plan", f"{at}/{desired}", *live)
    print_table(f"{SIZES[0]:,} buckets, 5 % violating", measured(commands))


def network(folder: Path) -> None:
    """Over TLS, beside other ways."""
    print_network(folder)


def shows(folder: Path) -> None:
    """A saved plan, in every format."""
    print_shows(folder)


TABLES: Mapping[str, Callable[[Path], None]] = {
    table.__name__: table
    for table in (starts, imports, recordings, files, policies, shows, network)
}


def main(names: list[str]) -> None:
    """Print the tables of these names, or all."""
    os.environ["PYTHONPATH"] = str(ROOT)
    for name in names or TABLES:
        with TemporaryDirectory() as folder:
            os.chdir(folder)
            TABLES[name](Path(folder))
            os.chdir(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
