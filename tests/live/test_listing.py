"""The pages of ListBuckets: whole, in order, and with an end, whatever the server says."""

from collections.abc import Callable, Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.live.attempt import listing
from drift.live.endpoint import host_of_region
from drift.live.fleet import Fleet
from drift.live.listing import PAGE, page_body, page_of, tags_of
from drift.live.problem import own
from drift.live.service_error import error_body
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.plan import Problem
from drift.xml import XmlError
from tests.live.sources import Playing, document

REGION = "cn-hangzhou"
names = st.sets(st.from_regex(r"[a-z0-9]([a-z0-9-]{1,20})[a-z0-9]", fullmatch=True), max_size=40)


def buckets(*given: str) -> list[Bucket]:
    return [Bucket(name, REGION, host_of_region(REGION)) for name in sorted(given)]


def listed(answer: Callable[[str], Answer]) -> tuple[Bucket, ...] | Problem:
    return Fleet(Playing(document, answer), retries=0).listing(REGION)


@given(names=names, most=st.integers(1, 12))
def test_the_pages_of_a_list_have_it_whole(names: set[str], most: int) -> None:
    """However long the pages are."""
    known = buckets(*names)

    def page(marker: str) -> Answer:
        return Answer(200, page_body(known, marker=marker, most=most))

    assert listed(page) == tuple(known)


def test_where_all_fits_there_is_no_word_of_pages() -> None:
    assert b"IsTruncated" not in page_body(buckets("oss-one", "oss-two"))
    assert b"<MaxKeys>1</MaxKeys>" in page_body(buckets("oss-one", "oss-two"), most=1)


def page(inner: str, rest: str = "") -> bytes:
    return (
        f"<ListAllMyBucketsResult>{rest}<Buckets>{inner}</Buckets></ListAllMyBucketsResult>"
    ).encode()


def bucket(name: str, *, region: str = "<Region>cn-hangzhou</Region>", rest: str = "") -> str:
    return f"<Bucket><Name>{name}</Name>{region}{rest}</Bucket>"


MORE = "<IsTruncated>true</IsTruncated><NextMarker>{}</NextMarker>"


def test_what_the_documentation_shows_is_read() -> None:
    body = b"""<?xml version="1.0" encoding="UTF-8"?>
    <ListAllMyBucketsResult xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com">
      <Owner><ID>51264</ID><DisplayName>51264</DisplayName></Owner>
      <Buckets>
        <Bucket><CreationDate>2014-02-17T18:12:43.000Z</CreationDate>
          <ExtranetEndpoint>oss-cn-shanghai.aliyuncs.com</ExtranetEndpoint>
          <IntranetEndpoint>oss-cn-shanghai-internal.aliyuncs.com</IntranetEndpoint>
          <Location>oss-cn-shanghai</Location><Name>app-base-oss</Name>
          <Region>cn-shanghai</Region><StorageClass>Standard</StorageClass>
          <ResourceGroupId>rg-aek27ta</ResourceGroupId></Bucket>
        <Bucket><Location>oss-cn-hangzhou</Location><Name>mybucket</Name></Bucket>
      </Buckets>
    </ListAllMyBucketsResult>"""
    assert page_of(body) == (
        (
            Bucket("app-base-oss", "cn-shanghai", "oss-cn-shanghai.aliyuncs.com"),
            Bucket("mybucket", "cn-hangzhou", None),
        ),
        None,
        sha256(b"51264").hexdigest(),
    )


def placed(**members: str) -> bytes:
    """Return a page with a bucket in cn-hangzhou, and what else it says of its place."""
    rest = "".join(f"<{name}>{text}</{name}>" for name, text in members.items())
    return page(bucket("oss-one", rest=rest))


