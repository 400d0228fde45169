"""The shape of a desired file: which buckets, where, and one member for every setting.

The limits of names and tags are those of PutBucket and PutBucketTags.
"""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import WithJsonSchema

from drift.desired.pattern import is_pattern
from drift.docstring import docstring
from drift.settings import SETTINGS
from drift.settings.lists import distinct
from drift.settings.setting import Setting
from drift.untrusted import visible

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_BUCKETS = re.compile(r"(?=[^*?]*[*?])[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?")
_ENDPOINT = "(?!oss-|.*-internal$)"
"""What the name of an endpoint has, and no region."""
_REGION = re.compile(_ENDPOINT + r"[a-z][a-z0-9-]{1,56}[a-z0-9]")
_REGIONS = re.compile(_ENDPOINT + r"(?=[^*?]*[*?])[a-z*?]([a-z0-9*?-]{0,56}[a-z0-9*?])?")
_TAG = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_LONGEST_KEY, _LONGEST_VALUE, _MOST_TAGS = 64, 128, 20
"""A tag may have no value, but how ListBuckets is asked for such a tag is not documented."""


def checked_region(name: str) -> str:
    """Return `name` if it is shaped like a region id; raise `ValueError` if not."""
    if not _REGION.fullmatch(name):
        raise ValueError(f'"{visible(name)}" is no region: {_hint(name)}')
    return name


def _hint(name: str) -> str:
    """Return what to write in place of a name that is no region's id."""
    bare = name.removesuffix(".aliyuncs.com").removeprefix("oss-").removesuffix("-internal")
    if bare != name and _REGION.fullmatch(bare):
        return f"it names an endpoint of {bare}, so write {bare}"
    return "its id is like cn-hangzhou, without oss- and -internal"


def _checked_regions(text: str) -> str:
    if not is_pattern(text):
        return checked_region(text)
    if not _REGIONS.fullmatch(text):
        shape = "one is like cn-*, without oss- and -internal"
        raise ValueError(f'"{visible(text)}" is no pattern of regions: {shape}')
    return text


def _checked_entry(entry: str) -> str:
    """Return one entry of `Bucket`: a name, or a pattern, either with a `!` before it."""
    _checked_bucket(entry.removeprefix("!"))
    return entry


def _checked_bucket(text: str) -> str:
    if is_pattern(text) and not _BUCKETS.fullmatch(text):
        shape = "at most 63 lower-case letters, digits, *, ? and inner hyphens"
        raise ValueError(f'"{visible(text)}" is no pattern of buckets: {shape}')
    if not is_pattern(text) and not _BUCKET.fullmatch(text):
        shape = "3 to 63 lower-case letters, digits and inner hyphens"
        raise ValueError(f'"{visible(text)}" is no bucket name: {shape}')
    return text


def _one_or_more(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not value:
        raise ValueError("`Bucket` is a name, or a list of at least one name")
    return tuple(value)


def _has_pattern(entries: tuple[str, ...]) -> bool:
    return any(is_pattern(entry) for entry in entries if entry[0] != "!")


def _with_use(entries: tuple[str, ...]) -> tuple[str, ...]:
    excluded = [entry for entry in entries if entry[0] == "!"]
    if excluded and not _has_pattern(entries):
        raise ValueError(f'there is no pattern that "{excluded[0]}" could exclude from')
    return entries


def _some_tags(value: object) -> object:
    if not isinstance(value, dict) or not value:
        raise ValueError('`Tags` is an object of at least one tag, such as {"stage": "prod"}')
    if len(value) > _MOST_TAGS:
        raise ValueError(f"a bucket has at most {_MOST_TAGS} tags")
    return value


def _tag_text(what: str, longest: int) -> AfterValidator:
    def checked(text: str) -> str:
        if not _TAG.fullmatch(text) or len(text) > longest:
            shape = f"1 to {longest} characters, and none of them a control character"
            raise ValueError(f'"{visible(text)}" is no {what} of a tag: {shape}')
        return text

    return AfterValidator(checked)


_WILD: JsonDict = {"type": "string", "pattern": "^[^!]*[*?]"}
_ENTRY = f"({_BUCKET.pattern}|{_BUCKETS.pattern})"
_ONE = {"type": "string", "pattern": f"^{_ENTRY}$"}
_MANY = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^!?{_ENTRY}$"},
    "minItems": 1,
    "uniqueItems": True,
    "if": {"contains": {"type": "string", "pattern": "^!"}},
    "then": {"contains": _WILD},
}
_SOME_WILD: JsonDict = {"type": "array", "contains": _WILD}
_NARROWED: JsonDict = {"properties": {"Bucket": {"anyOf": [_WILD, _SOME_WILD]}}}

