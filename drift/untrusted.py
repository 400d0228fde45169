"""Text that a file or a server wrote, made harmless before a person sees it."""

_LONGEST = 120


def visible(text: str, longest: int = _LONGEST) -> str:
    r"""Return `text` on one line, with all that a terminal would obey or hide spelled out.

    Control characters, escapes, bidirectional marks and lone surrogates become `\x1b` and the
    like; what is longer than `longest` characters is cut and ends in `...`.
    """
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(map(_shown, cut))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
