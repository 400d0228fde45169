"""The plan as annotations of GitHub Actions: commands that its runner finds in the log."""

from collections.abc import Iterator

from drift.plan import Plan
from drift.render import Screen
from drift.render.few import fitted
from drift.render.phrase import counted, numbers, uncounted
from drift.render.result import Result, results
from drift.render.rule import Level

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_MOST = 10
"""So many annotations of each kind are shown of one step; the others stay in its log unseen."""

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})
"""What the runner unescapes in what is said, and in where: its `ActionCommand` has the tables."""


def render(plan: Plan, _screen: Screen) -> str:
    """Return an annotation on each line, the worst first, and the verdict on the last one."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    found = results(plan)
    hidden = 0
    for level, command in _COMMANDS.items():
        of_level = [one for one in found if one.level == level]
        # One notice is kept for what is not shown: ten buckets may be undeclared.
        shown = fitted(of_level, _MOST - (level == "note"))
        hidden += sum(one.buckets for one in of_level) - sum(one.buckets for one in shown)
        yield from (_annotation(command, one) for one in shown)
    if hidden:
        said = f"{hidden} more results are not shown here. `drift show PLAN` has all."
        yield f"::notice title=drift::{said}"
    yield _verdict(plan)


def _annotation(command: str, result: Result) -> str:
    place = ""
    if result.location:
        file, line, column = result.location
        place = f"file={file.translate(_PROPERTY)},line={line},col={column},"
    return f"::{command} {place}title={result.rule.value}::{result.message.translate(_DATA)}"


def _verdict(plan: Plan) -> str:
    said = f"Verdict: {plan.verdict}. Buckets: {counted(numbers(plan))}. {uncounted(plan)}"
    return said.rstrip()
