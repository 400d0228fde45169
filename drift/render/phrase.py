"""What reports say in the same words: how many, in which regions, and what it comes to."""

from collections.abc import Callable, Mapping, Sequence

from drift.plan import Plan, ResourceChange, Source, Status, Verdict
from drift.untrusted import visible

NO_BUCKET = "No declared bucket was found, so nothing is called green."
"""What a plan says that has nothing to judge: it is incomplete, though no bucket is unreadable."""

STATUS = {
    Status.IN_SYNC: "in sync",
    Status.WAIVED: "waived",
    Status.DRIFT: "drifted",
    Status.MISSING: "missing",
    Status.UNREADABLE: "not judged",
    Status.UNDECLARED: "undeclared",
}

_MANY = {"is": "are", "does": "do", "differs": "differ", "has": "have", "breaks": "break"}


def buckets(number: int) -> str:
    """Return so many buckets: "1 bucket", "37 buckets"."""
    return f"{number} bucket{'' if number == 1 else 's'}"


def agreed(phrase: str, number: int) -> str:
    """Return what is said of one bucket as it is said of so many: "is weaker" as "are weaker"."""
    verb, space, rest = phrase.partition(" ")
    return phrase if number == 1 else _MANY.get(verb, verb) + space + rest


def by_region(
    regions: Sequence[tuple[str, int]], name: Callable[[str], str], most: int | None = None
) -> str:
    """Return how many are in which region, `most` regions by name; the rest is added up."""
    told = [f"{name(region or 'unknown')} {number}" for region, number in regions[:most]]
    rest = regions[len(told) :]
    if rest:
        told.append(f"{sum(number for _, number in rest)} in {len(rest)} more")
    return ", ".join(told)


def numbers(plan: Plan) -> dict[str, int]:
    """Return how many buckets there are of each kind, by its name."""
    count = plan.summary.model_dump()
    return {word: count[status] for status, word in STATUS.items()}


def counted(of_kind: Mapping[str, int]) -> str:
    """Return the kinds of which there is any: "1 in sync, 2 drifted"; or "none"."""
    return ", ".join(f"{number} {kind}" for kind, number in of_kind.items() if number) or "none"


def todo(plan: Plan) -> str:
    """Return how much there is to do, as Terraform says it; nothing if that is nothing."""
    if plan.verdict is Verdict.IN_SYNC and not plan.applyable:
        return ""
    actions = [resource.change.actions for resource in plan.resource_changes]
    add, change = actions.count(("create",)), actions.count(("update",))
    return f"Plan: {add} to add, {change} to change, 0 to destroy."


def green(plan: Plan) -> str:
    """Return what a plan that is in sync comes to; what is excused is not called equal."""
    number = plan.summary.waived
    waived = f" {number} {'drift is' if number == 1 else 'drifts are'} waived." if number else ""
    if uncounted(plan):
        return f"Nothing that counts has drifted.{waived}"
    return f"No changes are needed.{waived}" if waived else "No changes. Live matches desired."


def ignored(plan: Plan) -> int:
    """Return how many of the drifted buckets do not count."""
    return sum(map(plan.ignores, plan.resource_changes))


def uncounted(plan: Plan) -> str:
    """Return how many of the drifted buckets do not count, and why; nothing if all of them do."""
    if not (number := ignored(plan)):
        return ""
    count = agreed("does not count", number)
    weaker = "nothing there is weaker than desired"
    return f"Of the drifted, {number} {count}, by --fail-on weaker: {weaker}."


def idle(plan: Plan) -> str:
    """Return how many buckets are in sync, but not as they look at first; nothing if none is."""
    number = sum(bool(one.inert) for one in plan.resource_changes if one.status is Status.IN_SYNC)
    return f"In sync, but with stored values that have no effect: {number}." if number else ""


def does(it: str, resource: ResourceChange, meaning: str) -> str:
    """Return what `it` does, a `meaning` that is fit to be shown; nothing if it means nothing."""
    never = "was never configured: it " if resource.change.actions == ("create",) else ""
    return f"{it} {never}{meaning}." if meaning else ""


def read_at(plan: Plan) -> str:
    """Return when live was read."""
    return plan.timestamp.isoformat(" ", "seconds").replace("+00:00", " UTC")


def place(source: Source, longest: int = 300) -> str:
    """Return the file, of at most so many characters, and the line."""
    return f"{visible(source.file, longest)}:{source.line}"


def ended(sentence: str) -> str:
    """Return a stranger's sentence with an end."""
    return sentence if not sentence or sentence.endswith((".", "!", "?")) else f"{sentence}."
