"""Each part of the setting has few states. Here every waiver of a third of their pairs is tried."""

import json
from typing import Any

from pydantic import ValidationError

from drift.diff import diff
from drift.discovery.decide import Decision
from drift.judge import judged
from drift.live.attempt import Found
from drift.live.source import Bucket
from drift.plan import Change, ResourceChange, Status
from drift.settings.document import Reading
from drift.settings.https import HttpsConfiguration
from drift.waivers.target import TARGETS
from tests.declared import declared
from tests.laws.test_every_pair import PAIRS
from tests.waivers.given import entries, value_at, waiver


def keys(changes: tuple[Change, ...]) -> set[str]:
    return {repr((one.path, one.action, one.before, one.after)) for one in changes}


def judge(
    desired: HttpsConfiguration, live: HttpsConfiguration, *given: dict[str, Any]
) -> ResourceChange:
    bucket = Bucket("oss-example", "cn-hangzhou")
    decision = Decision(bucket, declared(desired))
    return judged(decision, Found(Reading(live, ()), bucket), waivers=entries(*given))


def mixed(desired: HttpsConfiguration, pointer: str, value: Any) -> HttpsConfiguration | None:
    """Return the desired document with the value at the pointer, worked out by hand."""
    document = json.loads(json.dumps(desired.document()))
    *steps, last = pointer.split("/")[1:]
    inner = document
    for step in steps:
        inner = inner.get(step, {})
    inner[last] = value
    try:
        return HttpsConfiguration.model_validate(document["HttpsConfiguration"])
    except ValidationError:
        return None


def test_every_waiver_of_every_pair_excuses_what_vanishes_beside_it() -> None:
    """What is left is what the mixed document wants; a waiver that only adds does not apply."""
    statuses = dict.fromkeys(Status, 0)
    for desired, live in PAIRS[::3]:
        whole = keys(diff(desired, live, declared(desired).locate))
        for pointer in TARGETS:
            value = value_at(live, pointer)
            if value is None or not whole:
                continue
            wanted = mixed(desired, pointer, value)
            rest = keys(diff(wanted, live, declared(wanted).locate)) if wanted else whole
            expected = min(whole, rest)
            found = judge(desired, live, waiver(pointer, value))
            left = tuple(one for one in found.changes if one.waiver is None)
            assert keys(left) == expected, (desired, live, pointer)
            assert keys(found.changes) == whole
            statuses[found.status] += 1
            after = HttpsConfiguration.model_validate(
                (found.change.after or {})["HttpsConfiguration"]
            )
            assert keys(diff(after, live, declared(after).locate)) == expected
            assert bool(found.meaning)
            if left:
                assert found.impact is not None
                beside = wanted if wanted and rest < whole else desired
                assert found.meaning == beside.meaning(live)
            else:
                assert (found.impact, found.meaning) == (
                    judge(desired, live).impact,
                    desired.meaning(live),
                )
    assert statuses[Status.WAIVED] > 200
    assert statuses[Status.DRIFT] > 200
