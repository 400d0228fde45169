"""What a team declared: one setting of a bucket, or of many, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from drift.desired.pattern import is_pattern, matcher
from drift.diagnostic import Diagnostic
from drift.plan import Finding, Source
from drift.positions import JsonText
from drift.settings.setting import Setting
from drift.untrusted import visible

if TYPE_CHECKING:
    from drift.policy.policy import Policy


class Scope(NamedTuple):
    """What narrows the patterns of a file: names and patterns to leave out, and tags to have."""

    excluded: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


EVERYWHERE = Scope()
"""The scope of a name, and of a pattern that nothing narrows."""


@dataclass(frozen=True, eq=False, slots=True)
class Declaration:
    """One desired setting, of the bucket or by the pattern that the file names at `entry`.

    That is a pointer as if the file had a list of names, also where it has but one.
    The region is as written, and may be a pattern too; of a name it may also be that of --region.
    Where a policy says what must hold, the setting is an empty one: it is nothing exactly.
    """

    bucket: str
    region: str | None
    setting: Setting
    warnings: tuple[Finding, ...]
    text: JsonText
    entry: str
    scope: Scope = EVERYWHERE
    policy: "Policy | None" = None

    @property
    def pointer(self) -> str:
        """The pointer to the name or pattern."""
        return self.text.nearest(self.entry)

    @property
    def source(self) -> Source:
        """Where the name or pattern stands. It is looked up anew each time: few are asked for."""
        return located(self.text, self.entry)

    @property
    def is_pattern(self) -> bool:
        """Whether it is declared for all buckets that its pattern matches."""
        return is_pattern(self.bucket)

    @property
    def is_vague(self) -> bool:
        """Whether only a pattern says in which region it is."""
        return self.region is not None and is_pattern(self.region)

    @property
    def exact_region(self) -> str | None:
        """The region, if it is known which."""
        return None if self.is_vague else self.region

    @property
    def order(self) -> tuple[str, int, str]:
        """Sorts as the files do, and in each by place."""
        return self.text.file, int(self.entry.rpartition("/")[2]), self.setting.type

    def locate(self, pointer: str) -> Source:
        """Return where the desired value at `pointer`, or what should hold it, stands."""
        return located(self.text, pointer)

    def misplaced(self, region: str | None) -> tuple[Finding, ...]:
        """Return a warning if the file says another region than the bucket is in."""
        said = self.region
        if region in (said, None) or said is None or matcher(said)(region):
            return ()
        place = f"{self.pointer.partition('/Bucket')[0]}/Region"
        if self.text.nearest(place) != place:  # then --region said it, for all files
            return ()
        message = f"the file says {said}, and the bucket is in {region}"
        return (Finding(path=place, message=message),)

    def says_the_same(self, other: "Declaration") -> bool:
        """Return whether both declare the same; where a pattern's buckets are, the list says."""
        at_one_place = self.is_pattern or self.region == other.region
        return at_one_place and self.setting.normal() == other.setting.normal()

    def differs_from(self, other: "Declaration", buckets: Sequence[str]) -> Diagnostic:
        """Return the error that both declare `buckets`, and not the same."""
        more = f" (and {len(buckets) - 1} more)" if buckets[1:] else ""
        place = visible(str(other.text.value(other.pointer)), 300)
        return Diagnostic(
            "error",
            self.text.value(self.pointer),
            f"{buckets[0]}{more} is declared differently in {place}",
            "Keep one of them, or make them equal.",
        )


def joined(first: Declaration, other: Declaration) -> Declaration:
    """Return `first`, with the warnings of both, which say the same.

    They are alike in what they do, but with `--strict` a warning of either is a problem.
    """
    if set(other.warnings) <= set(first.warnings):
        return first
    return replace(first, warnings=tuple(dict.fromkeys((*first.warnings, *other.warnings))))


def located(text: JsonText, pointer: str) -> Source:
    """Return where the value at `pointer`, or the nearest that would hold it, stands."""
    line, column = text.line_and_column(pointer)
    return Source(file=text.file, line=line, column=column)
