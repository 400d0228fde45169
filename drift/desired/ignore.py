"""Patterns of paths that a search leaves out, in the syntax of .gitignore.

Source: https://git-scm.com/docs/gitignore
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pathspec import GitIgnoreSpec

MAX_CHARACTERS = 1000
"""The longest pattern. A path has at most 4096 bytes, and nobody writes half of one."""


class PatternError(ValueError):
    """A line is not a pattern; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        """Take the number of the line."""
        super().__init__("This is not a pattern in the syntax of .gitignore")
        self.line = line


class Patterns:
    """Patterns that are anchored to a folder."""

    def __init__(self, folder: str, lines: Sequence[str]) -> None:
        """Take the absolute path of the folder; raise `PatternError`."""
        for number, line in enumerate(lines, 1):
            if not _is_valid(line):
                raise PatternError(number)
        self._prefix = folder.rstrip("/") + "/"
        self._spec = GitIgnoreSpec.from_lines(lines)

    def match(self, path: str) -> bool | None:
        """Return whether the last pattern that matches leaves `path` out; None if none matches.

        `path` is absolute, and ends with `/` if it is a folder's.
        """
        return self._spec.check_file(path.removeprefix(self._prefix)).include


class Rules(NamedTuple):
    """All patterns that count for a folder, those that count most first."""

    excluded: tuple[Patterns, ...] = ()
    """Those of the command line, which count more than those of any file."""
    files: tuple[Patterns, ...] = ()

    def with_file(self, patterns: Patterns) -> "Rules":
        """Return these rules with those of a file, which count more than those of files above."""
        return Rules(self.excluded, (patterns, *self.files))

    def ignore(self, path: str) -> bool:
        """Return whether `path` is left out; a folder's ends with `/`."""
        matches = (patterns.match(path) for patterns in (*self.excluded, *self.files))
        return next((match for match in matches if match is not None), False)


def _is_valid(line: str) -> bool:
    """Return whether a line is a pattern, a comment or blank.

    git, and so pathspec, takes a line such as `a[` for a pattern that matches nothing.
    """
    if not line.strip() or line.startswith("#"):
        return True
    if len(line) > MAX_CHARACTERS:
        return False
    try:
        pattern, *_ = GitIgnoreSpec.from_lines([line]).patterns
    except (ValueError, re.error):
        return False
    return pattern.include is not None
