"""What a team declared: one setting of one bucket, and where it stands."""

from dataclasses import dataclass

from drift.plan import Finding, Source
from drift.positions import JsonText
from drift.settings.setting import Setting


@dataclass(frozen=True)
class Declaration:
    """One desired setting of one bucket, which the file names at `pointer`."""

    bucket: str
    region: str | None
    setting: Setting
    warnings: tuple[Finding, ...]
    text: JsonText
    pointer: str
    source: Source

    def locate(self, pointer: str) -> Source:
        """Return where the desired value at `pointer`, or what should hold it, stands."""
        return located(self.text, pointer)

    def says_the_same(self, other: "Declaration") -> bool:
        """Return whether both declare the same for their buckets."""
        mine, others = (self.region, self.setting.normal()), (other.region, other.setting.normal())
        return mine == others


def located(text: JsonText, pointer: str) -> Source:
    """Return where the value at `pointer`, or the nearest that would hold it, stands."""
    line, column = text.line_and_column(pointer)
    return Source(file=text.file, line=line, column=column)
