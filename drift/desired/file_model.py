"""The shape of a desired file: which buckets, where, and one member for every setting."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic.json_schema import WithJsonSchema

from drift.settings import SETTINGS
from drift.settings.lists import distinct
from drift.settings.setting import Setting
from drift.untrusted import visible

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_REGION = re.compile(r"(?!oss-)[a-z][a-z0-9-]{1,56}[a-z0-9]")


def checked_region(name: str) -> str:
    """Return `name` if it is shaped like a region id; raise `ValueError` if not."""
    if not _REGION.fullmatch(name):
        raise ValueError(
            f'"{visible(name)}" is no region: its id is like cn-hangzhou, without oss-'
        )
    return name


def _checked_bucket(name: str) -> str:
    if not _BUCKET.fullmatch(name):
        shape = "3 to 63 lower-case letters, digits and inner hyphens"
        raise ValueError(f'"{visible(name)}" is no bucket name: {shape}')
    return name


def _one_or_more(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not value:
        raise ValueError("`Bucket` is a name, or a list of at least one name")
    return tuple(value)


_NAME = {"type": "string", "pattern": f"^{_BUCKET.pattern}$"}
_NAMES = {"type": "array", "items": _NAME, "minItems": 1, "uniqueItems": True}

Buckets = Annotated[
    tuple[Annotated[str, AfterValidator(_checked_bucket)], ...],
    AfterValidator(distinct),
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [_NAME, _NAMES]}),
]
Region = Annotated[
    str,
    AfterValidator(checked_region),
    WithJsonSchema({"type": "string", "pattern": f"^{_REGION.pattern}$"}),
]


class Head(BaseModel):
    """What a desired file says beside its settings."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        title="OSS bucket, desired",
        field_title_generator=lambda name, field: field.alias or name,
        json_schema_extra={"anyOf": [{"required": [setting.root]} for setting in SETTINGS]},
    )

    schema_: str | None = Field(
        default=None,
        alias="$schema",
        description="Where the JSON Schema of this file is. Editors use it; drift does not.",
    )
    bucket: Buckets = Field(
        alias="Bucket",
        description="The bucket, or the buckets, that this configuration is declared for.",
        examples=["oss-example", ["oss-example-1", "oss-example-2"]],
    )
    region: Region | None = Field(
        default=None,
        alias="Region",
        description="The region that holds them, such as cn-hangzhou. Else --region says it.",
        examples=["cn-hangzhou"],
    )

    def settings(self) -> tuple[Setting, ...]:
        """Return the settings that the file declares."""
        return tuple(value for value in vars(self).values() if isinstance(value, Setting))


_members: dict[str, Any] = {
    setting.root: (
        setting | None,
        Field(default=None, alias=setting.root, description=setting.__doc__),
    )
    for setting in SETTINGS
}

DesiredFile: type[Head] = create_model("DesiredFile", __base__=Head, **_members)
"""A desired file: beside the head, a member for every setting, named after its root element."""
