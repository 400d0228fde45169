"""Programs that print credentials, which a profile of the Alibaba Cloud CLI may name."""

import os
import shlex
import subprocess

from drift.live.credentials.caller import NONSENSE, AnswerError, Caller, members
from drift.live.credentials.issued import PROGRAM, issued
from drift.live.credentials.key import Credentials

SECONDS = 60
"""For a program, which may wait for a person."""


def printed(caller: Caller, command: str) -> Credentials:
    """Run a program, and return the credentials that it prints; raise `ServiceFailedError`.

    What else it prints, and where, stays unsaid: it may hold secrets.
    """
    try:
        words = shlex.split(command, posix=os.name != "nt")
        done = subprocess.run(words, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise caller.error("its program did not end in time") from None
    except (OSError, ValueError, IndexError):
        raise caller.error(NONSENSE) from None
    if done.returncode:
        raise caller.error(f"its program ended with exit code {done.returncode}")
    try:
        return issued(members(done.stdout), PROGRAM)
    except AnswerError as error:
        raise caller.error(str(error)) from None
    except ValueError:  # of what is not JSON
        raise caller.error(NONSENSE) from None