DOUBTFUL = {
    "no list": b"<ListAllMyBucketsResult/>",
    "something else among the buckets": page("<Prefix/>"),
    "no name": page("<Bucket><Region>cn-hangzhou</Region></Bucket>"),
    "no region": page(bucket("oss-one", region="")),
    "a name that is none": page(bucket("../x")),
    "a region that is none": page(bucket("oss-one", region="<Region>a.b/c</Region>")),
    "a region that is an endpoint": page(
        bucket("oss-one", region="<Region>cn-hangzhou-internal</Region>")
    ),
    "a region with oss-": page(bucket("oss-one", region="<Region>oss-cn-hangzhou</Region>")),
    "the name of a finance endpoint": page(
        bucket("oss-one", region="<Region>cn-szfinance</Region>")
    ),
    "a name twice": page(bucket("oss-one", rest="<Name>oss-two</Name>")),
    "two lists": b"<ListAllMyBucketsResult><Buckets/><Buckets/></ListAllMyBucketsResult>",
    "an endpoint of a stranger": placed(ExtranetEndpoint="evil.com"),
    "an empty endpoint": placed(ExtranetEndpoint=""),
    "more without a marker": page("", "<IsTruncated>true</IsTruncated>"),
    "more with an empty marker": page("", MORE.format("")),
    "a marker without more": page("", "<NextMarker>b</NextMarker>"),
    "a truth that is none": page("", "<IsTruncated>TRUE</IsTruncated>"),
    "a size of pages and no word of more": page("", "<MaxKeys>100</MaxKeys>"),
    "elements in a name": page(bucket("<b/>")),
    "a prefix": page("", "<Prefix>app-</Prefix>"),
    "a prefix, and the last page": page("", "<Prefix>a</Prefix><IsTruncated>false</IsTruncated>"),
    "a prefix in a namespace": page("", '<o:Prefix xmlns:o="urn:o">app-</o:Prefix>'),
    "two prefixes": page("", "<Prefix/><Prefix>app-</Prefix>"),
    "a delimiter": page("", "<Delimiter>-</Delimiter>"),
    "common prefixes": page("", "<CommonPrefixes><Prefix>app-</Prefix></CommonPrefixes>"),
    "a token of another kind of list": page("", "<NextContinuationToken>x</NextContinuationToken>"),
    "a group": page("", "<ResourceGroupId>rg-1</ResourceGroupId>"),
    "a prefix in other letters": page("", "<prefix>app-</prefix>"),
    "a truth in other letters": page("", "<isTruncated>true</isTruncated>"),
    "a list in other letters": page("", "<buckets><Bucket/></buckets>"),
    "a name in other letters": page(bucket("oss-one", rest="<NAME>oss-two</NAME>")),
    "another count": page(bucket("oss-one"), "<KeyCount>2</KeyCount>"),
    "a list with an attribute": page(bucket("oss-one")).replace(
        b"<Buckets>", b'<Buckets truncated="true">'
    ),
    "a marker that nobody asked for": page(
        "", "<Marker>m</Marker><IsTruncated>false</IsTruncated>"
    ),
    "another location": placed(Location="oss-eu-central-1"),
    "another public endpoint": placed(ExtranetEndpoint="oss-eu-central-1.aliyuncs.com"),
    "another dual-stack endpoint": placed(ExtranetEndpoint="eu-central-1.oss.aliyuncs.com"),
    "another internal endpoint": placed(IntranetEndpoint="oss-eu-central-1-internal.aliyuncs.com"),
    "the internal endpoint of a finance cloud": placed(
        IntranetEndpoint="oss-cn-hzjbp-b-internal.aliyuncs.com"
    ),
}


@pytest.mark.parametrize("body", DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_page_that_leaves_a_doubt_is_none(body: bytes) -> None:
    with pytest.raises(XmlError):
        page_of(body)
    problem = listed(lambda _: Answer(200, body))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.retryable) == ("UnexpectedAnswer", False)


CERTAIN = {
    "an empty prefix": page("", "<Prefix/><Marker/><MaxKeys/>"),
    "every member of an empty page": page(
        "",
        "<Owner><ID>1</ID></Owner><Prefix></Prefix><Marker></Marker><MaxKeys>100</MaxKeys>"
        "<IsTruncated>false</IsTruncated><NextMarker></NextMarker>",
    ),
    "the count": page("", "<KeyCount>0</KeyCount>"),
    "what the service may add": page("", "<New>1</New><New>2</New>"),
    "an owner without an id": page("", "<Owner><DisplayName>a</DisplayName></Owner>"),
}


@pytest.mark.parametrize("body", CERTAIN.values(), ids=CERTAIN)
def test_what_leaves_no_doubt_is_a_page(body: bytes) -> None:
    assert page_of(body)[:2] == ((), None)
    assert listed(lambda _: Answer(200, body)) == ()


@pytest.mark.parametrize(
    ("body", "host"),
    [
        (placed(Location="oss-cn-hangzhou"), None),
        (placed(Location="cn-hangzhou"), None),
        (placed(IntranetEndpoint=""), None),
        (placed(IntranetEndpoint="storage.example.com"), None),
        (placed(ExtranetEndpoint="cn-hangzhou.oss.aliyuncs.com"), "cn-hangzhou.oss.aliyuncs.com"),
        (placed(ExtranetEndpoint="oss-accelerate.aliyuncs.com"), "oss-accelerate.aliyuncs.com"),
    ],
)
def test_what_says_one_place_in_several_ways_is_certain(body: bytes, host: str | None) -> None:
    assert page_of(body).buckets == (Bucket("oss-one", REGION, host),)


