"""What policies want of one live document: what to compare it with, and what each rule says.

A rule alone says what must not be. From the nearest document that satisfies all of them follow the
changes, as from any desired file; the rules that live breaks say why.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from drift.desired.declaration import Declaration
from drift.discovery.decide import Decision
from drift.live.source import Bucket
from drift.plan import Change, Impact, Problem, Severity, Source, Violation
from drift.settings.setting import Setting
from drift.settings.states import TooManyError

if TYPE_CHECKING:
    from drift.policy.demand import Demand
    from drift.policy.policy import Policy

_ORDER = [*Severity]
_ENTRY = re.compile("/[0-9]+$")


@dataclass(frozen=True)
class Broken:
    """A rule that live breaks, where in its document, and the severity that its policy sets."""

    violation: Violation
    value: str
    severity: Severity | None

    def is_about(self, path: str) -> bool:
        """Return whether the place is the one of a change, above it, or below."""
        one, other = f"{self.value}/", f"{path}/"
        return one.startswith(other) or other.startswith(one)


@dataclass(frozen=True)
class Ruling:
    """The document to compare with, the rules that live breaks, and what is declared exactly."""

    desired: Setting
    broken: tuple[Broken, ...]
    declaration: Declaration

    def locate(self, path: str) -> Source:
        """Return where it is said what a value should be: in the exact file, else in a policy."""
        if self._is_exact(path):
            return self.declaration.locate(path)
        return next(
            (one.violation.source for one in self.broken if one.is_about(path)),
            self.declaration.source,
        )

    def told(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Return changes with the rules that want them, and how much their policies say it matters.

        A rule that is about none of them is about the document as a whole: it wants all that are
        not declared exactly.
        """
        free = [one.path for one in changes if not self._is_exact(one.path)]
        whole = [one for one in self.broken if not any(map(one.is_about, free))]
        return tuple(self._told(change, whole) for change in changes)

    def _told(self, change: Change, whole: Sequence[Broken]) -> Change:
        is_exact = self._is_exact(change.path)
        about = [one for one in self.broken if one.is_about(change.path) or one in whole]
        if is_exact:  # what is about more than this part may be about the others
            about = [one for one in about if one.value.startswith(_part(change.path))]
        rules = tuple(dict.fromkeys(one.violation for one in about))
        said = [one.severity for one in about if one.severity]
        if is_exact or change.impact is Impact.NEUTRAL or not said:
            return change.model_copy(update={"violations": rules})
        gravest = min(said, key=_ORDER.index)
        return change.model_copy(update={"violations": rules, "severity": gravest})

    def _is_exact(self, path: str) -> bool:
        _, _, member, *_ = path.split("/")
        return member in self.declaration.setting.normal()


def _part(path: str) -> str:
    """Return the pointer to the part that a change is in, or to what stands beside the parts."""
    return "/".join(path.split("/")[:3])


def ruling(
    decision: Decision,
    demand: "Demand | None",
    live: Setting | None,
    bucket: Bucket,
    *,
    strict: bool,
) -> Ruling | Problem:
    """Return what to compare a bucket with, or why nothing is right."""
    declaration = decision.declaration
    if demand is None:
        return Ruling(declaration.setting, (), declaration)
    case = demand.case(bucket.name, bucket.region)
    try:
        desired = demand.target(live, case, strict=strict)
    except TooManyError as error:
        return _problem("TooManyDocuments", f"The policies are too wide: {error}.", decision)
    if desired is None:
        said = "Nothing that drift knows satisfies all that is declared for this bucket."
        return _problem("NothingSatisfies", said, decision)
    whole = (type(desired)() if live is None else live).as_live()
    document = case.around(whole.complete())
    broken = tuple(one for policy in demand.policies for one in _broken(policy, document))
    return Ruling(desired, broken, declaration)


def _broken(policy: "Policy", document: dict[str, JsonValue]) -> Iterator[Broken]:
    for breach in policy.breaches(document):
        yield Broken(policy.violation(breach), _ENTRY.sub("", breach.value), policy.severity)


def _problem(code: str, message: str, decision: Decision) -> Problem:
    declared = (decision.declaration, *decision.policies)
    files = dict.fromkeys(f"{one.source.file}:{one.source.line}" for one in declared)
    return Problem(code=code, message=message, advice=f"Mend {', '.join(files)}.")
