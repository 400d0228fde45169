"""The published hooks, as the real pre-commit installs and runs them on commits and pushes."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import ROOT, SAMPLES, desired, text
from tests.hooks.conftest import Team, run

OFFLINE = "  - id: drift-fmt\n  - id: drift-validate\n"
PLAN = "  - id: drift-plan\n    args: [--live, recording, desired]\n"
GOOD = (SAMPLES / "desired/oss-example.json").read_text()
NEW = (SAMPLES / "desired/example-new.json").read_text()

Make = Callable[[str], Team]


@pytest.fixture
def offline(team: Make) -> Team:
    """Return a repository with the hooks that need no network."""
    return team(OFFLINE)


@pytest.fixture
def pushing(team: Make) -> Team:
    """Return a repository that compares with a recording before it pushes."""
    made = team(PLAN)
    shutil.copytree(SAMPLES / "recording", made.folder / "recording")
    run("git", "init", "--bare", "../origin", cwd=made.folder, env=made.env)
    made.git("remote", "add", "origin", "../origin")
    return made


def commits(team: Team) -> int:
    return len(team.git("log", "--oneline").out.splitlines())


def test_the_manifest_is_one_that_pre_commit_accepts() -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    check = [sys.executable, "-m", "pre_commit", "validate-manifest"]
    assert run(*check, manifest, cwd=ROOT, env={}).code == 0


def test_what_runs_is_what_was_published(offline: Team) -> None:
    (script,) = Path(offline.env["PRE_COMMIT_HOME"]).glob("repo*/py_env-*/bin/drift")
    where = "import drift; print(drift.__file__)"
    ran = run(script.with_name("python"), "-c", where, cwd=offline.folder, env=offline.env)
    assert ran.out.startswith(str(script.parent.parent))


def test_good_files_are_committed(offline: Team) -> None:
    offline.write("desired/oss-example.json", GOOD)
    done = offline.commit()
    assert done.code == 0, done
    assert re.search(r"^drift fmt\.+Passed$", done.err, re.MULTILINE)
    assert re.search(r"^drift validate\.+Passed$", done.err, re.MULTILINE)
    assert commits(offline) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (GOOD.replace("TLSv1.3", "TLSv1.4"), "desired/bad.json:6:56: error: "),
        (GOOD.replace('"cn-hangzhou"', ""), "desired/bad.json:4:13: error: Not JSON"),
    ],
)
def test_bad_files_are_not_committed(offline: Team, content: str, sentence: str) -> None:
    offline.write("desired/bad.json", content)
    done = offline.commit()
    assert done.code == 1
    assert sentence in done.err
    assert "- hook id: drift-validate\n- exit code: 1\n" in done.err
    assert commits(offline) == 0


def test_a_changed_file_that_contradicts_an_old_one_is_not_committed(offline: Team) -> None:
    offline.write("desired/old.json", GOOD)
    assert offline.commit().code == 0
    offline.write("desired/new.json", text(desired("oss-example")))
    offline.hooks("run", "drift-fmt")
    done = offline.commit()
    assert done.code == 1
    assert "oss-example is declared differently in desired/new.json:" in done.err


def test_an_unformatted_file_is_formatted_and_then_committed(offline: Team) -> None:
    path = offline.write("desired/oss-example.json", GOOD.replace(": ", ":"))
    done = offline.commit()
    assert done.code == 1
    assert "- files were modified by this hook\n\ndesired/oss-example.json\n" in done.err
    assert path.read_text() == GOOD
    assert offline.commit().code == 0


def test_every_commit_means_a_look_at_desired_files(offline: Team) -> None:
    """Also one that only removes: it may change what decides a bucket."""
    offline.write("README.md", "")
    done = offline.commit()
    assert done.code == 1
    assert "desired: error: The file cannot be read: No such file or directory." in done.err
    offline.write("desired/oss-example.json", GOOD)
    assert offline.commit().code == 0
    offline.git("rm", "README.md")
    shown = offline.commit().err
    assert re.search(r"^drift validate\.+Passed$", shown, re.MULTILINE)
    assert re.search(r"^drift fmt\.+\(no files to check\)Skipped$", shown, re.MULTILINE)


def test_args_say_where_desired_files_are(team: Make) -> None:
    made = team("  - id: drift-validate\n    args: [config/oss, --region, cn-hangzhou]\n")
    made.write("config/oss/a.json", text(desired(region=None)))
    assert made.commit().code == 0
    made.write("config/oss/b.json", "{}")
    assert "config/oss/b.json:1:1: error: " in made.commit().err


def test_a_plan_without_drift_is_pushed(pushing: Team) -> None:
    pushing.write("desired/oss-example.json", GOOD)
    assert pushing.commit().code == 0
    done = pushing.git("push", "origin", "main")
    assert done.code == 0, done
    assert re.search(r"^drift plan\.+Passed$", done.out + done.err, re.MULTILINE)


def test_drift_is_shown_and_not_pushed(pushing: Team) -> None:
    pushing.write("desired/oss-example.json", GOOD.replace('"TLSv1.2", ', ""))
    assert pushing.commit().code == 0
    done = pushing.git("push", "origin", "main")
    shown = done.out + done.err
    assert done.code == 1
    assert "- hook id: drift-plan\n- exit code: 2\n" in shown
    assert "# oss_bucket_https_config.oss-example is weaker than desired" in shown
    assert "Verdict: drift\n" in shown
    assert not pushing.git("ls-remote", "origin").out


def test_what_was_not_recorded_is_not_pushed(pushing: Team) -> None:
    recorded = pushing.folder / "recording/cn-hangzhou/example-new/httpsConfig.xml"
    recorded.write_text("<nothing/>")
    pushing.write("desired/example-new.json", NEW)
    assert pushing.commit().code == 0
    done = pushing.git("push", "origin", "main")
    assert done.code == 1
    assert "- exit code: 1\n" in done.out + done.err
    assert "Verdict: incomplete\n" in done.out + done.err


def test_a_plan_is_made_by_hand_too_and_not_by_a_commit(pushing: Team) -> None:
    pushing.write("desired/oss-example.json", GOOD.replace('"TLSv1.2", ', ""))
    committed = pushing.commit()
    assert committed.code == 0
    assert "drift plan" not in committed.err
    by_hand = pushing.hooks("run", "--hook-stage", "manual", "--all-files")
    assert by_hand.code == 1
    assert "- exit code: 2\n" in by_hand.out