def test_the_places_of_the_finance_cloud_agree_with_its_region() -> None:
    rest = (
        "<Location>oss-cn-hzfinance</Location>"
        "<ExtranetEndpoint>oss-cn-hzfinance.aliyuncs.com</ExtranetEndpoint>"
        "<IntranetEndpoint>oss-cn-hzjbp-a-internal.aliyuncs.com</IntranetEndpoint>"
    )
    bucket_there = Bucket("oss-one", "cn-hangzhou-finance", "oss-cn-hzfinance.aliyuncs.com")
    for region in ("<Region>cn-hangzhou-finance</Region>", ""):
        assert page_of(page(bucket("oss-one", region=region, rest=rest))).buckets == (bucket_there,)


PRIVATE = {
    "a private cloud's": placed(
        ExtranetEndpoint="oss-cn-hangzhou-a.cloud.example.com",
        IntranetEndpoint="oss-cn-hangzhou-a-internal.cloud.example.com",
    ),
    "another region's": placed(ExtranetEndpoint="oss-eu-central-1.aliyuncs.com"),
    "empty": placed(ExtranetEndpoint="", IntranetEndpoint=""),
}


@pytest.mark.parametrize("body", PRIVATE.values(), ids=PRIVATE)
def test_addresses_that_are_not_used_are_not_judged(body: bytes) -> None:
    source = Playing(document, lambda _: Answer(200, body))
    source.uses_addresses = False
    assert Fleet(source, retries=0).listing(REGION) == (Bucket("oss-one", REGION),)


@pytest.mark.parametrize(
    "body", [placed(Location="oss-eu-central-1"), page("", "<Prefix>a</Prefix>")]
)
def test_what_is_no_address_is_judged_wherever_requests_go(body: bytes) -> None:
    source = Playing(document, lambda _: Answer(200, body))
    source.uses_addresses = False
    assert isinstance(Fleet(source, retries=0).listing(REGION), Problem)


def test_a_page_answers_with_the_marker_that_was_asked_for() -> None:
    known = buckets("oss-one", "oss-three", "oss-two")
    answers = {
        "": page_body(known, most=1),
        "oss-one": page_body(known, marker="oss-one").replace(
            b"<Marker>oss-one<", b"<Marker>oss-t<"
        ),
    }
    problem = listed(lambda marker: Answer(200, answers[marker]))
    assert isinstance(problem, Problem)
    assert problem.message == (
        "The answer lists the buckets from another marker on than it was asked for."
    )


def test_all_pages_are_of_one_account() -> None:
    def owned(owner: str, name: str, more: str = "") -> bytes:
        return page(bucket(name), f"<Owner><ID>{owner}</ID></Owner>{more}")

    answers = {"": owned("1", "oss-one", MORE.format("oss-one")), "oss-one": owned("2", "oss-two")}
    problem = listed(lambda marker: Answer(200, answers[marker]))
    assert isinstance(problem, Problem)
    assert "another account" in problem.message
    fleet = Fleet(Playing(document, endless(owned("1", "oss-one"), owned("2", "oss-two"))))
    assert fleet.listing(REGION) == (Bucket("oss-one", REGION),)
    assert isinstance(fleet.listing(REGION, Tag("stage", "prod")), Problem)


def test_accounts_that_look_like_digests_are_told_apart() -> None:
    one, other = (
        page_of(page("", f"<Owner><ID>{digit * 64}</ID></Owner>")).owner for digit in "ab"
    )
    assert one
    assert one != other


def test_tag_may_have_a_digest_as_its_value() -> None:
    digest = "0f" * 32
    body = f"<Tagging><TagSet><Tag><Key>a</Key><Value>{digest}</Value></Tag></TagSet></Tagging>"
    assert tags_of(body.encode()) == {Tag("a", digest)}


def test_what_is_no_page_at_all_may_pass() -> None:
    for body in (b"", b"<html/>", b"<ListAllMyBucketsResult>"):
        problem = listed(lambda _, body=body: Answer(200, body))  # type: ignore[misc]
        assert isinstance(problem, Problem)
        assert problem.retryable


def endless(*pages: bytes) -> Callable[[str], Answer]:
    """Return a server that says these pages, and the last of them again and again."""
    left = list(pages)
    return lambda _: Answer(200, left.pop(0) if len(left) > 1 else left[0])


def a_new_name_each_time() -> Callable[[str], Answer]:
    def answer(marker: str) -> Answer:
        name = f"b{int(marker[1:] or 0) + 1:09}" if marker else "b000000000"
        return Answer(200, page(bucket(name), MORE.format(name)))

    return answer


