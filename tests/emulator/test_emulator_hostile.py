"""Requests that no client would send: refused, without a traceback, and nothing is touched."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import oss2
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.emulator import EMULATOR_KEY, Emulator
from drift.emulator.reader import Reader
from drift.live.recording import Recording
from drift.live.service_error import ServiceError
from drift.xml import LIMIT

Sign: TypeAlias = Callable[..., requests.PreparedRequest]
Send: TypeAlias = Callable[[requests.PreparedRequest], requests.Response]
Talk: TypeAlias = Callable[[str, bytes], bytes]


@pytest.fixture(autouse=True)
def _silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A traceback of the server is a record of a logger, wherever it is shown."""
    yield
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def code(answer: requests.Response) -> tuple[int, str | None]:
    error = ServiceError.parse(answer.content)
    assert answer.headers["x-oss-request-id"] == error.request_id
    return answer.status_code, error.code


def raw(target: bytes, *headers: bytes, host: bytes = b"127.0.0.1") -> bytes:
    lines = (b"GET %s HTTP/1.1" % target, b"Host: %s" % host, b"Connection: close", *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"Traceback" not in answer
    return int(answer[9:12])


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "PATCH", "HEAD"])
def test_other_methods_are_not_allowed(
    emulator: Emulator, sign: Sign, send: Send, method: str
) -> None:
    answer = send(sign(emulator.url, method))
    assert answer.status_code == 405
    if method != "HEAD":
        assert code(answer) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("params", [{}, {"acl": ""}, {"HTTPSCONFIG": ""}, {"uploads": "a/b c"}])
def test_what_is_no_known_sub_resource_is_not_implemented(
    emulator: Emulator, sign: Sign, send: Send, params: dict[str, str]
) -> None:
    request = sign(emulator.url, params=params)
    request.url = str(request.url).replace("+", "%20")
    answer = send(request)
    assert code(answer) == (400, "NotImplemented")
    assert "?httpsConfig" in answer.text


def test_a_sub_resource_named_twice_is_not_implemented(
    emulator: Emulator, sign: Sign, send: Send
) -> None:
    class Twice(oss2.AuthV4):  # type: ignore[misc]
        """oss2 keeps parameters in a mapping, so the signature is made of a joined one."""

        def _ProviderAuthV4__get_canonical_query(self, _request: object) -> str:  # noqa: N802
            return "httpsConfig&httpsConfig"

    request = sign(emulator.url, auth=Twice(EMULATOR_KEY.id, EMULATOR_KEY.secret))
    request.url = f"{emulator.url}/oss-example/?httpsConfig&httpsConfig"
    assert code(send(request)) == (400, "NotImplemented")


def signed_for(url: str, bucket: str, key: str, host: str) -> requests.PreparedRequest:
    auth = oss2.AuthV4(EMULATOR_KEY.id, EMULATOR_KEY.secret)
    request = oss2.http.Request(
        "GET", "", params={"httpsConfig": ""}, region="cn-hangzhou", product="oss"
    )
    auth._sign_request(request, bucket, key)
    headers = {name: value for name, value in request.headers.items() if value is not None}
    target = quote(f"/{bucket}/{key}" if bucket else "/") + "?httpsConfig"
    return requests.Request("GET", f"{url}{target}", headers | {"Host": host}).prepare()


def test_an_object_is_not_implemented(emulator: Emulator, send: Send) -> None:
    request = signed_for(emulator.url, "oss-example", "an object/\u6f02", "localhost")
    assert code(send(request)) == (400, "NotImplemented")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:80", "localhost.", "[::1]", "emulator"])
def test_what_names_no_bucket_is_not_implemented(emulator: Emulator, send: Send, host: str) -> None:
    assert code(send(signed_for(emulator.url, "", "", host))) == (400, "NotImplemented")


@pytest.mark.parametrize("auth", [oss2.AuthV4, oss2.Auth])
def test_parameters_that_mean_nothing_do_not_matter(
    emulator: Emulator, sign: Sign, send: Send, document: bytes, auth: type[oss2.Auth]
) -> None:
    request = sign(
        emulator.url,
        auth=auth(EMULATOR_KEY.id, EMULATOR_KEY.secret),
        params={"httpsConfig": "", "x-team": "a~b/c"},
    )
    assert send(request).content == document


def test_a_body_that_is_too_large_is_refused(emulator: Emulator, sign: Sign, send: Send) -> None:
    for size, expected in ((LIMIT, (400, "MalformedXML")), (LIMIT + 1, (400, "InvalidArgument"))):
        assert code(send(sign(emulator.url, "PUT", body=b" " * size))) == expected
    assert code(send(sign(emulator.url, "PUT", body=b" " * 8 * LIMIT))) == (400, "InvalidArgument")


def test_no_more_of_a_body_is_kept_than_is_looked_at() -> None:
    reader = Reader()
    head = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (3 * LIMIT)
    assert reader.feed(head + b" " * LIMIT) == reader.feed(b" " * LIMIT) == []
    (message,) = reader.feed(b" " * LIMIT)
    assert message is not None
    assert message.body == b" " * (LIMIT + 1)


