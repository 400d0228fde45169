"""What is asked of the service: with which clock, and where."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from drift.errors import CredentialsError
from drift.live.attempt import reading
from drift.live.credentials import Credentials, Fixed
from drift.live.oss import Oss
from drift.live.outcome import Absence
from drift.live.service_error import error_body
from drift.live.source import Answer, Bucket, NoAnswerError, Tag
from drift.plan import Problem
from drift.settings.https import HttpsConfiguration
from tests.live.wire import DOCUMENT

KEY = Fixed(Credentials("id", "secret"))
HOME = Bucket("oss-example", "cn-hangzhou")
FINE = Answer(200, DOCUMENT)


class Playing:
    """A transport whose answers a test makes up from the host and the headers."""

    def __init__(self, answer: Callable[[str, Mapping[str, str]], Answer]) -> None:
        self._answer = answer
        self.urls: list[str] = []
        self.signed: list[str] = []

    def get(self, url: str, headers: Mapping[str, str], _timeout: float) -> Answer:
        self.urls.append(url)
        self.signed.append(headers["authorization"])
        return self._answer(str(urlsplit(url).hostname), headers)

    def close(self) -> None: ...

    @property
    def hosts(self) -> list[str]:
        return [str(urlsplit(url).hostname) for url in self.urls]

    @property
    def regions(self) -> list[str]:
        """The regions that the requests were signed for."""
        return [signed.split("/")[2] for signed in self.signed]


@pytest.fixture
def playing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Playing]:
    """Return what makes a transport of a test's own the one that carries."""

    def play(answer: Callable[[str, Mapping[str, str]], Answer]) -> Playing:
        transport = Playing(answer)
        monkeypatch.setattr("drift.live.oss.transport", lambda *_, **__: transport)
        return transport

    return play


def refused(code: str, *, date: str | None = None, **members: str) -> Answer:
    headers = {} if date is None else {"date": date}
    return Answer(403, error_body(code, "No.", **members), headers)


