"""10,000 runs of a small model of services and configurations: no green that was not earned."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tenacity import wait_none

from drift.check import compare
from drift.desired.declaration import Scope
from drift.discovery.discover import discover
from drift.live.fleet import Fleet
from drift.live.pace import Pace
from drift.live.source import Bucket, Tag
from drift.live.tally import Tally
from drift.plan import Plan, Status, Undeclared, Verdict
from drift.planfile import dumps
from drift.settings.https import HttpsConfiguration
from tests.declared import NOW, File
from tests.reliability.oracle import WANTED, Declared, deciding, lists
from tests.reliability.scripted import LIES, READABLE, STEPS, Clock, Lie, Scripted, Step, is_gone
from tests.strategies import BUCKETS, PATTERNS, REGIONS, subsets

EXAMPLES = 2500
"""Of each of two kinds; each is run with --strict and without."""
PATIENCE = 20
PROD = Tag("stage", "prod")


class Lists(NamedTuple):
    """What a service has, and how it tells that."""

    homes: Mapping[str, str] = {}
    tagged: frozenset[str] = frozenset()
    script: Sequence[Step | Lie | None] = ()
    size: int = 1000


class Options(NamedTuple):
    """How drift is asked."""

    undeclared: Undeclared | None
    retries: int
    concurrency: int
    changing: bool


class Model(NamedTuple):
    """What is declared, what each bucket says, what the lists say, and how drift is asked."""

    files: Sequence[Declared]
    scripts: Mapping[str, Sequence[Step]]
    lists: Lists
    options: Options


# Strategies are made once: to make one takes longer than to draw from it.
_STEPS = st.lists(st.sampled_from(STEPS), max_size=2)
_LAST = {
    wanted: st.sampled_from(
        [Step(said) for said in READABLE if wanted.is_met_by(said, strict=False)] * 8
        + list(STEPS[:20])
    )
    for wanted in WANTED
}
"""What a bucket says in the end, of which this is wanted: most often that it is so."""
_NAMES = st.dictionaries(st.sampled_from(BUCKETS), st.sampled_from(WANTED), min_size=1, max_size=4)
_FILE = st.builds(
    Declared,
    st.lists(st.sampled_from(["*", *PATTERNS, *BUCKETS]), unique=True, min_size=1, max_size=3),
    st.sampled_from(WANTED),
    st.sampled_from([None, None, "cn-*", *REGIONS]),
    st.sampled_from([(), (), ("app-a",), ("app-*",), ("*-b", "logs")]),
    st.sampled_from([None, None, PROD]),
)
_FILES = st.lists(_FILE, min_size=1, max_size=3)
_LISTS = st.builds(
    Lists,
    st.dictionaries(st.sampled_from(BUCKETS), st.sampled_from(REGIONS), max_size=5),
    subsets(BUCKETS).map(frozenset),
    st.lists(st.sampled_from([None, None, *LIES, *STEPS]), max_size=2),
    st.integers(1, 4),
)
_OPTIONS = st.builds(
    Options,
    st.sampled_from([None, "ignore", "report", "fail"]),
    st.sampled_from([0, 1, 7]),
    st.integers(1, 3),
    st.sampled_from([True, True, True, False]),
)


@st.composite
def models_of_names(draw: st.DrawFn) -> Model:
    """Buckets by their names alone."""
    wanted = draw(_NAMES)
    files = [Declared([name], one, "cn-hangzhou") for name, one in wanted.items()]
    scripts = {name: [*draw(_STEPS), draw(_LAST[one])] for name, one in wanted.items()}
    return Model(files, scripts, Lists(), draw(_OPTIONS))


@st.composite
def models_of_patterns(draw: st.DrawFn) -> Model:
    """Buckets by names and patterns, which are listed by a service that may lie."""
    files, had = draw(_FILES), draw(_LISTS)
    names = {*had.homes, *(name for one in files for name in one.names)}
    last = _LAST[files[0].wanted]
    scripts = {name: [*draw(_STEPS), draw(last)] for name in sorted(names)}
    return Model(files, scripts, had, draw(_OPTIONS))


@pytest.fixture(scope="module", autouse=True)
def no_pauses() -> Iterator[None]:
    """Let drift try again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drift.live.patience._JITTER", wait_none())
        yield


class Run(NamedTuple):
    """What came of a model; there is no plan if the files disagree."""

    plan: Plan | None
    service: Scripted


