"""Where a connection leads first: to the endpoint, or to the proxy before it."""

from typing import NamedTuple
from urllib.parse import urlsplit

from drift.live.probe import Target
from drift.live.transport.environment import Proxies, VariableError
from drift.plan import Problem

_PORTS = {"http": 80, "https": 443}


class Hop(NamedTuple):
    """Where a connection for a URL leads first, and what may be shown of a proxy there."""

    target: Target
    proxy: str = ""


def hop_of(url: str) -> Hop | Problem:
    """Return where requests to `url` lead first."""
    try:
        proxy = Proxies.from_environment().for_url(url)
    except VariableError as error:
        return error.problem
    return Hop(_target(proxy or url), _shown(proxy) if proxy else "")


def _target(url: str) -> Target:
    parts = urlsplit(url)
    scheme = parts.scheme
    return Target(str(parts.hostname), parts.port or _PORTS.get(scheme, 1080), scheme == "https")


def _shown(proxy: str) -> str:
    """Return a proxy without its user and password, of which one may hold any character."""
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{urlsplit('//' + rest.rpartition('@')[2]).netloc}"
