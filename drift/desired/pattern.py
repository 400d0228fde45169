"""Patterns of names: `*` stands for any characters, also for none, and `?` for one."""

import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache

_WILD = re.compile("[*?]")


def is_pattern(text: str) -> bool:
    """Return whether `text` stands for many names."""
    return _WILD.search(text) is not None


def literal_length(pattern: str) -> int:
    """Return how many characters of a name `pattern` fixes."""
    return len(_WILD.sub("", pattern))


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], object]:
    """Return what takes a name, and returns something true if it is one of `pattern`.

    Python's translation never looks back over a `*`, so that no pattern can take long.
    """
    return re.compile(translate(pattern)).match
