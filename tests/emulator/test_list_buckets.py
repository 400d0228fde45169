"""ListBuckets, by both generations of the official SDK and by requests that no SDK sends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import alibabacloud_oss_v2 as oss
import oss2
import pytest
import requests
from defusedxml.ElementTree import fromstring

from drift.emulator import EMULATOR_KEY, Emulator, ErrorAnswer, Fault
from drift.emulator.list_buckets import is_list_buckets
from drift.emulator.reader import Message
from drift.emulator.request import Request
from drift.live.listing import page_of
from drift.live.recording import Recording
from drift.live.service_error import ServiceError

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
Send: TypeAlias = Callable[[requests.PreparedRequest], requests.Response]
Page: TypeAlias = Callable[..., requests.Response]

REGIONS = {
    "cn-hangzhou": ("app-a", "app-b", "logs-a"),
    "cn-shanghai": ("app-c", "logs-b"),
    "cn-hangzhou-finance": ("money",),
}
NAMES = sorted(name for names in REGIONS.values() for name in names)
TAGGING = "<Tagging><TagSet><Tag><Key>team</Key><Value>{}</Value></Tag></TagSet></Tagging>"

UNTAGGED = "<Tagging><TagSet/></Tagging>"


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """Return a recording of an account with buckets in several regions, two of them tagged."""
    folder = tmp_path / "account"
    for region, names in REGIONS.items():
        for name in names:
            (folder / region / name).mkdir(parents=True)
            (folder / region / name / "tagging.xml").write_text(UNTAGGED)
    for name, team in (("app-a", "blue"), ("app-b", "red&amp;\u6f02")):
        text = TAGGING.format(team)
        (folder / "cn-hangzhou" / name / "tagging.xml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def page(account: Path, sign: Sign, send: Send) -> Page:
    """Return the answer to one request for a page."""

    def answer(**options: Any) -> requests.Response:
        with Emulator(Recording(account)) as running:
            request = sign(f"{running.url}", bucket="", host="127.0.0.1", **options)
            return send(request)

    return answer


def client(url: str, version: str = "v4") -> oss.Client:
    chosen = oss.config.load_default()
    chosen.credentials_provider = oss.credentials.StaticCredentialsProvider(
        EMULATOR_KEY.id, EMULATOR_KEY.secret
    )
    chosen.region, chosen.endpoint, chosen.signature_version = "cn-hangzhou", url, version
    chosen.retryer = oss.retry.NopRetryer()
    return oss.Client(chosen)


def service(url: str, version: str = "v4") -> oss2.Service:
    auth = oss2.make_auth(EMULATOR_KEY.id, EMULATOR_KEY.secret, version)
    return oss2.Service(auth, url, connect_timeout=5, region="cn-hangzhou")


@pytest.mark.parametrize("version", ["v4", "v1"])
@pytest.mark.parametrize("size", [1, 2, 6, 1000])
def test_oss2_finds_every_bucket_of_every_region(account: Path, version: str, size: int) -> None:
    with Emulator(Recording(account)) as running:
        found = list(oss2.BucketIterator(service(running.url, version), max_keys=size))
        assert sum(running.requests.values()) == running.requests[""] == -(-len(NAMES) // size)
    assert [one.name for one in found] == NAMES
    assert {one.name: one.region for one in found} == {
        name: region for region, names in REGIONS.items() for name in names
    }


@pytest.mark.parametrize("version", ["v4", "v1"])
def test_the_second_sdk_s_paginator_finds_every_bucket(account: Path, version: str) -> None:
    with Emulator(Recording(account)) as running:
        paginator = client(running.url, version).list_buckets_paginator(limit=2)
        pages = list(paginator.iter_page(oss.ListBucketsRequest()))
    assert [[one.name for one in page.buckets] for page in pages] == [
        NAMES[:2],
        NAMES[2:4],
        NAMES[4:],
    ]
    assert [bool(page.is_truncated) for page in pages] == [True, True, False]


def test_each_bucket_says_where_it_is(account: Path) -> None:
    with Emulator(Recording(account)) as running:
        found = {one.name: one for one in service(running.url).list_buckets().buckets}
    assert found["app-c"].location == "oss-cn-shanghai"
    assert found["app-c"].region == "cn-shanghai"
    assert found["app-c"].extranet_endpoint == "oss-cn-shanghai.aliyuncs.com"
    assert found["app-c"].intranet_endpoint == "oss-cn-shanghai-internal.aliyuncs.com"
    assert found["money"].extranet_endpoint == "oss-cn-hzfinance.aliyuncs.com"


def test_a_prefix_and_a_marker_narrow_the_list(account: Path) -> None:
    with Emulator(Recording(account)) as running:
        asked = service(running.url)
        names = [one.name for one in asked.list_buckets(prefix="app-").buckets]
        assert names == ["app-a", "app-b", "app-c"]
        page = asked.list_buckets(prefix="app-", marker="app-a", max_keys=1)
        assert [one.name for one in page.buckets] == ["app-b"]
        assert (page.is_truncated, page.next_marker) == (True, "app-b")
        assert asked.list_buckets(prefix="none").buckets == []


@pytest.mark.parametrize("version", ["v4", "v1"])
def test_tags_narrow_the_list(account: Path, version: str) -> None:
    def tagged(value: str) -> list[str]:
        params = {"tag-key": "team", "tag-value": value}
        return [one.name for one in asked.list_buckets(params=params).buckets]

    with Emulator(Recording(account)) as running:
        asked = service(running.url, version)
        assert tagged("blue") == ["app-a"]
        assert tagged("red&\u6f02") == ["app-b"]
        assert tagged("green") == []
        request = oss.ListBucketsRequest(tag_key="team", tag_value="blue")
        found = client(running.url, version).list_buckets(request)
        assert [one.name for one in found.buckets or []] == ["app-a"]


def test_tags_that_cannot_be_read_are_an_internal_error(account: Path, page: Page) -> None:
    (account / "cn-hangzhou" / "app-a" / "tagging.xml").write_bytes(b"x")
    answer = page(params={"tag-key": "team", "tag-value": "blue"})
    assert answer.status_code == 500
    assert ServiceError.parse(answer.content).code == "InternalError"


def test_without_more_pages_there_is_no_word_of_pages(page: Page) -> None:
    answer = page(params={})
    members = {child.tag for child in fromstring(answer.content)}
    assert members == {"Owner", "Buckets"}
    listed = page_of(answer.content)
    assert ([one.name for one in listed.buckets], listed.next_marker) == (NAMES, None)


def test_a_page_has_a_hundred_buckets_unless_it_is_asked_for_more(
    tmp_path: Path, sign: Sign, send: Send
) -> None:
    names = [f"bucket-{number:04}" for number in range(1001)]
    for name in names:
        (tmp_path / "many" / "cn-hangzhou" / name).mkdir(parents=True)
    with Emulator(Recording(tmp_path / "many")) as running:
        for params, size in (({}, 100), ({"max-keys": "1000"}, 1000)):
            answer = send(sign(running.url, bucket="", host="127.0.0.1", params=params))
            listed = page_of(answer.content)
            assert [one.name for one in listed.buckets] == names[:size]
            assert listed.next_marker == names[size - 1]


@pytest.mark.parametrize(
    "params",
    [
        {"max-keys": "0"},
        {"max-keys": "1001"},
        {"max-keys": "-1"},
        {"max-keys": "\u0661"},
        {"max-keys": "many"},
        {"prefix": "A_b"},
        {"marker": "<Buckets/>"},
        {"marker": "a" * 64},
        {"tag-key": "team"},
        {"tag-value": "blue"},
    ],
)
def test_a_value_that_cannot_be_is_an_invalid_argument(page: Page, params: dict[str, str]) -> None:
    answer = page(params=params)
    assert answer.status_code == 400
    assert ServiceError.parse(answer.content).code == "InvalidArgument"


@pytest.mark.parametrize("params", [{"tagging": "a:b"}, {"regions": ""}, {"bucketInfo": ""}])
def test_what_would_narrow_the_list_in_another_way_is_not_implemented(
    page: Page, params: dict[str, str]
) -> None:
    answer = page(params=params)
    assert answer.status_code == 400
    assert ServiceError.parse(answer.content).code == "NotImplemented"


@pytest.mark.parametrize(("query", "is_list"), [(b"prefix=a", True), (b"prefix=a&prefix=b", False)])
def test_a_list_that_is_narrowed_twice_is_none(query: bytes, is_list: bool) -> None:
    message = Message("GET", b"/?" + query, ((b"host", b"localhost"),), b"", keep_alive=True)
    assert is_list_buckets(Request.parse(message)) is is_list


def test_a_list_is_only_read(page: Page) -> None:
    answer = page(method="PUT", params={})
    assert (answer.status_code, ServiceError.parse(answer.content).code) == (400, "NotImplemented")


def test_a_stranger_is_told_nothing(page: Page) -> None:
    answer = page(params={}, auth=oss2.AnonymousAuth())
    assert (answer.status_code, ServiceError.parse(answer.content).code) == (403, "AccessDenied")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:9000",
        "localhost",
        "[::1]:80",
        "oss.localhost",
        "OSS.localhost:443",
        "oss.localhost.",
        "oss-cn-hangzhou.aliyuncs.com",
        "oss-cn-shanghai-internal.aliyuncs.com",
        "cn-hangzhou.oss.aliyuncs.com",
    ],
)
def test_the_host_of_an_endpoint_names_no_bucket(
    account: Path, sign: Sign, send: Send, host: str
) -> None:
    with Emulator(Recording(account)) as running:
        answer = send(sign(running.url, bucket="", host=host, params={}))
    assert [one.name for one in page_of(answer.content).buckets] == NAMES


def test_below_the_endpoint_the_path_is_an_object(folder: Path, sign: Sign, send: Send) -> None:
    with Emulator(Recording(folder)) as running:
        request = sign(running.url, host="oss-example.oss.localhost")
        assert send(request).status_code == 200
        request.url = str(request.url).replace("/?", "/oss-example/?")
        assert ServiceError.parse(send(request).content).code == "SignatureDoesNotMatch"
        request.headers["Host"] = "a.b.oss.localhost"
        assert ServiceError.parse(send(request).content).code == "InvalidBucketName"


@pytest.mark.parametrize(
    ("pattern", "status"), [("*", 403), ("", 403), ("?*", 200), ("app-*", 200)]
)
def test_faults_hit_the_list_as_the_bucket_without_a_name(
    account: Path, sign: Sign, send: Send, pattern: str, status: int
) -> None:
    faults = (Fault(ErrorAnswer("AccessDenied"), pattern),)
    with Emulator(Recording(account), faults=faults) as running:
        answer = send(sign(running.url, bucket="", host="127.0.0.1", params={}))
    assert answer.status_code == status