def run(model: Model, *, strict: bool) -> Run:
    """Do what `drift plan` does, against the service of a model; nothing is left behind."""
    homes, tagged, script, size = model.lists
    undeclared, retries, concurrency, changing = model.options
    buckets = [Bucket(*home) for home in sorted(homes.items())]
    service = Scripted(Clock(), model.scripts, buckets, tagged, script, size, changing)
    before = threading.enumerate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drift.live.fleet.monotonic", service.clock)
        fleet = Fleet(service, concurrency=concurrency, retries=retries, deadline=100)
        # By its clock, seconds lie between any two requests, so that it never slows down.
        fleet.tally = Tally(Pace(count(step=10).__next__))
        files = [_file(one, number) for number, one in enumerate(model.files)]
        declarations = [declaration for file in files for declaration in file.declarations()]
        found = discover(declarations, fleet, undeclared=undeclared)
        plan = None if found.conflicts else compare(found, fleet, strict=strict, now=NOW)
        for thread in threading.enumerate():
            if thread not in before:
                thread.join(PATIENCE)
    assert {*threading.enumerate()} <= {*before}
    return Run(plan, service)


def _file(one: Declared, number: int) -> File:
    scope = Scope(tuple(one.excluded), ((one.tag.key, one.tag.value),) if one.tag else ())
    name = f"desired/{number}.json"
    return File(tuple(one.entries), one.wanted.setting, one.region, scope, name)


def is_earned(plan: Plan, model: Model, service: Scripted, *, strict: bool) -> None:
    """Say that a plan has each declared bucket once, and claims only what the service said."""
    heard = lists(service.listed)
    wanted = deciding(model.files, heard)
    patterns = {pattern for one in model.files for pattern in one.patterns}
    rows = [row for row in plan.resource_changes if row.type == HttpsConfiguration.type]
    names = [row.name for row in rows]
    assert len(names) == len({*names})
    if is_listed(plan):
        assert {*names} == {*wanted}
        assert None in heard or not patterns
        others = {*heard.get(None, ())} - {*wanted} if plan.undeclared != "ignore" else set()
        assert {row.name for row in plan.resource_changes} - {*names} == others
    else:
        assert {*names} == patterns | {name for one in model.files for name in one.names}
        assert plan.verdict is Verdict.INCOMPLETE
    for row in rows:
        said = service.said.get(row.name)
        met = said is not None and wanted[row.name].is_met_by(said, strict=strict)
        assert row.status is not Status.IN_SYNC or met, (row, said)
        assert row.status is not Status.DRIFT or not met, (row, said)
        assert row.status is not Status.MISSING or is_gone(said), (row, said)


def is_listed(plan: Plan) -> bool:
    """Return whether the plan stands on a list, or needs none."""
    return not any("*" in row.name or "?" in row.name for row in plan.resource_changes)


def exit_code(plan: Plan) -> int:
    """Return what the statuses alone say that the exit code is."""
    statuses = Counter(row.status for row in plan.resource_changes)
    undeclared = statuses.pop(Status.UNDECLARED, 0)
    if not statuses or Status.UNREADABLE in statuses:
        return 1
    if {*statuses} != {Status.IN_SYNC}:
        return 2
    return 2 if undeclared and plan.undeclared == "fail" else 0


def verdicts(models: st.SearchStrategy[Model]) -> Counter[str]:
    """Run so many models; return how many runs came to which verdict."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(models)
    def run_both(model: Model) -> None:
        for strict in (False, True):
            plan, service = run(model, strict=strict)
            if plan is None:
                seen["disputed"] += 1
                continue
            is_earned(plan, model, service, strict=strict)
            assert plan.verdict.exit_code == exit_code(plan)
            assert json.loads(dumps(plan))["verdict"] == plan.verdict
            seen[plan.verdict.value] += 1

    run_both()
    assert seen.total() >= 2 * EXAMPLES
    return seen


def test_names_are_green_only_if_all_were_read_and_are_equal() -> None:
    """in_sync implies that the last answer for each bucket says plainly what is wanted of it."""
    seen = verdicts(models_of_names())
    assert min(seen[verdict] for verdict in Verdict) > EXAMPLES / 20, seen


def test_patterns_are_green_only_if_all_that_they_match_was_read_and_is_equal() -> None:
    """in_sync implies the same of all that patterns match in a list that was seen to its end."""
    seen = verdicts(models_of_patterns())
    assert min(seen[verdict] for verdict in Verdict) > EXAMPLES / 20, seen
