"""A run over a fleet of any size: `python -m tests.reliability.large_fleet N alike`.

Its buckets answer alike, of which one in twenty has drifted, or each differently.

It is a process of its own, so that nothing else is measured. Prints, as JSON, what it held of
memory, files and threads at each tenth of the way, and at the end.
"""

import json
import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import active_count

from drift.check import check
from drift.live.fleet import Fleet
from drift.live.listing import page_body
from drift.live.source import Answer, Bucket, Tag
from drift.planfile import dumps
from drift.settings.https import HttpsConfiguration, Tls
from drift.settings.setting import Setting
from tests.declared import NOW, File
from tests.waiting import until

PATIENCE = 20

_DOCUMENT = (
    "<HttpsConfiguration><TLS><Enable>true</Enable><TLSVersion>TLSv1.2</TLSVersion>"
    "<TLSVersion>{version}</TLSVersion></TLS>{more}</HttpsConfiguration>"
)
_AS_DESIRED, _DRIFTED = (
    _DOCUMENT.format(version=version, more="").encode() for version in ("TLSv1.3", "TLSv1.1")
)
_SUITE = "<CipherSuite><Enable>true</Enable><CustomCipherSuite>{}</CustomCipherSuite></CipherSuite>"


def alike(name: str) -> bytes:
    """Return what most buckets say, or what one in twenty does."""
    return _DRIFTED if name[-2:] in ("07", "23", "41", "66", "98") else _AS_DESIRED


def different(name: str) -> bytes:
    """Return what no other bucket says; it has drifted."""
    return _DOCUMENT.format(version="TLSv1.1", more=_SUITE.format(name)).encode()


def held() -> dict[str, int]:
    """Return what this process holds: bytes in memory, open files, and threads."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "bytes": pages * os.sysconf("SC_PAGE_SIZE"),
        "files": len([*Path("/proc/self/fd").iterdir()]),
        "threads": active_count(),
    }


class Measured:
    """A service that has so many buckets, and looks at itself on the way."""

    changing = True
    uses_addresses = True

    def __init__(self, number: int, says: Callable[[str], bytes]) -> None:
        self.says = says
        self.buckets = [Bucket(f"bucket-{index:06}", "cn-hangzhou") for index in range(number)]
        self.seen = [held()]
        self._asked = count(1)

    def read(self, bucket: Bucket, _setting: type[Setting]) -> Answer:
        if next(self._asked) % (len(self.buckets) // 10) == 0:
            self.seen.append(held())
        return Answer(200, self.says(bucket.name))

    def page(self, _region: str | None, marker: str = "", _tag: Tag | None = None) -> Answer:
        return Answer(200, page_body(self.buckets, marker=marker))

    def close(self) -> None: ...


def main() -> None:
    """Make the plan of as many buckets as the command line says."""
    setting = HttpsConfiguration(TLS=Tls(Enable=True, TLSVersion=("TLSv1.2", "TLSv1.3")))
    source = Measured(int(sys.argv[1]), {"alike": alike, "different": different}[sys.argv[2]])
    plan = check(File(("bucket-*",), setting).declarations(), Fleet(source), now=NOW)
    source.seen.append(held())
    size = len(dumps(plan))
    # A thread ends a moment after the last bucket is done.
    until(lambda: active_count() <= source.seen[0]["threads"])
    source.seen.append(held())
    found = plan.summary.model_dump()
    sys.stdout.write(json.dumps({"seen": source.seen, "summary": found, "json": size}))


if __name__ == "__main__":
    main()
