"""Recordings of any size: `python -m tests.bench.recordings FOLDER 100000` writes one.

A fleet as a company has it: regions, a few hundred applications, and nearly every bucket as it
should be. Beside the recording stand desired files that declare it, by patterns and by names.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

DESIRED = {
    "TLS": {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"]},
    "CipherSuite": {
        "Enable": True,
        "CustomCipherSuite": ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
        "TLS13CustomCipherSuite": ["TLS_AES_256_GCM_SHA384"],
    },
}
"""What is declared for every bucket."""

_LIVE = """<?xml version="1.0" encoding="UTF-8"?>
<HttpsConfiguration>
  <TLS>
    <Enable>true</Enable>
    <TLSVersion>TLSv1.2</TLSVersion>
    <TLSVersion>{version}</TLSVersion>
  </TLS>
  <CipherSuite>
    <Enable>true</Enable>
    <StrongCipherSuite>false</StrongCipherSuite>
    <CustomCipherSuite>ECDHE-RSA-AES128-GCM-SHA256</CustomCipherSuite>
    <CustomCipherSuite>ECDHE-ECDSA-AES128-GCM-SHA256</CustomCipherSuite>
    <TLS13CustomCipherSuite>TLS_AES_256_GCM_SHA384</TLS13CustomCipherSuite>
  </CipherSuite>
</HttpsConfiguration>
"""
POLICY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "TLS 1.2 and 1.3, and no suite without forward secrecy",
    "x-drift": {"Bucket": "*"},
    "$defs": {
        "ephemeral": {"items": {"pattern": "^ECDHE-.*-GCM-"}},
        "modern": {"items": {"enum": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]}},
    },
    "properties": {
        "HttpsConfiguration": {
            "properties": {
                "TLS": {
                    "properties": {
                        "Enable": {"const": True},
                        "TLSVersion": {"items": {"enum": ["TLSv1.2", "TLSv1.3"]}},
                    }
                },
                "CipherSuite": {
                    "properties": {
                        "Enable": {"const": True},
                        "StrongCipherSuite": {"const": False},
                        "CustomCipherSuite": {"$ref": "#/$defs/ephemeral", "minItems": 1},
                        "TLS13CustomCipherSuite": {"$ref": "#/$defs/modern", "minItems": 1},
                    }
                },
            }
        }
    },
}
"""What must hold of every bucket, where nothing is declared exactly."""

IN_SYNC, DRIFTED = _LIVE.format(version="TLSv1.3"), _LIVE.format(version="TLSv1.1")
"""The answers of a bucket that is as declared, and of one that is not."""

_REGIONS = ("cn-hangzhou", "cn-beijing", "cn-shanghai", "eu-central-1", "ap-southeast-1")
_PATTERNS = ("app-0*", "app-1*", "app-2*", "app-3*", "app-*")


class Fleet(NamedTuple):
    """What `make` wrote: the recording, and desired files that declare its buckets."""

    recording: Path
    by_patterns: Path
    by_names: Path
    by_policy: Path


def make(folder: Path, buckets: int, drift_share: float = 0.05, *, alike: bool = True) -> Fleet:
    """Write a recording of so many buckets, of which a share has drifted, and desired files.

    Where they are not `alike`, each drift is another: an unwanted suite of its own.
    """
    fleet = Fleet(*(folder / name for name in ("recording", "patterns", "names", "policy")))
    every = round(1 / drift_share) if drift_share else buckets + 1
    homes: dict[str, list[str]] = {region: [] for region in _REGIONS}
    for number, (name, region) in enumerate(_named(buckets)):
        homes[region].append(name)
        drifted = DRIFTED if alike else DRIFTED.replace("</Custom", f"-{number}</Custom", 1)
        _record(fleet.recording / region / name, IN_SYNC if number % every else drifted)
    for path in (fleet.by_patterns, fleet.by_names, fleet.by_policy):
        path.mkdir()
    (fleet.by_policy / "policy.json").write_text(json.dumps(POLICY, indent=2))
    for number, pattern in enumerate(_PATTERNS):
        write(fleet.by_patterns / f"{number}.json", pattern)
    for region, names in homes.items():
        if names:
            write(fleet.by_names / f"{region}.json", names, region)
    return fleet


def write(path: Path, bucket: str | Sequence[str], region: str | None = None) -> None:
    """Write a desired file."""
    head = {"Bucket": bucket} | ({"Region": region} if region else {})
    path.write_text(json.dumps({**head, "HttpsConfiguration": DESIRED}, indent=2))


def _named(buckets: int) -> Iterator[tuple[str, str]]:
    for number in range(buckets):
        yield f"app-{number % 400:03}-bucket-{number:06}", _REGIONS[number % len(_REGIONS)]


def _record(folder: Path, answer: str) -> None:
    folder.mkdir(parents=True)
    (folder / "httpsConfig.xml").write_text(answer)


def main() -> None:
    """Write a recording where the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("buckets", type=int)
    parser.add_argument("--drift-share", type=float, default=0.05)
    given = parser.parse_args()
    make(given.folder, given.buckets, given.drift_share)


if __name__ == "__main__":
    main()
