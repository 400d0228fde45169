"""One waiver of a file: which live value it excuses, and what then is as good as desired."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from drift.desired.pattern import is_pattern, matcher
from drift.plan import Waiver
from drift.positions import JsonText, Place
from drift.settings.setting import Setting
from drift.waivers.target import Target, is_in


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """A waiver, and the pointer in the text where it stands.

    It is `whole` if all files of its folder were given: only then it is known what it is not for.
    """

    bucket: str
    target: Target
    live: object
    waiver: Waiver
    text: JsonText
    pointer: str
    whole: bool

    @property
    def is_pattern(self) -> bool:
        """Whether it is for all buckets that its pattern matches."""
        return is_pattern(self.bucket)

    @property
    def order(self) -> tuple[bool, int, str, int, int]:
        """Sorts by what is more exact: names first, then the longer pointers, then by place."""
        source = self.waiver.source
        depth = len(self.target.path)
        return self.is_pattern, -depth, source.file, source.line, source.column

    def place(self, member: str = "") -> Place:
        """Return where it stands, or one of its members."""
        return self.text.value(f"{self.pointer}/{member}" if member else self.pointer)

    def matches(self, bucket: str) -> bool:
        """Return whether it is for the bucket."""
        return bool(matcher(self.bucket)(bucket)) if self.is_pattern else bucket == self.bucket

    def among(self, buckets: Collection[str]) -> Iterator[str]:
        """Return those that it is for."""
        if self.is_pattern:
            return filter(matcher(self.bucket), buckets)
        return iter((self.bucket,) if self.bucket in buckets else ())

    def pins(self, live: Setting, *, strict: bool = False) -> bool:
        """Return whether the live document, all of it said, has here what is pinned."""
        if type(live) is not self.target.setting or not is_in(live.normal(), self.target.path):
            return False
        pinned = self.target.put(live, self.live)
        return pinned is not None and pinned.as_live(strict=strict).normal() == live.normal()

    def over(self, desired: Setting, live: Setting) -> Setting | None:
        """Return the desired document with what is live in place of its own; None if it has none.

        A part that is as it is live then is no longer managed, so that nothing of it is written.
        """
        mixed = self.target.put(desired, self.live) if self.target.is_managed(desired) else None
        if mixed is None:
            return None
        found, wanted = live.normal(), mixed.normal()
        alike = {name for name, part in wanted.items() if part == found.get(name)}
        fields = type(mixed).model_fields.items()
        return mixed.model_copy(
            update={name: None for name, field in fields if field.alias in alike}
        )
