"""What the runner of GitHub Actions finds in a log: the grammar of its `ActionCommand`.

https://github.com/actions/runner, src/Runner.Common/ActionCommand.cs: a command in the second form
begins a line, behind white space; one in the first form stands anywhere in it. Here every name is
a command's, as newer runners know more of them, and what Azure's agent obeys counts, too.
"""

import re
from typing import NamedTuple

_SECOND = re.compile(r"\s*::([^ ]*?)(?: +(.*?))?::(.*)", re.DOTALL)
_FIRST = re.compile(r"##\[|##vso\[")
_LINES = re.compile(r"\r\n|\r|\n")


class Command(NamedTuple):
    """What the runner would do."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> tuple[list[Command], list[str]]:
    """Return the commands of a log, and the lines that are none.

    Raises:
        AssertionError: A line has a command in the first form, which drift never writes.
    """
    found, plain = [], []
    for line in _LINES.split(log):
        assert not _FIRST.search(line), line
        if match := _SECOND.fullmatch(line):
            name, properties, data = match.groups()
            pairs = [one.split("=", 1) for one in (properties or "").split(",") if one]
            values = {pair[0]: _property(pair[1]) for pair in pairs if len(pair) == 2}
            found.append(Command(name, values, _data(data)))
        elif line:
            plain.append(line)
    return found, plain


def _property(text: str) -> str:
    return _data(text.replace("%3A", ":").replace("%2C", ","))


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
