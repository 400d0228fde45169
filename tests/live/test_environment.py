"""Proxies and certificates that environment variables name."""

import os
import ssl
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from drift.live.transport.environment import Proxies, TrustStore, VariableError
from tests.live.tls import Certificate

OSS = "https://oss-example.oss-cn-hangzhou.aliyuncs.com/?httpsConfig="
PROXY = "http://127.0.0.1:9"
VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture
def proxy_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str | None]:
    """Return what chooses the proxy for a URL in an environment that has only some variables."""

    def choose(url: str, **variables: str) -> str | None:
        for name in ("http", "https", "all", "no"):
            monkeypatch.delenv(f"{name}_proxy", raising=False)
            monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Proxies.from_environment().for_url(url)

    return choose


def test_without_variables_there_is_no_proxy(proxy_for: Callable[..., str | None]) -> None:
    assert proxy_for(OSS) is None
    assert proxy_for(OSS, HTTP_PROXY=PROXY) is None


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_each_variable_names_a_proxy(proxy_for: Callable[..., str | None], variable: str) -> None:
    assert proxy_for(OSS, **{variable: PROXY}) == PROXY


def test_the_variable_of_the_scheme_goes_before_that_for_all(
    proxy_for: Callable[..., str | None],
) -> None:
    assert proxy_for(OSS, HTTPS_PROXY=PROXY, ALL_PROXY="socks5://127.0.0.1:9") == PROXY


def test_a_proxy_without_a_scheme_is_an_http_proxy(proxy_for: Callable[..., str | None]) -> None:
    assert proxy_for(OSS, HTTPS_PROXY="127.0.0.1:9") == PROXY


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "https://localhost/", "https://a.localhost/", "http://[::1]/"]
)
def test_this_machine_is_reached_without_a_proxy(
    proxy_for: Callable[..., str | None], url: str
) -> None:
    assert proxy_for(url, HTTP_PROXY=PROXY, HTTPS_PROXY=PROXY, ALL_PROXY="no proxy") is None


EXCLUDED = {
    "*": OSS,
    "aliyuncs.com": OSS,
    ".aliyuncs.com": OSS,
    "*.aliyuncs.com": OSS,
    "*.AliyunCS.com": OSS,
    "oss-example.oss-cn-hangzhou.aliyuncs.com": OSS,
    "sts.aliyuncs.com": "https://STS.aliyuncs.com/",
    "sts.aliyuncs.com:443": "https://sts.aliyuncs.com/",
    "*.aliyuncs.com:443": OSS,
    "example.com:8443": "https://oss.example.com:8443/",
    "one.example, two.example": "https://two.example/",
    "one.example two.example": "https://two.example/",
    "10.0.0.1": "https://10.0.0.1/",
    "10.0.0.1:443": "https://10.0.0.1/",
    "10.0.0.0/8": "https://10.200.0.1/",
    "fd00::/8": "https://[fd00::1]/",
    "[fd00::1]": "https://[fd00::1]/",
    "[fd00::1]:443": "https://[fd00::1]/",
    "fd00::1": "https://[fd00::1]/",
}


@pytest.mark.parametrize(("no_proxy", "url"), EXCLUDED.items(), ids=EXCLUDED)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_no_proxy_excludes_hosts(
    proxy_for: Callable[..., str | None], variable: str, no_proxy: str, url: str
) -> None:
    assert proxy_for(url, ALL_PROXY=PROXY, **{variable: no_proxy}) is None


NOT_EXCLUDED = {
    "liyuncs.com": OSS,
    "*.oss.example": OSS,
    "oss-example": OSS,
    "aliyuncs.com:8443": OSS,
    "sts.aliyuncs.com:443": "https://sts.aliyuncs.com:8443/",
    "10.0.0.0/8": "https://11.0.0.1/",
    "10.0.0": "https://10.0.0.1/",
    ".": "https://oss.example./",
    ", ,": OSS,
    "[fd00::1]:8443": "https://[fd00::1]/",
}


@pytest.mark.parametrize(("no_proxy", "url"), NOT_EXCLUDED.items(), ids=NOT_EXCLUDED)
def test_no_proxy_excludes_no_other_hosts(
    proxy_for: Callable[..., str | None], no_proxy: str, url: str
) -> None:
    assert proxy_for(url, ALL_PROXY=PROXY, NO_PROXY=no_proxy) == PROXY


