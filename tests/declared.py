"""Declarations and fleets that tests need again and again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from drift.check import check
from drift.desired.declaration import Declaration, located
from drift.live.fleet import Fleet
from drift.live.service_error import error_body, status_of
from drift.live.source import Answer
from drift.plan import Plan
from drift.positions import JsonText
from drift.settings.setting import Setting

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def declared(setting: Setting, bucket: str = "oss-example") -> Declaration:
    """Return the declaration that a file with this setting would give."""
    document = {"Bucket": bucket, "Region": "cn-hangzhou", **setting.document()}
    text = JsonText("desired/example.json", json.dumps(document, indent=2))
    return Declaration(
        bucket,
        "cn-hangzhou",
        setting,
        tuple(setting.lint()),
        text,
        "/Bucket",
        located(text, "/Bucket"),
    )


class Answers:
    """A source that has its answers at hand: bodies by bucket, and no bucket beside them."""

    def __init__(self, bodies: Mapping[str, bytes]) -> None:
        self._bodies = bodies

    def read(self, bucket: str, _region: str | None, _setting: type[Setting]) -> Answer:
        body = self._bodies.get(bucket) or error_body("NoSuchBucket", "No such bucket.", bucket)
        return Answer(status_of(body), body)


def planned(
    declarations: list[Declaration], bodies: Mapping[str, bytes], *, strict: bool = False
) -> Plan:
    """Return the plan of declarations against the given answers."""
    return check(declarations, Fleet(Answers(bodies)), strict=strict, now=NOW)
