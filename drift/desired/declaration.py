"""What a team declared: one setting of one bucket, and where it stands."""

from dataclasses import dataclass

from drift.plan import Finding, Source
from drift.positions import JsonText
from drift.settings.setting import Setting


@dataclass(frozen=True)
class Declaration:
    """One desired setting of one bucket; `pointer` is where the file names the bucket."""

    bucket: str
    region: str | None
    setting: Setting
    warnings: tuple[Finding, ...]
    text: JsonText
    pointer: str

    @property
    def source(self) -> Source:
        """Where the bucket is named."""
        return self.locate(self.pointer)

    def locate(self, pointer: str) -> Source:
        """Return where the desired value at `pointer`, or what should hold it, stands."""
        line, column = self.text.line_and_column(pointer)
        return Source(file=self.text.file, line=line, column=column)

    def says_the_same(self, other: "Declaration") -> bool:
        """Return whether both declare the same for their buckets."""
        mine, others = (self.region, self.setting.normal()), (other.region, other.setting.normal())
        return mine == others
