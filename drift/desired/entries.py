"""Which buckets a file is for: each name and pattern that it has, and where it stands."""

from collections.abc import Iterator

from drift.desired.aim import Aim
from drift.desired.declaration import EVERYWHERE, Declaration, Scope
from drift.desired.file_model import Head
from drift.desired.pattern import is_pattern
from drift.plan import Finding
from drift.positions import JsonText
from drift.settings.setting import Setting


def entries(  # noqa: PLR0913 - all that a declaration is made of
    reach: Head | Aim,
    setting: Setting,
    text: JsonText,
    region: str | None,
    *,
    below: str = "",
    warnings: tuple[Finding, ...] = (),
) -> Iterator[Declaration]:
    """Yield a setting as it is declared for each name and pattern; `below` is where they stand.

    `region` is where names are, and narrows no pattern: nobody meant to see less by giving it.
    """
    excluded = tuple(entry[1:] for entry in reach.bucket if entry[0] == "!")
    of_patterns = Scope(excluded, tuple(sorted((reach.tags or {}).items())))
    for index, entry in enumerate(reach.bucket):
        if entry[0] == "!":
            continue
        many = is_pattern(entry)
        at, scope = (reach.region, of_patterns) if many else (reach.region or region, EVERYWHERE)
        place = f"{below}/Bucket/{index}"
        yield Declaration(entry, at, setting, warnings, text, place, scope)
