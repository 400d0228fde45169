"""The bounds of a regular expression in a policy, measured before the validator compiles it.

The validator has a limit, too. But it counts what it compiles, which is less in newer versions; a
policy must not be valid with one version and invalid with another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_SIZE = 4_000
"""The largest size. The size of one character is 1: at most 160 bytes in the validator, and 4 µs.

A repetition counts as often as it may repeat, since the validator writes it out.
"""

MAX_DEPTH = 50
"""How deep groups may be nested. The validator counts up to 4 for each, and stops at 250."""

_WIDE = 20
"""The size of a class of many characters beyond ASCII: `.`, `[^a]`, `\\S`."""

_PROPERTY = 600
"""The size of a Unicode property, and of each wide class where case is ignored."""

_TOKEN = re.compile(
    r"""
    (?P<repeat>(?:[*+?]|\{\s*(?P<least>\d+)\s*(?P<comma>,?)\s*(?P<most>\d*)\s*\})\??)
  | (?P<open>\((?:\?P?<[^>]*>|\?[A-Za-z-]*:?)?|\[(?P<negated>\^?)\]?)
  | (?P<close>[)\]])
  | (?P<property>\\[pP](?:\{[^}]*\}|.)?)
  | (?P<wide>\\[DSWs])
  | (?P<code>\\u[0-9A-Fa-f]{4}|\\[ux]\{[^}]*\}|[^\x00-\x7f])
  | (?P<dot>\.)
  | \\. | .
    """,
    re.DOTALL | re.VERBOSE,
)

_FLAGS = re.compile(r"\(\?([A-Za-z-]+)[:)]")
_KNOWN_FLAGS = frozenset("ims-")
"""The flags of ECMA-262. The validator has more: with `x`, spaces and comments mean nothing."""


@dataclass
class _Group:
    """What stands in a group or in the brackets of a class, up to a token."""

    is_class: bool
    size: int = 0
    last: int = 0
    """The size of the last part, which a repetition repeats."""

    is_repeated: bool = False
    """Whether the last part was repeated; nothing can be repeated twice."""

    def add(self, size: int) -> None:
        """Append a part."""
        self.size += size
        self.last = size
        self.is_repeated = False

    def repeat(self, times: int) -> None:
        """Write the last part out."""
        self.size += self.last * (times - 1)
        self.is_repeated = True


def is_bounded(pattern: str) -> bool:
    """Return whether a regular expression is within the bounds; it may be malformed for all that.

    Refuse what cannot be measured, and is not in ECMA-262: `a**`, and flags such as `x`.
    """
    flags = "".join(_FLAGS.findall(pattern))
    wide = _PROPERTY if "i" in flags else _WIDE
    return _KNOWN_FLAGS.issuperset(flags) and _is_small(_TOKEN.finditer(pattern), wide)


def _is_small(tokens: Iterable[re.Match[str]], wide: int) -> bool:
    groups = [_Group(is_class=False)]
    for token in tokens:
        if token["repeat"]:
            if groups[-1].is_repeated:
                return False
            groups[-1].repeat(_times(token))
        elif token["open"]:
            groups.append(_Group(is_class=token[0].startswith("[")))
            groups[-1].add(wide if token["negated"] else 0)
        elif token["close"] and len(groups) > 1:
            inner = groups.pop()
            groups[-1].add(max(1, inner.size))
        else:
            groups[-1].add(_size(token, wide, in_class=groups[-1].is_class))
        if len(groups) > MAX_DEPTH or groups[-1].size > MAX_SIZE:
            return False
    return True


def _times(token: re.Match[str]) -> int:
    """Return how often the validator writes out what is repeated."""
    times = token["most"] or token["least"] or "1"
    if len(times) > len(str(MAX_SIZE)):
        return MAX_SIZE + 1
    return max(1, int(times) + bool(token["comma"] and not token["most"]))


def _size(token: re.Match[str], wide: int, *, in_class: bool) -> int:
    if token["property"]:
        return _PROPERTY
    if token["wide"] or (token["dot"] and not in_class) or (token["code"] and in_class):
        return wide
    return 0 if in_class else 1
