"""What OSS says of a refusal, told apart by its own words, which are never repeated."""

import pytest

from drift.live.attempt import reading
from drift.live.fleet import Fleet
from drift.live.outcome import Absence
from drift.live.problem import listing_refusal, refusal
from drift.live.service_error import Reason, ServiceError, error_body
from drift.live.source import Answer, Bucket
from drift.plan import Problem
from drift.settings.https import HttpsConfiguration
from tests.live.sources import Playing, requests

BUCKET = Bucket("oss-example", "cn-hangzhou")
ACTION = "oss:GetBucketHttpsConfig"
CODES = {
    Reason.KEY_DISABLED: "InvalidAccessKeyId",
    Reason.TEMPORARY_KEY: "InvalidAccessKeyId",
    Reason.SIGNING_REGION: "InvalidArgument",
}


def refused(reason: Reason, code: str = "", end: str = ".") -> Answer:
    """Return a refusal in the words of OSS."""
    body = error_body(code or CODES.get(reason, "AccessDenied"), reason.value + end)
    return Answer(403, body)


def problem(answer: Answer) -> Problem:
    return refusal(answer, HttpsConfiguration, BUCKET)


SENTENCES = {
    Reason.NOT_OWNER: ("is another account's, or", f"action {ACTION} on acs:oss:*:*:oss-example."),
    Reason.BUCKET_POLICY: ("bucket policy or a RAM policy denies", "only some VPCs or addresses."),
    Reason.SESSION_POLICY: ("temporary credentials", f"Allow the RAM action {ACTION} on"),
    Reason.VPC_POLICY: ("policy of the VPC endpoint", "Allow oss-example in the policy"),
    Reason.BUCKET_ACL: ("bucket's ACL", f"Allow the RAM action {ACTION} on"),
    Reason.REFERER: ("Referer", "hotlink protection"),
    Reason.EXPIRED: ("has expired", "Check the clock"),
    Reason.NO_DATE: ("no date", "take headers out"),
    Reason.ANONYMOUS: ("no signature", "take headers out"),
    Reason.ANONYMOUS_BUCKET: ("no signature", "take headers out"),
    Reason.LIST_BUCKETS: ("may not list the buckets", "oss:ListBuckets on acs:oss:*:*:*"),
    Reason.WRONG_ENDPOINT: ("in another region", 'Set "Region" in the desired file'),
    Reason.KEY_DISABLED: ("key is disabled", "Check the access key"),
    Reason.TEMPORARY_KEY: ("needs a session token", "temporary credentials"),
    Reason.SIGNING_REGION: ("signed for another region", 'Check "Region"'),
}


def test_each_reason_is_told_apart() -> None:
    assert SENTENCES.keys() == set(Reason)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("end", [".", "", "\n"])
def test_a_reason_says_what_is_wrong_and_what_to_do(reason: Reason, end: str) -> None:
    message, advice = SENTENCES[reason]
    found = problem(refused(reason, end=end))
    assert message in found.message
    assert advice in found.advice
    assert found.message.endswith(".")
    assert reason.value not in found.message + found.advice


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_counts_only_beside_its_code(reason: Reason) -> None:
    found = problem(refused(reason, "SignatureDoesNotMatch"))
    assert found == problem(Answer(403, error_body("SignatureDoesNotMatch", "No.")))


@pytest.mark.parametrize(
    "message",
    [
        "The bucket you access does not belong to you. Token: s3cr3t",
        "the bucket you access does not belong to you.",
        "s3cr3t",
        "",
        "Access denied by bucket policy.." + "x" * 10_000,
    ],
)
def test_another_message_means_no_more_than_its_code(message: str) -> None:
    found = problem(Answer(403, error_body("AccessDenied", message)))
    assert found == problem(Answer(403, error_body("AccessDenied", "No.")))
    assert "s3cr3t" not in str(found)


def test_two_messages_are_none() -> None:
    body = refused(Reason.NOT_OWNER).body
    twice = body.replace(b"</Message>", b"</Message><Message>No.</Message>")
    assert ServiceError.parse(twice).reason is None


@pytest.mark.parametrize("reason", Reason)
def test_a_refused_list_never_speaks_of_one_bucket(reason: Reason) -> None:
    found = listing_refusal(refused(reason))
    assert "in the policies of" not in found.advice
    assert "Region" not in found.advice or reason is Reason.SIGNING_REGION
    if reason in (Reason.NOT_OWNER, Reason.BUCKET_POLICY, Reason.WRONG_ENDPOINT):
        assert found.message == "These credentials may not list the buckets."
    if reason is Reason.SESSION_POLICY:
        assert "oss:ListBuckets on acs:oss:*:*:*" in found.advice


def about(code: str, **members: str) -> Answer:
    return Answer(404, error_body(code, "No.", **members))


OTHERS: list[dict[str, str]] = [
    {"BucketName": "oss-other"},
    {"Bucket": "oss-other"},
    {"BucketName": "b000", "Bucket": "oss-other"},
    {"BucketName": "OSS-OTHER\u202e"},
    {"HostId": "oss-other.oss-cn-hangzhou.aliyuncs.com"},
    {"HostId": "oss-other.cn-hangzhou.oss.aliyuncs.com"},
]


@pytest.mark.parametrize("code", ["NoSuchBucket", "NoSuchHttpsConfig"])
@pytest.mark.parametrize("members", OTHERS)
def test_what_is_said_of_another_bucket_is_said_of_none(code: str, members: dict[str, str]) -> None:
    (found,) = Fleet(Playing(lambda _: about(code, **members)), retries=0).read(requests(1))
    assert isinstance(found.outcome, Problem)
    assert found.outcome.message == "The answer is about another bucket."
    assert found.outcome.retryable
    assert "oss-other" not in str(found.outcome)


@pytest.mark.parametrize(
    "members",
    [
        {"BucketName": "b000"},
        {"BucketName": ""},
        {"HostId": "b000.oss-cn-hangzhou.aliyuncs.com", "Bucket": "b000"},
        {"HostId": "oss-cn-hangzhou.aliyuncs.com"},
        {"HostId": "cn-hangzhou.oss.aliyuncs.com"},
        {"HostId": "storage.example.com"},
        {"HostId": "127.0.0.1"},
    ],
)
@pytest.mark.parametrize(
    ("code", "absence"),
    [("NoSuchBucket", Absence.BUCKET), ("NoSuchHttpsConfig", Absence.SETTING)],
)
def test_what_names_no_other_bucket_is_said_of_this_one(
    members: dict[str, str], code: str, absence: Absence
) -> None:
    (found,) = Fleet(Playing(lambda _: about(code, **members))).read(requests(1))
    assert found.outcome is absence


def test_an_endpoint_that_is_named_for_another_bucket_is_not_followed() -> None:
    asked: list[str] = []

    def read(bucket: str) -> Answer:
        asked.append(bucket)
        endpoint = "oss-cn-beijing.aliyuncs.com"
        body = error_body("AccessDenied", "No.", Bucket="oss-other", Endpoint=endpoint)
        return Answer(403, body)

    found = reading(Playing(read), BUCKET, HttpsConfiguration).result
    assert isinstance(found.outcome, Problem)
    assert (asked, found.bucket) == (["oss-example"], BUCKET)
