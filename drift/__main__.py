"""`python -m drift`, for where the `drift` command is not on the path."""

import sys

from drift.cli import main

sys.exit(main())