BucketOrPattern = Annotated[str, AfterValidator(_checked_bucket), WithJsonSchema(_ONE)]
Buckets = Annotated[
    tuple[Annotated[str, AfterValidator(_checked_entry)], ...],
    AfterValidator(distinct),
    AfterValidator(_with_use),
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [_ONE, _MANY]}),
]
Region = Annotated[
    str,
    AfterValidator(_checked_regions),
    WithJsonSchema({"type": "string", "pattern": f"^({_REGION.pattern}|{_REGIONS.pattern})$"}),
]
Tags = Annotated[
    dict[
        Annotated[str, _tag_text("key", _LONGEST_KEY)],
        Annotated[str, _tag_text("value", _LONGEST_VALUE)],
    ],
    BeforeValidator(_some_tags),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": _MOST_TAGS,
            "propertyNames": {"pattern": f"^{_TAG.pattern}$", "maxLength": _LONGEST_KEY},
            "additionalProperties": {
                "type": "string",
                "pattern": f"^{_TAG.pattern}$",
                "maxLength": _LONGEST_VALUE,
            },
        }
    ),
]


def narrowing(tags: dict[str, str] | None, info: ValidationInfo) -> dict[str, str] | None:
    """Return the tags, if `Bucket` has a pattern that they could narrow."""
    entries = info.data.get("bucket")
    if entries is not None and not _has_pattern(entries):
        raise ValueError("there is no pattern in `Bucket` that `Tags` could narrow")
    return tags


def _required(member: str) -> JsonDict:
    """Return a schema that requires a member, and names it, as strict validators want it."""
    return {"properties": {member: True}, "required": [member]}


class Head(BaseModel):
    """What a desired file says beside its settings."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        title="OSS bucket, desired",
        field_title_generator=lambda name, field: field.alias or name,
        json_schema_extra={
            "anyOf": [_required(setting.root) for setting in SETTINGS],
            "dependentSchemas": {"Tags": _NARROWED},
        },
    )

    schema_: str | None = Field(
        default=None,
        alias="$schema",
        description="Where the JSON Schema of this file is. Editors use it; drift does not.",
    )
    bucket: Buckets = Field(
        alias="Bucket",
        description=(
            "What this configuration is declared for: a bucket, or a list. An entry may be a "
            "pattern with * and ?; one that begins with ! excludes from the patterns."
        ),
        examples=["oss-example", ["oss-example-1", "oss-example-2"], ["logs-*", "!logs-old-*"]],
    )
    region: Region | None = Field(
        default=None,
        alias="Region",
        description=(
            "The region of the buckets, such as cn-hangzhou, or a pattern of regions. Without it, "
            "patterns match in all regions, and --region says where the named buckets are."
        ),
        examples=["cn-hangzhou", "cn-*"],
    )
    tags: Tags | None = Field(
        default=None,
        alias="Tags",
        description="The tags that a bucket must have, all of them, for a pattern to match it.",
        examples=[{"stage": "prod"}],
    )

    _narrow_a_pattern = field_validator("tags")(narrowing)

    def settings(self) -> tuple[Setting, ...]:
        """Return the settings that the file declares."""
        return tuple(value for value in vars(self).values() if isinstance(value, Setting))


_members: dict[str, Any] = {
    setting.root: (
        setting | None,
        Field(default=None, alias=setting.root, description=docstring(setting)),
    )
    for setting in SETTINGS
}

DesiredFile: type[Head] = create_model("DesiredFile", __base__=Head, **_members)
"""A desired file: beside the head, a member for every setting, named after its root element."""
