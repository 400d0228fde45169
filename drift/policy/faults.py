"""What is wrong with a policy's schema, before anything is judged by it.

Whoever writes a keyword means it. What JSON Schema would pass over in silence is an error here: a
policy that says less than its author believes is green without having earned it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import chain

from drift.diagnostic import Diagnostic, limit
from drift.policy.keywords import KNOWN, NEEDED, REFUSED, ROOT_ONLY, UNEVALUATED
from drift.policy.outline import Outline, fragment_of
from drift.policy.validator import can_run, malformed
from drift.positions import JsonText, Place, Position, escaped
from drift.settings.faults import did_you_mean
from drift.untrusted import visible

LARGEST = 1 << 20
"""The longest policy, in characters."""

_MOST_SCHEMAS = 2_000
_DEEPEST = 100
"""How deep objects and lists may stand in each other; the library counts to 255."""

_MOST_WORK = 2_000
"""How often subschemas may have to be asked about one document, references followed.

Tens of thousands of documents may have to be looked at, for each live one that is like no other.
"""

_LEVELS = 6
"""How deep documents are, and one more: the root, the setting, a part, a list, an entry."""

_MOST_PATTERNS = 200
"""How many regular expressions there may be: to compile one takes a millisecond."""

_HALF = re.compile("[\ud800-\udfff]")
_URI = re.compile(r"(?:[\w.~!$&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})*", re.ASCII)


def faults(text: JsonText, schema: dict[str, object]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the schema, all of it; it is safe to be used if nothing is."""
    if len(text.text) > LARGEST:
        start = Position(1, 1, 0)
        said = f"The policy is larger than {LARGEST >> 20} MiB"
        return (Diagnostic("error", Place(text.file, "", start, start), said, "Split it."),)
    if _is_deep(schema):
        return (Diagnostic("error", text.value(""), "The policy is nested too deeply"),)
    if halves := limit(_halves(text, schema)):  # the library takes no such text
        return halves
    outline = Outline(schema)
    if len(outline.schemas) > _MOST_SCHEMAS:
        said = f"The policy has more than {_MOST_SCHEMAS:,} subschemas"
        return (Diagnostic("error", text.value(""), said, "Split it."),)
    found = chain(
        _keywords(text, outline),
        _shapes(text, outline),
        _patterns(text, outline),
        _references(text, outline),
        _repeated_anchors(text, outline),
    )
    return limit(found) or tuple(_endless(text, outline))


def _is_deep(schema: dict[str, object]) -> bool:
    level: list[dict[str, object] | list[object]] = [schema]
    for _ in range(_DEEPEST):
        inner = chain.from_iterable(map(_values, level))
        level = [one for one in inner if isinstance(one, dict | list)]
    return bool(level)


def _values(holder: dict[str, object] | list[object]) -> Iterable[object]:
    return holder.values() if isinstance(holder, dict) else holder


