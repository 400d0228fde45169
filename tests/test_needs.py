"""A run says once which tools it lacks; in CI none may be missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import AXE, CHROMIUM, TERRAFORM_JSON, how_to_run, lacking

ROOT = Path(__file__).parent.parent


def reason(tool: tuple[str, str]) -> str:
    with pytest.raises(pytest.skip.Exception) as raised:
        lacking(tool)
    return f"Skipped: {raised.value.msg}"


def test_in_ci_a_missing_tool_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium is missing: apt-get install"):
        lacking(CHROMIUM)


def test_one_line_says_what_is_missing_and_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    skipped = [reason(CHROMIUM), reason(TERRAFORM_JSON), reason(CHROMIUM), reason(AXE)]
    assert how_to_run([*skipped, "Skipped: something else"]) == (
        "This machine lacks Chromium (skips 2), Go's reader of plans (skips 1), axe-core (skips 1)."
        " To run all tests: apt-get install chromium chromium-driver golang-go "
        "golang-github-hashicorp-terraform-json-dev nodejs npm && npm ci --prefix tests"
    )


def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert how_to_run([]) is None
    assert how_to_run(["Skipped: something else"]) is None


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_line_stands_at_the_end_of_a_run(workers: str, tmp_path: Path) -> None:
    test = "from tests.needs import AXE, lacking\ndef test_it() -> None:\n    lacking(AXE)\n"
    (tmp_path / "test_it.py").write_text(test)
    arguments = [f"-n{workers}", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "-c", ROOT / "pyproject.toml", tmp_path],
        cwd=ROOT,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "This machine lacks axe-core (skips 1). To run all tests: apt-get install" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "workers"),
    [
        (["tests/test_needs.py"], 0),
        (["tests/test_needs.py::test_it", "tests/test_needs.py::test_other"], 0),
        (["tests/test_needs.py", "tests/test_lock.py"], 2),
        (["tests"], None),
        (["tests/test_needs.py", "tests/policy"], None),
    ],
)
def test_no_process_is_started_that_would_get_no_file(
    arguments: list[str], workers: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.conftest import pytest_xdist_auto_num_workers

    class Config:
        args = arguments

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert pytest_xdist_auto_num_workers(Config()) == workers  # type: ignore[arg-type]
