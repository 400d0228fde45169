"""Waivers that tests need again and again."""

import json
from datetime import date
from typing import Any

from hypothesis import strategies as st

from drift.desired.declaration import located
from drift.plan import Waiver
from drift.positions import JsonText
from drift.settings.https import HttpsConfiguration
from drift.waivers.entry import Entry
from drift.waivers.target import TARGETS
from drift.waivers.waivers import Waivers
from tests.strategies import live_documents

TODAY = date(2026, 11, 22)
TLS = "/HttpsConfiguration/TLS"
CIPHERS = "/HttpsConfiguration/CipherSuite"


def waiver(pointer: str, live: Any, **members: Any) -> dict[str, Any]:
    """Return a waiver as a file has it, for `oss-example` if nothing else is said."""
    return {
        "Bucket": "oss-example",
        "Setting": "HttpsConfiguration",
        "Pointer": pointer,
        "Live": live,
        "Reason": "Old scanners in the warehouse.",
        "Owner": "storage-team",
        "Expires": "2027-03-01",
    } | members


def entries(*waivers: dict[str, Any], whole: bool = True) -> list[Entry]:
    """Return what a file with these waivers would give."""
    text = JsonText("desired/waivers.json", json.dumps({"Waivers": waivers}, indent=2))
    return [
        Entry(
            one["Bucket"],
            TARGETS[one["Pointer"]],
            one["Live"],
            Waiver(
                reason=one["Reason"],
                owner=one["Owner"],
                expires=date.fromisoformat(one["Expires"]),
                source=located(text, f"/Waivers/{index}"),
            ),
            text,
            f"/Waivers/{index}",
            whole,
        )
        for index, one in enumerate(waivers)
    ]


def waivers(*given: dict[str, Any], today: date = TODAY, whole: bool = True) -> Waivers:
    """Return all waivers of a run, which are these."""
    return Waivers(entries(*given, whole=whole), today)


def value_at(document: HttpsConfiguration, pointer: str) -> Any:
    """Return what a live document does at a pointer, as JSON; None if nothing is there."""
    value: Any = document.as_live().normal()
    for name in pointer.split("/")[2:]:
        value = value.get(name) if isinstance(value, dict) else None
    return json.loads(json.dumps(value, default=sorted))


@st.composite
def likely(draw: st.DrawFn, live: HttpsConfiguration | None) -> dict[str, Any]:
    """A waiver that often pins what is live, and sometimes what another bucket has."""
    document = live or HttpsConfiguration()
    if draw(st.integers(0, 3)) == 0:
        document = draw(live_documents)
    values = {pointer: value_at(document, pointer) for pointer in TARGETS}
    pointer = draw(st.sampled_from([at for at, value in values.items() if value is not None]))
    name = draw(st.sampled_from(["oss-example", "oss-example", "oss-*", "*", "other"]))
    expires = draw(st.sampled_from(["2027-03-01", "2027-03-02", "2026-11-22", "2026-11-21"]))
    return waiver(pointer, values[pointer], Bucket=name, Expires=expires)
