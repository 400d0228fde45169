"""A policy's schema, taken apart: every subschema by its JSON pointer, and what refers to what."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from drift.policy.keywords import APPLICATORS, Schema, Step
from drift.positions import escaped


class Child(NamedTuple):
    """A subschema: where it stands, and what it judges."""

    pointer: str
    keyword: str
    step: Step
    member: str
    """The member that it judges, where that is the step."""
    schema: Schema

    @property
    def always_counts(self) -> bool:
        """Whether a value satisfies the schema above only if this one is satisfied, too."""
        return self.keyword in ("$ref", "allOf", "properties", "items")


def fragment_of(reference: object, own_id: object) -> str | None:
    """Return the fragment of a `$ref` that leads into its own file; None if it leads out of it.

    `own_id` is the file's `$id`, with which a reference may begin, and to which it may be relative.
    """
    if not isinstance(reference, str):
        return None
    if reference[:1] in ("", "#"):
        return reference[1:]
    base = urldefrag(own_id).url if isinstance(own_id, str) else ""
    try:
        target, fragment = urldefrag(urljoin(base, reference))
    except ValueError:  # such as that of an IPv6 address without its end
        return None
    return fragment if base and target == base else None


class Outline:
    """All subschemas of a schema. What is malformed in it has no subschemas."""

    def __init__(self, schema: dict[str, object]) -> None:
        """Take the schema, of any size and depth."""
        self.id = schema.get("$id")
        self.schemas: dict[str, Schema] = {"": schema}
        self.children: dict[str, list[Child]] = {}
        self.anchors: dict[str, list[str]] = {}
        """Where each `$anchor` stands."""
        waiting: list[tuple[str, Schema]] = [("", schema)]
        while waiting:
            pointer, one = waiting.pop()
            below = [*_children(pointer, one)]
            self.children[pointer] = below
            self.schemas |= {child.pointer: child.schema for child in below}
            waiting += ((child.pointer, child.schema) for child in below)
            if isinstance(one, dict) and isinstance(one.get("$anchor"), str):
                self.anchors.setdefault(str(one["$anchor"]), []).append(pointer)

    def target(self, reference: object) -> str | None:
        """Return the pointer of the subschema that a `$ref` names; None if there is none."""
        inner = fragment_of(reference, self.id)
        if inner is None:
            return None
        fragment = unquote(inner)
        if fragment and not fragment.startswith("/"):
            return next(iter(self.anchors.get(fragment, ())), None)
        return fragment if fragment in self.schemas else None

    def edges(self, pointer: str) -> Iterator[Child]:
        """Yield what the schema at `pointer` has judged by others: subschemas, and a `$ref`'s."""
        yield from (child for child in self.children[pointer] if child.step != "nowhere")
        schema = self.schemas[pointer]
        target = self.target(schema.get("$ref")) if isinstance(schema, dict) else None
        if target is not None:
            yield Child(target, "$ref", "here", "", self.schemas[target])


def _children(pointer: str, schema: Schema) -> Iterator[Child]:
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        applicator = APPLICATORS.get(keyword)
        if applicator is None:
            continue
        at = f"{pointer}/{escaped(keyword)}"
        for step, one in _named(applicator.shape, value):
            if isinstance(one, dict | bool):
                below = f"{at}/{escaped(step)}" if step is not None else at
                yield Child(below, keyword, applicator.step, step or "", one)


def _named(shape: str, value: object) -> Iterator[tuple[str | None, object]]:
    if shape == "one":
        yield None, value
    elif shape == "list" and isinstance(value, list):
        yield from ((str(index), one) for index, one in enumerate(value))
    elif shape == "object" and isinstance(value, dict):
        yield from value.items()
