"""A change of the HTTPS configuration, explained: whom the live value helps, whom a return hurts.

The plan may be a stranger's. Of its texts only those are looked at that the tables know, and none
is repeated.
"""

from pydantic import JsonValue

from drift.plan import Change, Impact
from drift.settings.english import listed
from drift.settings.https.cipher_suites import canonical
from drift.settings.https.client import Client, clients
from drift.settings.https.clients import connecting, lost
from drift.settings.https.risk import Side, risk
from drift.settings.setting import Explanation

_HARMLESS = {
    Impact.NEUTRAL: Explanation(
        "An attacker gains nothing: the live value has the same effect as the desired one.",
        "This change alone cuts off no client.",
    ),
    Impact.STRICTER: Explanation(
        "An attacker gains nothing: the live value only refuses what is wanted.",
        "A return to the desired value cuts off no client: it accepts more.",
    ),
}
_NOBODY = "No widely used client is known to need it."
_UNTOLD = "Which clients a return to the desired value would cut off cannot be told."


def explain(path: tuple[str, ...], change: Change, live: Side, desired: Side) -> Explanation:
    """Return both sentences about a change at `path` below the root."""
    if change.impact in _HARMLESS:
        return _HARMLESS[change.impact]
    sentence = risk(path, change.before, live, desired).sentence
    if not sentence:
        return Explanation("", "")
    if path[0] == "TLS":
        return Explanation(sentence, _cut_off_by_version(change.before, live, desired))
    return Explanation(sentence, _cut_off_by_suite(change.before, live, desired))


def _cut_off_by_version(value: JsonValue, live: Side, desired: Side) -> str:
    cut = lost(live.tls.accepted, desired.tls.accepted)
    if isinstance(value, str):
        cut = tuple(client for client in cut if value in client.versions)
    return _cuts_off("what speaks no wanted TLS version", cut) if cut else _NOBODY


def _cut_off_by_suite(value: JsonValue, live: Side, desired: Side) -> str:
    if live.ciphers is None or desired.ciphers is None:
        return _UNTOLD
    before = connecting(live.tls, live.ciphers)
    after = connecting(desired.tls, desired.ciphers)
    both = [
        (client, can, could)
        for client, can, could in zip(clients(), before, after, strict=True)
        if client.versions & desired.tls.accepted and can is not False and could is not True
    ]
    entry = canonical(value) if isinstance(value, str) else None
    lost_by_suite = [client for client, can, could in both if (can, could) == (True, False)]
    cut = tuple(one for one in lost_by_suite if entry is None or entry in one.suites)
    if cut:
        return _cuts_off("what has no wanted suite", cut)
    return _UNTOLD if len(lost_by_suite) < len(both) else _NOBODY


def _cuts_off(what: str, cut: tuple[Client, ...]) -> str:
    return f"A return to the desired value cuts off {what}: {listed([one.name for one in cut])}."
