"""Both generations of the official SDK, which share no code, as clients of the emulator."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import alibabacloud_oss_v2 as oss
import alibabacloud_oss_v2.aio as oss_aio
import oss2
import pytest
import requests

from drift.emulator import EMULATOR_KEY, Emulator, Key

VERSIONS = ("v4", "v1")
BUCKET = "oss-example"


def configuration(
    url: str, version: str, key: Key, region: str = "cn-hangzhou"
) -> oss.config.Config:
    chosen = oss.config.load_default()
    chosen.credentials_provider = oss.credentials.StaticCredentialsProvider(
        key.id, key.secret, key.token
    )
    chosen.region, chosen.endpoint, chosen.signature_version = region, url, version
    chosen.retryer = oss.retry.NopRetryer()
    chosen.connect_timeout = chosen.readwrite_timeout = 5
    return chosen


def operation(method: str, bucket: str, body: bytes | None = None) -> oss.OperationInput:
    verb = method.title()
    return oss.OperationInput(
        op_name=f"{verb}BucketHttpsConfig",
        method=method,
        headers={"Content-Type": "application/xml"} if body else {},
        parameters={"httpsConfig": ""},
        bucket=bucket,
        body=body,
        op_metadata={"sub-resource": ["httpsConfig"]},
    )


def invoked(client: oss_aio.AsyncClient, *operations: oss.OperationInput) -> list[Any]:
    async def all_of_them() -> list[Any]:
        async with client:
            return [await client.invoke_operation(each) for each in operations]

    return asyncio.run(all_of_them())


def oss2_auth(key: Key, version: str) -> oss2.StsAuth | oss2.Auth | oss2.AuthV4:
    if key.token:
        return oss2.StsAuth(key.id, key.secret, key.token, auth_version=version)
    return oss2.make_auth(key.id, key.secret, version)


@pytest.fixture(params=["plain", "session"])
def key(request: pytest.FixtureRequest, session_key: Key) -> Key:
    return EMULATOR_KEY if request.param == "plain" else session_key


@pytest.mark.parametrize("version", VERSIONS)
def test_the_second_sdk_writes_and_reads_cipher_suites(
    emulator: Emulator, version: str, key: Key
) -> None:
    client = oss.Client(configuration(emulator.url, version, key))
    wanted = oss.HttpsConfiguration(
        tls=oss.TLS(enable=True, tls_versions=["TLSv1.2", "TLSv1.3"]),
        cipher_suite=oss.CipherSuite(
            enable=True,
            strong_cipher_suite=False,
            custom_cipher_suites=["ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
            tls13_custom_cipher_suites=["TLS_AES_256_GCM_SHA384"],
        ),
    )
    written = client.put_bucket_https_config(
        oss.PutBucketHttpsConfigRequest(bucket=BUCKET, https_configuration=wanted)
    )
    assert written.status_code == 200
    read = client.get_bucket_https_config(oss.GetBucketHttpsConfigRequest(bucket=BUCKET))
    live = read.https_configuration
    assert live.tls.enable is True
    assert live.tls.tls_versions == ["TLSv1.2", "TLSv1.3"]
    assert live.cipher_suite.enable is True
    assert live.cipher_suite.strong_cipher_suite is False
    assert live.cipher_suite.custom_cipher_suites == wanted.cipher_suite.custom_cipher_suites
    assert live.cipher_suite.tls13_custom_cipher_suites == ["TLS_AES_256_GCM_SHA384"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_second_sdk_is_told_of_errors_in_its_own_terms(
    emulator: Emulator, version: str, key: Key
) -> None:
    client = oss.Client(configuration(emulator.url, version, key))
    with pytest.raises(oss.exceptions.OperationError) as raised:
        client.get_bucket_https_config(oss.GetBucketHttpsConfigRequest(bucket="oss-nowhere"))
    error = raised.value.unwrap()
    assert isinstance(error, oss.exceptions.ServiceError)
    assert (error.status_code, error.code) == (404, "NoSuchBucket")
    assert error.request_id == error.headers["x-oss-request-id"]


def test_the_second_sdk_is_refused_with_a_wrong_secret(emulator: Emulator) -> None:
    wrong = Key(EMULATOR_KEY.id, "another")
    for version in VERSIONS:
        client = oss.Client(configuration(emulator.url, version, wrong))
        with pytest.raises(oss.exceptions.OperationError) as raised:
            client.get_bucket_https_config(oss.GetBucketHttpsConfigRequest(bucket=BUCKET))
        error = raised.value.unwrap()
        assert (error.status_code, error.code) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_asynchronous_client_writes_and_reads_a_document(
    emulator: Emulator, version: str, key: Key, document: bytes
) -> None:
    client = oss_aio.AsyncClient(configuration(emulator.url, version, key))
    put, got = invoked(client, operation("PUT", BUCKET, document), operation("GET", BUCKET))
    assert put.http_response.status_code == 200
    body = got.http_response.content
    assert b"<CustomCipherSuite>ECDHE-RSA-AES128-GCM-SHA256</CustomCipherSuite>" in body
    assert got.headers["Content-Type"] == "application/xml"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_asynchronous_client_is_told_of_errors(emulator: Emulator, version: str) -> None:
    client = oss_aio.AsyncClient(configuration(emulator.url, version, EMULATOR_KEY))
    with pytest.raises(oss.exceptions.OperationError) as raised:
        invoked(client, operation("GET", "oss-denied"))
    error = raised.value.unwrap()
    assert (error.status_code, error.code) == (403, "AccessDenied")
    assert error.request_id == "5C3D9175B6FC201293AD0001"


@pytest.mark.parametrize("version", VERSIONS)
def test_oss2_writes_and_reads_in_path_style(emulator: Emulator, version: str, key: Key) -> None:
    bucket = oss2.Bucket(
        oss2_auth(key, version), emulator.url, BUCKET, region="cn-hangzhou", connect_timeout=5
    )
    bucket.put_bucket_https_config(oss2.models.BucketTlsVersion(True, ["TLSv1.1", "TLSv1.2"]))
    live = bucket.get_bucket_https_config()
    assert (live.tls_enabled, live.tls_version) == (True, ["TLSv1.1", "TLSv1.2"])


class Loopback(requests.adapters.HTTPAdapter):
    """Connects to the emulator, whatever host the URL names, and leaves the Host header alone."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,
        **options: Any,
    ) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.headers["Host"] = parts.netloc
        request.url = f"{self.url}{parts.path}?{parts.query}"
        return super().send(request, *args, **options)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "endpoint",
    ["oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou-internal.aliyuncs.com:8080", "oss.localhost"],
)
def test_oss2_reads_in_virtual_hosted_style(
    emulator: Emulator, version: str, endpoint: str
) -> None:
    bucket = oss2.Bucket(
        oss2_auth(EMULATOR_KEY, version),
        f"http://{endpoint}",
        BUCKET,
        session=oss2.Session(adapter=Loopback(emulator.url)),
        region="cn-hangzhou",
        connect_timeout=5,
    )
    bucket.put_bucket_https_config(oss2.models.BucketTlsVersion(True, ["TLSv1.3"]))
    assert bucket.get_bucket_https_config().tls_version == ["TLSv1.3"]


