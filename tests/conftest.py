"""Settings of the whole test suite."""

import os

from hypothesis import settings

# In CI every run draws the same examples, so that a red build is about the change.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