UNUSABLE = (
    "ftp://127.0.0.1:9", "file:///etc/passwd", "https://", "http://:80", "http://[bad", "::",
    "http://exa mple", "http://127.0.0.1:99999", "http://127.0.0.1:0", "http://127.0.0.1:port",
    "http://user:pass/word@127.0.0.1:9", "http://user:pass#word@127.0.0.1:9", "http:\\\\host",
    "http://user:pass word@host:80", "http://user:pass\tword@host:80",
    "https//127.0.0.1:9", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
)  # fmt: skip


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", UNUSABLE)
def test_a_value_that_is_not_a_proxy_is_an_error_that_does_not_repeat_it(
    proxy_for: Callable[..., str | None], variable: str, proxy: str
) -> None:
    with pytest.raises(VariableError, match=variable) as raised:
        proxy_for(OSS, **{variable: proxy})
    assert raised.value.code == "ProxyNotUsable"
    shown = "".join(traceback.format_exception(raised.value)) + raised.value.advice
    assert proxy not in shown


def test_a_value_that_is_not_a_proxy_does_not_matter_where_no_proxy_excludes_the_host(
    proxy_for: Callable[..., str | None],
) -> None:
    assert proxy_for(OSS, ALL_PROXY="http://[bad", NO_PROXY="*.aliyuncs.com") is None


def test_the_environment_is_read_once(
    proxy_for: Callable[..., str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy_for(OSS)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    proxies = Proxies.from_environment()
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("HTTPS_PROXY")
    assert proxies.for_url(OSS) == PROXY


def test_where_the_environment_names_none_the_proxy_of_the_system_counts(
    proxy_for: Callable[..., str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As macOS and Windows have one, with exceptions of their own."""
    module = "drift.live.transport.environment"
    monkeypatch.setattr(f"{module}.getproxies", lambda: {"https": PROXY})
    monkeypatch.setattr(f"{module}.proxy_bypass", lambda host: host == "sts.aliyuncs.com")
    assert proxy_for(OSS) == PROXY
    assert proxy_for("https://sts.aliyuncs.com/") is None


@pytest.fixture(autouse=True)
def without_certificate_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the certificates to the system, whatever the environment of the tests is."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def authorities(context: ssl.SSLContext) -> set[bytes]:
    """Return the authorities that a context trusts."""
    return set(context.get_ca_certs(binary_form=True))


def authority(certificate: Certificate) -> set[bytes]:
    """Return the only authority that vouches for a certificate."""
    return {ssl.PEM_cert_to_DER_cert(certificate.authority.read_text())}


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_is_trusted_beside_the_systems_store(
    here: Certificate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    alone = authorities(TrustStore.from_environment().context())
    monkeypatch.setenv(variable, str(here.authority))
    assert authorities(TrustStore.from_environment().context()) == alone | authority(here)


def test_a_folder_of_certificates_is_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    store = TrustStore.from_environment()
    assert store.bundle
    assert store.bundle.is_folder
    store.context()


@pytest.mark.parametrize("value", ["", "/nowhere/certificates.pem"])
def test_a_machine_without_a_store_trusts_certifi(
    here: Certificate, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", value)
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    monkeypatch.setattr("certifi.where", lambda: str(here.authority))
    assert authorities(TrustStore.from_environment().context()) == authority(here)


def test_the_common_name_of_a_certificate_is_never_a_host() -> None:
    assert not TrustStore.from_environment().context().hostname_checks_common_name


def is_refused(variable: str) -> str:
    """Return the value of a variable, once it is sure that it is an error that does not repeat it.

    Also not in the traceback.
    """
    with pytest.raises(VariableError, match=variable) as raised:
        TrustStore.from_environment().context()
    assert raised.value.code == "CertificatesNotReadable"
    shown = "".join(traceback.format_exception(raised.value)) + raised.value.advice
    value = os.environ[variable]
    assert value not in shown
    return value


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_text_of_certificates_is_not_a_path(
    here: Certificate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, here.authority.read_text().replace("/", "+") * 4)
    assert "BEGIN CERTIFICATE" in is_refused(variable)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_path_that_may_not_be_looked_at_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "locked" / "certificates.pem"))
    monkeypatch.setattr(Path, "stat", _forbidden)  # the tests may run as root
    is_refused(variable)


def _forbidden(path: Path, **_: object) -> os.stat_result:
    raise PermissionError(13, "Permission denied", str(path))


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_device_or_a_pipe_is_an_error_and_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/full", str(tmp_path / "pipe")):
        monkeypatch.setenv(variable, path)
        is_refused(variable)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_that_is_not_there_or_holds_no_certificate_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("nowhere.pem", "empty.pem"):
        monkeypatch.setenv(variable, str(tmp_path / name))
        is_refused(variable)
        (tmp_path / "empty.pem").touch()
