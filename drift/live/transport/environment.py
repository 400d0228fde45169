"""Proxies and trusted certificates, as environment variables name them.

The value of a variable is never part of an error: a CI system may have put a secret there.
"""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import MappingProxyType
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

import certifi

from drift.live.endpoint import is_loopback
from drift.live.transport.transport import TransportError
from drift.masking import hold
from drift.plan import Problem

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_BLANK = re.compile(r"\s")
_PORTS = {"http": 80, "https": 443}
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")
_WITH_PORT = re.compile(r"(\[.+\]|[^:]+):([0-9]{1,5})")


class VariableError(TransportError):
    """An environment variable has a value that cannot be used; `advice` says what to do."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        """Take drift's code, what is wrong, and what to do about it."""
        super().__init__(code, message)
        self.advice = advice

    @property
    def problem(self) -> Problem:
        """What it means for a bucket."""
        return Problem(code=self.code, message=str(self), advice=self.advice)


@dataclass(frozen=True)
class Proxies:
    """The proxies of the environment, or on macOS and Windows those of the system."""

    urls: Mapping[str, str]
    """By the scheme of the requests, or `all`; `no` lists the hosts that none serves."""
    are_of_system: bool = False

    @classmethod
    def from_environment(cls) -> Self:
        """Return what the environment says now; passwords in it are masked from then on."""
        for url in getproxies().values():
            user_and_password = url.rpartition("@")[0].rpartition("//")[2]
            password = user_and_password.partition(":")[2]
            hold(password, unquote(password))
        return cls(MappingProxyType(getproxies()), are_of_system=not getproxies_environment())

    def for_url(self, url: str) -> str | None:
        """Return the URL of the proxy that serves `url`, if any; it may hold a password.

        None serves this machine. Raise `VariableError` for one that is not a proxy's URL.
        """
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        proxy = self.urls.get(self._key(url))
        port = parts.port or _PORTS.get(parts.scheme, 0)
        if not proxy or is_loopback(host) or self._is_excluded(host, port):
            return None
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        if not _is_proxy(proxy):
            raise self.unusable(url)
        return proxy

    def unusable(self, url: str) -> VariableError:
        """Return the error of a proxy for `url` that is not the URL of one."""
        name = f"{self._key(url)}_proxy"
        variable = name if os.environ.get(name) else name.upper()
        return VariableError(
            "ProxyNotUsable",
            f"The value of {variable} is not the URL of a proxy.",
            "Write it as http://HOST:PORT or socks5h://HOST:PORT, with a percent-encoded user name "
            "and password, or unset it.",
        )

    def _key(self, url: str) -> str:
        scheme = urlsplit(url).scheme
        return scheme if scheme in self.urls else "all"

    def _is_excluded(self, host: str, port: int) -> bool:
        if self.are_of_system:
            return bool(proxy_bypass(host))
        entries = re.split(r"[\s,]+", self.urls.get("no", "").lower())
        return any(_excludes(entry, host, port) for entry in entries)


class Bundle(NamedTuple):
    """A file or a folder of certificates, and the variable that names it."""

    path: Path
    is_folder: bool
    variable: str


@dataclass(frozen=True)
class TrustStore:
    """The certificates to trust: those of the system, and of a bundle beside them."""

    bundle: Bundle | None = None

    @classmethod
    def from_environment(cls) -> Self:
        """Return what the environment names now.

        Raise `VariableError` for what is neither a file nor a folder: to open a pipe is to wait,
        and a device may never end.
        """
        _check_system_store()
        for variable in _BUNDLES:
            if os.environ.get(variable):
                return cls(_bundle(variable))
        return cls()

    def load_into(self, context: ssl.SSLContext) -> None:
        """Make `context` trust these certificates; raise `VariableError` if they cannot be read."""
        # As rustls, browsers and RFC 9525 have it: a name counts only as a subjectAltName.
        context.hostname_checks_common_name = False
        context.load_default_certs()
        if not context.cert_store_stats()["x509_ca"]:
            context.load_verify_locations(certifi.where())  # the machine has no store of its own
        if self.bundle:
            argument = "capath" if self.bundle.is_folder else "cafile"
            try:
                context.load_verify_locations(**{argument: str(self.bundle.path)})
            except OSError:
                raise unusable_certificates(self.bundle.variable) from None

    def context(self) -> ssl.SSLContext:
        """Return a new context for clients that trusts these certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.load_into(context)
        return context


def unusable_certificates(variable: str) -> VariableError:
    """Return the error of a variable whose certificates cannot be read."""
    return VariableError(
        "CertificatesNotReadable",
        f"The certificates that {variable} names cannot be read.",
        f"Set {variable} to the path of a PEM file that this user may read, or unset it.",
    )


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_origin = parts.port != 0 and (*parts[2:],) in (("", "", ""), ("/", "", ""))
    except ValueError:  # of a port that is no number, or half an IPv6 address
        return False
    is_host = _HOST.fullmatch(parts.hostname or "")
    return bool(parts.scheme in _PROXY_SCHEMES and is_host and is_origin and not _BLANK.search(url))


def _excludes(entry: str, host: str, port: int) -> bool:
    """Return whether an entry of NO_PROXY is for `host` and `port`.

    It is `*`, a name that stands for those below it, too, with or without `.` or `*.` before it, an
    address or a network, each with or without a port.
    """
    with_port = _WITH_PORT.fullmatch(entry)
    if with_port:
        if int(with_port[2]) != port:
            return False
        entry = with_port[1]
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        name = entry.removeprefix("*").lstrip(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))


def _bundle(variable: str) -> Bundle:
    path = Path(os.environ[variable])
    try:
        mode = path.stat().st_mode
    except OSError:  # also of PEM text, which is too long for a name
        raise unusable_certificates(variable) from None
    if not (S_ISREG(mode) or S_ISDIR(mode)):
        raise unusable_certificates(variable)
    return Bundle(path, S_ISDIR(mode), variable)


def _check_system_store() -> None:
    """Raise `VariableError` if OpenSSL and rustls would wait for ever for what they read.

    A file that is not there is none: then the machine has no store of its own.
    """
    variable = "SSL_CERT_FILE"
    path = os.environ.get(variable)
    try:
        if path and not S_ISREG(Path(path).stat().st_mode):
            raise unusable_certificates(variable)
    except FileNotFoundError:
        return
    except OSError:
        raise unusable_certificates(variable) from None
