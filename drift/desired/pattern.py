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


def may_meet(one: str, other: str) -> bool:
    """Return whether some name may be both. Of two patterns only the ends are looked at."""
    if not is_pattern(one):
        return bool(matcher(other)(one))
    if not is_pattern(other):
        return bool(matcher(one)(other))
    (head, *_, tail), (other_head, *_, other_tail) = _WILD.split(one), _WILD.split(other)
    heads_agree = head.startswith(other_head) or other_head.startswith(head)
    return heads_agree and (tail.endswith(other_tail) or other_tail.endswith(tail))


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], object]:
    """Return what takes a name, and returns something true if it is one of `pattern`.

    Python's translation never looks back over a `*`, so that no pattern can take long.
    """
    return re.compile(translate(pattern)).match
