"""Documents of OSS in the words of Terraform's provider for Alibaba Cloud.

Source: the provider's documentation and source of `alicloud_oss_bucket_https_config`, 1.267.0 and
later. Parts are blocks, which JSON has as lists of one object; lists are sets, which it has sorted.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from pydantic import JsonValue

from drift.plan import ResourceChange
from drift.settings import SETTINGS
from drift.untrusted import visible

Object: TypeAlias = dict[str, JsonValue]

_LONGEST = 4096
"""The longest text, in characters: what paths may take. No text of an honest plan is changed."""

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SETTINGS = {setting.type: setting for setting in SETTINGS}


def text(value: str) -> str:
    """Return a text of a plan, harmless to a tool that prints what it reads here."""
    return visible(value, _LONGEST)


def attributes(resource: ResourceChange, document: Mapping[str, JsonValue] | None) -> Object:
    """Return a document of the bucket as attributes; of none, only the bucket's name."""
    setting = _SETTINGS.get(resource.type)
    names = setting.terraform_names if setting else {}
    bucket: Object = {"bucket": text(resource.name)}
    found = {**bucket}
    for root in (document or {}).values():
        for part, members in root.items() if isinstance(root, dict) else ():
            found |= _part(part, members, names)
    return found | bucket


def unknown(resource: ResourceChange) -> Object:
    """Return `true` for each attribute that the bucket's document could have."""
    setting = _SETTINGS.get(resource.type)
    if setting is None:
        return {}
    names = setting.terraform_names
    beside = {place for place in names if "/" in place}
    parts = {field.alias or name for name, field in setting.model_fields.items()}
    parts -= {place.partition("/")[0] for place in beside}
    return {names.get(place) or _snake(place): True for place in sorted(beside | parts)}


def _part(part: str, members: JsonValue, names: Mapping[str, str]) -> Object:
    """Return a part as a block, and beside it what the provider has no block for."""
    if not isinstance(members, dict):
        return {names.get(part) or _snake(part): _value(members)}
    beside: Object = {}
    block: Object = {}
    for member, value in members.items():
        place = f"{part}/{member}"
        holder = beside if place in names else block
        holder[names.get(place) or _snake(member)] = _value(value)
    return beside | ({names.get(part) or _snake(part): [block]} if block else {})


@lru_cache(1000)
def _snake(name: str) -> str:
    return _WORD_END.sub("_", text(name)).lower()


def _value(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return text(value)
        case dict():
            return [{_snake(name): _value(inner) for name, inner in value.items()}]
        case list():
            return _sorted([_value(inner) for inner in value])
        case _:
            return value


def _sorted(values: list[JsonValue]) -> list[JsonValue]:
    texts: list[JsonValue] = [value for value in values if isinstance(value, str)]
    return sorted(texts, key=str) if len(texts) == len(values) else values
