"""Whether two patterns can mean one bucket: the shortest name that both match, if there is one."""

from collections import deque
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

_LONGEST = 63
_MOST = 10_000

_FRESH = "x0123456789abcdefghijklmnopqrstuvwyz-"

_Reached: TypeAlias = tuple[frozenset[int], ...]
"""For each pattern, how many of its characters may be behind what was read so far."""


@dataclass
class Budget:
    """How many beginnings of names are tried, in all searches that share it.

    The patterns of people need some hundred; those of a hostile file, as many as there are.
    """

    left: int = _MOST


class _Beginning(NamedTuple):
    """The beginning of a name, which is never a dash, and how far that leads in each pattern."""

    name: str
    wanted: _Reached
    unwanted: _Reached

    @property
    def state(self) -> Hashable:
        """What decides how it may go on: beginnings that agree in it have the same future."""
        return min(len(self.name), 3), self.name[-1:] == "-", self.wanted, self.unwanted

    @property
    def is_name(self) -> bool:
        """Whether a bucket can be called so."""
        return len(self.name) >= 3 and self.name[-1] != "-"


def common_name(
    patterns: Sequence[str], without: Sequence[str] = (), budget: Budget | None = None
) -> str | None:
    """Return a bucket's name that all patterns match and none of `without` does.

    None: there is none, or it was not found within the budget.
    """
    budget = budget or Budget()
    alphabet = _alphabet((*patterns, *without))
    first = _Beginning("", _start(patterns), _start(without))
    seen = {first.state}
    waiting = deque([first])
    while waiting and budget.left > 0:
        one = waiting.popleft()
        if (
            one.is_name
            and all(_ends(patterns, one.wanted))
            and not any(_ends(without, one.unwanted))
        ):
            return one.name
        if len(one.name) == _LONGEST:
            continue
        for character in alphabet if one.name else alphabet.replace("-", ""):
            after = _Beginning(
                one.name + character,
                _read(patterns, one.wanted, character),
                _read(without, one.unwanted, character),
            )
            if all(after.wanted) and after.state not in seen:
                seen.add(after.state)
                budget.left -= 1
                waiting.append(after)
    return None


def _alphabet(patterns: Sequence[str]) -> str:
    """Return the characters that matter: those of the patterns, and one that none of them has."""
    used = {character for pattern in patterns for character in pattern} - set("*?!")
    fresh = next((one for one in _FRESH if one not in used), "")
    return fresh + "".join(sorted(used))


def _start(patterns: Sequence[str]) -> _Reached:
    return tuple(_onwards(pattern, {0}) for pattern in patterns)


def _ends(patterns: Sequence[str], reached: _Reached) -> Iterator[bool]:
    """Yield for each pattern whether it matches what was read."""
    return (len(pattern) in at for pattern, at in zip(patterns, reached, strict=True))


def _read(patterns: Sequence[str], reached: _Reached, character: str) -> _Reached:
    """Return where each pattern may be after one character more."""
    return tuple(
        _onwards(
            pattern,
            {at for at in places if pattern[at : at + 1] == "*"}
            | {at + 1 for at in places if pattern[at : at + 1] in ("?", character)},
        )
        for pattern, places in zip(patterns, reached, strict=True)
    )


def _onwards(pattern: str, reached: Collection[int]) -> frozenset[int]:
    """Return where a pattern may be, when a `*` may also stand for nothing."""
    found = set(reached)
    for at in sorted(reached):
        while at < len(pattern) and pattern[at] == "*":
            at += 1  # noqa: PLW2901 - from one star to the next
            found.add(at)
    return frozenset(found)
