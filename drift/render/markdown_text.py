"""Text of strangers in Markdown, which no parser and no forge takes for anything but text.

Forges look for mentions, references and addresses in all that is not code, after Markdown was
parsed, so that no escape of Markdown helps. Therefore all that is more than a plain word is code.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from drift.untrusted import visible

_TOKEN = re.compile(r"(?:`[^`]+`|\S)+")
_OWN_CODE = re.compile(r"""(["'(]*)`([^`]+)`(["'.,;:)?]*)""")
"""What its author has set as code already, and the punctuation around it."""

_PLAIN = re.compile(
    r"""["'(]*"""
    r"(?![a-fA-F]{7})"  # it could be the name of a commit
    r"(?:[^\W\d_]+(?:['-][^\W\d_]+)*|\d{1,4}(?:\.\d{1,4})*)"
    r"""["'.,;:)?]*"""
)
"""A word or a number that means nothing to any forge: `TLS`, `1.2,`, `(doesn't)`."""

_ENDING = ".,;:"
_MOST_TICKS = 9
_LONG_TICKS = re.compile(f"`{{{_MOST_TICKS + 1},}}")
"""Some parsers know no fence of more than 80 backticks."""


def code(text: str, longest: int = 120) -> str:
    """Return `text` as a code span on one line; of what is empty, a space as one."""
    return span(visible(text, longest))


def span(shown: str) -> str:
    """Return what is visible already as a code span."""
    shown = _untied(shown) or " "
    ticks = "`" * (_longest_run(shown) + 1)
    # Parsers take a space off each end, unless there is nothing else.
    pad = " " if shown.strip(" ") and {shown[0], shown[-1]} & {"`", " "} else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def prose(text: str, longest: int = 500) -> str:
    """Return sentences on one line: words as words, and all else as code.

    It must not begin a line: there even a number could begin a list.
    """
    pieces: list[str] = []
    strange: list[str] = []
    for token in _TOKEN.findall(visible(text, longest)):
        harmless = _harmless(token)
        if harmless is None:
            strange.append(token)
            continue
        if strange:
            pieces.append(_as_code(strange))
            strange.clear()
        pieces.append(harmless)
    return " ".join((*pieces, _as_code(strange)) if strange else pieces)


def fence(lines: Iterable[str], language: str) -> str:
    """Return a fenced block of lines that are visible already."""
    body = _untied("\n".join(lines))
    ticks = "`" * max(3, _longest_run(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}\n"


@lru_cache(1024)  # most words are those of drift's own sentences
def _harmless(token: str) -> str | None:
    """Return a word as it can stand in the text; None if it must be code."""
    if _PLAIN.fullmatch(token):
        return token
    own = _OWN_CODE.fullmatch(token)
    return f"{own[1]}{span(own[2])}{own[3]}" if own else None


def _as_code(tokens: Sequence[str]) -> str:
    """Return tokens as one code span, and the punctuation that ends them behind it."""
    text = " ".join(tokens)
    bare = text.rstrip(_ENDING) or text
    return span(bare) + text[len(bare) :]


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text))) if "`" in text else 0


def _untied(text: str) -> str:
    return _LONG_TICKS.sub(lambda run: r"\x60" * len(run[0]), text) if "`" in text else text
