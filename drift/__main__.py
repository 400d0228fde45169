"""The process of the `drift` command, which is `python -m drift`, too."""

import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

_BUG = 1
_STOPPED = 130


def run() -> NoReturn:
    """Run the command line, and exit with its code; on Ctrl-C with 130, however often it comes."""
    # A shell that starts drift in the background lets it ignore Ctrl-C; that stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    try:
        code = _run()
    except KeyboardInterrupt:
        code = _STOPPED
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said, and only the exit is left
    sys.exit(code)


def _run() -> int:
    """Return the exit code; that of a bug is 1, and its traceback shows no secret."""
    # Only now: Ctrl-C may come while modules are loaded.
    from drift.cli import main, output  # noqa: PLC0415

    threading.excepthook = output.show_thread_bug
    try:
        return main()
    except Exception as bug:  # noqa: BLE001 - Python would print it as it is
        output.show_bug(bug)
        return _BUG


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Stop the run, once: what was read until then is still printed and saved."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    run()
