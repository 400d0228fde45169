"""Laws of faults: a seed decides, and the order in which requests arrive does not."""

from collections import defaultdict
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.emulator import (
    Clock,
    CutOff,
    ErrorAnswer,
    Fault,
    Handshake,
    HangUp,
    Latency,
    Reset,
    Throttle,
)
from drift.emulator.trouble import Trouble, Troubles

BUCKETS = ("", "a", "logs-1", "logs-2")
FAULTS = st.builds(
    Fault,
    st.sampled_from(
        [ErrorAnswer(), Reset(), HangUp(), CutOff(), Latency(1, 2), Latency(mean=1), Clock(60)]
    ),
    st.sampled_from(["*", "logs-*", "a", "?*", ""]),
    p=st.floats(0, 1),
    seed=st.integers(0, 3),
    times=st.none() | st.integers(1, 3),
)


def by_bucket(faults: list[Fault], order: list[str]) -> dict[str, list[Trouble]]:
    troubles, found = Troubles(faults), defaultdict(list)
    for bucket in order:
        found[bucket].append(troubles.of(bucket))
    return found


@given(st.lists(FAULTS, max_size=4), st.lists(st.sampled_from(BUCKETS), max_size=20), st.data())
@settings(deadline=None)
def test_the_order_of_arrival_changes_nothing(
    faults: list[Fault], order: list[str], data: st.DataObject
) -> None:
    """What happens to the n-th request for a bucket is the same in whatever order all arrive."""
    other = data.draw(st.permutations(order))
    assert by_bucket(faults, order) == by_bucket(faults, other)


@given(FAULTS, st.integers(0, 30))
@settings(deadline=None)
def test_no_bucket_is_hit_more_often_than_times(fault: Fault, requests: int) -> None:
    """Each bucket is hit at most `times` times, and only if the pattern matches."""
    found = by_bucket([fault], [*BUCKETS] * requests)
    for bucket, troubles in found.items():
        hits = sum(trouble != Trouble() for trouble in troubles)
        assert hits <= (requests if fault.times is None else fault.times)
        if fault.buckets == "":
            assert not hits or not bucket


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 99))
@settings(deadline=None)
def test_a_higher_probability_hits_all_that_a_lower_one_hits(p: float, q: float, seed: int) -> None:
    """The requests that are hit with a probability are among those of any higher one."""

    def hit(part: float) -> set[int]:
        troubles = Troubles([Fault(Reset(), p=part, seed=seed)])
        return {number for number in range(50) if troubles.of("a").effect}

    assert hit(min(p, q)) <= hit(max(p, q))


@given(st.integers(), st.text(max_size=9))
@settings(deadline=None)
def test_a_probability_of_one_hits_all_and_of_zero_none(seed: int, bucket: str) -> None:
    """p=1 is always, p=0 is never, for any seed and any bucket that can be named."""
    always = Troubles([Fault(Reset(), p=1, seed=seed)])
    never = Troubles([Fault(Reset(), p=0, seed=seed)])
    assert all(always.of(bucket).effect for _ in range(20))
    assert not any(never.of(bucket).effect for _ in range(20))


def test_a_probability_is_about_the_part_that_is_hit() -> None:
    troubles = Troubles([Fault(Reset(), p=0.2, seed=7)])
    hits = sum(troubles.of(f"bucket-{number}").effect is not None for number in range(10_000))
    assert 1850 < hits < 2150


def test_each_seed_and_each_rule_hits_others() -> None:
    rules = [
        Fault(Reset(), p=0.5),
        Fault(Reset(), p=0.5, seed=1),
        Fault(HangUp(), p=0.5),
        Fault(Reset(), "bucket-*", p=0.5),
    ]

    def hit(fault: Fault) -> frozenset[int]:
        troubles = Troubles([fault])
        return frozenset(number for number in range(200) if troubles.of(f"bucket-{number}").effect)

    hits = [hit(rule) for rule in rules]
    for one, other in permutations(hits, 2):
        assert 20 < len(one - other) < 80


def test_the_hits_of_a_seed_are_the_same_for_ever() -> None:
    troubles = Troubles([Fault(Reset(), p=0.2, seed=7)])
    hits = [number for number in range(40) if troubles.of(f"bucket-{number}").effect]
    assert hits == [0, 9, 14, 26, 30, 32, 34, 35, 36]


@given(st.integers(1, 5), st.lists(st.floats(0, 0.5), max_size=60))
@settings(deadline=None)
def test_no_second_has_more_than_the_rate(rate: int, pauses: list[float]) -> None:
    """Within any second at most `rate` requests are served, and one alone always is."""
    now, served = 0.0, list[float]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drift.emulator.trouble.monotonic", lambda: now)
        troubles = Troubles([Fault(Throttle(rate))])
        for pause in pauses:
            now += pause
            recent = [moment for moment in served if now - moment < 1]
            if troubles.of("a").effect is None:
                served.append(now)
                assert len(recent) < rate
            else:
                assert len(recent) == rate


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 0.999999))
def test_a_uniform_latency_is_between_its_ends(one: float, other: float, share: float) -> None:
    """All shares of a latency between two ends are between them."""
    least, most = sorted((one, other))
    assert least <= Latency(least, most).at(share) <= most + 1e-9


def test_handshakes_are_counted_by_themselves() -> None:
    rules = [Fault(Reset(), times=1), Fault(Handshake("old"), times=1)]
    troubles = Troubles(rules)
    assert troubles.of_handshake("a") == Handshake("old")
    assert troubles.of_handshake("a") is None
    assert troubles.of("a").effect == Reset()
    assert troubles.of("a") == Trouble()
    assert troubles.requests == {"a": 2}
    some = Troubles([Fault(Handshake(), p=0.5)])
    assert 20 < sum(some.of_handshake("a") is not None for _ in range(100)) < 80
