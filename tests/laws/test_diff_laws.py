from collections.abc import Mapping
from typing import Any

from hypothesis import given

from drift.diff import diff
from drift.plan import Change, Impact
from drift.settings.https import HttpsConfiguration
from tests.declared import declared
from tests.strategies import desired_documents, live_documents, whole_documents

OPPOSITE = {
    Impact.WEAKER: Impact.STRICTER,
    Impact.STRICTER: Impact.WEAKER,
    Impact.MIXED: Impact.MIXED,
    Impact.NEUTRAL: Impact.NEUTRAL,
}


ORDER = [
    "/HttpsConfiguration/TLS/Enable",
    "/HttpsConfiguration/TLS/TLSVersion",
    "/HttpsConfiguration/CipherSuite/Enable",
    "/HttpsConfiguration/CipherSuite/StrongCipherSuite",
    "/HttpsConfiguration/CipherSuite/CustomCipherSuite",
    "/HttpsConfiguration/CipherSuite/TLS13CustomCipherSuite",
]


def effect(document: HttpsConfiguration, *, strict: bool = False) -> dict[str, Any]:
    """Return what a live document does, worked out here by hand."""
    tls, suites = document.tls, document.cipher_suite
    effects: dict[str, Any] = {
        "TLS": frozenset(tls.versions) if tls is not None and tls.enable else "off"
    }
    if suites is None:
        effects["CipherSuite"] = "not reported" if strict else "all"
    elif not suites.enable:
        effects["CipherSuite"] = "all"
    elif suites.strong:
        effects["CipherSuite"] = "strong"
    else:
        effects["CipherSuite"] = frozenset(suites.tls12), frozenset(suites.tls13)
    return effects


def changes_of(
    desired: HttpsConfiguration, live: HttpsConfiguration | None, *, strict: bool = False
) -> tuple[Change, ...]:
    return diff(desired, live, declared(desired).locate, strict=strict)


def impact(changes: tuple[Change, ...]) -> Impact:
    return Impact.all_of(change.impact for change in changes)


@given(desired_documents, live_documents)
def test_equal_if_and_only_if_no_change(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """diff is empty iff the managed parts have the same effect on both sides."""
    for strict in (False, True):
        wanted, found = effect(desired), effect(live, strict=strict)
        managed = [name for name in wanted if name in desired.parts()]
        same = all(wanted[name] == found[name] for name in managed)
        assert (changes_of(desired, live, strict=strict) == ()) == same


@given(desired_documents)
def test_a_side_does_not_differ_from_itself(document: HttpsConfiguration) -> None:
    """diff(d, d) is empty, strict or not."""
    assert changes_of(document, document, strict=True) == ()


@given(desired_documents, live_documents)
def test_writing_the_desired_document_leaves_no_change(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """diff(d, d over live) is empty, and what d does not manage stays as it is live."""
    after = desired.over(live)
    assert changes_of(desired, after, strict=True) == ()
    for name, part in live.parts().items():
        assert name in desired.parts() or after.parts()[name] == part


@given(desired_documents, live_documents)
def test_the_changes_lead_from_live_to_desired(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """Carrying out every change on the live normal form gives the desired one."""
    form = thawed({k: v for k, v in live.as_live().normal().items() if k in desired.parts()})
    for change in changes_of(desired, live):
        carry_out(form, change)
    wanted = thawed(desired.normal())
    assert without_empty(form) == without_empty(wanted)


def thawed(normal: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: thawed(value)
        if isinstance(value, Mapping)
        else set(value)
        if isinstance(value, frozenset)
        else value
        for name, value in normal.items()
    }


def carry_out(form: dict[str, Any], change: Change) -> None:
    _, _root, part, member = change.path.split("/")
    members = form.setdefault(part, {})
    value = change.before if change.action == "remove" else change.after
    if not isinstance(value, str):
        assert members.get(member) == change.before
        members[member] = value
        if change.action == "remove":
            del members[member]
    elif change.action == "add":
        assert value not in members.setdefault(member, set())
        members[member].add(value)
    else:
        members[member].remove(value)


def without_empty(form: dict[str, Any]) -> dict[str, Any]:
    return {
        part: {member: value for member, value in members.items() if value != set()}
        for part, members in form.items()
    }


@given(whole_documents, whole_documents)
def test_swapping_the_sides_swaps_weaker_and_stricter(
    one: HttpsConfiguration, other: HttpsConfiguration
) -> None:
    """impact(a, b) is the opposite of impact(b, a)."""
    there, back = changes_of(one, other), changes_of(other, one)
    assert impact(there) == OPPOSITE[impact(back)]


@given(whole_documents, whole_documents)
def test_accepting_more_is_weaker(one: HttpsConfiguration, other: HttpsConfiguration) -> None:
    """A live side that accepts all TLS versions and suites of desired, and more, is weaker."""
    ours, theirs = effect(one), effect(other)
    accepted, of_other = (
        {"TLSv1.0", "TLSv1.1", "TLSv1.2"} if side["TLS"] == "off" else side["TLS"]
        for side in (ours, theirs)
    )
    if accepted < of_other and ours["CipherSuite"] == theirs["CipherSuite"]:
        assert impact(changes_of(one, other)) is Impact.WEAKER
        assert impact(changes_of(other, one)) is Impact.STRICTER


@given(desired_documents, live_documents)
def test_changes_come_in_the_order_of_the_document(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """TLS before ciphers, a list's entries together and sorted, whatever was added or removed."""
    changes = changes_of(desired, live)
    paths = [change.path for change in changes]
    assert paths == sorted(paths, key=ORDER.index)
    for path in {*paths}:
        of_list = [change for change in changes if change.path == path]
        entries = [str(one.after if one.action == "add" else one.before) for one in of_list]
        assert entries == sorted(entries)


@given(desired_documents, live_documents)
def test_every_drift_has_a_meaning(desired: HttpsConfiguration, live: HttpsConfiguration) -> None:
    """There are words for it iff there are changes."""
    for strict in (False, True):
        changes = changes_of(desired, live, strict=strict)
        assert bool(changes) == bool(desired.meaning(live, strict=strict))


@given(desired_documents)
def test_a_bucket_that_never_had_the_setting_gets_all_of_it(desired: HttpsConfiguration) -> None:
    """Against nothing every change adds; and there is none where the defaults are desired."""
    changes = changes_of(desired, None)
    assert all(change.action == "add" for change in changes)
    assert (changes == ()) == (changes_of(desired, HttpsConfiguration()) == ())


@given(desired_documents, live_documents)
def test_every_change_names_its_line(desired: HttpsConfiguration, live: HttpsConfiguration) -> None:
    """The source of a change is the desired value, or the nearest that would hold it."""
    declaration = declared(desired)
    lines = declaration.text.text.splitlines()
    for change in diff(desired, live, declaration.locate):
        rest = lines[change.source.line - 1][change.source.column - 1 :]
        if change.action == "add" and isinstance(change.after, str):
            assert rest.startswith(("[", '"'))
        assert rest
