"""Whatever stands in a folder: what was named is accounted for, or the run fails."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from drift.check import compare
from drift.desired.load import load
from drift.discovery.discover import discover
from drift.errors import FileError
from drift.live.fleet import Fleet
from drift.live.recording import Recording
from tests.cli.running import desired, text
from tests.declared import NOW

KINDS = ("file", "broken", "folder", "to nothing", "to itself", "to a folder", "pipe", "closed")
DOCUMENT = b"<HttpsConfiguration><TLS><Enable>false</Enable></TLS></HttpsConfiguration>"


def make(path: Path, kind: str, content: bytes) -> None:
    """Make an entry of a kind; where something stands already, or no folder, nothing is made."""
    with suppress(OSError):  # a link to itself in the path, for one
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):  # to write into a pipe would wait for its reader
            return
        match kind:
            case "file":
                path.write_bytes(content)
            case "broken":
                path.write_bytes(b"\xff{")
            case "folder":
                path.mkdir()
            case "to nothing":
                path.symlink_to("/nonexistent")
            case "to itself":
                path.symlink_to(path.name)
            case "to a folder":
                path.symlink_to(".")
            case "pipe":
                os.mkfifo(path)
            case _:
                path.symlink_to("/proc/self/fd/closed/inside")


PLACES = ("a.json", "b", "b/c.json", "b/d", "b/d/e.json", "b/d/f", "waivers.json", "g.JSON")


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(KINDS)), max_size=8))
def test_every_file_of_a_searched_folder_is_declared_or_an_error(
    entries: list[tuple[str, str]],
) -> None:
    """Each `*.json`, and each link, is in a declaration or in an error that names it."""
    with TemporaryDirectory() as name:
        top = Path(name)
        make(top / "first.json", "file", text(desired("oss-first")).encode())
        for number, (place, kind) in enumerate(entries):
            make(top / place, kind, text(desired(f"oss-{number}")).encode())
        found = load([top])
        accounted = {one.text.file for one in found.declarations}
        accounted |= {one.place.file for one in found.diagnostics if one.severity == "error"}
        expected = {
            str(path)
            for folder, folders, files in os.walk(top)
            for path in (Path(folder, entry) for entry in (*folders, *files))
            if path.is_symlink() or path.suffix.lower() == ".json"
        }
        # What is inside a folder named like a file is not searched: the folder itself is an error.
        inside = {path for path in expected if ".json/" in path.lower()}
        expected = {path for path in expected - inside if not path.endswith("waivers.json")}
        assert expected == accounted


RECORDED = (
    "cn-hangzhou",
    "cn-hangzhou/oss-a",
    "cn-hangzhou/oss-b/httpsConfig.xml",
    "cn-beijing/oss-c/httpsConfig.xml",
    "cn-beijing/oss-d",
    "cn-beijing",
    "oss-e/httpsConfig.xml",
    "httpsConfig.xml",
    "cn-beijing/oss-c/tagging.xml",
)


@given(st.lists(st.tuples(st.sampled_from(RECORDED), st.sampled_from(KINDS)), max_size=8))
def test_every_entry_of_a_recording_is_in_the_plan_or_an_error(
    entries: list[tuple[str, str]],
) -> None:
    """A recording that is accepted has nothing but buckets, and the plan has each of them."""
    with TemporaryDirectory() as name:
        top = Path(name)
        make(top / "rec/eu-central-1/oss-first/httpsConfig.xml", "file", DOCUMENT)
        for place, kind in entries:
            make(top / "rec" / place, kind, DOCUMENT)
        make(top / "a.json", "file", text(desired("*", None, TLS={"Enable": False})).encode())
        expected = {
            path.relative_to(top / "rec").parts[1:2] or path.relative_to(top / "rec").parts
            for path in (top / "rec").rglob("*")
            if path.is_symlink() or not path.is_dir() or len(path.relative_to(top).parts) == 3
        }
        try:
            recording = Recording(top / "rec")
        except FileError:
            return
        fleet = Fleet(recording)
        found = compare(discover(load([top / "a.json"]).declarations, fleet), fleet, now=NOW)
        assert {(one.name,) for one in found.resource_changes} == expected
