"""What we publish for CI systems is pinned, has the least permissions, and does what it says."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from drift import __version__
from drift.cli import app
from tests.cli.running import PATIENCE, ROOT, SAMPLES, environment

RECIPES = ROOT / "samples/ci"
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((RECIPES / "github").iterdir())
GITLAB = RECIPES / "gitlab/drift.gitlab-ci.yml"
FLOW = RECIPES / "codeup/drift-flow.yml"
ALL = [ACTION, *WORKFLOWS, GITLAB, FLOW]
DOCS = sorted((ROOT / "docs").iterdir())
PERMISSIONS = {
    "drift-plan.yml": {"contents": "read", "id-token": "write"},
    "drift-comment.yml": {"actions": "read", "pull-requests": "write"},
    "drift-nightly.yml": {"contents": "read", "id-token": "write", "security-events": "write"},
}
IN_SYNC = SAMPLES / "desired/oss-example.json"
DRIFTED = SAMPLES / "desired/example-website.json"
RECORDING = SAMPLES / "recording"


def read(path: Path) -> Any:
    document = yaml.safe_load(path.read_text())
    return {("on" if name is True else name): value for name, value in document.items()}


def steps(path: Path) -> list[dict[str, Any]]:
    document = read(path)
    if path == ACTION:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job["steps"]]


def named(path: Path, identifier: str) -> dict[str, Any]:
    (step,) = (step for step in steps(path) if step.get("id") == identifier)
    return step


# What is published


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit_and_says_its_version(path: Path) -> None:
    uses = re.findall(r"^ +(?:- )?uses: (.*)$", path.read_text(), re.MULTILINE)
    assert len(uses) == len([step for step in steps(path) if "uses" in step])
    for one in uses:
        ours = "your-org/drift" in one
        comment = "put the commit of a release here" if ours else r"v\d+\.\d+\.\d+"
        assert re.fullmatch(rf"[\w-]+/[\w/-]+@[0-9a-f]{{40}} # {comment}", one), one


@pytest.mark.parametrize("path", [GITLAB, FLOW], ids=lambda path: path.name)
def test_every_image_and_the_wheel_are_pinned_by_their_digests(path: Path) -> None:
    images = re.findall(r"^ +(?:image|container): (.*)$", path.read_text(), re.MULTILINE)
    assert images
    for image in images:
        assert re.search(r":\d+\.\d+\.\d+[\w-]*@sha256:[0-9a-f]{64}$", image), image
    (wheel,) = re.findall(r"https://\S+\.whl\S*", path.read_text())
    assert re.search(rf"/oss_drift-{__version__}-py3-none-any\.whl#sha256=0{{64}}$", wheel)


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_no_expression_is_written_into_a_script(path: Path) -> None:
    assert not [step for step in steps(path) if "${{" in step.get("run", "")]


def test_every_workflow_has_its_permissions_listed_here() -> None:
    assert [path.name for path in WORKFLOWS] == sorted(PERMISSIONS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_explicit_and_least(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    assert [job["permissions"] for job in workflow["jobs"].values()] == [PERMISSIONS[path.name]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_is_bounded_in_time_and_leaves_no_token_behind(path: Path) -> None:
    for job in read(path)["jobs"].values():
        assert job["timeout-minutes"] <= 30
        checkouts = [step for step in job["steps"] if "actions/checkout@" in step.get("uses", "")]
        assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_no_workflow_runs_what_a_stranger_wrote_with_more_rights_than_the_stranger_has() -> None:
    assert all("pull_request_target" not in read(path)["on"] for path in WORKFLOWS)
    (trusted,) = (path for path in WORKFLOWS if "workflow_run" in read(path)["on"])
    assert not [step for step in steps(trusted) if "checkout" in step.get("uses", "")]
    assert not [step for step in steps(trusted) if "run" in step]


def test_the_second_stage_follows_the_first_and_takes_its_plan() -> None:
    first, second = (read(RECIPES / f"github/drift-{stage}.yml") for stage in ("plan", "comment"))
    assert second["on"]["workflow_run"]["workflows"] == [first["name"]]
    kept = first["jobs"]["plan"]["steps"][-1]
    taken, comment = second["jobs"]["comment"]["steps"]
    assert kept["with"]["name"] == taken["with"]["name"]
    assert comment["with"] == {"plan": f"{taken['with']['path']}/plan.json"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_inputs_and_outputs_that_the_action_has_are_used(path: Path) -> None:
    action = read(ACTION)
    for step in steps(path):
        if "your-org/drift@" in step.get("uses", ""):
            assert step["with"].keys() <= action["inputs"].keys()
    used = set(re.findall(r"steps\.drift\.outputs\.([\w-]+)", path.read_text()))
    assert used <= action["outputs"].keys()


def test_no_incomplete_plan_is_handed_to_code_scanning() -> None:
    """What was not read would look mended."""
    uploads = [
        step
        for path in [ACTION, *WORKFLOWS]
        for step in steps(path)
        if "upload-sarif" in step.get("uses", "")
    ]
    assert uploads
    for step in uploads:
        assert "steps.drift.outputs.verdict != 'incomplete'" in step["if"].split(" && ")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_only_commands_and_options_that_drift_has_are_used(path: Path) -> None:
    commands = {str(info.callback.__name__) for info in app.registered_commands if info.callback}
    called = re.findall(r"(?:\$drift|bin/drift)\"? ([a-z]+)", path.read_text())
    assert set(called) <= commands


def test_the_pages_link_to_the_recipes_and_repeat_none() -> None:
    pages = "\n".join(path.read_text() for path in DOCS)
    for path in ALL:
        assert f"(../{path.relative_to(ROOT)})" in pages
    assert "uses:" not in pages


def test_the_pages_name_the_hooks_that_are_published() -> None:
    hooks = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
    shown = re.findall(r"^ +- id: (\S+)$", (ROOT / "docs/ci.md").read_text(), re.MULTILINE)
    assert sorted(shown) == sorted(hooks)


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("path", [ACTION, GITLAB, FLOW], ids=lambda path: path.name)
def test_what_is_installed_is_named_by_its_hash(path: Path) -> None:
    """The wheel, or the action's own checkout, and what its lock files name; nothing else."""
    text = re.sub(r"\\\n +", "", path.read_text())
    installed = re.findall(r"^[ -]+(?:\$install|install) (.+)$", text, re.MULTILINE)
    own = [one for one in installed if "--no-deps" in one]
    assert len(own) == 1
    assert len(installed) == 3
    for lock in ("build", "run"):
        (one,) = (one for one in installed if one.endswith(f'-{lock}.lock"'))
        assert "--require-hashes" in one
        assert ("--no-build-isolation" in one) is (lock == "run")


