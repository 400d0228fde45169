"""Who is let in: every way to be refused, by its code."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import oss2
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.emulator import EMULATOR_KEY, Emulator, Key
from drift.live.recording import Recording
from drift.live.service_error import ServiceError

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
Send: TypeAlias = Callable[[requests.PreparedRequest], requests.Response]

V4 = oss2.AuthV4(EMULATOR_KEY.id, EMULATOR_KEY.secret)
V1 = oss2.Auth(EMULATOR_KEY.id, EMULATOR_KEY.secret)
BODY = b"<HttpsConfiguration><TLS><Enable>false</Enable></TLS></HttpsConfiguration>"


def refusal(answer: requests.Response) -> tuple[int, str | None]:
    error = ServiceError.parse(answer.content)
    assert answer.headers["x-oss-request-id"] == error.request_id
    return answer.status_code, error.code


def on_the_wire(text: str) -> str:
    """Return what http.client, which encodes headers as Latin-1, sends as `text` in UTF-8."""
    return text.encode().decode("latin-1")


@pytest.fixture(params=[V4, V1], ids=["v4", "v1"])
def auth(request: pytest.FixtureRequest) -> oss2.Auth:
    return request.param


def test_a_signed_request_is_let_in(
    emulator: Emulator, sign: Sign, send: Send, auth: oss2.Auth
) -> None:
    assert send(sign(emulator.url, auth=auth)).status_code == 200


def test_an_anonymous_request_is_denied(emulator: Emulator, sign: Sign, send: Send) -> None:
    assert refusal(send(sign(emulator.url, auth=oss2.AnonymousAuth()))) == (403, "AccessDenied")


def test_an_unknown_key_is_refused(emulator: Emulator, sign: Sign, send: Send) -> None:
    for unknown in (oss2.AuthV4("nobody", "secret"), oss2.Auth("nobody", "secret")):
        answer = send(sign(emulator.url, auth=unknown))
        assert refusal(answer) == (403, "InvalidAccessKeyId")


def test_a_wrong_secret_is_refused(emulator: Emulator, sign: Sign, send: Send) -> None:
    for wrong in (oss2.AuthV4(EMULATOR_KEY.id, "wrong"), oss2.Auth(EMULATOR_KEY.id, "wrong")):
        answer = send(sign(emulator.url, auth=wrong))
        assert refusal(answer) == (403, "SignatureDoesNotMatch")


ID = "drift-emulator/20261122/cn-hangzhou/oss"
OTHER = "drift-emulator/20261122/cn-hangzhou/ecs"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic ZHJpZnQ6ZHJpZnQ=",
        "OSS",
        "OSS drift-emulator",
        "OSS2 AccessKeyId:drift-emulator,Signature:x",
        "oss drift-emulator:x",
        "OSS4-HMAC-SHA256",
        "OSS4-HMAC-SHA256 Credential=drift-emulator",
        "OSS4-HMAC-SHA256 Signature=00",
        f"OSS4-HMAC-SHA256 Credential={ID}, Signature=00",
        f"OSS4-HMAC-SHA256 Credential={ID}/aliyun_v3_request, Signature=00",
        f"OSS4-HMAC-SHA256 Credential={OTHER}/aliyun_v4_request, Signature=00",
        f"OSS4-HMAC-SHA256 Credential={ID}/aliyun_v4_request, Signature=0, Signature=0",
        f"OSS4-HMAC-SHA256 Credential={ID}/aliyun_v4_request, Signature=0, Other=0",
        f"OSS4-HMAC-SHA256 Credential={ID}/aliyun_v4_request, Signature=0,",
    ],
)
def test_a_malformed_authorization_is_an_invalid_argument(
    emulator: Emulator, sign: Sign, send: Send, header: str
) -> None:
    request = sign(emulator.url)
    request.headers["Authorization"] = header
    assert refusal(send(request)) == (400, "InvalidArgument")


@pytest.mark.parametrize("separator", [",", ", ", ",\t "])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_authorization_of_version_4_may_be_written_in_any_order(
    emulator: Emulator, sign: Sign, send: Send, separator: str, order: tuple[int, ...]
) -> None:
    request = sign(emulator.url, headers={"x-team": "blue"}, extra=["x-team"])
    scheme, _, text = str(request.headers["Authorization"]).partition(" ")
    parts = text.split(", ")
    request.headers["Authorization"] = f"{scheme} {separator.join(parts[i] for i in order)}"
    assert send(request).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(-16, 403), (-14, 200), (14, 200), (16, 403)])
def test_a_clock_may_be_a_quarter_of_an_hour_off(
    folder: Path, sign: Sign, send: Send, minutes: int, status: int
) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=minutes)

    with Emulator(Recording(folder), now=now) as running:
        for auth in (V4, V1):
            answer = send(sign(running.url, auth=auth))
            assert answer.status_code == status
            if status == 403:
                assert refusal(answer) == (403, "RequestTimeTooSkewed")


def test_the_date_of_an_answer_is_that_of_the_given_clock(
    folder: Path, sign: Sign, send: Send
) -> None:
    with Emulator(Recording(folder), now=lambda: datetime(2026, 1, 2, tzinfo=UTC)) as running:
        assert send(sign(running.url)).headers["Date"] == "Fri, 02 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Sun, 99 Nov 2026 13:00:00 GMT", "20261122T1Z", "\u00e9"]
)
def test_a_request_without_a_valid_date_is_denied(
    emulator: Emulator, sign: Sign, send: Send, auth: oss2.Auth, date: str
) -> None:
    request = sign(emulator.url, auth=auth)
    for name in ("date", "x-oss-date"):
        request.headers.pop(name, None)
    request.headers["date"] = on_the_wire(date)
    assert refusal(send(request)) == (403, "AccessDenied")


def test_version_1_takes_the_date_of_the_service_s_own_header_first(
    emulator: Emulator, sign: Sign, send: Send
) -> None:
    date = oss2.utils.http_date()
    request = sign(emulator.url, auth=V1, headers={"x-oss-date": date})
    request.headers["date"] = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert send(request).status_code == 200


def test_the_credential_must_be_of_the_day_of_the_request(
    emulator: Emulator, sign: Sign, send: Send
) -> None:
    request = sign(emulator.url)
    day = str(request.headers["x-oss-date"])[:8]
    header = str(request.headers["Authorization"])
    request.headers["Authorization"] = header.replace(f"/{day}/", "/20200101/")
    assert refusal(send(request)) == (400, "InvalidArgument")


def test_the_region_of_version_4_is_the_one_that_the_bucket_is_asked_for_in(
    emulator: Emulator, sign: Sign, send: Send
) -> None:
    answer = send(sign(emulator.url, region="cn-beijing"))
    assert refusal(answer) == (403, "AccessDenied")
    assert b"<Endpoint>oss-cn-hangzhou.aliyuncs.com</Endpoint>" in answer.content


def test_a_stranger_is_not_told_which_buckets_exist(
    emulator: Emulator, sign: Sign, send: Send
) -> None:
    for bucket in ("oss-example", "oss-nowhere"):
        answer = send(sign(emulator.url, bucket=bucket, auth=oss2.AuthV4("nobody", "secret")))
        assert refusal(answer) == (403, "InvalidAccessKeyId")


@pytest.mark.parametrize("version", ["v4", "v1"])
def test_a_session_token_must_be_that_of_its_key(
    emulator: Emulator, sign: Sign, send: Send, session_key: Key, version: str
) -> None:
    def asked(key: Key, token: str | None) -> requests.Response:
        auth = oss2.StsAuth(key.id, key.secret, token, auth_version=version)
        return send(sign(emulator.url, auth=auth))

    assert asked(session_key, session_key.token).status_code == 200
    assert refusal(asked(session_key, "wrong")) == (403, "InvalidSecurityToken")
    missing = (403, "AccessKeyIdAndSecurityTokenNotMatch")
    assert refusal(asked(session_key, None)) == missing
    assert refusal(asked(EMULATOR_KEY, "needless")) == (403, "InvalidSecurityToken")


def test_a_signed_digest_of_the_body_is_verified(folder: Path, sign: Sign, send: Send) -> None:
    class Digest(oss2.AuthV4):  # type: ignore[misc]
        """Signs the body's digest, which oss2 itself never does."""

        def _sign_request(self, request: oss2.http.Request, bucket: str, key: str) -> None:
            digest = hashlib.sha256(BODY).hexdigest()
            now = oss2.auth.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
            request.headers.update({"x-oss-content-sha256": digest, "x-oss-date": now})
            sign_it = self._ProviderAuthV4__make_signature
            scope = self._ProviderAuthV4__get_scope(now[:8], request)
            credentials = self.credentials_provider.get_credentials()
            signature = sign_it(request, bucket, key, None, credentials, now)
            request.headers["Authorization"] = (
                f"OSS4-HMAC-SHA256 Credential={EMULATOR_KEY.id}/{scope},Signature={signature}"
            )

    auth = Digest(EMULATOR_KEY.id, EMULATOR_KEY.secret)
    with Emulator(Recording(folder)) as running:
        assert send(sign(running.url, "PUT", auth=auth, body=BODY)).status_code == 200
        other = BODY.replace(b"false", b"other")
        answer = send(sign(running.url, "PUT", auth=auth, body=other))
        assert refusal(answer) == (403, "SignatureDoesNotMatch")


