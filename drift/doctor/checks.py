"""The checks. One is a function: its docstring is its title, and it yields what it finds."""

import ssl
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import time
from typing import NamedTuple, TypeAlias

from drift.discovery.decide import Decision
from drift.docstring import docstring
from drift.doctor.case import Case, Found, Level
from drift.doctor.hop import Hop, hop_of
from drift.errors import CredentialsError
from drift.live.credentials import Fixed, end_of
from drift.live.fleet import Request
from drift.live.outcome import Absence, Outcome
from drift.live.probe import reach, spoken
from drift.live.problem import own
from drift.live.source import Bucket
from drift.plan import Problem

Check: TypeAlias = Callable[[Case], Iterator[Found]]

_STEADY = 60
"""Seconds by which a clock may be off without a word."""

_SOON = 900
"""Seconds that credentials should last: no run that a deploy waits for takes longer."""

_SERVICE = "Credentials come from there. Check its address, the network and the proxy settings."


class Result(NamedTuple):
    """A finding, and the title of the check that found it."""

    check: str
    found: Found


def examine(case: Case) -> Iterator[Result]:
    """Yield what each check finds, one check after the other."""
    for check in CHECKS:
        title = docstring(check).removesuffix(".")
        for found in check(case):
            yield Result(title, found)


def _files(case: Case) -> Iterator[Found]:
    """Desired files."""
    for one in case.desired.diagnostics:
        passes = one.severity == "warning" and not case.strict
        level = Level.WARNING if passes else Level.PROBLEM
        yield Found(level, f"{one.place}: {one.summary}.", one.detail)
    if case.desired.valid:
        yield Found(Level.OK, f"They are valid: {len(case.desired.declarations)} declared.")


def _credentials(case: Case) -> Iterator[Found]:
    """Credentials."""
    if isinstance(case.provider, CredentialsError):
        yield Found(Level.PROBLEM, str(case.provider), case.provider.advice)
        return
    credentials = case.provider.credentials()
    expires = credentials.expires
    account = f", account {credentials.account}" if credentials.account else ""
    message = f"They come from {case.provider.name}{account}; {end_of(credentials)}."
    if isinstance(case.provider, Fixed) and expires is not None and expires < time() + _SOON:
        yield Found(Level.WARNING, message, "Nothing renews them: get new ones before a long run.")
    else:
        yield Found(Level.OK, message)


def _proxies(case: Case) -> Iterator[Found]:
    """Proxy."""
    hops = [(shown, hop_of(url)) for url, shown in case.addresses.items()]
    for url, hop in hops:
        if isinstance(hop, Problem):
            yield Found(Level.PROBLEM, f"{url}: {hop.message}", hop.advice)
        elif hop.proxy:
            yield Found(Level.OK, f"{url} is asked through the proxy {hop.proxy}.")
    if not any(isinstance(hop, Problem) or hop.proxy for _, hop in hops):
        yield Found(Level.OK, "None applies.")


def _endpoints(case: Case) -> Iterator[Found]:
    """Endpoint."""
    hops = {url: hop for url in case.addresses if isinstance(hop := hop_of(url), Hop)}
    targets = sorted({hop.target for hop in hops.values()})
    reached = {one.target: one for one in reach(targets, case.timeout)}
    for url, hop in hops.items():
        found = reached[hop.target]
        via = " as far as its proxy" if hop.proxy else ""
        shown = case.addresses[url]
        if found.problem:
            advice = found.problem.advice if url in case.urls else _SERVICE
            yield Found(Level.PROBLEM, f"{shown}{via}: {found.problem.message}", advice)
        else:
            spoke = f" with {found.version}" if found.version else ""
            yield Found(Level.OK, f"{shown} is reached{via}{spoke}.")
    if not case.urls:
        yield Found(Level.WARNING, "No region is known, so none was tried.", "Give --region.")


