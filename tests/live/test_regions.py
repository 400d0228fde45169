"""Where a bucket turns out to be: what is declared is decided for there, or nothing is green."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from socket import socket
from typing import TypeAlias

import pytest

from tests.cli.running import Ran, desired, run_here, text
from tests.live.wire import DOCUMENT, Talk, Wire, error, http, served
from tests.policy.files import ciphers, file

Drift: TypeAlias = Callable[..., Ran]

_EMPTY = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
_ELSEWHERE = (
    "The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)


def service(homes: Mapping[str, str], listed: bytes = _EMPTY) -> Talk:
    """Return a service that has each bucket in its region, and lists what a test wants."""

    def answer(wire: Wire, connection: socket) -> None:
        head = wire.head
        if not head:  # the doctor only connects
            return
        signed = re.search(r"Credential=[^/]+/[0-9]+/([a-z0-9-]+)/oss/", head)
        bucket = re.match(r"GET /([a-z0-9-]*)/?\?", head)
        assert signed
        assert bucket
        home = homes.get(bucket[1])
        if not bucket[1]:
            said = http(listed)
        elif home == signed[1]:
            said = http(DOCUMENT)
        else:
            said = error(
                "AccessDenied", "403 Forbidden",
                Message=_ELSEWHERE, Bucket=bucket[1], Endpoint=f"oss-{home}.aliyuncs.com",
            )  # fmt: skip
        connection.sendall(said)

    return answer


def listing(name: str, region: str, **members: str) -> bytes:
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in members.items())
    listed = f"<Bucket><Name>{name}</Name><Region>{region}</Region>{inner}</Bucket>"
    buckets = f"<Buckets>{listed}</Buckets>"
    return f"<ListAllMyBucketsResult>{buckets}</ListAllMyBucketsResult>".encode()


@pytest.fixture
def drift(folder: Path, capsys: pytest.CaptureFixture[str]) -> Drift:
    """Return what runs drift against a service, on files of a folder."""

    def run(talk: Talk, *arguments: str, command: str = "plan") -> Ran:
        with served(talk) as wire:
            return run_here(capsys, command, "--endpoint", wire.url, *arguments)

    (folder / "desired").mkdir()
    return run


def declare(folder: Path, name: str, document: object) -> None:
    (folder / "desired" / f"{name}.json").write_text(text(document))


STRONG = ciphers("StrongCipherSuite", {"const": True})
"""What no bucket here obeys: they report no cipher suites, and so accept all."""


def test_a_policy_for_the_region_that_a_bucket_is_found_in_makes_it_unreadable(
    drift: Drift, folder: Path
) -> None:
    declare(folder, "a", desired("oss-example", None))
    declare(folder, "p", file("*", STRONG, Region="cn-*"))
    declare(folder, "d", desired("data", "cn-beijing"))
    homes = {"oss-example": "cn-hangzhou", "data": "cn-beijing"}
    moved = service(homes, listing("data", "cn-beijing"))
    for options in ((), ("--strict",), ("--undeclared", "ignore")):
        ran = drift(moved, "desired", "--region", "eu-central-1", *options)
        assert ran.code == 1
        assert (
            "The bucket is in cn-hangzhou, where other patterns and policies apply than in "
            'eu-central-1. Set "Region" to "cn-hangzhou" in desired/a.json.'
        ) in ran.out
    declare(folder, "a", desired("oss-example", "cn-hangzhou"))
    ran = drift(moved, "desired", "--undeclared", "ignore")
    assert ran.code == 2
    assert "StrongCipherSuite" in ran.out


def test_the_doctor_says_that_a_bucket_is_where_other_policies_apply(
    drift: Drift, folder: Path
) -> None:
    declare(folder, "a", desired("oss-example", "eu-central-1"))
    declare(folder, "p", file("*", STRONG, Region="cn-*"))
    ran = drift(service({"oss-example": "cn-hangzhou"}), "desired", command="doctor")
    assert ran.code == 1
    assert "oss-example: The bucket is in cn-hangzhou, where other patterns and policies" in ran.out


@pytest.mark.parametrize("region", ["eu-*", "eu-central-1"])
def test_a_policy_that_holds_only_where_a_bucket_is_not_is_not_applied_to_it(
    drift: Drift, folder: Path, region: str
) -> None:
    declare(folder, "a", desired("oss-example", "eu-central-1"))
    declare(folder, "p", file("*", STRONG, Region=region))
    ran = drift(service({"oss-example": "cn-hangzhou"}), "desired")
    assert ran.code == 1
    assert "RegionDiffers" in ran.out


@pytest.mark.parametrize("aim", [{}, {"Region": "*"}, {"Region": "??-*"}])
def test_a_bucket_is_judged_where_it_is_found_if_the_same_policies_hold_there(
    drift: Drift, folder: Path, aim: dict[str, str]
) -> None:
    declare(folder, "a", desired("oss-example", "eu-central-1"))
    declare(folder, "p", file("*", STRONG, **aim))
    ran = drift(service({"oss-example": "cn-hangzhou"}), "desired")
    assert ran.code == 2
    assert "the file says eu-central-1, and the bucket is in cn-hangzhou" in ran.err


def test_where_nothing_depends_on_the_region_a_bucket_is_read_where_it_is_found(
    drift: Drift, folder: Path
) -> None:
    declare(folder, "a", desired("oss-example", None))
    moved = service({"oss-example": "cn-hangzhou"})
    assert drift(moved, "desired", "--region", "eu-central-1").code == 0
    # A pattern that is no policy is for the buckets of the list only.
    declare(folder, "b", desired("oss-*", "cn-*", CipherSuite={"Enable": False}))
    assert drift(moved, "desired", "--region", "eu-central-1").code == 0


def test_a_listed_bucket_that_is_found_elsewhere_is_decided_for_there_or_unreadable(
    drift: Drift, folder: Path
) -> None:
    declare(folder, "a", desired("oss-*", "eu-*"))
    moved = service({"oss-example": "cn-hangzhou"}, listing("oss-example", "eu-central-1"))
    ran = drift(moved, "desired")
    assert ran.code == 1
    assert "The list of buckets says eu-central-1: run drift again later." in ran.out
    declare(folder, "a", desired("oss-*", "*-*"))
    assert drift(moved, "desired").code == 0


def test_with_an_endpoint_the_addresses_of_a_list_are_neither_used_nor_judged(
    drift: Drift, folder: Path
) -> None:
    declare(folder, "a", desired("oss-*", None))
    addresses = {
        "Location": "oss-cn-hangzhou",
        "ExtranetEndpoint": "oss-cn-hangzhou-a.cloud.example.com",
        "IntranetEndpoint": "oss-cn-hangzhou-a-internal.cloud.example.com",
    }
    private = service(
        {"oss-example": "cn-hangzhou"}, listing("oss-example", "cn-hangzhou", **addresses)
    )
    assert drift(private, "desired").code == 0
    contradicting = service(
        {"oss-example": "eu-central-1"},
        listing("oss-example", "eu-central-1", Location="oss-cn-hangzhou"),
    )
    ran = drift(contradicting, "desired")
    assert ran.code == 1
    assert "region, location and endpoints contradict each other" in ran.out


@pytest.mark.parametrize(
    "members", ["<Prefix>oss-</Prefix>", "<Marker>m</Marker><IsTruncated>false</IsTruncated>"]
)
def test_a_list_that_says_that_it_is_partial_is_not_taken_for_all(
    drift: Drift, folder: Path, members: str
) -> None:
    declare(folder, "a", desired("oss-*", None))
    listed = listing("oss-example", "cn-hangzhou")
    part = listed.replace(b"<Buckets>", f"{members}<Buckets>".encode())
    homes = {"oss-example": "cn-hangzhou"}
    assert drift(service(homes, listed), "desired").code == 0
    ran = drift(service(homes, part), "desired")
    assert ran.code == 1
    assert "UnexpectedAnswer" in ran.out
