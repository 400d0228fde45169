"""Finding the buckets of the account, where patterns or undeclared buckets make that necessary."""

from collections.abc import Sequence
from dataclasses import replace

from drift.desired.declaration import Declaration
from drift.discovery.decide import Discovery, Listing, decide
from drift.errors import StoppedError
from drift.live.fleet import Fleet
from drift.live.problem import unexpected
from drift.live.source import Tag
from drift.plan import Problem, Undeclared


def discover(
    declarations: Sequence[Declaration],
    fleet: Fleet,
    *,
    region: str | None = None,
    undeclared: Undeclared | None = None,
) -> Discovery:
    """Find the buckets, and decide each. They are listed, in `region`, only if that is needed.

    By default undeclared buckets are reported if there is any pattern, and else ignored.
    """
    patterns = tuple(one for one in declarations if one.is_pattern)
    policy = undeclared or ("report" if patterns else "ignore")
    if policy == "ignore" and not patterns and not any(one.is_vague for one in declarations):
        return decide(declarations, Listing())
    names = [one for one in declarations if not one.is_pattern]
    try:
        listing = _listing(declarations, fleet, region)
    except StoppedError:
        raise StoppedError(tuple(sorted({one.bucket for one in names}))) from None
    if isinstance(listing, Problem):
        # As for another account's buckets: what a policy asks of a name needs no list.
        policies = [one for one in patterns if one.policy and not one.scope.tags]
        named = replace(decide([*names, *policies], Listing()), idle=(), unmatched=())
        unlisted = tuple(sorted(patterns, key=lambda one: one.order))
        return replace(named, unlisted=unlisted, problem=listing, policy=policy)
    found = decide(declarations, listing)
    return replace(found, policy=policy) if policy != "ignore" else replace(found, undeclared=())


def _listing(
    declarations: Sequence[Declaration], fleet: Fleet, region: str | None
) -> Listing | Problem:
    named = sorted({one.exact_region for one in declarations if one.exact_region})
    asked = region or next(iter(named), None)
    buckets = fleet.listing(asked)
    if isinstance(buckets, Problem):
        return buckets
    tagged: dict[Tag, frozenset[str]] = {}
    known = frozenset(buckets)
    for tag in sorted({Tag(*pair) for one in declarations for pair in one.scope.tags}):
        found = fleet.listing(asked, tag)
        if isinstance(found, Problem):
            return found
        if not known.issuperset(found):
            return unexpected("lists a bucket by its tag that the list of all buckets has not")
        tagged[tag] = frozenset(bucket.name for bucket in found)
    return Listing(buckets, tagged)
