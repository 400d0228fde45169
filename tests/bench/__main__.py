"""How long drift takes, and how much memory: `python -m tests.bench` prints Markdown tables.

Every number is the median of five runs of a whole process. The commands of a table take turns, so
that a slow moment of the machine meets all of them. CPU time is what is left of a busy machine's
noise. Peak memory is that of the process alone.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple, TypeAlias

RUNS = 5
BUCKETS = 10_000
ONE_DRIFTED_IN = 20

Command: TypeAlias = Sequence[str]
"""The arguments of a Python interpreter."""

DRIFT = ("-m", "drift")
ROOT = Path(__file__).parents[2]

DESIRED = {
    "TLS": {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]},
    "CipherSuite": {
        "Enable": True,
        "CustomCipherSuite": ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
        "TLS13CustomCipherSuite": ["TLS_AES_256_GCM_SHA384"],
    },
}
LIVE = """<?xml version="1.0" encoding="UTF-8"?>
<HttpsConfiguration>
  <TLS>
    <Enable>true</Enable>
    <TLSVersion>TLSv1.2</TLSVersion>
    <TLSVersion>{version}</TLSVersion>
  </TLS>
  <CipherSuite>
    <Enable>true</Enable>
    <StrongCipherSuite>false</StrongCipherSuite>
    <CustomCipherSuite>ECDHE-RSA-AES128-GCM-SHA256</CustomCipherSuite>
    <CustomCipherSuite>ECDHE-ECDSA-AES128-GCM-SHA256</CustomCipherSuite>
    <TLS13CustomCipherSuite>TLS_AES_256_GCM_SHA384</TLS13CustomCipherSuite>
  </CipherSuite>
</HttpsConfiguration>
"""


class Cost(NamedTuple):
    """What one run of a process took."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def main() -> None:
    """Print all tables."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder)
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(ROOT)
        print_table("Start", measured(STARTS), over="python -c pass")
        print_table("Imports", measured(IMPORTS), over="python -c pass")
        print_table(f"A plan of {BUCKETS:,} buckets, 5 % drifted", measured(PLANS))


STARTS: Mapping[str, Command] = {
    "python -c pass": ("-c", "pass"),
    "drift --version": (*DRIFT, "--version"),
    "drift validate FILE": (*DRIFT, "validate", "each/bucket-00000.json"),
    "drift schema": (*DRIFT, "schema"),
    "drift plan FILE --live RECORDING": (
        *DRIFT, "plan", "each/bucket-00000.json", "--live", "small",
    ),
}  # fmt: skip
IMPORTS: Mapping[str, Command] = {
    "python -c pass": ("-c", "pass"),
    **{name: ("-c", f"import {name}") for name in ("typer", "pydantic", "rich.console")},
    **{name: ("-c", f"import {name}") for name in ("defusedxml.ElementTree", "deepdiff", "oss2")},
}
PLANS: Mapping[str, Command] = {
    "one file, text": (*DRIFT, "plan", "one.json", "--live", "recording"),
    "one file, json": (*DRIFT, "plan", "one.json", "--live", "recording", "--format", "json"),
    "one file, text, --out": (
        *DRIFT, "plan", "one.json", "--live", "recording", "--out", "plan.json",
    ),
    "a file each, text": (*DRIFT, "plan", "each", "--live", "recording"),
    "a file each, json, --out": (
        *DRIFT, "plan", "each", "--live", "recording", "--format", "json", "--out", "plan.json",
    ),
    "validate, one file": (*DRIFT, "validate", "one.json"),
    "validate, a file each": (*DRIFT, "validate", "each"),
}  # fmt: skip


def generate(folder: Path) -> None:
    """Write the desired files and the recordings that the commands name."""
    names = [f"bucket-{number:05}" for number in range(BUCKETS)]
    (folder / "each").mkdir()
    for number, name in enumerate(names):
        (folder / "each" / f"{name}.json").write_text(desired(name))
        version = "TLSv1.1" if number % ONE_DRIFTED_IN == 0 else "TLSv1.3"
        record(folder / "recording", name, version)
    record(folder / "small", names[0], "TLSv1.3")
    (folder / "one.json").write_text(desired(names))


def desired(bucket: str | Sequence[str]) -> str:
    """Return the text of a desired file."""
    document = {"Bucket": bucket, "Region": "cn-hangzhou", "HttpsConfiguration": DESIRED}
    return json.dumps(document, indent=2)


def record(recording: Path, name: str, version: str) -> None:
    """Write the answer of one bucket."""
    bucket = recording / "cn-hangzhou" / name
    bucket.mkdir(parents=True)
    (bucket / "httpsConfig.xml").write_text(LIVE.format(version=version))


def measured(commands: Mapping[str, Command]) -> dict[str, Cost]:
    """Return the median cost of each command; they run in turns."""
    rounds = [{name: cost(command) for name, command in commands.items()} for _ in range(RUNS)]
    return {name: middle(one[name] for one in rounds) for name in commands}


def middle(costs: Iterable[Cost]) -> Cost:
    """Return the median of each number."""
    return Cost(*(median(column) for column in zip(*costs, strict=True)))


def cost(command: Command) -> Cost:
    """Run a Python process to its end; raise `RuntimeError` if it did not do its work."""
    out = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, out, 1)]
    start = perf_counter()
    process = os.posix_spawn(
        sys.executable, (sys.executable, *command), os.environ, file_actions=actions
    )
    _, status, usage = os.wait4(process, 0)
    seconds = perf_counter() - start
    os.close(out)
    expected = 2 if "recording" in command else 0
    if os.waitstatus_to_exitcode(status) != expected:
        raise RuntimeError(f"{' '.join(command)} failed")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


def print_table(title: str, costs: Mapping[str, Cost], *, over: str = "") -> None:
    """Print costs as a Markdown table; with `over`, also the time beyond that row's."""
    head = [
        "",
        "time, ms",
        *([f"over `{over}`, ms"] if over else []),
        "CPU time, ms",
        "peak memory, MB",
    ]
    rows = [head, ["---", *["--:"] * (len(head) - 1)]]
    for name, one in costs.items():
        beyond = [f"{1000 * (one.seconds - costs[over].seconds):.0f}"] if over else []
        times = f"{1000 * one.seconds:.0f}", *beyond, f"{1000 * one.cpu_seconds:.0f}"
        rows.append([f"`{name}`", *times, f"{one.megabytes:.0f}"])
    lines = (f"| {' | '.join(row)} |" for row in rows)
    sys.stdout.write(f"\n## {title}\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
