"""The checks. One is a function: its docstring is its title, and it yields what it finds."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from drift.doctor.case import Case, Found, Level
from drift.discovery.decide import Decision
from drift.errors import CredentialsError
from drift.live.endpoint import is_loopback
from drift.live.fleet import Fleet, Request
from drift.live.outcome import Absence
from drift.live.probe import Target, reach, spoken
from drift.live.transport.transport import proxy_of
from drift.plan import Problem

Check: TypeAlias = Callable[[Case], Iterator[Found]]

_STEADY = 60
"""Seconds by which a clock may be off without a word."""

_PORTS = {"http": 80, "https": 443}


class Result(NamedTuple):
    """A finding, and the title of the check that found it."""

    check: str
    found: Found


def examine(case: Case) -> Iterator[Result]:
    """Yield what each check finds, one check after the other."""
    for check in CHECKS:
        title = str(check.__doc__).removesuffix(".")
        for found in check(case):
            yield Result(title, found)


def _files(case: Case) -> Iterator[Found]:
    """Desired files."""
    for one in case.desired.diagnostics:
        level = Level.WARNING if one.severity == "warning" else Level.PROBLEM
        yield Found(level, f"{one.place}: {one.summary}.", one.detail)
    if case.desired.valid:
        yield Found(Level.OK, f"They are valid: {len(case.desired.declarations)} declared.")


def _credentials(case: Case) -> Iterator[Found]:
    """Credentials."""
    if isinstance(case.provider, CredentialsError):
        yield Found(Level.PROBLEM, str(case.provider), case.provider.advice)
        return
    expires = case.provider.credentials().expires
    end = "they have no known end"
    if expires is not None:
        end = f"they end at {datetime.fromtimestamp(expires, UTC):%Y-%m-%d %H:%M:%S} UTC"
    yield Found(Level.OK, f"They come from {case.provider.name}; {end}.")


def _proxies(case: Case) -> Iterator[Found]:
    """Proxy."""
    proxied = [(url, proxy) for url in case.urls if (proxy := _proxy(url))]
    for url, proxy in proxied:
        parts = urlsplit(proxy)
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        yield Found(Level.OK, f"{url} is reached through the proxy {shown} of the environment.")
    if not proxied:
        yield Found(Level.OK, "None applies.")


def _endpoints(case: Case) -> Iterator[Found]:
    """Endpoint."""
    tried = {url: _target(_proxy(url) or url) for url in case.urls}
    reached = {one.target: one for one in reach(sorted(set(tried.values())), case.timeout)}
    for url, target in tried.items():
        found = reached[target]
        via = " as far as its proxy" if _proxy(url) else ""
        if found.problem:
            yield Found(Level.PROBLEM, f"{url}{via}: {found.problem.message}", found.problem.advice)
        else:
            spoke = f" with {found.version}" if found.version else ""
            yield Found(Level.OK, f"{url} is reached{via}{spoke}.")
    if not tried:
        yield Found(Level.WARNING, "No region is known, so none was tried.", "Give --region.")


def _tls(case: Case) -> Iterator[Found]:
    """TLS of this machine."""
    here = spoken()
    fast = "; rustls, which is tried first, TLSv1.2 and TLSv1.3" if find_spec("pyreqwest") else ""
    yield Found(Level.OK, f"{ssl.OPENSSL_VERSION} speaks {' and '.join(here) or 'none'}{fast}.")
    for one in case.desired.declarations:
        tls = one.setting.parts().get("TLS")
        if tls and not any(tls.accepts("TLSVersion", version) for version in here):
            yield Found(
                Level.PROBLEM,
                f"{one.bucket} is to accept only versions that this machine cannot speak, so that "
                "drift could not read it then.",
                f"Declare one of {', '.join(here)} in {one.source.file}, or use another machine.",
            )


def _clock(case: Case) -> Iterator[Found]:
    """Clock."""
    begun = datetime.now(UTC)
    try:
        seconds = round((parsedate_to_datetime(str(case.date)) - begun).total_seconds())
    except (TypeError, ValueError):
        yield Found(Level.WARNING, "The service did not tell its time.", "Look at the other lines.")
        return
    if abs(seconds) <= _STEADY:
        yield Found(Level.OK, "It agrees with that of the service.")
    else:
        side = "behind" if seconds > 0 else "ahead of"
        message = f"It is {abs(seconds):,} seconds {side} that of the service."
        yield Found(Level.WARNING, message, "Set it: signatures and credentials depend on it.")


def _buckets(case: Case) -> Iterator[Found]:
    """Buckets."""
    for one in case.discovery.diagnostics():
        level = Level.WARNING if one.severity == "warning" else Level.PROBLEM
        yield Found(level, f"{one.place}: {one.summary}.", one.detail)
    problem = case.discovery.problem
    if problem:
        yield Found(Level.PROBLEM, f"They cannot be listed: {problem.message}", problem.advice)
    elif case.source and any(one.is_pattern or one.is_vague for one in case.desired.declarations):
        yield Found(Level.OK, "They can be listed (oss:ListBuckets).")


def _permissions(case: Case) -> Iterator[Found]:
    """Permission."""
    if case.source is None:
        yield Found(Level.WARNING, "None was tried without credentials.")
        return
    fleet = case.fleet(case.source)
    for decisions in case.samples:
        for decision in decisions:
            found = _permission(fleet, decision)
            yield found
            if found.level is not Level.WARNING:
                break


def _permission(fleet: Fleet, decision: Decision) -> Found:
    """Try to read one bucket; a warning says that it does not exist."""
    name, setting = decision.bucket.name, type(decision.declaration.setting)
    outcome = fleet.read([Request(decision.bucket, setting)])[0].outcome
    if isinstance(outcome, Problem):
        return Found(Level.PROBLEM, f"{name}: {outcome.message}", outcome.advice)
    if outcome is Absence.BUCKET:
        message = f"{name} does not exist, so that {setting.permission} was not tried on it."
        return Found(Level.WARNING, message, "Correct its name, or create it.")
    return Found(Level.OK, f"{name} can be read ({setting.permission}).")


def _proxy(url: str) -> str | None:
    """Return the proxy that requests to `url` take; those to this machine take none."""
    return None if is_loopback(str(urlsplit(url).hostname)) else proxy_of(url)


def _target(url: str) -> Target:
    parts = urlsplit(url)
    scheme = parts.scheme
    return Target(str(parts.hostname), parts.port or _PORTS.get(scheme, 1080), scheme == "https")


CHECKS: tuple[Check, ...] = (
    _files,
    _credentials,
    _proxies,
    _endpoints,
    _tls,
    _clock,
    _buckets,
    _permissions,
)
