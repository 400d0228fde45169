"""What the page on waivers shows is true."""

import json
import re
from pathlib import Path

import pytest

from drift.check import check
from drift.desired.load import load as load_desired
from drift.live.fleet import Fleet
from drift.live.recording import Recording
from drift.render import render
from drift.waivers.file_model import WaiverEntry
from drift.waivers.load import load
from drift.waivers.report import with_waivers
from tests.cli.running import ROOT
from tests.declared import NOW

PAGE = (ROOT / "docs/waivers.md").read_text("utf-8")
UPLOADS = ROOT / "samples/desired/example-uploads.json"


def shown(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_file_on_the_page_waives_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("desired")
    folder.mkdir()
    (folder / "waivers.json").write_text(shown("json"))
    (folder / "example-uploads.json").write_bytes(UPLOADS.read_bytes())
    waivers = load([folder], today=NOW.date())
    desired = with_waivers(load_desired([folder]), waivers)
    assert desired.diagnostics == ()
    fleet = Fleet(Recording(ROOT / "samples/recording"))
    plan = check(desired.declarations, fleet, now=NOW, waivers=waivers)
    assert shown("console") in render(plan, "text")


def test_the_page_has_every_member() -> None:
    table = PAGE[PAGE.index("| member |") : PAGE.index("All are required")]
    named = set(
        re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in table.split("\n")[2:-2]))
    )
    assert named == {field.alias for field in WaiverEntry.model_fields.values()}
    assert all(field.is_required() for field in WaiverEntry.model_fields.values())
    assert set(json.loads(shown("json"))["Waivers"][0]) == named