# What it does


class Job(NamedTuple):
    """A folder in which the scripts of a recipe find `drift`, and what they say to the runner."""

    folder: Path

    @property
    def output(self) -> dict[str, str]:
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def script(self, text: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = environment(
            FOLDER=str(self.folder), GITHUB_OUTPUT=str(self.folder / "output"), **more
        )
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=PATIENCE
        )

    def plan(self, desired: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        defaults = {name: value["default"] for name, value in read(ACTION)["inputs"].items()}
        given = {"live": str(RECORDING), "paths": desired} | inputs
        names = {"DESIRED": "paths", "LIVE": "live", "REGION": "region", "STRICT": "strict",
                 "UNDECLARED": "undeclared", "FAIL_ON": "fail-on"}  # fmt: skip
        step = named(ACTION, "plan")
        assert {*step["env"]} == {"FOLDER", *names}
        env = {variable: (defaults | given)[name] for variable, name in names.items()}
        return self.script(step["run"], **env)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return a job for which drift is installed."""
    binaries = tmp_path / "venv/bin"
    binaries.mkdir(parents=True)
    wrapper = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m drift "$@"\n'
    (binaries / "drift").write_text(wrapper)
    (binaries / "drift").chmod(0o755)
    return Job(tmp_path)


@pytest.mark.parametrize(
    ("desired", "verdict", "code"),
    [(IN_SYNC, "in_sync", "0"), (DRIFTED, "drift", "2")],
)
def test_the_action_says_the_verdict_and_where_the_plan_is(
    job: Job, desired: Path, verdict: str, code: str
) -> None:
    assert job.plan(str(desired)).returncode == 0
    assert (job.output["verdict"], job.output["exit-code"]) == (verdict, code)
    assert json.loads(Path(job.output["plan"]).read_text())["verdict"] == verdict
    assert json.loads(Path(job.output["sarif"]).read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("desired", "inputs"),
    [("nowhere", {}), ("", {}), ("--help", {}), (str(IN_SYNC), {"region": "oss-nowhere"})],
)
def test_without_a_plan_the_action_is_not_green(
    job: Job, desired: str, inputs: dict[str, str]
) -> None:
    job.plan(desired, **inputs)
    assert job.output == {"exit-code": "1", "verdict": "incomplete"}


def test_paths_are_lines_and_options_are_passed_on(job: Job) -> None:
    inputs = {"strict": "true", "undeclared": "fail", "region": "cn-hangzhou"}
    job.plan(f"{IN_SYNC}\n\n{DRIFTED}\n", **inputs | {"fail-on": "weaker"})
    plan = json.loads(Path(job.output["plan"]).read_text())
    assert len(plan["resource_changes"]) > 2
    assert plan["summary"]["undeclared"] > 0
    assert plan["fail_on"] == "weaker"


@pytest.mark.parametrize("text", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "'])
@pytest.mark.parametrize("name", ["paths", "live", "region", "strict", "undeclared", "fail-on"])
def test_no_input_is_run(job: Job, name: str, text: str) -> None:
    job.plan(str(IN_SYNC), **{name: text})
    assert not (job.folder / "pwned").exists()


@pytest.mark.parametrize(("code", "exits"), [("0", 0), ("2", 2), ("1", 1), ("", 1)])
def test_the_action_exits_as_the_plan_says(job: Job, code: str, exits: int) -> None:
    last = steps(ACTION)[-1]
    order = "steps.plan.outputs.exit-code || steps.comment.outputs.exit-code"
    assert last["env"] == {"CODE": f"${{{{ {order} }}}}"}
    assert job.script(last["run"], CODE=code).returncode == exits


def test_a_comment_that_fails_fails_no_step(job: Job) -> None:
    comment = named(ACTION, "comment")
    assert job.script(comment["run"], PLAN="nowhere.json", GITHUB_TOKEN="").returncode == 0
    assert job.output == {"exit-code": "1"}


def in_gitlab(job: Job, desired: Path) -> subprocess.CompletedProcess[str]:
    """Run the script of the job that plans, as a runner does, with a recording as the live side."""
    text = "\n".join(read(GITLAB)["drift-plan"]["script"]).replace("/opt/drift", "venv")
    text = text.replace("drift plan ", f"drift plan --live {RECORDING} ")
    variables = {"DRIFT_PATH": str(desired), "DRIFT_ID_TOKEN": "id"}
    token = {"ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(job.folder / "token")}
    return job.script(text, **variables, **token)


@pytest.mark.parametrize(("desired", "code"), [(IN_SYNC, 0), (DRIFTED, 2), (Path("nowhere"), 1)])
def test_the_job_in_gitlab_exits_as_the_plan_says(job: Job, desired: Path, code: int) -> None:
    for name in ("drift-plan.json", "drift-quality.json", "drift-junit.xml"):
        (job.folder / name).write_text("what the merge request brings along")
    assert in_gitlab(job, desired).returncode == code
    artifacts = read(GITLAB)["drift-plan"]["artifacts"]
    kept = [*artifacts["paths"], *artifacts["reports"].values()]
    assert [(job.folder / name).exists() for name in kept] == [code != 1] * 3
    assert (job.folder / "token").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("desired", "code"), [(IN_SYNC, 0), (DRIFTED, 2)])
def test_the_step_in_flow_exits_as_the_plan_says(job: Job, desired: Path, code: int) -> None:
    text = read(FLOW)["stages"]["check"]["jobs"]["plan"]["steps"]["plan"]["with"]["run"]
    (job.folder / "desired").mkdir()
    shutil.copy(desired, job.folder / "desired")
    text = re.sub(
        r"^.*(mktemp|pip install|-m venv).*\n", "install() { :; }\n", text, flags=re.MULTILINE
    )
    text = text.replace('drift" plan ', f'drift" plan --live {RECORDING} ')
    ran = job.script(text, folder=str(job.folder), CHANGE_REQUEST="7")
    assert ran.returncode == code, ran
    assert (job.folder / "plan.json").exists()