def a_new_marker_each_time() -> Callable[[str], Answer]:
    return lambda marker: Answer(200, page("", MORE.format(marker + "a")))


ENDLESS: dict[str, Callable[[], Callable[[str], Answer]]] = {
    "the same page": lambda: endless(page(bucket("oss-one"), MORE.format("oss-one"))),
    "nothing, and the same marker": lambda: endless(page("", MORE.format("b"))),
    "a marker before its buckets": lambda: endless(page(bucket("oss-one"), MORE.format("a"))),
    "falling names": lambda: endless(page(bucket("oss-two") + bucket("oss-one"))),
    "a name twice": lambda: endless(page(bucket("oss-one") * 2)),
    "another page before": lambda: endless(
        page(bucket("oss-two"), MORE.format("oss-two")), page(bucket("oss-one"))
    ),
    "too many at once": lambda: endless(
        page("".join(bucket(f"b{number:05}") for number in range(PAGE + 1)))
    ),
}


@pytest.mark.parametrize("server", ENDLESS.values(), ids=ENDLESS)
def test_a_list_that_does_not_rise_is_a_problem(
    server: Callable[[], Callable[[str], Answer]],
) -> None:
    source = Playing(document, server())
    fleet = Fleet(source, retries=0)
    problem = fleet.listing(REGION)
    assert isinstance(problem, Problem)
    assert problem.message == "The answer lists buckets in another order than ListBuckets does."
    assert fleet.tally.attempts <= 2


@pytest.mark.parametrize("server", [a_new_name_each_time, a_new_marker_each_time])
def test_a_list_without_an_end_has_one(
    server: Callable[[], Callable[[str], Answer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drift.live.fleet._PAGES", 20)
    fleet = Fleet(Playing(document, server()))
    problem = fleet.listing(REGION)
    assert isinstance(problem, Problem)
    assert problem.message == "The answer has no end."
    assert fleet.tally.attempts == 20


def test_a_list_without_an_end_ends_with_the_deadline_too() -> None:
    problem = Fleet(Playing(document, a_new_marker_each_time()), deadline=0.2).listing(REGION)
    assert isinstance(problem, Problem)


def test_a_list_that_is_refused_says_what_to_allow() -> None:
    problem = listed(lambda _: Answer(403, error_body("AccessDenied", "No.")))
    assert isinstance(problem, Problem)
    assert problem.advice.startswith("Allow the RAM action oss:ListBuckets on acs:oss:*:*:*")
    other = listed(lambda _: Answer(403, error_body("InvalidAccessKeyId", "No.")))
    assert isinstance(other, Problem)
    assert other.code == "InvalidAccessKeyId"


def test_a_list_that_does_not_come_says_why() -> None:
    def answer(_marker: str) -> Answer:
        raise NoAnswerError(own("HostNotFound"))

    assert listed(answer) == own("HostNotFound")


def test_how_far_the_list_is_can_be_seen() -> None:
    known = buckets(*(f"b{number:03}" for number in range(7)))
    fleet = Fleet(Playing(document, lambda m: Answer(200, page_body(known, marker=m, most=2))))
    fleet.listing(REGION)
    assert (fleet.tally.listed, fleet.tally.done, fleet.tally.total) == (7, 0, 0)


@pytest.mark.parametrize(
    ("inner", "tags"),
    [
        ("<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>", [Tag("a", "b")]),
        ("<TagSet><Tag><Key>a</Key></Tag></TagSet>", [Tag("a", "")]),
        ("<TagSet/>", []),
        ("", []),
    ],
)
def test_tags_are_read(inner: str, tags: Sequence[Tag]) -> None:
    assert tags_of(f"<Tagging>{inner}</Tagging>".encode()) == frozenset(tags)


@pytest.mark.parametrize(
    "inner", ["<TagSet><Tag/></TagSet>", "<TagSet><x><Key>a</Key></x></TagSet>"]
)
def test_tags_that_are_none_are_refused(inner: str) -> None:
    with pytest.raises(XmlError):
        tags_of(f"<Tagging>{inner}</Tagging>".encode())


def test_a_page_of_a_source_is_one_attempt() -> None:
    known = buckets("oss-one")
    attempt = listing(Playing(document, lambda _: Answer(200, page_body(known))), None, "", None)
    assert (attempt.retryable, attempt.throttled) == (False, False)


def test_what_the_service_may_add_to_a_list_does_not_matter() -> None:
    added = "<New><X>1</X></New><Comment>a</Comment><Comment>b</Comment>"
    assert [one.name for one in page_of(page(bucket("oss-one", rest=added))).buckets] == ["oss-one"]
