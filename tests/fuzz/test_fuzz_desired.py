"""10,000 spoiled desired files: none crashes drift, and none is used that has a fault."""

import json
from collections import Counter
from pathlib import Path
from random import Random

from drift.desired.load import Desired, load
from drift.diagnostic import Diagnostic
from tests.fuzz.json_mutators import spoiled

FILES = 10_000
SAMPLES = Path(__file__).parents[2] / "samples" / "desired"
OWN = (
    '{"Bucket": "b-1", "HttpsConfiguration": {"TLS": {"Enable": false}}}',
    '{"Bucket": ["b-1", "b-2", "b-3"], "HttpsConfiguration": {"CipherSuite": {"Enable": false}}}',
    """{"Bucket": "b-1", "Region": "cn-hangzhou", "HttpsConfiguration": {"CipherSuite": {
      "Enable": true, "CustomCipherSuite": ["UNKNOWN-SUITE", "TLS_AES_128_GCM_SHA256"]}}}""",
)
CORPUS = (*(path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.json"))), *OWN)


def named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    assert len(members) == len(pairs), "a member repeats"
    assert None not in members.values(), "a member is null"
    return members


def assert_places(found: tuple[Diagnostic, ...], path: Path, data: bytes) -> None:
    """Every diagnostic names the file, and a place that is in it."""
    for one in found:
        assert one.summary
        assert one.place.file == path.as_posix()
        if one.place.start and one.place.end:
            text = data.decode("utf-8-sig")
            lines = text.split("\n")
            assert 1 <= one.place.start.line <= len(lines)
            assert 1 <= one.place.start.column <= len(lines[one.place.start.line - 1]) + 1
            assert 0 <= one.place.start.byte <= one.place.end.byte <= len(text.encode())


def assert_earned(desired: Desired, data: bytes) -> None:
    """What is valid is JSON in which nothing repeats or is null, and declares what it names."""
    document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=named_once)
    said = document["Bucket"]
    entries = [said] if isinstance(said, str) else said
    declared = sorted(one.bucket for one in desired.declarations)
    assert declared == sorted(entry for entry in entries if entry[0] != "!")
    for one in desired.declarations:
        assert one.setting.document()["HttpsConfiguration"] == document["HttpsConfiguration"]


def test_every_spoiled_file_either_declares_something_or_says_where_it_is_wrong(
    tmp_path: Path,
) -> None:
    """Law: `load` never raises; it yields declarations, or errors that have a place.

    What it calls valid declares exactly what the file says.
    """
    rng = Random(20261122)
    path = tmp_path / "example.json"
    seen = Counter[str]()
    for _ in range(FILES):
        data = spoiled(rng, rng.choice(CORPUS))
        path.write_bytes(data)
        desired = load([path])
        errors = [one for one in desired.diagnostics if one.severity == "error"]
        assert desired.valid != bool(errors), data
        assert desired.declarations or errors, data
        assert_places(desired.diagnostics, path, data)
        if desired.valid:
            assert_earned(desired, data)
        seen["valid"] += desired.valid
        seen["valid, with warnings"] += desired.valid and bool(desired.diagnostics)
        seen["no JSON"] += bool(errors) and errors[0].summary.startswith("Not JSON")
        seen["no place"] += any(one.place.start is None for one in errors)
        seen["many errors"] += len(errors) > 1
        seen["errors beside declarations"] += bool(errors and desired.declarations)
    few = {name: count for name, count in seen.items() if count < 50}
    assert not few, seen
