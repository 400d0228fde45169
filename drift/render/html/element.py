"""The one place where markup is made: nothing else on the page can be more than text."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from drift.untrusted import visible

_LONGEST = 500
"""How much of one text is shown, in characters: a path, a message, a long value."""


class Html(str):
    """Markup that is done. Every other string is text, wherever it came from."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str) -> Html:
    """Return an element: of `content` only `Html` is markup, and no attribute is.

    `class_` is the attribute `class`, and `aria_label` is `aria-label`.
    """
    start = void(name, **attributes) if attributes else f"<{name}>"
    return Html(f"{start}{_markup(content)}</{name}>")


def lines(name: str, content: Iterable[Html], /, **attributes: str) -> Iterator[Html]:
    """Yield an element piece by piece: one that holds thousands is in memory only once."""
    yield void(name, **attributes)
    yield from map(_safe, content)
    yield Html(f"</{name}>")


@lru_cache(maxsize=1024)  # of ten thousand rows, all cells of a column begin alike
def void(name: str, /, **attributes: str) -> Html:
    """Return an element that has no content and no end, such as `meta`."""
    given = (
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{''.join(given)}>")


def joined(*content: str, by: str = "") -> Html:
    """Return pieces one after the other; again, only `Html` among them is markup."""
    return Html(_markup(content, by))


@lru_cache(maxsize=1024)
def text(value: str) -> Html:
    """Return what a stranger may have written, made visible and harmless."""
    return Html(escape(visible(value, _LONGEST), quote=True))


def _markup(content: tuple[str, ...], by: str = "") -> str:
    return by.join([piece if type(piece) is Html else text(piece) for piece in content])


def _safe(piece: str) -> Html:
    return piece if type(piece) is Html else text(piece)
