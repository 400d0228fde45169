"""Ways to read buckets, each a process of its own: `python -m tests.bench.ways WAY URL NUMBER`.

Prints the seconds that the reading took, without the start of the interpreter and the imports.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from time import perf_counter

import oss2

from drift.live.credentials import Credentials, Fixed
from drift.live.fleet import Fleet, Request
from drift.live.oss import Oss
from drift.live.source import Bucket
from drift.live.transport.either import Name
from drift.settings.https import HttpsConfiguration

AT_ONCE = 64
_REGION = "cn-hangzhou"


def names(number: int, first: int = 0) -> list[str]:
    """Return names of buckets."""
    return [f"bench-bucket-{index:05}" for index in range(first, first + number)]


def sequential(url: str, number: int) -> None:
    """A loop over the SDK."""
    for name in names(number):
        _stock(url, name, oss2.Session())


def stock(url: str, number: int) -> None:
    """The SDK in a pool of threads, with one session of its own making."""
    session = oss2.Session(pool_size=AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: _stock(url, name, session), names(number)))


def _stock(url: str, name: str, session: oss2.Session) -> None:
    auth = oss2.AuthV4("bench", "bench-secret")
    bucket = oss2.Bucket(auth, url, name, session=session, region=_REGION)
    assert bucket.get_bucket_https_config().tls_enabled


def curl(url: str, number: int) -> None:
    """curl, unsigned, as many at once."""
    scheme, _, host = url.partition("://")
    urls = "".join(
        f'url = "{scheme}://{name}.{host}/?httpsConfig="\noutput = /dev/null\n'
        for name in names(number)
    )
    subprocess.run(
        ["curl", "-sS", "--fail", "--parallel", "--parallel-max", str(AT_ONCE), "-K", "-"],
        input=urls.encode(),
        stderr=subprocess.DEVNULL,  # its table of progress
        check=True,
    )


def drift(url: str, number: int, *, carrier: Name = "auto", first: int = 0) -> None:
    """drift's fleet."""
    source = Oss(
        Fixed(Credentials("bench", "bench-secret")),
        endpoint=url,
        carrier=carrier,
    )
    buckets = [Bucket(name, _REGION) for name in names(number, first)]
    requests = [Request(bucket, HttpsConfiguration) for bucket in buckets]
    for found in Fleet(source, concurrency=AT_ONCE, retries=0).read(requests):
        assert isinstance(found.outcome, tuple), found


def openssl(url: str, number: int) -> None:
    """drift's fleet on its second transport."""
    drift(url, number, carrier="openssl")


def processes(url: str, number: int) -> None:
    """drift's fleet, half of it in another process."""
    half = number // 2
    other = get_context("fork").Process(
        target=drift, args=(url, number - half), kwargs={"first": half}
    )
    other.start()
    drift(url, half)
    other.join()
    assert other.exitcode == 0


WAYS: Mapping[str, Callable[[str, int], None]] = {
    way.__name__: way for way in (sequential, stock, curl, openssl, drift, processes)
}


if __name__ == "__main__":
    _, way, url, number = sys.argv
    started = perf_counter()
    WAYS[way](url, int(number))
    sys.stdout.write(f"{perf_counter() - started}\n")
