"""From a violated rule to the nearest document: against brute force over the whole domain."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drift.diff import diff
from drift.plan import Source, Status
from drift.policy.demand import Case, Demand
from drift.settings.document import write
from drift.settings.https import VERSIONS, CipherSuite, HttpsConfiguration, Tls
from drift.settings.states import Choice, TooManyError
from tests.declared import declared, planned
from tests.policy.declaring import by_policy
from tests.policy.domain import (
    BUCKET,
    NAMES12,
    NAMES13,
    REGION,
    Document,
    Oracle,
    changes,
    declares,
    domain,
    policy,
    pool,
    seen,
)
from tests.policy.schemas import cipher_parts, of_suites, schemas
from tests.strategies import desired_documents, live_documents, subsets, tls, whole_documents

CASE = Case(BUCKET, REGION)
Schema = dict[str, Any]


@st.composite
def cipher_suites(draw: st.DrawFn) -> CipherSuite:
    """Cipher suites of the names that the oracle knows."""
    way = draw(st.sampled_from(["all", "strong", "custom", "custom"]))
    tls12 = draw(subsets((*NAMES12, "TLS_RSA_WITH_AES_128_CBC_SHA"), least=int(way == "custom")))
    return CipherSuite(
        Enable=way != "all",
        StrongCipherSuite=way == "strong",
        CustomCipherSuite=tls12,
        TLS13CustomCipherSuite=draw(subsets(NAMES13)),
    )


documents = st.builds(
    HttpsConfiguration, TLS=st.none() | tls(), CipherSuite=st.none() | cipher_suites()
)
lives = st.none() | documents
exacts = st.just(HttpsConfiguration()) | documents
some_schemas = st.lists(schemas(), min_size=1, max_size=2)


def known(some: list[Schema], live: HttpsConfiguration | None) -> tuple[Document, ...]:
    return domain(pool(NAMES12, some, live), pool(NAMES13, some, live))


def only_what_differs(
    document: HttpsConfiguration, live: HttpsConfiguration | None, exact: HttpsConfiguration
) -> HttpsConfiguration:
    """Return the parts that are declared exactly, and those in which live differs."""
    whole = (live or HttpsConfiguration()).as_live().normal()
    kept = {
        name: part
        for name, part in document.parts().items()
        if name in exact.parts() or part.normal() != whole[name]
    }
    return HttpsConfiguration.model_validate(kept)


def judged(target: HttpsConfiguration, live: HttpsConfiguration | None) -> dict[str, Any]:
    """Return what a policy sees once live is as the target wants it."""
    whole = (live or HttpsConfiguration()).as_live()
    return seen(HttpsConfiguration.model_validate({**whole.parts(), **target.parts()}))


def target_of(
    demand: Demand, live: HttpsConfiguration | None, *, strict: bool = False
) -> HttpsConfiguration | None:
    """Return the target; where there are too many documents, the example is of no use."""
    with suppress(TooManyError):
        return demand.target(live, CASE, strict=strict)  # type: ignore[return-value]
    assume(False)
    return None


@settings(max_examples=40)
@given(some_schemas, lives, exacts)
def test_the_target_satisfies_all_with_the_fewest_changes_and_refusals(
    some: list[Schema], live: HttpsConfiguration | None, exact: HttpsConfiguration
) -> None:
    """No document that satisfies the policies is nearer; there is no target if none does."""
    demand, oracle = Demand(exact, tuple(map(policy, some))), Oracle(some)
    target = target_of(demand, live)
    whole = (live or HttpsConfiguration()).as_live()
    ranks = [
        (changes(wanted, live), wanted.over(whole).refusals(whole))
        for one in oracle.valid(known(some, live))
        if declares(exact, one)
        for wanted in (only_what_differs(one.setting, live, exact),)
    ]
    if target is None:
        assert not ranks
    else:
        assert oracle.accepts(judged(target, live))
        found = changes(target, live), target.over(whole).refusals(whole)
        assert found <= min(ranks, default=found)


states = st.sampled_from([one.setting for one in domain((), ())])


@settings(max_examples=200)
@given(st.sets(states, min_size=1), states)
def test_of_documents_that_are_equally_near_it_is_the_one_that_refuses_fewest(
    wanted: set[HttpsConfiguration], live: HttpsConfiguration
) -> None:
    """Whatever set of documents a policy names, it is the best of it by changes, then refusals."""
    named = [seen(one)["HttpsConfiguration"] for one in wanted]
    demand = Demand(
        HttpsConfiguration(), (policy({"properties": {"HttpsConfiguration": {"enum": named}}}),)
    )
    target = demand.target(live, CASE)
    assert isinstance(target, HttpsConfiguration)
    best = min((changes(one, live), one.refusals(live)) for one in wanted)
    assert (changes(target, live), target.over(live).refusals(live)) == best


@settings(max_examples=10)
@given(some_schemas, lives, exacts, st.randoms())
def test_the_target_is_always_the_same(
    some: list[Schema],
    live: HttpsConfiguration | None,
    exact: HttpsConfiguration,
    random: Any,
) -> None:
    """It depends on no order in what is live, and on nothing that was judged before."""
    policies = tuple(map(policy, some))
    demand = Demand(exact, policies)
    target = target_of(demand, live)
    target_of(demand, HttpsConfiguration(TLS=Tls(Enable=False)))
    assert demand.target(live, CASE) == target
    if live and live.cipher_suite:
        shuffled = random.sample(live.cipher_suite.tls12, len(live.cipher_suite.tls12))
        ciphers = live.cipher_suite.model_copy(update={"tls12": tuple(shuffled)})
        live = live.model_copy(update={"cipher_suite": ciphers})
    assert Demand(exact, policies).target(live, CASE) == target


@settings(max_examples=25)
@given(some_schemas, lives, exacts, st.booleans())
def test_what_satisfies_all_needs_no_change_and_the_target_does_once_it_is_live(
    some: list[Schema], live: HttpsConfiguration | None, exact: HttpsConfiguration, strict: bool
) -> None:
    demand = Demand(exact, tuple(map(policy, some)))
    target = target_of(demand, live, strict=strict)
    if target is not None:
        whole = target.over((live or HttpsConfiguration()).as_live())
        again = demand.target(whole, CASE, strict=strict)
        assert again == exact
        assert not diff(exact, whole, declared(exact).locate, strict=strict)


@settings(max_examples=40)
@given(cipher_parts.map(of_suites), st.builds(HttpsConfiguration, TLS=tls()))
def test_with_strict_what_is_not_reported_satisfies_nothing_that_looks_at_it(
    schema: Schema, live: HttpsConfiguration
) -> None:
    """Suites that the service does not report are no default, if the verdict depends on them."""
    verdicts = {Oracle([schema]).accepts(one.seen) for one in known([schema], live)}
    assume(len(verdicts) > 1)
    target = target_of(Demand(HttpsConfiguration(), (policy(schema),)), live, strict=True)
    assert target is None or target.cipher_suite


@given(whole_documents, whole_documents)
def test_the_distance_is_the_number_of_changes_where_versions_are_spelled_out(
    desired: HttpsConfiguration, live: HttpsConfiguration
) -> None:
    """What the nearest document is chosen by, what the oracle counts, and `diff` are one number."""
    assume(desired.tls and live.tls and desired.tls.enable == live.tls.enable)
    found = len(diff(desired, live, lambda _: Source("a.json", 1, 1)))
    sides = zip(live.parts().values(), desired.parts().values(), strict=True)
    assert sum(Choice.of(one).changes(Choice.of(other)) for one, other in sides) == found
    assert changes(desired, live) == found


@given(whole_documents, whole_documents)
def test_the_distance_is_the_same_there_and_back(
    one: HttpsConfiguration, other: HttpsConfiguration
) -> None:
    for here, there in zip(one.parts().values(), other.parts().values(), strict=True):
        there_and_back = Choice.of(here), Choice.of(there)
        assert there_and_back[0].changes(there_and_back[1]) == there_and_back[1].changes(
            there_and_back[0]
        )


def test_to_name_the_versions_that_are_accepted_anyhow_is_one_change() -> None:
    off, on = Tls(Enable=False), Tls(Enable=True, TLSVersion=VERSIONS[:3])
    assert Choice.of(off).changes(Choice.of(on)) == 1
    schema: Schema = {"contains": {"const": "TLSv1.3"}}
    for name in ("TLSVersion", "TLS", "HttpsConfiguration"):
        schema = {"properties": {name: schema}}
    target = Demand(HttpsConfiguration(), (policy(schema),)).target(None, CASE)
    assert target == HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=VERSIONS))


@settings(max_examples=40)
@given(whole_documents, live_documents, st.booleans())
def test_a_policy_that_is_one_document_is_the_exact_file_with_it(
    desired: HttpsConfiguration, live: HttpsConfiguration, strict: bool
) -> None:
    """The changes and the verdict are the same, whatever is live."""
    body = {BUCKET: write(live)}
    whole = HttpsConfiguration.model_validate(as_declared(desired))
    said = {"const": seen(desired)["HttpsConfiguration"]}
    rule = by_policy({"properties": {"HttpsConfiguration": said}})
    exact, ruled = (
        planned(one, body, strict=strict) for one in ([replace(declared(whole), warnings=())], rule)
    )
    assert exact.verdict == ruled.verdict
    assert summed(exact) == summed(ruled)


def as_declared(desired: HttpsConfiguration) -> dict[str, Any]:
    """Return the members of a document without the lists that have no effect."""
    document: dict[str, Any] = seen(desired)["HttpsConfiguration"]
    if not document["TLS"]["Enable"]:
        document["TLS"]["TLSVersion"] = []
    return document


def summed(plan: Any) -> list[tuple[object, ...]]:
    return [
        (change.path, change.action, change.before, change.after, change.impact)
        for resource in plan.resource_changes
        for change in resource.changes
    ]


@settings(max_examples=40)
@given(schemas(), desired_documents, live_documents, st.booleans())
def test_a_policy_more_never_makes_a_drift_in_sync_nor_lets_judge_what_was_not(
    schema: Schema, desired: HttpsConfiguration, live: HttpsConfiguration, strict: bool
) -> None:
    exact, rule = [declared(desired)], by_policy(schema)
    bodies = {BUCKET: write(live)}
    before = planned(exact, bodies, strict=strict).resource_changes[0]
    try:
        after = planned([*exact, *rule], bodies, strict=strict).resource_changes[0]
    except ValueError:  # they cannot both hold
        return
    if before.status is Status.UNREADABLE:
        assert after.status is Status.UNREADABLE
    elif before.status is Status.DRIFT:
        assert after.status in (Status.DRIFT, Status.UNREADABLE)
    else:
        assert (after.status is Status.IN_SYNC) <= Oracle([schema]).accepts(seen(live))
