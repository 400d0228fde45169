"""Declarations and fleets that tests need again and again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from drift.check import check
from drift.desired.declaration import EVERYWHERE, Declaration, Scope
from drift.desired.pattern import is_pattern
from drift.live.fleet import Fleet
from drift.live.listing import page_body
from drift.live.service_error import error_body, status_of
from drift.live.source import Answer, Bucket, Tag
from drift.plan import Plan
from drift.positions import JsonText
from drift.settings.setting import Setting

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class File(NamedTuple):
    """A desired file, as far as it matters which buckets it is for."""

    entries: tuple[str, ...]
    setting: Setting
    region: str | None = None
    scope: Scope = Scope()
    name: str = "desired/example.json"

    def declarations(self) -> list[Declaration]:
        """Return what the file declares: as `load` does, but without a disk."""
        head = {"Bucket": self.entries} | ({"Region": self.region} if self.region else {})
        text = JsonText(self.name, json.dumps({**head, **self.setting.document()}, indent=2))
        warnings = tuple(self.setting.lint())
        pointers = [f"/Bucket/{index}" for index, _ in enumerate(self.entries)]
        return [
            Declaration(
                entry, self.region, self.setting, warnings, text, at,
                self.scope if is_pattern(entry) else EVERYWHERE,
            )
            for entry, at in zip(self.entries, pointers, strict=True)
        ]  # fmt: skip


def declared(setting: Setting, bucket: str = "oss-example") -> Declaration:
    """Return the declaration that a file with this setting would give."""
    (declaration,) = File((bucket,), setting, "cn-hangzhou").declarations()
    return declaration


class Answers:
    """A source that has its answers at hand: bodies by bucket, and no bucket beside them."""

    changing = False
    uses_addresses = True

    def __init__(self, bodies: Mapping[str, bytes]) -> None:
        self._bodies = bodies
        self.listed = 0

    def read(self, bucket: Bucket, _setting: type[Setting]) -> Answer:
        name = bucket.name
        body = self._bodies.get(name) or error_body("NoSuchBucket", "No such bucket.", name)
        return Answer(status_of(body), body)

    def close(self) -> None: ...

    def page(self, _region: str | None, marker: str = "", _tag: Tag | None = None) -> Answer:
        self.listed += 1
        buckets = [Bucket(name, "cn-hangzhou") for name in sorted(self._bodies)]
        return Answer(200, page_body(buckets, marker=marker))


def planned(
    declarations: list[Declaration], bodies: Mapping[str, bytes], *, strict: bool = False
) -> Plan:
    """Return the plan of declarations against the given answers."""
    return check(declarations, Fleet(Answers(bodies)), strict=strict, now=NOW)