def test_a_content_md5_is_verified(folder: Path, sign: Sign, send: Send) -> None:
    right = b64encode(hashlib.md5(BODY).digest()).decode()
    with Emulator(Recording(folder)) as running:
        for auth in (V4, V1):
            headers = {"Content-MD5": right}
            request = sign(running.url, "PUT", auth=auth, body=BODY, headers=headers)
            assert send(request).status_code == 200
            request.body = BODY.replace(b"false", b"other")
            assert refusal(send(request)) == (400, "InvalidDigest")
        for wrong in ("x", "\u00e9", b64encode(b"short").decode()):
            request = sign(running.url, "PUT", body=BODY, headers={"Content-MD5": wrong})
            request.headers["Content-MD5"] = on_the_wire(wrong)
            assert refusal(send(request)) == (400, "InvalidDigest")


def test_headers_that_are_not_ascii_are_verified_as_they_were_sent(
    emulator: Emulator, sign: Sign, send: Send, auth: oss2.Auth
) -> None:
    request = sign(emulator.url, auth=auth, headers={"x-oss-meta-note": "\u6f02\u79fb"})
    request.headers["x-oss-meta-note"] = on_the_wire("\u6f02\u79fb")
    assert send(request).status_code == 200
    request = sign(emulator.url, auth=auth, headers={"x-oss-meta-note": "?"})
    request.headers["x-oss-meta-note"] = "\xff"  # not UTF-8 on the wire
    assert refusal(send(request)) == (403, "SignatureDoesNotMatch")


