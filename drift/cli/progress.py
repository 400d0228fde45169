"""How far a run is, drawn on standard error while somebody looks on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from drift.live.tally import Tally

_UNNOTICED = 0.3
"""Seconds in which a run may end without anything drawn: a bar that only flashes is noise."""


@contextmanager
def progress(tally: "Tally") -> Iterator[None]:
    """Draw `tally` while the context lasts; not in a pipe, under CI, or on a dumb terminal."""
    if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        yield
        return
    drawn = _drawn(tally)
    later = Timer(_UNNOTICED, drawn.start)
    later.daemon = True
    later.start()
    try:
        yield
    finally:
        later.cancel()
        later.join()
        drawn.stop()


def _drawn(tally: "Tally") -> "Progress":
    from rich.console import Console, RenderableType
    from rich.progress import BarColumn, Progress, TextColumn

    class Drawn(Progress):
        """A bar that looks at the tally each time that it is drawn."""

        def get_renderables(self) -> Iterator[RenderableType]:
            for task in self.task_ids:
                total = tally.total or None
                self.update(
                    task, description=_said(tally, begun), completed=tally.done, total=total
                )
            yield from super().get_renderables()

    begun = monotonic()
    drawn = Drawn(
        BarColumn(bar_width=20),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )
    drawn.add_task("")
    return drawn


def _said(tally: "Tally", begun: float) -> str:
    """Return the counts, such as `120 of 500 buckets, 41/s, 10 s left, 12 retries, 3 throttled`."""
    if not tally.total:
        return f"{tally.listed:,} buckets listed"
    rate = tally.done / max(monotonic() - begun, 0.001)
    said = f"{tally.done:,} of {tally.total:,} buckets, {rate:,.0f}/s"
    if tally.done:
        said += f", {(tally.total - tally.done) / rate:,.0f} s left"
    if tally.retries:
        said += f", {tally.retries:,} retries"
    if tally.throttled:
        said += f", {tally.throttled:,} throttled"
    return said