def _tls(case: Case) -> Iterator[Found]:
    """TLS of this machine."""
    here = spoken()
    is_first = case.transport == "auto" and find_spec("pyreqwest")
    fast = "; rustls, which is tried first, TLSv1.2 and TLSv1.3" if is_first else ""
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
    offset = case.clock_offset
    if offset is None:
        message = "It could not be compared with that of the service."
        yield Found(Level.WARNING, message, "Look at the other lines.")
        return
    seconds = round(offset.total_seconds())
    if abs(seconds) <= _STEADY:
        yield Found(Level.OK, "It agrees with that of the service.")
    else:
        side = "behind" if seconds > 0 else "ahead of"
        message = f"It is {abs(seconds):,} seconds {side} that of the service."
        yield Found(Level.WARNING, message, "Set it: signatures and credentials depend on it.")


def _buckets(case: Case) -> Iterator[Found]:
    """Buckets."""
    discovery = case.discovery
    for one in discovery.diagnostics(strict=case.strict):
        level = Level.WARNING if one.severity == "warning" else Level.PROBLEM
        yield Found(level, f"{one.place}: {one.summary}.", one.detail)
    problem = discovery.problem
    if problem:
        yield Found(Level.PROBLEM, f"They cannot be listed: {problem.message}", _advice(problem))
    elif case.source and _is_listed(case):
        yield Found(Level.OK, "They can be listed (oss:ListBuckets).")
    for decision in discovery.decisions:
        if decision.bucket.region is None:
            unknown = own("RegionNotKnown" if decision.declaration.is_vague else "NoRegion")
            message = f"{decision.bucket.name}: {unknown.message}"
            yield Found(Level.PROBLEM, message, unknown.advice)
        yield from _misplaced(case, decision, decision.bucket)
    found = problem or discovery.decisions or discovery.conflicts
    if case.source and case.desired.valid and not found:
        message = "No bucket is declared, so that there is nothing to judge."
        yield Found(Level.PROBLEM, message, "Declare one that exists, or mend the patterns.")


def _permissions(case: Case) -> Iterator[Found]:
    """Permission."""
    if case.source is None:
        yield Found(Level.WARNING, "None was tried without credentials.")
        return
    fleet = case.fleet(case.source)
    for decisions in case.samples:
        for decision in decisions:
            request = Request(decision.bucket, type(decision.declaration.setting))
            outcome, bucket = case.discovery.placed(decision, fleet.read([request])[0])
            found = _permission(decision, outcome)
            yield found
            if bucket != decision.bucket:  # it was followed to where the service says that it is
                yield from _misplaced(case, decision, bucket)
            if found.level is not Level.WARNING:
                break


def _misplaced(case: Case, decision: Decision, bucket: Bucket) -> Iterator[Found]:
    level = Level.PROBLEM if case.strict else Level.WARNING
    for finding in decision.declaration.misplaced(bucket.region):
        message = f"{bucket.name}: {finding.message}."
        yield Found(level, message, f"Correct it in {decision.declaration.source.file}.")


def _permission(decision: Decision, outcome: Outcome) -> Found:
    """Return what came of reading one bucket; a warning says that it does not exist."""
    name, setting = decision.bucket.name, type(decision.declaration.setting)
    if isinstance(outcome, Problem):
        return Found(Level.PROBLEM, f"{name}: {outcome.message}", _advice(outcome))
    if outcome is Absence.BUCKET:
        message = f"{name} does not exist, so that {setting.permission} was not tried on it."
        return Found(Level.WARNING, message, "Correct its name, or create it.")
    return Found(Level.OK, f"{name} can be read ({setting.permission}).")


def _is_listed(case: Case) -> bool:
    """Return whether `drift plan` needs the list of buckets."""
    sought = any(one.is_pattern or one.is_vague for one in case.desired.declarations)
    return sought or case.discovery.policy != "ignore"


def _advice(problem: Problem) -> str:
    """Return what to do; the deadline of the doctor follows from --timeout."""
    late = problem.code in ("NotListed", "NotRead")
    return own("Timeout").advice if late else problem.advice


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
