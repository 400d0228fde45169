"""The use case: declarations and a fleet of live buckets in, a plan out."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from drift import __version__
from drift.desired.declaration import Declaration
from drift.discovery.decide import Discovery
from drift.discovery.discover import discover
from drift.errors import StoppedError
from drift.judge import Judge
from drift.live.clock_skew import ClockSkew
from drift.live.fleet import Fleet, Request, StoppedReadingError
from drift.live.source import Bucket
from drift.plan import BUCKET, FailOn, Plan, ResourceChange, Status
from drift.waivers.waivers import NO_WAIVERS, Waivers


class StoppedPlanError(StoppedError):
    """A person stopped the run; `plan` is incomplete, and has what was read until then."""

    def __init__(self, unread: tuple[str, ...], plan: Plan) -> None:
        """Take the buckets that were not looked at, and the plan."""
        super().__init__(unread)
        self.plan = plan


def check(
    declarations: Sequence[Declaration],
    fleet: Fleet,
    *,
    strict: bool = False,
    now: datetime,
    waivers: Waivers = NO_WAIVERS,
) -> Plan:
    """Find and read what is declared, compare it, and return the plan, sorted by name.

    With `strict`, a setting that is not reported is not taken for its default, and a warning is a
    problem.
    """
    found = discover(declarations, fleet)
    return compare(found, fleet, strict=strict, now=now, waivers=waivers)


def compare(  # noqa: PLR0913 - what a run is asked for
    discovery: Discovery,
    fleet: Fleet,
    *,
    strict: bool = False,
    now: datetime,
    waivers: Waivers = NO_WAIVERS,
    fail_on: FailOn = "any",
    clock_skew: Callable[[], ClockSkew] = ClockSkew,
) -> Plan:
    """Read what was decided, compare it, and return the plan, sorted by name.

    The plan has the service's time. `clock_skew` returns how far that is ahead of `now`, as far as
    the answers that were read until then show it.
    Raise `StoppedPlanError` on Ctrl-C, and `ValueError` for declarations that disagree: without
    their buckets it could be green.
    """
    if discovery.conflicts:
        raise ValueError("declarations that disagree cannot be compared")
    decisions = discovery.decisions
    requests = [Request(one.bucket, type(one.declaration.setting)) for one in decisions]
    stopped: StoppedReadingError | None = None
    try:
        read = fleet.read(requests)
    except StoppedReadingError as error:
        stopped, read = error, error.found
    skew = clock_skew()
    judge = Judge(waivers.by_clocks(now, skew), strict=strict)
    resources = [
        judge.judged(decision, discovery.placed(decision, found))
        for decision, found in zip(decisions, read, strict=True)
    ]
    resources += map(_undeclared, discovery.undeclared)
    resources += _unlisted(discovery)
    plan = Plan(
        drift_version=__version__,
        timestamp=(now + skew.farthest).replace(microsecond=0),
        undeclared=discovery.policy,
        fail_on=fail_on,
        resource_changes=tuple(sorted(resources, key=lambda one: (one.name, one.type))),
    )
    if stopped:
        raise StoppedPlanError(stopped.unread, plan)
    return plan


def _undeclared(bucket: Bucket) -> ResourceChange:
    return ResourceChange(
        type=BUCKET, name=bucket.name, region=bucket.region, status=Status.UNDECLARED
    )


def _unlisted(discovery: Discovery) -> Iterator[ResourceChange]:
    """Yield what is not known because the buckets could not be listed: nothing of it is green."""
    if discovery.problem is None:
        return
    # Where one pattern stands in two files, the plan has it once.
    patterns = {(one.bucket, one.setting.type): one for one in reversed(discovery.unlisted)}
    for (pattern, kind), one in patterns.items():
        yield ResourceChange(
            type=kind,
            name=pattern,
            region=one.region,
            status=Status.UNREADABLE,
            source=one.source,
            problem=discovery.problem,
        )
    if not patterns and discovery.policy != "ignore":
        yield ResourceChange(
            type=BUCKET, name="*", region=None, status=Status.UNREADABLE, problem=discovery.problem
        )
