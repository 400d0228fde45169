"""Policies as files that declare something."""

import json
from dataclasses import replace
from typing import Any

from drift.desired.declaration import Declaration
from drift.plan import Severity
from drift.policy.policy import Policy
from drift.positions import JsonText
from drift.settings.https import HttpsConfiguration
from tests.declared import File
from tests.policy.domain import BUCKET, REGION


def by_policy(
    schema: dict[str, Any], *entries: str, name: str = "desired/policy.json"
) -> list[Declaration]:
    """Return what a policy declares, for one bucket if no others are named."""
    policy = Policy(JsonText(name, json.dumps(schema, indent=2)), schema, Severity.HIGH, "Ask.")
    file = File(entries or (BUCKET,), HttpsConfiguration(), REGION, name=name)
    return [replace(one, policy=policy, warnings=()) for one in file.declarations()]
