"""How many buckets a second, over TLS to one host for each bucket, beside other ways."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench.haproxy import NEEDS, Server, missing, serving

BUCKETS = 5000
RUNS = 5


class Way(NamedTuple):
    """What a way is called in the table, and how many buckets it reads in a run."""

    title: str
    buckets: int = BUCKETS


WAYS: Mapping[str, Way] = {
    "sequential": Way("sequential loop over oss2", 300),
    "stock": Way("oss2, 64 threads, the SDK's stock session", 1500),
    "curl": Way("`curl --parallel --parallel-max 64`"),
    "openssl": Way("drift, 64 at once, `--transport openssl`"),
    "drift": Way("drift, 64 at once"),
    "processes": Way("drift, two processes with 64 at once each"),
}


def print_network(folder: Path) -> None:
    """Print the table: medians of runs in turns, and ratios from the same run."""
    lacking = missing()
    if lacking:
        sys.stdout.write(f"\nNot measured: this machine lacks {lacking}. Install {NEEDS}.\n")
        return
    with serving(folder) as server:
        rounds = [{way: _rate(way, server) for way in WAYS} for _ in range(RUNS)]
    rates = {way: median(one[way] for one in rounds) for way in WAYS}
    sys.stdout.write(
        f"\n## {BUCKETS:,} buckets over TLS, a host each, answers after 20 ms\n\n"
        "| way | buckets a second | times sequential | times stock | times curl |\n"
        "| --- | --: | --: | --: | --: |\n"
    )
    for way, rate in rates.items():
        ratios = (rate / rates[other] for other in ("sequential", "stock", "curl"))
        cells = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        sys.stdout.write(f"| {WAYS[way].title} | {rate:,.0f} | {cells} |\n")


def _rate(way: str, server: Server) -> float:
    """Return the buckets a second of one run."""
    number = WAYS[way].buckets
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.ways", way, server.url, str(number)],
        env={**os.environ, "REQUESTS_CA_BUNDLE": str(server.ca), "CURL_CA_BUNDLE": str(server.ca)},
        check=True,
        capture_output=True,
        text=True,
    )
    return number / float(done.stdout)
