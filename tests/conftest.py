"""Settings of the whole test suite."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from drift import masking

# How long it takes to draw examples is up to the machine, and what else it has to do.
SLOW = (HealthCheck.too_slow,)
# In CI every run draws the same examples, so that a red build is about the change.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=SLOW)
settings.register_profile("here", deadline=None, suppress_health_check=SLOW)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# A script that runs pytest in the background lets it, and all that it starts, ignore Ctrl-C. Tests
# send that; a sub-process, which inherits what is ignored but no handler, has its own again.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> Iterator[None]:
    """Forget what a test held, so that the next one sees its texts as they are."""
    yield
    masking.forget()
