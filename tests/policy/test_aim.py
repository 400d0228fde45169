"""What a policy says about itself: which buckets it is for, and whom to ask."""

from pathlib import Path
from typing import Any

import pytest

from drift.desired.load import load
from drift.policy import faults
from drift.policy.validator import Validator
from tests.policy.files import Schema, file, versions, written

MODERN = versions({"items": {"enum": ["TLSv1.2", "TLSv1.3"]}})


def errors(folder: Path, policy: Schema) -> list[str]:
    found = load([written(folder, {"p": policy})])
    assert found.declarations == ()
    return [f"{one.place.pointer}: {one.summary}. {one.detail}" for one in found.diagnostics]


def test_a_policy_that_is_for_no_bucket_is_an_error(tmp_path: Path) -> None:
    policy = file("*", MODERN)
    del policy["x-drift"]
    (said,) = errors(tmp_path, policy)
    assert said.endswith('it is for no bucket. Add "x-drift": {"Bucket": "*"}.')


def test_an_advice_is_of_bounded_length(tmp_path: Path) -> None:
    assert load([written(tmp_path, {"p": file("*", MODERN, help="x" * 1000)})]).valid
    (said,) = errors(tmp_path, file("*", MODERN, help="x" * 1001))
    assert said.startswith("/x-drift/help: ")
    assert "1000 characters" in said


@pytest.mark.parametrize(
    ("aim", "pointer"),
    [
        ({"Region": None}, "/x-drift/Region"),
        ({"severity": "grave"}, "/x-drift/severity"),
        ({"Owner": "me"}, "/x-drift/Owner"),
        ({"bucket": "BK"}, "/x-drift/Bucket"),
        ({"bucket": "bk-a", "Tags": {"a": "b"}}, "/x-drift/Tags"),
    ],
)
def test_what_a_policy_is_for_is_checked_as_in_any_desired_file(
    tmp_path: Path, aim: dict[str, Any], pointer: str
) -> None:
    assert any(
        said.startswith(pointer)
        for said in errors(tmp_path, file(https=MODERN, **{"bucket": "*", **aim}))
    )


def test_a_policy_that_is_too_large_is_looked_at_for_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "LARGEST", 10)
    policy = file("*", MODERN, Owner="me")
    assert len(errors(tmp_path, policy)) == 1


def test_a_policy_that_the_engine_refuses_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Validator, schema: dict[str, object]) -> None:
        if "x-drift" in schema:
            raise ValueError("it is beyond me")

    monkeypatch.setattr(Validator, "__init__", refuse)
    (said,) = errors(tmp_path, file("*", versions({})))
    assert "The policy cannot be used: it is beyond me" in said
