"""Text that a file or a server wrote, made harmless before a person sees it."""

from drift.masking import masked_value

_LONGEST = 120

_COMMANDS = (("##[", "#\\x23["), ("##vso[", "#\\x23vso["))
"""What the logs of GitHub Actions and Azure Pipelines obey wherever in a line it stands."""


def visible(text: str, longest: int = _LONGEST) -> str:
    r"""Return `text` on one line, with all that a terminal would obey or hide spelled out.

    Control characters, escapes, bidirectional marks and lone surrogates become `\x1b` and the
    like, and so does the beginning of what the log of a CI system would obey. Held secrets are
    masked. What is longer than `longest` characters is cut and ends in `...`.
    """
    text = masked_value(text)  # before it is cut, or wrapped by whoever shows it
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    shown = cut if cut.isprintable() else "".join(map(_shown, cut))
    if "##" in shown:
        for command, harmless in _COMMANDS:
            shown = shown.replace(command, harmless)
    return f"\\x3a{shown[1:]}" if shown.startswith("::") else shown


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