def a_clock_ahead_by(offset: timedelta, *, date: str | None = None) -> Callable[..., Answer]:
    """Return a service whose clock is ahead, and which takes what is signed within 15 minutes."""

    def answer(_host: str, headers: Mapping[str, str]) -> Answer:
        now = datetime.now(UTC) + offset
        signed = datetime.strptime(headers["x-oss-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        assert headers["authorization"].split("/")[1] == headers["x-oss-date"][:8]
        if abs(now - signed) < timedelta(minutes=15):
            return FINE
        return refused("RequestTimeTooSkewed", date=format_datetime(now) if date is None else date)

    return answer


@pytest.mark.parametrize(
    "offset", [timedelta(hours=2), timedelta(days=-1), timedelta(days=400), timedelta(minutes=-16)]
)
def test_a_wrong_clock_is_measured_once_and_signed_around(
    playing: Callable[..., Playing], offset: timedelta
) -> None:
    transport = playing(a_clock_ahead_by(offset))
    source = Oss(KEY)
    assert source.clock_skew.farthest == timedelta()
    for _ in range(3):
        assert source.read(HOME, HttpsConfiguration) == FINE
    assert len(transport.urls) == 4
    assert abs(source.clock_skew.farthest - offset) < timedelta(seconds=10)


NO_DATES = (
    "", "nonsense", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0001 00:00:00 +2359", "Mon, 32 Jan 2026 00:00:00 GMT",
    "Mon, 01 Jan 2026 00:00:00 +99999999999999999999", "1" * 5000, "\N{ARABIC-INDIC DIGIT ONE}",
)  # fmt: skip


@pytest.mark.parametrize("date", NO_DATES)
def test_a_clock_that_cannot_be_measured_is_a_problem(
    playing: Callable[..., Playing], date: str
) -> None:
    transport = playing(a_clock_ahead_by(timedelta(hours=2), date=date))
    source = Oss(KEY)
    outcome = reading(source, HOME, HttpsConfiguration).result.outcome
    assert isinstance(outcome, Problem)
    assert outcome.code == "RequestTimeTooSkewed"
    assert not outcome.retryable
    assert (len(transport.urls), source.clock_skew.farthest) == (1, timedelta())


def test_a_clock_that_no_date_satisfies_is_asked_for_once_more_and_no_more(
    playing: Callable[..., Playing],
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2))
    transport = playing(lambda *_: refused("RequestTimeTooSkewed", date=later))
    outcome = reading(Oss(KEY), HOME, HttpsConfiguration).result.outcome
    assert isinstance(outcome, Problem)
    assert len(transport.urls) == 2


def test_a_clock_that_agrees_is_not_blamed(playing: Callable[..., Playing]) -> None:
    now = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    transport = playing(lambda *_: refused("RequestTimeTooSkewed", date=now))
    source = Oss(KEY)
    outcome = reading(source, HOME, HttpsConfiguration).result.outcome
    assert isinstance(outcome, Problem)
    assert outcome.code == "RequestTimeTooSkewed"
    assert len(transport.urls) == 1
    # It is right enough to sign by, and a day may end in between.
    assert timedelta(seconds=25) < source.clock_skew.farthest <= timedelta(seconds=30)


def test_each_bucket_is_read_by_its_own_clock_and_the_worst_is_told(
    playing: Callable[..., Playing],
) -> None:
    off = timedelta(hours=2)
    wrong, right = a_clock_ahead_by(off), a_clock_ahead_by(timedelta())

    def answer(host: str, headers: Mapping[str, str]) -> Answer:
        return (wrong if host.startswith("wrong") else right)(host, headers)

    playing(answer)
    source = Oss(KEY)
    for name in ("right", "wrong", "right", "wrong", "right"):
        assert source.read(HOME._replace(name=name), HttpsConfiguration) == FINE
    assert abs(source.clock_skew.farthest - off) < timedelta(seconds=10)


@pytest.mark.parametrize("offset", [timedelta(days=2), timedelta(minutes=-5)])
def test_a_clock_is_measured_by_every_answer_whether_or_not_a_request_is_refused(
    playing: Callable[..., Playing], offset: timedelta
) -> None:
    ahead = {"date": format_datetime(datetime.now(UTC) + offset)}
    transport = playing(lambda *_: Answer(200, DOCUMENT, ahead))
    source = Oss(KEY)
    source.read(HOME, HttpsConfiguration)
    assert abs(source.clock_skew.farthest - offset) < timedelta(seconds=10)
    source = Oss(KEY)
    source.page(None)
    assert abs(source.clock_skew.farthest - offset) < timedelta(seconds=10)
    assert len(transport.urls) == 2


def test_of_clocks_that_disagree_both_ends_are_kept(playing: Callable[..., Playing]) -> None:
    offsets = {"behind": timedelta(hours=-3), "ahead": timedelta(hours=2), "right": timedelta()}

    def answer(host: str, _headers: Mapping[str, str]) -> Answer:
        offset = offsets[host.partition(".")[0]]
        return Answer(200, DOCUMENT, {"date": format_datetime(datetime.now(UTC) + offset)})

    playing(answer)
    source = Oss(KEY)
    for name in offsets:
        source.read(HOME._replace(name=name), HttpsConfiguration)
    for measured, offset in zip(source.clock_skew, (-3, 2), strict=True):
        assert abs(measured - timedelta(hours=offset)) < timedelta(seconds=10)
    assert source.clock_skew.farthest == source.clock_skew.least


def test_a_slow_answer_is_no_wrong_clock(
    playing: Callable[..., Playing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A date may be as old as the request, and no older."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    moments = iter((now, now, now + timedelta(minutes=10)))

    playing(lambda *_: Answer(200, DOCUMENT, {"date": format_datetime(now)}))
    source = Oss(KEY)
    late = SimpleNamespace(now=lambda _zone: next(moments))
    monkeypatch.setattr("drift.live.oss.datetime", late)
    source.read(HOME, HttpsConfiguration)
    assert source.clock_skew.farthest == timedelta()


def elsewhere(home: str, endpoint: str | None = None) -> Callable[..., Answer]:
    """Return a service that has the bucket at `home`, and names `endpoint` anywhere else."""

    def answer(host: str, _headers: Mapping[str, str]) -> Answer:
        if host == f"oss-example.{home}":
            return FINE
        return refused("AccessDenied", Endpoint=endpoint or home)

    return answer


@pytest.mark.parametrize(
    ("home", "region"),
    [
        ("oss-cn-beijing.aliyuncs.com", "cn-beijing"),
        ("oss-cn-hzfinance.aliyuncs.com", "cn-hangzhou-finance"),
        ("oss-cn-shanghai-finance-1-pub.aliyuncs.com", "cn-shanghai-finance-1"),
        ("cn-beijing.oss.aliyuncs.com", "cn-beijing"),
    ],
)
def test_the_endpoint_that_oss_names_is_followed_once(
    playing: Callable[..., Playing], home: str, region: str
) -> None:
    transport = playing(elsewhere(home))
    found = reading(Oss(KEY), HOME, HttpsConfiguration).result
    assert transport.hosts == ["oss-example.oss-cn-hangzhou.aliyuncs.com", f"oss-example.{home}"]
    assert transport.regions == ["cn-hangzhou", region]
    assert found.bucket == Bucket("oss-example", region, home)
    assert not isinstance(found.outcome, Problem | Absence)


@pytest.mark.parametrize(
    ("named", "region", "home"),
    [
        ("oss-cn-beijing-internal", "cn-beijing", "oss-cn-beijing"),
        ("oss-cn-hzjbp-b-internal", "cn-hangzhou-finance", "oss-cn-hzfinance"),
        ("oss-cn-szfinance-internal", "cn-shenzhen-finance-1", "oss-cn-szfinance"),
    ],
)
def test_of_an_internal_endpoint_the_public_one_is_asked(
    playing: Callable[..., Playing], named: str, region: str, home: str
) -> None:
    transport = playing(elsewhere(f"{home}.aliyuncs.com", f"{named}.aliyuncs.com"))
    found = reading(Oss(KEY), HOME, HttpsConfiguration).result
    assert transport.hosts[1:] == [f"oss-example.{home}.aliyuncs.com"]
    assert transport.regions[1:] == [region]
    assert found.bucket == Bucket("oss-example", region)
    assert not isinstance(found.outcome, Problem | Absence)


def test_an_endpoint_of_all_regions_is_not_followed(playing: Callable[..., Playing]) -> None:
    transport = playing(lambda *_: refused("AccessDenied", Endpoint="oss-accelerate.aliyuncs.com"))
    found = reading(Oss(KEY), HOME, HttpsConfiguration).result
    assert transport.hosts == ["oss-example.oss-cn-hangzhou.aliyuncs.com"]
    assert isinstance(found.outcome, Problem)
    assert "accelerate" not in found.outcome.advice


@pytest.mark.parametrize(
    "home", ["oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou-internal.aliyuncs.com"]
)
def test_an_endpoint_that_leads_nowhere_new_is_not_followed(
    playing: Callable[..., Playing], home: str
) -> None:
    transport = playing(lambda *_: refused("AccessDenied", Endpoint=home))
    reading(Oss(KEY), HOME._replace(host="oss-cn-hangzhou.aliyuncs.com"), HttpsConfiguration)
    assert len(transport.urls) == 1


def test_two_endpoints_that_name_each_other_are_a_problem(
    playing: Callable[..., Playing],
) -> None:
    def answer(host: str, _headers: Mapping[str, str]) -> Answer:
        other = "cn-hangzhou" if "beijing" in host else "cn-beijing"
        return refused("AccessDenied", Endpoint=f"oss-{other}.aliyuncs.com")

    transport = playing(answer)
    outcome = reading(Oss(KEY), HOME, HttpsConfiguration).result.outcome
    assert isinstance(outcome, Problem)
    assert outcome.advice == 'Set "Region" to "cn-hangzhou" in the desired file.'
    assert len(transport.urls) == 2


STRANGERS = (
    "evil.example.com", "evil.cn-hangzhou.fc.aliyuncs.com", "evil-oss-cn-beijing.aliyuncs.com",
    "oss-cn-beijing.aliyuncs.com.evil.com", "oss-cn-beijing.aliyuncs.com:8443", "aliyuncs.com",
    "user@oss-cn-beijing.aliyuncs.com", "oss-cn-beijing.aliyuncs.com/x", "evil.aliyuncs.com",
    "a.b.oss.aliyuncs.com", "oss.aliyuncs.com.", "OSS-cn-beijing.aliyuncs.com", "127.0.0.1",
    "oss-cn-beijing.aliyuncs.com\n", "\u043ess-cn-beijing.aliyuncs.com",
)  # fmt: skip


@pytest.mark.parametrize("endpoint", STRANGERS)
def test_a_signed_request_never_goes_where_a_stranger_may_be(
    playing: Callable[..., Playing], endpoint: str
) -> None:
    def answer(_host: str, _headers: Mapping[str, str]) -> Answer:
        return refused("AccessDenied", Endpoint=endpoint)

    transport = playing(answer)
    outcome = reading(Oss(KEY), HOME, HttpsConfiguration).result.outcome
    assert isinstance(outcome, Problem)
    assert outcome.code == "AccessDenied"
    allowed = {f"oss-example.oss-cn-{region}.aliyuncs.com" for region in ("hangzhou", "beijing")}
    assert set(transport.hosts) <= allowed
    # White space around a text is none of it, so that one of these is the service itself.
    assert len(transport.urls) == (2 if endpoint.endswith("\n") else 1)


@pytest.mark.parametrize("status", [400, 404, 200])
def test_an_endpoint_counts_only_where_access_is_denied(
    playing: Callable[..., Playing], status: int
) -> None:
    named = refused("AccessDenied", Endpoint="oss-cn-beijing.aliyuncs.com")
    transport = playing(lambda *_: named._replace(status=status))
    reading(Oss(KEY), HOME, HttpsConfiguration)
    assert len(transport.urls) == 1


def test_another_error_that_names_an_endpoint_is_not_followed(
    playing: Callable[..., Playing],
) -> None:
    named = refused("SignatureDoesNotMatch", Endpoint="oss-cn-beijing.aliyuncs.com")
    transport = playing(lambda *_: named)
    reading(Oss(KEY), HOME, HttpsConfiguration)
    assert len(transport.urls) == 1


def test_with_an_endpoint_of_ones_own_only_the_region_changes(
    playing: Callable[..., Playing],
) -> None:
    named = refused("AccessDenied", Endpoint="oss-cn-beijing.aliyuncs.com")
    transport = playing(lambda *_: named)
    reading(Oss(KEY, endpoint="https://127.0.0.1:9"), HOME, HttpsConfiguration)
    assert transport.hosts == ["127.0.0.1"] * 2
    assert transport.regions == ["cn-hangzhou", "cn-beijing"]


def test_a_bucket_is_asked_for_at_the_host_that_the_list_named(
    playing: Callable[..., Playing],
) -> None:
    transport = playing(lambda *_: FINE)
    Oss(KEY).read(HOME._replace(host="cn-hangzhou.oss.aliyuncs.com"), HttpsConfiguration)
    assert transport.hosts == ["oss-example.cn-hangzhou.oss.aliyuncs.com"]


def test_the_list_is_asked_for_as_it_is_documented(playing: Callable[..., Playing]) -> None:
    transport = playing(lambda *_: FINE)
    source = Oss(KEY)
    source.page("eu-central-1", "b/c", Tag("k&=", "\N{SNOWMAN}"))
    source.page(None)
    first, second = map(urlsplit, transport.urls)
    assert (first.hostname, first.path) == ("oss-eu-central-1.aliyuncs.com", "/")
    assert parse_qs(first.query) == {
        "max-keys": ["1000"], "marker": ["b/c"], "tag-key": ["k&="], "tag-value": ["\N{SNOWMAN}"],
    }  # fmt: skip
    assert second.hostname == "oss-cn-hangzhou.aliyuncs.com"
    assert parse_qs(second.query) == {"max-keys": ["1000"]}
    assert transport.regions == ["eu-central-1", "cn-hangzhou"]


class Without:
    """Whoever has no credentials to hand out."""

    name = "nobody"

    def credentials(self) -> Credentials:
        raise CredentialsError("They have ended.", "Get new ones.")


def test_without_credentials_nothing_is_sent(playing: Callable[..., Playing]) -> None:
    transport = playing(lambda *_: FINE)
    with pytest.raises(NoAnswerError, match=r"They have ended\.") as raised:
        Oss(Without()).read(HOME, HttpsConfiguration)
    assert (raised.value.problem.code, raised.value.problem.advice) == (
        "NoCredentials", "Get new ones.",
    )  # fmt: skip
    assert transport.urls == []


def test_nothing_is_sent_after_closing(playing: Callable[..., Playing]) -> None:
    transport = playing(lambda *_: FINE)
    source = Oss(KEY)
    source.close()
    with pytest.raises(NoAnswerError, match="The connection failed"):
        source.read(HOME, HttpsConfiguration)
    assert transport.urls == []
