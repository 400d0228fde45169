"""What follows from policies alone: against brute force, and another validator's errors."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, cast

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from drift.policy.demand import Case, Demand, State
from drift.policy.reason import clashes, says_nothing, spares_the_laxest
from drift.positions import escaped
from drift.settings.https import HttpsConfiguration
from drift.settings.states import TooManyError
from tests.policy.domain import (
    BUCKET,
    NAMES12,
    NAMES13,
    REGION,
    Oracle,
    declares,
    domain,
    policy,
    pool,
)
from tests.policy.schemas import schemas
from tests.strategies import desired_documents

CASE = Case(BUCKET, REGION)
Schema = dict[str, Any]
COUNTS = ("minContains", "maxContains")


def states(demand: Demand) -> tuple[State, ...]:
    found: tuple[State, ...] = ()
    with suppress(TooManyError):
        found = tuple(demand.domain().states())
    assume(0 < len(found) < 800)
    return found


def all_documents(some: list[Schema], exact: HttpsConfiguration) -> list[dict[str, Any]]:
    """Return the documents of the oracle, and those that drift itself looks at without pruning."""
    known = domain(pool(NAMES12, some, exact), pool(NAMES13, some, exact))
    thorough = states(Demand(exact, tuple(map(policy, some)), thorough=True))
    return [one.seen for one in known if declares(exact, one)] + [
        CASE.around(one.document) for one in thorough
    ]


def keywords(schema: Schema, document: dict[str, Any]) -> Iterator[str]:
    """Yield pointers to the keywords that the other validator finds unsatisfied."""
    for error in Draft202012Validator(schema).iter_errors(document):
        at = pointer(schema, error.absolute_schema_path)
        named = error.validator if error.validator in COUNTS else None
        if error.validator == "contains":  # ours names the number that there should be
            named = next((one for one in COUNTS if one in error.schema), None)
        yield f"{at.removesuffix('contains')}{named}" if named else at


def pointer(schema: Schema, path: Sequence[str | int]) -> str:
    """Return where the keyword stands to which a path leads that does not tell of references."""
    at, value = "", cast("Any", schema)
    for step in path:
        if isinstance(value, dict) and "$ref" in value:
            (name,) = schema["$defs"]
            at, value = f"/$defs/{escaped(name)}", schema["$defs"][name]
        at, value = f"{at}/{escaped(str(step))}", value[step]
    return at


@settings(max_examples=15)
@given(
    st.lists(schemas(), min_size=1, max_size=2), st.just(HttpsConfiguration()) | desired_documents
)
def test_there_is_a_clash_if_and_only_if_nothing_satisfies_all(
    some: list[Schema], exact: HttpsConfiguration
) -> None:
    demand = Demand(exact, tuple(map(policy, some)))
    possible = any(map(Oracle(some).accepts, all_documents(some, exact)))
    assert bool(clashes(demand, CASE)) != possible


@settings(max_examples=15)
@given(
    st.lists(schemas(), min_size=1, max_size=2), st.just(HttpsConfiguration()) | desired_documents
)
def test_the_keywords_of_a_clash_refuse_everything_and_none_of_them_is_needless(
    some: list[Schema], exact: HttpsConfiguration
) -> None:
    """Each document breaks one of them; without any of them, one would break none."""
    policies = tuple(map(policy, some))
    found = {
        (policies.index(one.policy), one.keyword) for one in clashes(Demand(exact, policies), CASE)
    }
    assume(found)
    blamed = [
        {
            (number, keyword)
            for number, schema in enumerate(some)
            for keyword in keywords(schema, document)
        }
        & found
        for document in all_documents(some, exact)
    ]
    assert all(blamed)
    for one in found:
        assert {one} in blamed


@settings(max_examples=15)
@given(schemas(), st.just(HttpsConfiguration()) | desired_documents)
def test_what_is_left_out_beforehand_would_be_refused(
    schema: Schema, exact: HttpsConfiguration
) -> None:
    plain, thorough = (
        Demand(exact, (policy(schema),), thorough=thorough) for thorough in (False, True)
    )
    kept = [one.document for one in states(plain)]
    for state in states(thorough):
        if thorough.accepts(CASE.around(state.document)):
            assert state.document in kept


@settings(max_examples=15)
@given(schemas())
def test_a_policy_says_nothing_if_and_only_if_everything_satisfies_it(schema: Schema) -> None:
    one = policy(schema)
    assume(not one.looks_at_the_place)
    everything = all(map(Oracle([schema]).accepts, all_documents([schema], HttpsConfiguration())))
    assert says_nothing(one, HttpsConfiguration) == everything


@settings(max_examples=15)
@given(schemas())
def test_it_spares_the_laxest_where_it_refuses_some_limits_but_not_to_have_none(
    schema: Schema,
) -> None:
    """With some TLS, all suites are accepted, and of those that are limited some are refused."""
    one = policy(schema)
    assume(not one.looks_at_the_place)
    oracle = Oracle([schema])
    fates: dict[str, set[tuple[bool, bool]]] = {}
    for document in all_documents([schema], HttpsConfiguration()):
        parts = document["HttpsConfiguration"]
        limited = parts["CipherSuite"]["Enable"]
        fates.setdefault(str(parts["TLS"]), set()).add((limited, oracle.accepts(document)))
    wanted = {(False, True), (True, True), (True, False)}
    spared = any(fate >= wanted for fate in fates.values())
    assert spares_the_laxest(one, HttpsConfiguration) == ("CipherSuite",) * spared
