"""The same input gives the same bytes, whatever Python's hashes and the order of answers."""

import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Condition
from typing import get_args

import pytest

from drift.check import check
from drift.desired.load import load
from drift.discovery.discover import discover
from drift.live.fleet import Fleet
from drift.live.recording import Recording
from drift.live.source import Answer, Bucket, Tag
from drift.planfile import dumps
from drift.render import Format, render
from drift.settings.setting import Setting
from tests.cli.running import ROOT, environment
from tests.declared import NOW

DECLARATIONS = load([ROOT / "samples" / "desired"]).declarations
PLAN = ("plan", "samples/desired", "--live", "samples/recording")
FAULTY = ("validate", "--format", "json", "faulty")


class Shuffled:
    """A source that answers when everybody waits, in the order that it is given."""

    changing = True
    uses_addresses = True

    def __init__(self, recording: Recording, order: tuple[str, ...]) -> None:
        self._recording = recording
        self._order = order
        self._waiting = 0
        self.answered: list[str] = []
        self._changed = Condition()

    def close(self) -> None: ...

    def page(self, region: str | None, marker: str = "", tag: Tag | None = None) -> Answer:
        return self._recording.page(region, marker, tag)

    def read(self, bucket: Bucket, setting: type[Setting]) -> Answer:
        def is_next() -> bool:
            everybody = self._waiting == len(self._order)
            return everybody and self._order[len(self.answered)] == bucket.name

        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            assert self._changed.wait_for(is_next, timeout=60)
            self.answered.append(bucket.name)
            self._changed.notify_all()
        return self._recording.read(bucket, setting)


@pytest.mark.parametrize("name", get_args(Format))
def test_a_plan_does_not_depend_on_the_order_in_which_answers_arrive(name: Format) -> None:
    """Law: for every order of arrival the rendered plan is the same."""
    recording = Recording(ROOT / "samples" / "recording")
    decisions = discover(DECLARATIONS, Fleet(recording)).decisions
    buckets = [decision.bucket.name for decision in decisions]
    rng = Random(20261122)
    orders = {tuple(buckets), tuple(reversed(buckets))}
    orders |= {tuple(rng.sample(buckets, len(buckets))) for _ in range(10)}
    plans = []
    for order in sorted(orders):
        source = Shuffled(recording, order)
        declarations = rng.sample(DECLARATIONS, len(DECLARATIONS))
        plans.append(check(declarations, Fleet(source, concurrency=len(order)), now=NOW))
        assert tuple(source.answered) == order
    assert len({render(plan, name) for plan in plans}) == 1
    assert len({dumps(plan) for plan in plans}) == 1


def output(seed: int, folder: Path, *arguments: str) -> str:
    """Return all that drift writes, but for the time and the folder."""
    done = subprocess.run(
        [sys.executable, "-m", "drift", *arguments],
        cwd=folder,
        env=environment(PYTHONHASHSEED=str(seed)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout
    return re.sub(r'"timestamp": "[^"]*"', "", done.stdout) + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (*PLAN, "--strict"),
        (*PLAN, "--format", "json"),
        *(("show", "plan.json", "--format", name) for name in get_args(Format)),
        (*PLAN, "--list"),
        (*PLAN, "--list", "--format", "json"),
        ("schema", "oss-bucket"),
        ("schema", "plan"),
        FAULTY,
    ],
    ids=" ".join,
)
def test_what_drift_writes_does_not_depend_on_the_hashes_of_strings(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    plan = check(DECLARATIONS, Fleet(Recording(ROOT / "samples" / "recording")), now=NOW)
    (tmp_path / "plan.json").write_text(dumps(plan))
    (tmp_path / "faulty").mkdir()
    for name in ("a", "b"):
        suites = ["x", "y", "z", "x", "y", "z"]
        setting = {"TSL": {}, "CipherSuite": {"Enable": True, "CustomCipherSuite": suites}}
        document = {"Bukket": 1, "Buckets": 2, "HttpsConfiguration": setting}
        (tmp_path / "faulty" / f"{name}.json").write_text(json.dumps(document))
    assert len({output(seed, tmp_path, *arguments) for seed in (0, 1, 2)}) == 1
