"""What the service is known to do with a PUT, one behaviour a test."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import requests
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.emulator import Emulator
from drift.live.recording import Recording
from drift.live.service_error import ServiceError
from drift.settings import SETTINGS, document
from drift.settings.document import read, write
from drift.settings.https import HttpsConfiguration
from tests.strategies import desired_documents, live_documents

Put: TypeAlias = Callable[..., requests.Response]
Get: TypeAlias = Callable[..., requests.Response]
Tree: TypeAlias = list[tuple[str, str]]

OFF = "<TLS><Enable>false</Enable></TLS>"
SCHEMA = (
    "The XML you provided was not well-formed or did not validate against our published schema."
)


def tls(enable: str, *versions: str) -> str:
    listed = "".join(f"<TLSVersion>{version}</TLSVersion>" for version in versions)
    return f"<TLS><Enable>{enable}</Enable>{listed}</TLS>"


def suites(enable: str, strong: str, *rest: str) -> str:
    strength = f"<StrongCipherSuite>{strong}</StrongCipherSuite>"
    return f"<CipherSuite><Enable>{enable}</Enable>{strength}{''.join(rest)}</CipherSuite>"


def custom(name: str) -> str:
    return f"<CustomCipherSuite>{name}</CustomCipherSuite>"


def custom13(name: str) -> str:
    return f"<TLS13CustomCipherSuite>{name}</TLS13CustomCipherSuite>"


def leaves(answer: requests.Response, part: str) -> Tree | None:
    assert answer.status_code == 200
    element = fromstring(answer.content).find(part)
    return None if element is None else [(leaf.tag, str(leaf.text)) for leaf in element]


@pytest.fixture(scope="module")
def put(
    emulator: Emulator,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
) -> Put:
    def stored(*parts: str | bytes, bucket: str = "oss-fresh") -> requests.Response:
        body = parts[0]
        if isinstance(body, str):
            body = f"<HttpsConfiguration>{''.join(map(str, parts))}</HttpsConfiguration>".encode()
        return send(sign(emulator.url, "PUT", bucket, body=body))

    return stored


@pytest.fixture(scope="module")
def get(
    emulator: Emulator,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
) -> Get:
    def read(bucket: str = "oss-fresh") -> requests.Response:
        return send(sign(emulator.url, bucket=bucket))

    return read


@pytest.fixture
def assert_malformed(put: Put, get: Get) -> Callable[..., None]:
    def refused(*parts: str | bytes) -> None:
        assert put(OFF).status_code == 200
        answer = put(*parts)
        assert answer.status_code == 400
        assert ServiceError.parse(answer.content).code == "MalformedXML"
        assert SCHEMA in answer.text
        assert leaves(get(), "TLS") == [("Enable", "false")]

    return refused


def test_a_document_is_served_byte_for_byte(get: Get, document: bytes) -> None:
    answer = get("oss-example")
    assert answer.content == document
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Server"] == "AliyunOSS"
    assert answer.headers["x-oss-server-time"].isdecimal()
    request_id = answer.headers["x-oss-request-id"]
    assert len(request_id) == 24
    assert set(request_id) <= set("0123456789ABCDEF")
    assert get("oss-example").headers["x-oss-request-id"] != request_id


def test_a_recorded_error_is_served_with_its_status_and_its_request_id(get: Get) -> None:
    answer = get("oss-denied")
    assert answer.status_code == 403
    assert answer.headers["x-oss-request-id"] == "5C3D9175B6FC201293AD0001"


def test_a_put_is_answered_with_nothing(put: Put) -> None:
    answer = put(OFF)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == "0"
    assert "Content-Type" not in answer.headers
    assert len(answer.headers["x-oss-request-id"]) == 24


def test_a_bucket_is_unset_until_the_first_put(
    folder: Path,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
) -> None:
    with Emulator(Recording(folder)) as running:
        answer = send(sign(running.url, bucket="oss-fresh"))
        assert answer.status_code == 404
        assert ServiceError.parse(answer.content).code == "NoSuchHttpsConfig"
        body = f"<HttpsConfiguration>{OFF}</HttpsConfiguration>".encode()
        assert send(sign(running.url, "PUT", "oss-fresh", body=body)).status_code == 200
        answer = send(sign(running.url, bucket="oss-fresh"))
        assert leaves(answer, "TLS") == [("Enable", "false")]


def test_enabled_tls_without_a_version_is_malformed(assert_malformed: Callable[..., None]) -> None:
    assert_malformed(tls("true"))


def test_an_unknown_version_is_malformed(assert_malformed: Callable[..., None]) -> None:
    assert_malformed(tls("true", "aaa"))


def test_an_unknown_version_is_malformed_even_where_tls_is_off(
    assert_malformed: Callable[..., None],
) -> None:
    assert_malformed(tls("false", "1"))


def test_a_repeated_version_is_stored_once(put: Put, get: Get) -> None:
    assert put(tls("true", "TLSv1.2", "TLSv1.2")).status_code == 200
    assert leaves(get(), "TLS") == [("Enable", "true"), ("TLSVersion", "TLSv1.2")]


def test_versions_are_cleared_by_a_put_without_them(put: Put, get: Get) -> None:
    assert put(tls("true", "TLSv1.2", "TLSv1.3")).status_code == 200
    assert put(tls("false")).status_code == 200
    assert leaves(get(), "TLS") == [("Enable", "false")]


def test_versions_beside_tls_off_are_stored_and_returned(put: Put, get: Get) -> None:
    versions = ("TLSv1.1", "TLSv1.2", "TLSv1.3")
    assert put(tls("false", *versions)).status_code == 200
    assert leaves(get(), "TLS") == [("Enable", "false"), *(("TLSVersion", v) for v in versions)]


def test_any_subset_of_versions_is_accepted_in_its_order(put: Put, get: Get) -> None:
    for versions in (["TLSv1.2"], ["TLSv1.3", "TLSv1.1"], ["TLSv1.2", "TLSv1.3"]):
        assert put(tls("true", *versions)).status_code == 200
        assert leaves(get(), "TLS") == [("Enable", "true"), *(("TLSVersion", v) for v in versions)]


def test_strong_suites_are_a_flag_without_lists(put: Put, get: Get) -> None:
    assert put(OFF, suites("true", "true")).status_code == 200
    assert leaves(get(), "CipherSuite") == [("Enable", "true"), ("StrongCipherSuite", "true")]


@pytest.mark.parametrize(
    "one_list", [custom("ECDHE-ECDSA-AES128-SHA256"), custom13("TLS_AES_256_GCM_SHA384")]
)
def test_one_custom_list_is_enough_for_all_versions(put: Put, get: Get, one_list: str) -> None:
    parts = (tls("true", "TLSv1.2", "TLSv1.3"), suites("true", "false", one_list))
    assert put(*parts).status_code == 200
    live = leaves(get(), "CipherSuite")
    assert live is not None
    assert live[:2] == [("Enable", "true"), ("StrongCipherSuite", "false")]
    assert len(live) == 3


def test_a_tls_1_3_suite_in_the_other_list_is_accepted_and_echoed(put: Put, get: Get) -> None:
    assert put(OFF, suites("true", "false", custom("TLS_AES_128_GCM_SHA256"))).status_code == 200
    live = leaves(get(), "CipherSuite")
    assert live is not None
    assert live[2:] == [("CustomCipherSuite", "TLS_AES_128_GCM_SHA256")]


def test_suites_that_are_off_are_still_returned(put: Put, get: Get) -> None:
    assert put(OFF, suites("false", "false")).status_code == 200
    assert leaves(get(), "CipherSuite") == [("Enable", "false"), ("StrongCipherSuite", "false")]


def test_a_list_is_cleared_by_a_put_without_it(put: Put, get: Get) -> None:
    assert put(OFF, suites("true", "false", custom("A"), custom13("B"))).status_code == 200
    assert put(OFF, suites("true", "false", custom13("B"))).status_code == 200
    live = leaves(get(), "CipherSuite")
    assert live is not None
    assert live[2:] == [("TLS13CustomCipherSuite", "B")]


def test_a_put_without_suites_removes_them(put: Put, get: Get) -> None:
    assert put(OFF, suites("true", "true")).status_code == 200
    assert put(OFF).status_code == 200
    assert leaves(get(), "CipherSuite") is None


def test_tls_is_required(assert_malformed: Callable[..., None]) -> None:
    assert_malformed(suites("true", "true"))
    assert_malformed("")


def test_an_unknown_element_is_malformed(assert_malformed: Callable[..., None]) -> None:
    assert_malformed(OFF, "<Unheard/>")
    assert_malformed("<TLS><Enable>false</Enable><Unheard>1</Unheard></TLS>")
    assert_malformed('<TLS kind="x"><Enable>false</Enable></TLS>')


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"<HttpsConfiguration><TLS>",
        b"<Other/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><HttpsConfiguration>&b;</HttpsConfiguration>',
        b"<HttpsConfiguration>\xff\xfe</HttpsConfiguration>",
        b"<HttpsConfiguration><TLS><Enable>TRUE</Enable></TLS></HttpsConfiguration>",
    ],
)
def test_a_body_that_is_no_document_is_malformed(
    assert_malformed: Callable[..., None], body: bytes
) -> None:
    assert_malformed(body)


def test_a_put_without_a_body_is_malformed(assert_malformed: Callable[..., None]) -> None:
    assert_malformed(b"")


def test_the_namespace_of_the_documentation_is_accepted(put: Put, get: Get) -> None:
    xmlns = b"http://doc.oss-cn-hangzhou.aliyuncs.com"
    off = OFF.encode()
    answer = put(b'<HttpsConfiguration xmlns="%s">%s</HttpsConfiguration>' % (xmlns, off))
    assert answer.status_code == 200
    assert leaves(get(), "TLS") == [("Enable", "false")]


def test_a_put_to_an_unknown_bucket_is_not_found(put: Put) -> None:
    answer = put(OFF, bucket="oss-nowhere")
    assert answer.status_code == 404
    assert ServiceError.parse(answer.content).code == "NoSuchBucket"


def test_a_put_to_a_bucket_that_cannot_be_read_is_refused_alike(put: Put, get: Get) -> None:
    assert put(OFF, bucket="oss-denied").content == get("oss-denied").content


def test_a_put_to_the_wrong_region_is_redirected_in_words(
    emulator: Emulator,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
    document: bytes,
) -> None:
    answer = send(sign(emulator.url, "PUT", body=document, region="us-west-1"))
    assert answer.status_code == 403
    assert b"<Endpoint>oss-cn-hangzhou.aliyuncs.com</Endpoint>" in answer.content


def test_what_is_stored_reads_back_as_what_was_put(put: Put, get: Get) -> None:
    whole = (tls("true", "TLSv1.3", "TLSv1.2"), suites("true", "false", custom13("B"), custom("A")))
    assert put(*whole).status_code == 200
    live = document.read(HttpsConfiguration, get().content)
    assert not live.unknown
    assert live.setting.document() == {
        "HttpsConfiguration": {
            "TLS": {"Enable": True, "TLSVersion": ["TLSv1.3", "TLSv1.2"]},
            "CipherSuite": {
                "Enable": True,
                "StrongCipherSuite": False,
                "CustomCipherSuite": ["A"],
                "TLS13CustomCipherSuite": ["B"],
            },
        }
    }


def test_the_emulator_names_no_setting() -> None:
    import drift.emulator

    names = {name for setting in SETTINGS for name in (setting.root, setting.subresource)}
    for module in Path(str(drift.emulator.__file__)).parent.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        assert not [name for name in names if name in text], module


@given(desired_documents, st.none() | live_documents)
@settings(max_examples=50, deadline=None)
def test_what_a_plan_wants_is_what_the_service_takes(
    desired: HttpsConfiguration, live: HttpsConfiguration | None
) -> None:
    """A PUT of `after` is accepted, also of a bucket that never had the setting."""
    after = desired.over(HttpsConfiguration() if live is None else live)
    assert after.required_parts
    assert set(after.required_parts) <= after.parts().keys()
    assert read(HttpsConfiguration, write(after)).setting.normal() == after.normal()
