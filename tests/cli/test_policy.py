"""`drift policy`: the least RAM policy for what is declared."""

import json
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drift.desired.load import load
from drift.ram_policy import policy
from tests.cli.running import SAMPLES, Ran, desired, text

Drift: TypeAlias = Callable[..., Ran]
Write: TypeAlias = Callable[..., Path]

READ = "oss:GetBucketHttpsConfig"
LIST = {"Effect": "Allow", "Action": ["oss:ListBuckets"], "Resource": ["acs:oss:*:*:*"]}


def read(*names: str) -> dict[str, object]:
    """Return the statement that lets these buckets be read."""
    resources = [f"acs:oss:*:*:{name}" for name in names]
    return {"Effect": "Allow", "Action": [READ], "Resource": resources}


def statements(ran: Ran) -> list[dict[str, Any]]:
    """Return the statements of a policy, once it is sure that all of it is right."""
    assert ran.code == 0, ran
    found = json.loads(ran.out)
    assert list(found) == ["Version", "Statement"]
    assert found["Version"] == "1"
    listed: list[dict[str, Any]] = found["Statement"]
    return listed


def test_declared_names_can_be_read_and_nothing_else(drift: Drift, write: Write) -> None:
    write("desired/b.json", desired(["b-2", "b-1"]))
    write("desired/a.json", desired("a-1"))
    ran = drift("policy")
    assert statements(ran) == [read("a-1", "b-1", "b-2")]
    assert ran.err == ""


def test_patterns_can_be_listed_too_and_stand_for_what_they_match(
    drift: Drift, write: Write
) -> None:
    write("desired/a.json", desired(["app-*", "app-1", "web-1"]))
    ran = drift("policy")
    assert statements(ran) == [read("app-*", "web-1"), LIST]
    assert ran.err == ""


@pytest.mark.parametrize(
    ("policy", "listed"), [("ignore", []), ("report", [LIST]), ("fail", [LIST])]
)
def test_what_is_undeclared_needs_the_list(
    drift: Drift, write: Write, policy: str, listed: list[object]
) -> None:
    ran = drift("policy", write("a.json", desired("a-1")), "--undeclared", policy)
    assert statements(ran) == [read("a-1"), *listed]


def test_a_region_that_is_a_pattern_needs_the_list(drift: Drift, write: Write) -> None:
    assert statements(drift("policy", write("a.json", desired("a-1", region="cn-*")))) == [
        read("a-1"),
        LIST,
    ]


def test_what_ram_does_not_document_is_not_used_and_said(drift: Drift, write: Write) -> None:
    ran = drift("policy", write("a.json", desired(["a-?", "b-?*?-c"])))
    assert statements(ran) == [read("a-*", "b-*-c"), LIST]
    assert "* in place of ?" in ran.err


def test_a_policy_that_ram_does_not_take_is_said_to_be_so(drift: Drift, write: Write) -> None:
    ran = drift("policy", write("a.json", desired([f"bucket-{n:03}" for n in range(200)])))
    assert f"The policy has {len(ran.out):,} characters, and RAM takes at most 6,144." in ran.err
    assert len(statements(ran)[0]["Resource"]) == 200


def test_without_valid_files_there_is_no_policy(drift: Drift, write: Write) -> None:
    ran = drift("policy", write("a.json", "{")).failed("No policy was made")
    assert ran.out == ""


def test_neither_network_nor_credentials_are_needed(
    drift: Drift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", "half a key")
    assert statements(drift("policy", SAMPLES / "desired"))


NAMES = st.lists(
    st.from_regex(r"[ab*?]{1,3}-[ab*?]{1,2}", fullmatch=True), min_size=1, max_size=6, unique=True
)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(NAMES, st.randoms(use_true_random=False))
def test_all_that_is_declared_is_allowed_by_the_fewest_resources(
    tmp_path: Path, names: Sequence[str], random: Any
) -> None:
    """Whatever a declared pattern matches, a resource does; no resource lies within another."""
    path = tmp_path / "a.json"
    path.write_text(text(desired(list(names))))
    declarations = list(load([path]).declarations)
    made = policy(declarations)
    resources = json.loads(made.text)["Statement"][0]["Resource"]
    for name in names:
        example = f"acs:oss:*:*:{name.replace('*', 'xyz').replace('?', 'x')}"
        assert any(fnmatchcase(example, resource) for resource in resources)
    for one in resources:
        assert not any(one != other and fnmatchcase(one, other) for other in resources)
    random.shuffle(declarations)
    assert policy(declarations) == made