def test_a_secret_is_in_no_refusal(
    emulator: Emulator, sign: Sign, send: Send, session_key: Key
) -> None:
    wrong = oss2.StsAuth(session_key.id, "wrong", session_key.token, auth_version="v4")
    request = sign(emulator.url, auth=wrong)
    answer = send(request)
    signature = str(request.headers["authorization"]).rpartition("=")[2]
    for secret in (session_key.id, str(session_key.token), signature, "OSS4"):
        assert secret not in answer.text
    assert "secret" not in repr(session_key)
    assert "token'" not in repr(session_key)


SIGNED_HEADERS = ("x-oss-date", "x-oss-meta-note", "content-type", "content-md5")
V4_HEADERS = (*SIGNED_HEADERS, "x-oss-content-sha256", "x-team", "x-oss-security-token")
PARTS = [
    ("v4", part)
    for part in (*V4_HEADERS, "parameter", "query", "bucket", "method", "secret", "new")
]
PARTS += [("v1", part) for part in (*SIGNED_HEADERS, "query", "bucket", "method", "secret", "new")]


def forge(request: requests.PreparedRequest, part: str, tail: str) -> None:
    match part:
        case "query":
            # Version 1 signs the value of a sub-resource, and no other parameter.
            request.url = f"{request.url}{tail}"
        case "parameter":
            request.url = f"{request.url}&{tail}"
        case "bucket":
            request.url = str(request.url).replace("/oss-example/", "/oss-fresh/")
        case "method":
            request.method = "PUT"
        case "new":
            request.headers["x-oss-meta-new"] = tail
        case "secret":
            pass
        case _:
            request.headers[part] = f"{request.headers[part]!s}{tail}"


@settings(max_examples=100, deadline=None, database=None)
@given(forgery=st.tuples(st.sampled_from(PARTS), st.text("abc0/=", min_size=1, max_size=3)))
def test_tampering_any_signed_part_is_refused(
    emulator: Emulator,
    sign: Sign,
    send: Send,
    session_key: Key,
    forgery: tuple[tuple[str, str], str],
) -> None:
    (version, part), tail = forgery
    credentials = oss2.credentials.StaticCredentialsProvider(
        session_key.id, session_key.secret + (tail if part == "secret" else ""), session_key.token
    )
    headers = {
        "content-type": "application/xml",
        "content-md5": b64encode(hashlib.md5(b"").digest()).decode(),
        "x-oss-meta-note": "a",
        "x-team": "blue",
    }
    if version == "v1":
        headers["x-oss-date"] = oss2.utils.http_date()
        request = sign(emulator.url, auth=oss2.auth.ProviderAuth(credentials), headers=headers)
    else:
        auth = oss2.auth.ProviderAuthV4(credentials)
        request = sign(emulator.url, auth=auth, headers=headers, extra=["x-team"])
    forge(request, part, tail)
    # A date that is none any more is refused as such, before the signature is looked at.
    expected = "AccessDenied" if part == "x-oss-date" else "SignatureDoesNotMatch"
    assert refusal(send(request)) == (403, expected)
