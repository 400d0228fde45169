"""What others make of the plan: HashiCorp's own reader, and policies in OPA's language."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from regopy import Interpreter

from drift.check import check
from drift.desired.load import load
from drift.live.fleet import Fleet
from drift.live.recording import Recording
from drift.plan import Plan
from drift.render import render
from tests.cli.running import SAMPLES
from tests.declared import NOW
from tests.hostile import HOSTILE
from tests.needs import TERRAFORM_JSON, lacking
from tests.render.plans import (
    HOSTILE_PLANS,
    drifted,
    hostile_plan,
    in_sync,
    missing,
    one_of_each,
    plan_of,
    undeclared,
    unlisted,
    unreadable,
)

GOPATH = Path("/usr/share/gocode")
TOO_OLD = 'unsupported plan format version: expected "0.1", got "1.2"'
"""What Debian 12's reader says of every plan since Terraform 1.0; it reads all else."""

POLICY = """
package main
import future.keywords

changed contains rc.address if {
  some rc in input.resource_changes
  some action in rc.change.actions
  action in {"create", "update", "delete"}
}
not_no_op contains rc.address if {
  some rc in input.resource_changes
  rc.change.actions != ["no-op"]
}
unmanaged contains rc.address if {
  some rc in input.resource_changes
  rc.type == "alicloud_oss_bucket_https_config"
  not rc.change.after.enable
}
old contains rc.address if {
  some rc in input.resource_changes
  some version in rc.change.before.tls_versions
  version in {"TLSv1.0", "TLSv1.1"}
}
strong contains one.address if {
  some one in input.planned_values.root_module.resources
  one.values.cipher_suit[0].strong_cipher_suite
}
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a program that reads a plan by hashicorp/terraform-json."""
    go, program = shutil.which("go"), tmp_path_factory.mktemp("go") / "reader"
    if go is None or not (GOPATH / "src/github.com/hashicorp/terraform-json").is_dir():
        lacking(TERRAFORM_JSON)
    source = Path(__file__).with_name("read_terraform_json.go")
    home = {"GOPATH": str(GOPATH), "GO111MODULE": "off", "GOCACHE": str(program.parent / "cache")}
    subprocess.run(
        [go, "build", "-o", program, source], env={**os.environ, **home}, check=True, timeout=300
    )
    return program


def read(reader: Path, plan: Plan) -> dict[str, Any]:
    text = render(plan, "terraform-json")
    done = subprocess.run([reader], input=text.encode(), capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["refusal"] in ("", TOO_OLD)
    return found


def same(written: Any, understood: Any) -> None:
    """Assert that nothing which drift wrote in a member of Terraform was lost or changed."""
    for name, value in written.items():
        if name.endswith("_sensitive"):
            continue  # Debian 12's reader is older than them
        if name.startswith("drift_"):
            assert name not in understood
        elif isinstance(value, dict):
            same(value, understood.get(name) or {})
        else:
            assert understood.get(name) == value, name


@pytest.mark.parametrize("policy", ["report", "fail"])
def test_the_reader_of_terraform_understands_every_bucket(reader: Path, policy: Any) -> None:
    plan = plan_of(*one_of_each(), unlisted("1*"), undeclared=policy)
    written, found = json.loads(render(plan, "terraform-json")), read(reader, plan)
    assert found["plan"]["terraform_version"] == "1.8.0"
    resources = zip(written["resource_changes"], found["plan"]["resource_changes"], strict=True)
    for ours, theirs in resources:
        same(ours, theirs)
    planned = written["planned_values"]["root_module"]["resources"]
    assert len(found["plan"]["planned_values"]["root_module"]["resources"]) == len(planned)


def test_the_reader_of_terraform_knows_every_action(reader: Path) -> None:
    found = read(reader, plan_of(in_sync("a"), missing("b"), unreadable("c"), drifted("d")))
    done = {
        address.rpartition(".")[2]: [name for name, is_it in actions.items() if is_it]
        for address, actions in found["actions"].items()
    }
    assert done == {"a": ["NoOp"], "b": ["Create"], "c": ["Update"], "d": ["Update"]}


def test_the_reader_of_terraform_reads_hostile_text(reader: Path) -> None:
    for text in HOSTILE:
        plan = hostile_plan(text)
        addresses = [one["address"] for one in read(reader, plan)["plan"]["resource_changes"]]
        written = json.loads(render(plan, "terraform-json"))["resource_changes"]
        assert addresses == [one["address"] for one in written], text


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=HOSTILE_PLANS)
def test_the_reader_of_terraform_reads_every_plan(reader: Path, plan: Plan) -> None:
    """Law: it finds as many buckets as the plan has, or one more that stands for none."""
    found = read(reader, plan)["plan"]["resource_changes"]
    assert len(found) == len(plan.resource_changes) + (not plan.summary.buckets)


def decided(plan: Plan) -> dict[str, set[str]]:
    """Return which buckets each rule of the policy names."""
    opa = Interpreter()
    opa.add_module("policy", POLICY)
    opa.set_input(json.loads(render(plan, "terraform-json")))
    found: dict[str, set[str]] = {}
    for rule in ("changed", "not_no_op", "unmanaged", "old", "strong"):
        (addresses,) = json.loads(str(opa.query(f"data.main.{rule}")))["expressions"]
        found[rule] = {address.rpartition(".")[2] for address in addresses}
    return found


def test_policies_that_were_written_for_terraform_decide_about_the_samples() -> None:
    """The archive does not exist, and the audit bucket could not be read."""
    declarations = load([SAMPLES / "desired"]).declarations
    plan = check(declarations, Fleet(Recording(SAMPLES / "recording")), now=NOW)
    found = decided(plan)
    differing = {
        "example-archive", "example-audit", "example-mobile", "example-new", "example-uploads",
        "example-website",
    }  # fmt: skip
    assert found["changed"] == found["not_no_op"] == differing
    assert found["unmanaged"] == {"example-archive", "example-audit", "example-website"}
    assert found["old"] == {"example-uploads", "example-website"}
    assert found["strong"] == {"example-mobile", "example-uploads", "example-uploads-eu"}


def test_policies_find_nothing_in_a_plan_that_is_in_sync() -> None:
    plan = plan_of(in_sync("a"), undeclared("b"))
    assert decided(plan)["changed"] == decided(plan)["not_no_op"] == set()
    failed = plan_of(in_sync("a"), undeclared("b"), undeclared="fail")
    assert decided(failed)["changed"] == decided(failed)["not_no_op"] == {"b"}
