"""3,000 spoiled files of waivers: none crashes drift, and none is used that has a fault."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

from drift.waivers.load import load
from drift.waivers.report import doubts
from drift.waivers.waivers import Waivers
from tests.fuzz.json_mutators import spoiled
from tests.fuzz.test_fuzz_desired import assert_places, named_once
from tests.waivers.given import CIPHERS, TLS, TODAY, waiver

FILES = 3_000
GIVEN = (
    [waiver(f"{TLS}/TLSVersion", ["TLSv1.0", "TLSv1.2"])],
    [waiver(TLS, {"Enable": False}), waiver(f"{CIPHERS}/StrongCipherSuite", live=False)],
    [waiver("/HttpsConfiguration", {"CipherSuite": {"Enable": True, "StrongCipherSuite": True}})],
)
CORPUS = [json.dumps({"$schema": "x", "Waivers": one}, indent=2) for one in GIVEN]


def assert_earned(waivers: Waivers, data: bytes) -> None:
    """What is used is JSON in which nothing repeats or is null, and says what the file says."""
    document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=named_once)
    given = document["Waivers"]
    assert isinstance(given, list)
    assert len(waivers.entries) == len(given)
    for one in waivers.entries:
        said = given[int(one.pointer.rpartition("/")[2])]
        assert (one.bucket, one.target.pointer) == (said["Bucket"], said["Pointer"])
        assert (one.live, one.waiver.reason) == (said["Live"], said["Reason"])
        assert date.fromisoformat(said["Expires"]) == one.waiver.expires <= date(2027, 11, 22)


def test_every_spoiled_file_either_excuses_what_it_says_or_says_where_it_is_wrong(
    tmp_path: Path,
) -> None:
    """Law: `load` never raises; it yields the waivers of the file, or errors that have a place."""
    rng, path, seen = Random(20261122), tmp_path / "waivers.json", Counter[str]()
    for _ in range(FILES):
        data = spoiled(rng, rng.choice(CORPUS))
        path.write_bytes(data)
        found = load([path], today=TODAY)
        said = (*found.faults, *doubts(found, None))
        assert_places(said, path, data)
        assert not (found.faults and found.entries), data
        if not found.faults:
            assert_earned(found, data)
        seen["used"] += bool(found.entries)
        seen["wrong"] += bool(found.faults)
        seen["many errors"] += len(found.faults) > 1
        seen["no JSON"] += any(one.summary.startswith("Not JSON") for one in found.faults)
    assert all(count > 50 for count in seen.values()), seen
