"""Which file decides each bucket, and why: what `drift plan --list` prints."""

from collections.abc import Iterable, Iterator
from typing import Any

from drift.desired.declaration import Declaration
from drift.discovery.decide import Decision, Discovery
from drift.live.source import Bucket
from drift.planfile import harmless
from drift.render import Format, Screen
from drift.render.line import Line, drawn, sentences
from drift.render.phrase import place
from drift.untrusted import visible

_WIDEST = 40
"""The widest column, in characters: one bucket with a long name must not push all others away."""


def render(discovery: Discovery, name: Format, screen: Screen) -> str:
    """Return a line for each bucket, or all of it as JSON."""
    return _dumps(discovery) if name == "json" else drawn(_lines(discovery, screen), screen)


def _lines(discovery: Discovery, screen: Screen) -> Iterator[Line]:
    rows = sorted((*map(_decided, discovery.decisions), *map(_undeclared, discovery.undeclared)))
    rows += map(_unlisted, discovery.unlisted)
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)][:3]
    for *cells, why in rows:
        lead = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
        if screen.width is None or len(lead) + 2 + len(why) <= screen.width:
            yield Line(f"{lead}  {why}")
        else:
            yield Line(lead.rstrip())
            yield from sentences(why, screen, lead="    ", kind="#")
    for declaration in discovery.idle:
        what = f'"{declaration.bucket}" in {place(declaration.source)} decides none of its buckets'
        yield from sentences(f"{what}: others beat it.", screen)
    if discovery.problem:
        said = f"{visible(discovery.problem.message, 500)} {visible(discovery.problem.advice, 500)}"
        yield from sentences(f"The buckets could not be listed. {said}", screen, kind="bad")
    yield from sentences(_summary(discovery), screen, kind="head")


def _decided(decision: Decision) -> tuple[str, str, str, str]:
    declaration, bucket = decision.declaration, decision.bucket
    why = f'matches "{declaration.bucket}"' if declaration.is_pattern else "is named"
    if decision.beaten:
        why += " before " + ", ".join(f'"{x.bucket}" in {place(x.source)}' for x in decision.beaten)
    if others := [one for one in decision.policies if one is not declaration]:
        what = "policy" if len(others) == 1 else "policies"
        why += f", under the {what} in {', '.join(place(one.source) for one in others)}"
    return bucket.name, bucket.region or "-", place(declaration.source), why


def _undeclared(bucket: Bucket) -> tuple[str, str, str, str]:
    return bucket.name, str(bucket.region), "-", "undeclared"


def _unlisted(declaration: Declaration) -> tuple[str, str, str, str]:
    why = "unknown: its buckets could not be listed"
    return declaration.bucket, declaration.region or "-", place(declaration.source), why


def _summary(discovery: Discovery) -> str:
    decided = len({decision.bucket.name for decision in discovery.decisions})
    buckets = "bucket is" if decided == 1 else "buckets are"
    number = "it is not known how many" if discovery.problem else len(discovery.undeclared)
    undeclared = "" if discovery.policy == "ignore" else f", {number} undeclared"
    disputed = " Declarations that disagree decide nothing." if discovery.conflicts else ""
    return f"{decided} {buckets} declared{undeclared}.{disputed}"


def _dumps(discovery: Discovery) -> str:
    """Return it as JSON, with each bucket and each pattern on a line."""
    problem = discovery.problem and discovery.problem.model_dump(mode="json")
    lists = {
        "decisions": map(_decision, discovery.decisions),
        "undeclared": ({"name": one.name, "region": one.region} for one in discovery.undeclared),
        "conflicts": ({"place": str(x.place), "message": x.summary} for x in discovery.conflicts),
        "idle": map(_declared, discovery.idle),
        "unlisted": map(_declared, discovery.unlisted),
    }
    members = [f'  "{name}": {_list(entries)}' for name, entries in lists.items()]
    head = f'{{\n  "format_version": "1.0",\n  "problem": {harmless(problem)},\n'
    return head + ",\n".join(members) + "\n}\n"


def _list(entries: Iterable[object]) -> str:
    lines = ",\n".join(f"    {harmless(entry)}" for entry in entries)
    return f"[\n{lines}\n  ]" if lines else "[]"


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "name": decision.bucket.name,
        "region": decision.bucket.region,
        "type": decision.declaration.setting.type,
        "decided_by": _declared(decision.declaration),
        "before": [_declared(one) for one in decision.beaten],
        "policies": [_declared(one) for one in decision.policies],
    }


def _declared(declaration: Declaration) -> dict[str, Any]:
    source = declaration.source
    return {
        "bucket": declaration.bucket,
        "source": {"file": source.file, "line": source.line, "column": source.column},
    }
