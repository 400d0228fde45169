"""What the README shows is run again, and must come out as shown."""

import re
import subprocess
import sys

import pytest

from tests.cli.running import ROOT, environment

README = (ROOT / "README.md").read_text()
SESSION = re.compile(r"^\$ (?P<command>.+)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)


def sessions() -> list[tuple[str, str]]:
    blocks = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    matches = [match for block in blocks for match in SESSION.finditer(block)]
    return [(str(match["command"]), str(match["output"])) for match in matches]


def test_there_is_a_session() -> None:
    assert sessions()[0][0].startswith("drift plan ")


@pytest.mark.parametrize(("command", "output"), sessions())
def test_a_session_comes_out_as_shown(command: str, output: str) -> None:
    shell = command.replace("drift ", f'"{sys.executable}" -m drift ', 1)
    result = subprocess.run(
        ["bash", "-c", shell],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stdout + result.stderr == output


def test_the_desired_file_is_the_sample() -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert shown == (ROOT / "samples/desired/example-uploads.json").read_text()
