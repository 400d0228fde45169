"""Patterns of paths that a search leaves out, in the syntax of .gitignore.

Source: https://git-scm.com/docs/gitignore
"""

import re
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from pathspec import GitIgnoreSpec

MAX_CHARACTERS = 1000
"""The longest pattern. A path has at most 4096 bytes, and nobody writes half of one."""

_CLASS = re.compile(r"\[:[a-z]+:\]")
"""A class such as `[:alpha:]`, which git knows, and pathspec reads as a set of letters."""


class PatternError(ValueError):
    """A line is not a pattern; `line` counts from 1, and the message says what it is instead."""

    def __init__(self, line: int, reason: str) -> None:
        """Take the number of the line, and the end of a sentence on it."""
        super().__init__(reason)
        self.line = line


class Patterns:
    """Patterns that are anchored to a folder."""

    def __init__(self, folder: str, lines: Sequence[str]) -> None:
        """Take the absolute path of the folder; raise `PatternError`."""
        for number, line in enumerate(lines, 1):
            if reason := _reason_against(line):
                raise PatternError(number, reason)
        self._prefix = folder.rstrip("/") + "/"
        self._spec = _compile(lines)

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


def _reason_against(line: str) -> str:
    """Return why a line is neither a pattern nor a comment nor blank; else nothing."""
    if not line.strip() or line.startswith("#"):
        return ""
    if _CLASS.search(line):
        return "has a class such as [:alpha:], which drift does not support"
    return "" if _is_pattern(line) else "is not a pattern in the syntax of .gitignore"


def _is_pattern(line: str) -> bool:
    """Return whether git could match anything: it takes `a[` for a pattern of nothing."""
    if len(line) > MAX_CHARACTERS:
        return False
    try:
        pattern, *_ = _compile([line]).patterns
    except (ValueError, re.error):
        return False
    return pattern.include is not None


def _compile(lines: Sequence[str]) -> GitIgnoreSpec:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of Python: `[a&&b]` may come to mean more
        return GitIgnoreSpec.from_lines(lines)
