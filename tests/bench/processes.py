"""What whole processes cost: time, CPU time and memory, as Markdown tables.

Every number is the median of five runs. The commands of a table take turns, so that a slow moment
of the machine meets all of them. CPU time is what is left of a busy machine's noise. Peak memory is
that of the process alone.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple, TypeAlias

RUNS = 5

Command: TypeAlias = Sequence[str]
"""The arguments of a Python interpreter."""


class Cost(NamedTuple):
    """What one run of a process took."""

    seconds: float
    cpu_seconds: float
    megabytes: float


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
    expected = 2 if any("recording" in one for one in command) else 0
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
