"""Settings of the whole test suite."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import tenacity.wait
from hypothesis import HealthCheck, settings

from drift import masking
from tests.needs import how_to_run

# How long it takes to draw examples is up to the machine, and what else it has to do.
SLOW = (HealthCheck.too_slow,)
# In CI every run draws the same examples, so that a red build is about the change.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=SLOW)
settings.register_profile("here", deadline=None, suppress_health_check=SLOW)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# A script that runs pytest in the background lets it, and all that it starts, ignore Ctrl-C. Tests
# send that; a sub-process, which inherits what is ignored but no handler, has its own again.
signal.signal(signal.SIGINT, signal.default_int_handler)


# A thread that an earlier test left waiting may draw a pause at any time, and Hypothesis gives up
# where the generator that all share moves on while it draws: pauses have one of their own.
setattr(tenacity.wait, "random", random.Random())  # noqa: B010 - it is not exported


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> Iterator[None]:
    """Forget what a test held, so that the next one sees its texts as they are."""
    yield
    masking.forget()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return how many processes run the tests: each has whole files, and takes time to start.

    None lets pytest-xdist use all cores.
    """
    files = {Path(argument.partition("::")[0]) for argument in config.args}
    if not all(file.is_file() for file in files):
        return None
    return 0 if len(files) == 1 else min(len(files), os.cpu_count() or 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tools skipped tests lack."""
    skipped = terminalreporter.stats.get("skipped", [])
    if line := how_to_run(str(report.longrepr[2]) for report in skipped):
        terminalreporter.write_line(line, yellow=True)
