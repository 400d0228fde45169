"""The shape of a file of waivers."""

import re
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
)
from pydantic.json_schema import WithJsonSchema

from drift.desired.file_model import BucketOrPattern
from drift.settings import SETTINGS
from drift.settings.english import listed
from drift.settings.faults import did_you_mean
from drift.untrusted import visible
from drift.waivers.target import MOST_WAIVERS, TARGETS, year_after

_LONGEST_REASON, _LONGEST_OWNER = 1000, 200
_TEXT = r"[^\x00-\x1f\x7f\ud800-\udfff]"
_BLANK = r"\x20\x85\xa0\u1680\u180e\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_SAID = re.compile(rf"{_TEXT}*[^\x00-\x1f\x7f\ud800-\udfff{_BLANK}]{_TEXT}*")
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_DAYS = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
    r"(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    r"02-(?:0[1-9]|1[0-9]|2[0-8])",
)
_DATE = re.compile(rf"(?!0000)(?:{_LEAP}|[0-9]{{4}}-(?:{'|'.join(_DAYS)}))")


def _whole(pattern: re.Pattern[str]) -> str:
    """Return it for a JSON Schema; for Python a line feed may follow on the end."""
    return rf"^{pattern.pattern}$(?!\n)"


def _said(what: str, longest: int) -> AfterValidator:
    def checked(text: str) -> str:
        if len(text) > longest or not _SAID.fullmatch(text):
            shape = f"1 to {longest:,} characters, not all of them blank, and no control character"
            raise ValueError(f'"{visible(text, 60)}" is no {what}: {shape}')
        return text

    return AfterValidator(checked)


def _text(longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": _whole(_SAID), "maxLength": longest})


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("`Expires` is a day of the calendar, such as 2027-03-01")
    return date.fromisoformat(value)


def _few(entries: object) -> object:
    if isinstance(entries, list) and len(entries) > MOST_WAIVERS:
        raise ValueError(f"a file has at most {MOST_WAIVERS:,} waivers, not {len(entries):,}")
    return entries


def _setting(root: str) -> str:
    roots = [setting.root for setting in SETTINGS]
    if root not in roots:
        raise ValueError(f'"{visible(root, 60)}" is no setting: there is {listed(roots)}')
    return root


class _Model(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        field_title_generator=lambda name, field: field.alias or name,
    )


class WaiverEntry(_Model):
    """A live value that is excused for a while."""

    model_config = ConfigDict(title="Waiver")

    bucket: BucketOrPattern = Field(
        alias="Bucket",
        description="The bucket that is excused, or a pattern with * and ?.",
        examples=["oss-example", "logs-*"],
    )
    setting: Annotated[
        str,
        AfterValidator(_setting),
        WithJsonSchema({"enum": [setting.root for setting in SETTINGS]}),
    ] = Field(alias="Setting", description="The root element of the setting.")
    pointer: Annotated[str, WithJsonSchema({"enum": [*TARGETS]})] = Field(
        alias="Pointer",
        description="JSON pointer into the document, to what is excused: the less, the better.",
    )
    live: object = Field(
        alias="Live",
        description="The live value there that is excused. Any other one is drift.",
    )
    reason: Annotated[str, _said("reason", _LONGEST_REASON), _text(_LONGEST_REASON)] = Field(
        alias="Reason", description="Why it is excused."
    )
    owner: Annotated[str, _said("owner", _LONGEST_OWNER), _text(_LONGEST_OWNER)] = Field(
        alias="Owner", description="Who answers for it."
    )
    expires: Annotated[
        date,
        PlainValidator(_day),
        WithJsonSchema({"type": "string", "format": "date", "pattern": _whole(_DATE)}),
    ] = Field(
        alias="Expires",
        description="The last day (UTC) on which it is excused, at most a year ahead.",
        examples=["2027-03-01"],
    )

    @field_validator("pointer")
    @classmethod
    def _points_to_a_value(cls, pointer: str, info: ValidationInfo) -> str:
        root = info.data.get("setting")
        known = tuple(at for at, one in TARGETS.items() if root in (None, one.setting.root))
        if pointer not in known:
            near = did_you_mean(pointer, known)
            meant = f": did you mean {near}?" if near else f": there is {', '.join(known)}"
            raise ValueError(f'the setting has nothing at "{visible(pointer)}"{meant}')
        return pointer

    @field_validator("expires")
    @classmethod
    def _is_near(cls, expires: date, info: ValidationInfo) -> date:
        last = year_after(info.context) if isinstance(info.context, date) else expires
        if expires > last:
            raise ValueError(f"a waiver expires within a year: by {last} at the latest")
        return expires


class WaiversFile(_Model):
    """A file of waivers."""

    model_config = ConfigDict(title="OSS buckets, waivers")

    schema_: str | None = Field(
        default=None,
        alias="$schema",
        description="Where the JSON Schema of this file is. Editors use it; drift does not.",
    )
    waivers: Annotated[
        tuple[WaiverEntry, ...],
        BeforeValidator(_few),
        Field(strict=False, json_schema_extra={"maxItems": MOST_WAIVERS}),
    ] = Field(alias="Waivers", description="What is excused.")
