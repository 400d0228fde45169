"""One attempt: a setting read or a page listed once, and whether another may do better."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from drift.live.endpoint import host_of_region, is_internal, region_of_host
from drift.live.http_date import moment
from drift.live.listing import PAGE, Page, page_of
from drift.live.outcome import Outcome, interpreted
from drift.live.problem import THROTTLED, listing_refusal, own, unexpected
from drift.live.service_error import ServiceError
from drift.live.source import Answer, Bucket, NoAnswerError, Source, Tag
from drift.plan import Problem
from drift.settings.setting import Setting
from drift.xml import ForeignError, XmlError

T = TypeVar("T")

_NUMBER = re.compile(r"[0-9]{1,9}")


class Found(NamedTuple):
    """What reading a bucket came to, and where it was found in the end."""

    outcome: Outcome
    bucket: Bucket


class Attempt(NamedTuple, Generic[T]):
    """What an attempt came to, and what that means for the next.

    `wait` is how many seconds the service asks to be left alone.
    """

    result: T
    retryable: bool = False
    throttled: bool = False
    wait: float = 0


def reading(source: Source, bucket: Bucket, setting: type[Setting]) -> Attempt[Found]:
    """Read one setting of one bucket; where the service names another endpoint, there, once."""
    if bucket.region is None:
        return Attempt(Found(own("NoRegion"), bucket))
    try:
        answer = source.read(bucket, setting)
        named = _named(answer, bucket, uses_addresses=source.uses_addresses)
        if named:
            bucket = named
            answer = source.read(bucket, setting)
    except NoAnswerError as error:
        return Attempt(Found(error.problem, bucket), error.problem.retryable)
    outcome = interpreted(answer, setting, bucket)
    return _attempt(Found(outcome, bucket), outcome, answer)


def listing(
    source: Source, region: str | None, marker: str, tag: Tag | None
) -> Attempt[Page | Problem]:
    """List one page of buckets."""
    try:
        answer = source.page(region, marker, tag)
    except NoAnswerError as error:
        return Attempt(error.problem, error.problem.retryable)
    result = _page(answer, marker, uses_addresses=source.uses_addresses)
    return _attempt(result, result, answer)


def _page(answer: Answer, marker: str, *, uses_addresses: bool) -> Page | Problem:
    if answer.status != 200:
        return listing_refusal(answer)
    try:
        page = page_of(answer.body, marker, uses_addresses=uses_addresses)
    except XmlError as reason:
        return unexpected(str(reason), retryable=isinstance(reason, ForeignError))
    names = [marker, *(bucket.name for bucket in page.buckets)]
    rising = all(one < other for one, other in pairwise(names))
    # Past the last bucket, and past the marker that led here: else the list would have no end.
    ends = page.next_marker is None or marker < page.next_marker >= names[-1]
    if len(page.buckets) > PAGE or not rising or not ends:
        return unexpected("lists buckets in another order than ListBuckets does")
    return page


def _named(answer: Answer, bucket: Bucket, *, uses_addresses: bool) -> Bucket | None:
    """Return the bucket where the service says that it is, if that is elsewhere."""
    if answer.status != 403:
        return None
    error = ServiceError.parse(answer.body)
    if error.code != "AccessDenied" or error.endpoint is None or not error.is_about(bucket.name):
        return None
    region = region_of_host(error.endpoint)
    if region is None:
        return None
    if not uses_addresses:
        return None if region == bucket.region else Bucket(bucket.name, region)
    # An internal endpoint answers to machines inside its region only.
    host = None if is_internal(error.endpoint) else error.endpoint
    asked = bucket.host or host_of_region(str(bucket.region))
    if region == bucket.region and host in (asked, None):
        return None
    return Bucket(bucket.name, region, host)


def _attempt(result: T, outcome: object, answer: Answer) -> Attempt[T]:
    if not isinstance(outcome, Problem):
        return Attempt(result)
    throttled = answer.status == 429 or outcome.code in THROTTLED
    return Attempt(result, outcome.retryable, throttled, _asked_to_wait(answer.headers))


def _asked_to_wait(headers: Mapping[str, str]) -> float:
    """Return the seconds that the service asks for, in its own header or in HTTP's."""
    delay = headers.get("x-oss-qos-delay-time", "")
    if _NUMBER.fullmatch(delay):
        return int(delay) / 1000
    asked = headers.get("retry-after", "")
    if _NUMBER.fullmatch(asked):
        return float(asked)
    due = moment(asked)
    now = moment(headers.get("date", "")) or datetime.now(UTC)
    return max((due - now).total_seconds(), 0) if due else 0