@pytest.mark.parametrize(
    "host",
    [
        "oss-denied.localhost",
        "oss-denied.oss.localhost:9000",
        "OSS-DENIED.oss-cn-hangzhou.aliyuncs.com",
        "oss-denied.oss-cn-hangzhou.aliyuncs.com.",
    ],
)
def test_the_first_label_of_a_host_is_the_bucket(
    emulator: Emulator,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
    host: str,
) -> None:
    answer = send(sign(emulator.url, bucket="oss-denied", host=host))
    assert b"<RequestId>5C3D9175B6FC201293AD0001</RequestId>" in answer.content


@pytest.mark.parametrize("host", ["localhost:80", "127.0.0.1", "[::1]:80", "[::1]", "emulator"])
def test_a_host_that_is_no_domain_is_path_style(
    emulator: Emulator,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
    host: str,
) -> None:
    answer = send(sign(emulator.url, bucket="oss-denied", headers={"Host": host}))
    assert b"<RequestId>5C3D9175B6FC201293AD0001</RequestId>" in answer.content


@pytest.mark.parametrize("query", ["httpsConfig", "httpsConfig=", "&httpsConfig&"])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_spelling_of_the_sub_resource_is_understood(
    emulator: Emulator,
    sign: Callable[..., requests.PreparedRequest],
    send: Callable[[requests.PreparedRequest], requests.Response],
    query: str,
    version: str,
) -> None:
    request = sign(emulator.url, bucket="oss-denied", auth=oss2_auth(EMULATOR_KEY, version))
    request.url = f"{emulator.url}/oss-denied/?{query}"
    assert b"<RequestId>5C3D9175B6FC201293AD0001</RequestId>" in send(request).content
