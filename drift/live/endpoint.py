"""Where a region's buckets are reached, and which endpoints a request may go to."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from drift.errors import OptionError
from drift.untrusted import visible

_PUBLIC = {
    "cn-hangzhou-finance": "oss-cn-hzfinance.aliyuncs.com",
    "cn-shanghai-finance-1": "oss-cn-shanghai-finance-1-pub.aliyuncs.com",
    "cn-shenzhen-finance-1": "oss-cn-szfinance.aliyuncs.com",
    "cn-beijing-finance-1": "oss-cn-beijing-finance-1-pub.aliyuncs.com",
}
"""The public endpoints that do not follow the pattern (documentation "Regions and endpoints")."""

_REGION = {
    "cn-beijing-finance-1-pub": "cn-beijing-finance-1",
    "cn-hzfinance": "cn-hangzhou-finance",
    "cn-hzjbp-a": "cn-hangzhou-finance",
    "cn-hzjbp-b": "cn-hangzhou-finance",
    "cn-shanghai-finance": "cn-shanghai-finance-1",
    "cn-shanghai-finance-1-pub": "cn-shanghai-finance-1",
    "cn-shenzhen-finance": "cn-shenzhen-finance-1",
    "cn-szfinance": "cn-shenzhen-finance-1",
}
"""The names in public, internal and dual-stack endpoints that are not their region's (as above)."""

_WITHOUT_REGION = frozenset(("accelerate", "accelerate-overseas"))
"""The names in the endpoints of transfer acceleration, which are the same for all regions."""

OSS_HOST = re.compile(r"oss-[a-z0-9-]{2,60}\.aliyuncs\.com|[a-z0-9-]{2,60}\.oss\.aliyuncs\.com")
"""The hosts of the service itself. Other names inside aliyuncs.com can be anybody's."""

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


def host_of_region(region: str) -> str:
    """Return the host of the public endpoint of `region`."""
    return _PUBLIC.get(region, f"oss-{region}.aliyuncs.com")


def region_of_host(host: str) -> str | None:
    """Return the region of an endpoint's host: a public, an internal or a dual-stack one.

    None for a host that serves the buckets of all regions.
    """
    return region_of_name(host.removesuffix(".aliyuncs.com").removesuffix(".oss"))


def region_of_name(name: str) -> str | None:
    """Return the region that an endpoint's name or a bucket's `Location` stands for, if any."""
    bare = name.removeprefix("oss-").removesuffix("-internal")
    return None if bare in _WITHOUT_REGION else _REGION.get(bare, bare)


def is_internal(host: str) -> bool:
    """Return whether the host of an endpoint is reached from inside its region only."""
    return host.endswith("-internal.aliyuncs.com")


def checked_endpoint(url: str) -> str:
    """Return `url` if it is https, or http to this machine; raise `OptionError` if not."""
    try:
        parts = urlsplit(url)
        fits = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise _refused(url, "it is not a URL") from None
    if parts.scheme not in ("http", "https") or not fits:
        raise _refused(url, "it must begin with https:// and name a host")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise _refused(url, "it must hold nothing but https://HOST or https://HOST:PORT")
    if ":" in str(parts.hostname):
        raise _refused(url, "oss2 takes no IPv6 address; name the host instead")
    if not _HOST.fullmatch(str(parts.hostname)):
        raise _refused(url, "its host is no host name; spell an international one in ASCII")
    if parts.scheme == "http" and not is_loopback(str(parts.hostname)):
        raise _refused(url, "plain http is for this machine only; use https")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine by its very name or address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(url: str, reason: str) -> OptionError:
    return OptionError(
        f"The endpoint{_shown(url)} cannot be used: {reason}.",
        "Correct --endpoint or DRIFT_ENDPOINT.",
    )


def _shown(url: str) -> str:
    """Return the part of a URL that is surely no secret: it may hold a password or a signature."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    known = parts.netloc and "@" not in url
    return f" {visible(f'{parts.scheme}://{parts.netloc}')}" if known else ""