def _halves(text: JsonText, schema: object) -> Iterator[Diagnostic]:
    """Yield the texts that have half a character of UTF-16, which is no Unicode."""
    waiting = [("", schema)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting += ((f"{pointer}/{escaped(name)}", one) for name, one in value.items())
        elif isinstance(value, list):
            waiting += ((f"{pointer}/{index}", one) for index, one in enumerate(value))
        if _HALF.search(pointer.rpartition("/")[2]) or (
            isinstance(value, str) and _HALF.search(value)
        ):
            said = "This text has half a character: a surrogate without its other half"
            yield Diagnostic("error", text.name(text.nearest(pointer)), said)


def _keywords(text: JsonText, outline: Outline) -> Iterator[Diagnostic]:
    """Yield the keywords that are unknown, that a policy cannot use, or that say nothing."""
    used = {keyword for one in outline.schemas.values() if isinstance(one, dict) for keyword in one}
    for pointer, schema in outline.schemas.items():
        beside = schema if isinstance(schema, dict) else {}
        for keyword in beside:
            said = _unusable(keyword, is_root=pointer == "") or _useless(keyword, beside, used)
            if said:
                place = text.name(text.nearest(f"{pointer}/{escaped(keyword)}"))
                yield Diagnostic("error", place, *said)


def _unusable(keyword: str, *, is_root: bool) -> tuple[str, str] | None:
    shown = visible(keyword, 60)
    if keyword in REFUSED:
        return f"`{shown}` cannot be used in a policy", REFUSED[keyword]
    if keyword not in KNOWN:
        near = did_you_mean(keyword, KNOWN)
        return f"unknown keyword `{shown}`", f"Did you mean {near}?" if near else ""
    if keyword in ROOT_ONLY and not is_root:
        return f"`{shown}` can stand at the root of a policy only", ""
    return None


def _useless(
    keyword: str, beside: Collection[str], used: Collection[str]
) -> tuple[str, str] | None:
    needed = NEEDED.get(keyword)
    if needed is None or any(one in beside for one in needed):
        return None
    if keyword == "if" and not UNEVALUATED.isdisjoint(used):  # what it looks at is evaluated
        return None
    wanted = " or ".join(f"`{one}`" for one in needed)
    return f"`{keyword}` says nothing without {wanted} beside it", ""


def _shapes(text: JsonText, outline: Outline) -> Iterator[Diagnostic]:
    """Yield the keywords whose values are malformed."""
    for pointer in malformed(outline.schemas[""]):
        steps = [step for step in pointer.split("/") if step in KNOWN or step in REFUSED]
        said = f"`{steps[-1]}` has a value that JSON Schema does not allow there"
        yield Diagnostic("error", text.value(text.nearest(pointer)), said)


def _patterns(text: JsonText, outline: Outline) -> Iterator[Diagnostic]:
    """Yield the regular expressions that cannot be used."""
    patterns = dict(_all_patterns(outline))
    if len({*patterns.values()}) > _MOST_PATTERNS:
        said = f"The policy has more than {_MOST_PATTERNS:,} regular expressions"
        yield Diagnostic("error", text.value(""), said, "Split it.")
        return
    for at, pattern in patterns.items():
        if not can_run(pattern):
            yield Diagnostic(
                "error",
                text.value(text.nearest(at)),
                f'"{visible(pattern, 60)}" is no regular expression that can be used',
                "Look-around and back-references cannot, nor what is large; say it with `not`.",
            )


def _all_patterns(outline: Outline) -> Iterator[tuple[str, str]]:
    for pointer, schema in outline.schemas.items():
        if isinstance(schema, dict):
            pattern, named = schema.get("pattern"), schema.get("patternProperties")
            if isinstance(pattern, str):
                yield f"{pointer}/pattern", pattern
            if isinstance(named, dict):
                yield from ((f"{pointer}/patternProperties/{escaped(one)}", one) for one in named)


def _references(text: JsonText, outline: Outline) -> Iterator[Diagnostic]:
    """Yield the references that do not lead to a subschema of this file, and a bad `$id`."""
    base = outline.schemas[""]
    if isinstance(base, dict) and not _URI.fullmatch(str(base.get("$id", ""))):
        said = f'"{visible(str(base["$id"]), 120)}" is no URI'
        yield Diagnostic("error", text.value("/$id"), said, "Leave it out.")
    for pointer, schema in outline.schemas.items():
        if not isinstance(schema, dict) or "$ref" not in schema:
            continue
        reference = schema["$ref"]
        place = text.value(text.nearest(f"{pointer}/$ref"))
        shown = visible(str(reference), 120)
        if not isinstance(reference, str) or (
            outline.target(reference) is not None and _URI.fullmatch(reference)
        ):
            continue
        if outline.target(reference) is not None:
            said = f'"{shown}" has characters that stand in no URI'
            yield Diagnostic("error", place, said, "Write each byte of them as % and two digits.")
        elif fragment_of(reference, outline.id) is not None:
            yield Diagnostic("error", place, f'"{shown}" leads to no schema of this file')
        else:
            said = f'"{shown}" leads out of this file, and nothing is fetched'
            yield Diagnostic("error", place, said, "Put the schema into `$defs`.")


def _repeated_anchors(text: JsonText, outline: Outline) -> Iterator[Diagnostic]:
    for name, pointers in outline.anchors.items():
        for pointer in sorted(pointers)[1:]:
            place = text.value(text.nearest(f"{pointer}/$anchor"))
            said = f'the anchor "{visible(name, 60)}" stands at another schema, too'
            yield Diagnostic("error", place, said, "Keep one of them.")


def _endless(text: JsonText, outline: Outline) -> Iterator[Diagnostic]:
    """Yield a reference that leads back to itself, or to more than can be followed."""
    here = {
        pointer: [edge.pointer for edge in outline.edges(pointer) if edge.step == "here"]
        for pointer in outline.schemas
    }
    try:
        order = [*TopologicalSorter(here).static_order()]
    except CycleError as error:
        circle: list[str] = error.args[1]
        place = text.value(text.nearest(min(circle)))
        yield Diagnostic("error", place, "This schema refers to itself, without end")
        return
    if _work(outline, order) > _MOST_WORK:
        said = f"Its subschemas would have to be asked more than {_MOST_WORK:,} times"
        yield Diagnostic("error", text.value(""), said, "Refer to fewer of them.")


def _work(outline: Outline, order: list[str]) -> int:
    """Return in how many ways a schema is come to by one document, if references are followed."""
    deeper = dict.fromkeys(order, 0)
    for _ in range(_LEVELS):
        level: dict[str, int] = {}
        for pointer in order:  # what a schema leads to comes before it
            level[pointer] = 1 + sum(
                (level if edge.step == "here" else deeper)[edge.pointer]
                for edge in outline.edges(pointer)
            )
        deeper = level
    return deeper[""]
