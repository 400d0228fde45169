"""Buckets that are folded: what is said of all of them is true of each."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from drift.plan import DocumentChange, Problem, ResourceChange, Severity
from drift.render.block import block
from drift.render.excuse import excuses, needed
from drift.render.fold import folded
from drift.render.steps import steps
from drift.render.why import explanations, violations, worst
from tests.render.fleets import (
    drifted,
    missing,
    partly_waived,
    rule,
    unreadable,
    violating,
    waived,
    waiver,
)

DOCUMENTS: list[dict[str, JsonValue] | None] = [
    None,
    {"HttpsConfiguration": {"TLS": {"Enable": True, "TLSVersion": ["TLSv1.0"]}}},
    {"HttpsConfiguration": {"TLS": {"Enable": True, "TLSVersion": ["TLSv1.2"]}}},
    {"HttpsConfiguration": {"TLS": {"TLSVersion": ["TLSv1.2"]}, "CipherSuite": {"Enable": True}}},
    {"HttpsConfiguration": {"TLS": {"TLSVersion": ["TLSv1.2"]}, "CipherSuite": {"Enable": False}}},
]
"""Two that differ in the part that changes, and two in the other."""

CHANGES = st.builds(
    DocumentChange,
    actions=st.sampled_from([("create",), ("update",)]),
    before=st.sampled_from(DOCUMENTS),
    after=st.sampled_from(DOCUMENTS),
)
PROBLEMS = st.builds(
    Problem,
    code=st.sampled_from(["A", "B"]),
    message=st.sampled_from(["No.", "Never."]),
    advice=st.sampled_from(["", "Wait."]),
    retryable=st.booleans(),
)


def severe(severity: Severity | None) -> ResourceChange:
    (change,) = (one := drifted("")).changes
    return replace(one, changes=(change.model_copy(update={"severity": severity}),))


KINDS = st.one_of(
    st.builds(
        lambda change, value, meaning: drifted("", value, change=change, meaning=meaning),
        CHANGES,
        st.sampled_from(["TLSv1.0", "TLSv1.1"]),
        st.sampled_from(["accepts TLS 1.0", "refuses TLS 1.2"]),
    ),
    st.builds(lambda problem: unreadable("", problem=problem), PROBLEMS),
    st.builds(
        lambda excuse, value: waived("", value, excuse=excuse),
        st.sampled_from([waiver(), waiver("Another reason."), waiver(owner="others")]),
        st.sampled_from(["TLSv1.0", "TLSv1.1"]),
    ),
    st.builds(lambda excuse: partly_waived("", excuse), st.sampled_from([waiver(), None])),
    st.builds(
        lambda *rules: violating("", rules=rules),
        st.sampled_from([rule(), rule("Another"), rule(pointer="/y"), rule(advice="Ask.")]),
    ),
    st.builds(severe, st.none() | st.sampled_from(Severity)),
    st.just(missing("")),
)


def named(found: Iterable[ResourceChange]) -> list[ResourceChange]:
    return [replace(one, name=f"app-{number}") for number, one in enumerate(found)]


def tls_of(one: ResourceChange) -> list[JsonValue]:
    """Return the part that changes, on both sides: pages show all of it."""
    documents = (one.change.before, one.change.after)
    roots = ((document or {}).get("HttpsConfiguration") for document in documents)
    return [root.get("TLS") if isinstance(root, dict) else None for root in roots]


@given(st.lists(KINDS, max_size=30).map(named))
def test_what_is_said_of_a_group_is_true_of_each_of_its_buckets(
    found: list[ResourceChange],
) -> None:
    """Law: each bucket is in one group, and told by itself it would be told like the first."""
    groups = folded(found)
    assert sorted(one.name for group in groups for one in group.resources) == sorted(
        one.name for one in found
    )
    for group in groups:
        first = group.first
        for one in group.resources:
            assert (one.type, one.status, one.impact) == (first.type, first.status, first.impact)
            assert (one.meaning, one.problem) == (first.meaning, first.problem)
            assert (one.change.actions, steps(one)) == (first.change.actions, steps(first))
            assert (violations(one), worst(one)) == (violations(first), worst(first))
            assert (excuses(one), explanations(one)) == (excuses(first), explanations(first))
            if needed(one):
                assert [*block(one, named=False)] == [*block(first, named=False)]
                assert tls_of(one) == tls_of(first)
