"""Lines of text, with the meaning of their colours kept apart from the colours."""

from collections.abc import Iterable
from io import StringIO
from textwrap import wrap
from typing import NamedTuple

from drift.render import Screen

STYLE = {
    "+": "green",
    "-": "red",
    "~": "yellow",
    "!": "red",
    "?": "magenta",
    "#": "bright_black",
    "head": "bold",
    "good": "bold green",
    "bad": "bold red",
}
"""The style of each kind of line: Terraform's colours for Terraform's symbols."""


class Line(NamedTuple):
    """One line, and which kind it is: a key of `STYLE`, or plain."""

    text: str = ""
    kind: str = ""


def sentences(text: str, screen: Screen, *, lead: str = "", kind: str = "") -> list[Line]:
    """Return `text` behind `lead`, wrapped to the screen; a mark `!` or `?` leads but once."""
    if screen.width is None:
        return [Line(lead + text, kind)]
    lines = wrap(
        text,
        max(screen.width, len(lead) + 12),
        initial_indent=lead,
        subsequent_indent=lead.replace("!", " ").replace("?", " "),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [Line(line, kind) for line in lines]


def drawn(lines: Iterable[Line], screen: Screen) -> str:
    """Return the lines as one string, coloured if the screen has colours."""
    if not screen.color:
        return "".join(f"{line.text}\n" for line in lines)
    from rich.console import Console  # noqa: PLC0415 - 0.07 s that a pipe need not pay
    from rich.text import Text  # noqa: PLC0415

    console = Console(
        file=StringIO(), force_terminal=True, color_system="standard", legacy_windows=False
    )
    with console.capture() as capture:
        for line in lines:
            console.print(Text(line.text, STYLE.get(line.kind, "")), soft_wrap=True)
    return capture.get()
