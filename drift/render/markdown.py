"""The plan in Markdown, for pull requests and job summaries, as long as the place allows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from drift.plan import Plan, ResourceChange, Status, Verdict
from drift.render import Screen, markdown_group
from drift.render.fold import Group, folded
from drift.render.ladder import Limit, climb
from drift.render.markdown_head import head, title
from drift.render.phrase import buckets, ignored
from drift.render.rule import Kind, Rule, kind_of

_WORST = 10
_ELSEWHERE = "`drift plan --out PLAN` saves the whole plan, and `drift show PLAN` prints it."

_Groups: TypeAlias = Sequence[tuple[Kind, Group]]
"""The buckets about which something is to be said, the gravest first."""


def render(plan: Plan, _screen: Screen) -> str:
    """Return all of the plan; of buckets that are in sync, only their number and warnings."""
    return head(plan, title(plan)) + _at_length(_grouped(plan))


def fitted(plan: Plan, limit: Limit, *, whole: str = "", caveat: str = "") -> str:
    """Return as much of the plan as fits.

    If that is not all, it says what is left out, and where the whole is: `whole` is a sentence in
    Markdown, short and of our own. So is `caveat`, for a plan that nobody vouches for.
    """
    return climb(_rungs(plan, whole or _ELSEWHERE, caveat), limit)


def resolved(plan: Plan) -> str:
    """Return what is to be said when a drift is gone; raise `ValueError` if it is not."""
    if plan.verdict is not Verdict.IN_SYNC:
        raise ValueError("only a drift that is gone is resolved")
    is_equal = plan.summary.waived + ignored(plan) == 0
    said = "live matches desired again" if is_equal else "no drift that counts is left"
    return head(plan, f"✅ Resolved: {said}")


def _rungs(plan: Plan, whole: str, caveat: str = "") -> Iterator[str]:
    """Yield the report in ever fewer words; the last is short, whatever the plan."""
    groups, top = _grouped(plan), head(plan, title(plan, caveat), caveat)
    yield top + _at_length(groups)
    if left_out := _left_out_by_folding(groups):
        text = _shortened(top, f"{', '.join(left_out)}. {whole}")
        yield text + "".join(markdown_group.in_short(*one) for one in groups)
    kinds = _merged(groups)
    number = buckets(sum(len(group.resources) for _, group in kinds))
    text = _shortened(top, f"for each of {number}, what must change, why, and the notes. {whole}")
    yield text + "".join(markdown_group.by_line(*one) for one in kinds)
    text = _shortened(top, f"what must change, and all but the worst of {number}. {whole}")
    yield text + _counts(kinds)


def _at_length(groups: _Groups) -> str:
    return "".join(markdown_group.at_length(*one) for one in groups)


def _shortened(top: str, left_out: str) -> str:
    return f"{top}> **Shortened to fit.** Left out: {left_out}\n\n"


def _counts(kinds: _Groups) -> str:
    """Return how many have what, and a line for each of the worst."""
    counts = "".join(markdown_group.by_number(*one) for one in kinds)
    every = [(kind, one) for kind, group in kinds for one in group.resources]
    worst = "".join(markdown_group.in_a_line(*one) for one in every[:_WORST])
    return f"{counts}\n### The worst\n\n{worst}"


def _grouped(plan: Plan) -> _Groups:
    """Return what is not in sync, and what is but has warnings, folded."""
    groups = folded(
        one for one in plan.resource_changes if one.status is not Status.IN_SYNC or one.warnings
    )
    found = [(kind_of(group.first, plan) or Kind(Rule.WARNING), group) for group in groups]
    return sorted(found, key=lambda one: one[0].gravity)


def _merged(groups: _Groups) -> _Groups:
    """Return one group for each kind."""
    of_kind: defaultdict[Kind, list[ResourceChange]] = defaultdict(list)
    for kind, group in groups:
        of_kind[kind] += group.resources
    return [(kind, Group(tuple(resources))) for kind, resources in of_kind.items()]


def _left_out_by_folding(groups: _Groups) -> list[str]:
    alike = [len(group.resources) for _, group in groups if not group.is_single]
    names = sum(max(0, number - markdown_group.MOST_NAMES) for number in alike)
    notes = sum(markdown_group.note_count(group) for _, group in groups)
    told = {
        f"the names of {buckets(names)}": names,
        f"where the {sum(alike)} that are alike are declared": alike,
        f"{notes} notes on what is stored without effect, or suspicious": notes,
    }
    return [what for what, number in told.items() if number]
