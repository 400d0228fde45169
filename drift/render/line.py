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


def sentences(text: str, screen: Screen, *, indent: str = "", kind: str = "") -> list[Line]:
    """Return `text` wrapped to the screen, every line behind `indent`."""
    if screen.width is None:
        return [Line(indent + text, kind)]
    width = max(screen.width, len(indent) + 12)
    lines = wrap(text, width, initial_indent=indent, subsequent_indent=indent,
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
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