def test_a_body_in_chunks_is_read_whole(
    emulator: Emulator, sign: Sign, send: Send, document: bytes
) -> None:
    request = sign(emulator.url, "PUT", body=document)
    request.prepare_body(iter([document[:50], document[50:]]), None)
    del request.headers["Content-Length"]
    assert send(request).status_code == 200


@pytest.mark.parametrize(
    "target",
    [b"/../", b"/..", b"/../../etc/passwd", b"/./", b"/%2e%2e/?httpsConfig", b"/A_B/", b"/ab/"],
)
def test_what_cannot_be_a_bucket_s_name_is_refused(
    emulator: Emulator, talk: Talk, target: bytes
) -> None:
    answer = talk(emulator.url, raw(target))
    assert status(answer) == 400
    assert b"<Code>InvalidBucketName</Code>" in answer


@pytest.mark.parametrize(
    "host", [b"", b"a/b", b"oss-example.oss.localhost:x", b"<a>", b"a@b", b"[::1", b"a" * 300]
)
def test_a_host_that_is_none_is_refused(emulator: Emulator, talk: Talk, host: bytes) -> None:
    assert status(talk(emulator.url, raw(b"/?httpsConfig", host=host))) == 400


@pytest.mark.parametrize(
    "target",
    [b"*", b"http://oss-example.oss.localhost/?httpsConfig", b"/%ff/", b"/?%fe", b"/?a=%c3%28"],
)
def test_a_target_that_is_no_path_in_utf_8_is_refused(
    emulator: Emulator, talk: Talk, target: bytes
) -> None:
    answer = talk(emulator.url, raw(target))
    assert status(answer) == 400
    assert b"<Code>InvalidArgument</Code>" in answer


@pytest.mark.parametrize(
    "target",
    [
        b"/oss-example/../../secret?httpsConfig",
        b"/oss-example/%2e%2e/%2e%2e/secret?httpsConfig",
        b"/oss-example/" + b"a" * 30_000,
        b"/oss-example/?" + b"&" * 30_000,
        b"/oss-example/?httpsConfig=%00%0d%0aX:y",
    ],
)
def test_a_hostile_target_needs_a_signature_like_any_other(
    emulator: Emulator, talk: Talk, target: bytes
) -> None:
    answer = talk(emulator.url, raw(target))
    assert status(answer) == 403
    assert b"<Code>AccessDenied</Code>" in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 99 + b"\r\n\r\n",
        raw(b"/").replace(b"GET", b"MADEUP"),
        raw(b"/" + b"a" * 100_000),
        raw(b"/oss-example/?\xff"),
        raw(b"/oss-example/", b"X: " + b"y" * 100_000),
        raw(b"/oss-example/", b"Content-Length: -1"),
        raw(b"/oss-example/", b"Host: twice"),
        raw(b"/oss-example/", b"Transfer-Encoding: chunked") + b"zz\r\n",
        b"GET /oss-example/?httpsConfig HTTP/1.1\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(emulator: Emulator, talk: Talk, request_: bytes) -> None:
    assert 400 <= status(talk(emulator.url, request_)) < 500


def test_an_upgrade_is_not_made(emulator: Emulator, talk: Talk) -> None:
    headers = (b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: eA==")
    request = raw(b"/oss-example/?httpsConfig", *headers)
    request = request.replace(b"Connection: close", b"Connection: upgrade, close")
    assert status(talk(emulator.url, request)) == 403


HEADER = st.one_of(
    st.binary(max_size=40),
    st.tuples(
        st.sampled_from([b"OSS ", b"OSS4-HMAC-SHA256 ", b"OSS drift-emulator:"]),
        st.lists(st.sampled_from([b"Credential=", b"Signature=", b"drift-emulator", b"/", b","])),
    ).map(lambda drawn: drawn[0] + b"".join(drawn[1])),
)


@settings(max_examples=80, deadline=None, database=None)
@given(
    target=st.binary(max_size=60),
    host=st.binary(max_size=30),
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"Authorization", b"Date", b"x-oss-date", b"Content-MD5", b"X"]),
            HEADER,
        ),
        max_size=5,
    ),
)
def test_no_request_at_all_makes_the_server_stumble(
    emulator: Emulator,
    talk: Talk,
    target: bytes,
    host: bytes,
    headers: list[tuple[bytes, bytes]],
) -> None:
    lines = [b"%s: %s" % header for header in headers]
    # Bytes that end the request early leave the rest of it to be refused as the next one.
    answer = talk(emulator.url, raw(b"/" + target, *lines, host=host) + raw(b"/"))
    assert 400 <= status(answer) < 500


def test_a_file_outside_the_recording_is_never_served(folder: Path, sign: Sign, send: Send) -> None:
    secret = folder.parent / "oss-secret"
    secret.mkdir()
    (secret / "httpsConfig.xml").write_bytes(b"<HttpsConfiguration/>")
    with Emulator(Recording(folder), write=True) as running:
        for method in ("GET", "PUT"):
            answer = send(sign(running.url, method, "oss-secret", body=b"<HttpsConfiguration/>"))
            assert code(answer) == (404, "NoSuchBucket")
    assert (secret / "httpsConfig.xml").read_bytes() == b"<HttpsConfiguration/>"
