"""A policy: what must hold of the live documents of some buckets."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from pydantic import JsonValue

from drift.plan import Severity, Source, Violation
from drift.policy.keywords import APPLICATORS
from drift.policy.outline import Outline, fragment_of
from drift.policy.spots import Spot, Spots
from drift.policy.validator import Breach, Validator
from drift.positions import JsonText
from drift.settings import SETTINGS
from drift.settings.setting import Setting

_WHOLE = "urn:oss-drift:policy"
_SPELLING = ("const", "enum")


@dataclass(frozen=True, eq=False)
class Policy:
    """A schema that was found to be sound, and what its author says about it."""

    text: JsonText
    schema: dict[str, object]
    """What it spells out is called there as documents call it: see `canonical`."""
    severity: Severity | None = None
    help: str = ""

    @cached_property
    def outline(self) -> Outline:
        """Its subschemas."""
        return Outline(self.schema)

    @cached_property
    def spots(self) -> Spots:
        """Where they are applied."""
        return Spots(self.outline)

    @cached_property
    def validator(self) -> Validator:
        """What judges by it; raises `ValueError` if nothing can."""
        return Validator(self.schema)

    def always(self, spot: Spot) -> list[Validator]:
        """Return what a value at a spot must satisfy, whatever else a document has."""
        return [self.part(pointer) for pointer in self.spots.always(spot)]

    def part(self, pointer: str) -> Validator:
        """Return what judges by the subschema at `pointer` alone."""
        if pointer not in self._parts:
            whole = {**self.schema, "$id": _WHOLE}
            reference = f"{_WHOLE}#{quote(pointer)}"
            self._parts[pointer] = Validator({"$ref": reference, "$defs": {"whole": whole}})
        return self._parts[pointer]

    @cached_property
    def _parts(self) -> dict[str, Validator]:
        return {}

    @cached_property
    def settings(self) -> tuple[type[Setting], ...]:
        """The settings that it is about: those that it names, or all if it names none."""
        named = {spot[0] for spots in self.spots.of.values() for spot in spots if spot}
        return tuple(one for one in SETTINGS if one.root in named) or SETTINGS

    @cached_property
    def looks_at_the_place(self) -> bool:
        """Whether it may depend on what the bucket is called, or on where it is."""
        return self.sees(("Bucket",)) or self.sees(("Region",))

    def sees(self, spot: Spot) -> bool:
        """Return whether it may depend on what stands at a spot, or below it."""
        around = [self.spots.at(spot[:depth]) for depth in range(len(spot))]
        whole = {name for at in around for one in at for name in _members(self.outline, one)}
        below = any(one[: len(spot)] == spot for spots in self.spots.of.values() for one in spots)
        return below or not whole.isdisjoint(_SPELLING)

    @property
    def title(self) -> str:
        """What it is called; without a title, by its file."""
        title = self.schema.get("title")
        return title if isinstance(title, str) and title.strip() else self.text.file

    def accepts(self, document: dict[str, JsonValue]) -> bool:
        """Return whether a complete live document satisfies it."""
        return self.validator.accepts(document)

    def breaches(self, document: dict[str, JsonValue]) -> Iterator[Breach]:
        """Yield what a complete live document does not satisfy, each keyword once at each value."""
        yield from dict.fromkeys(self.validator.breaches(document))

    def violation(self, breach: Breach) -> Violation:
        """Return a breach as people are told of it."""
        line, column = self.text.line_and_column(breach.keyword)
        return Violation(
            title=self.title_of(breach.keyword),
            pointer=breach.keyword,
            help=self.help,
            source=Source(self.text.file, line, column),
        )

    def title_of(self, pointer: str) -> str:
        """Return the title of the innermost schema around a keyword that has one, or its own."""
        while pointer:
            pointer = pointer.rpartition("/")[0]
            title = _members(self.outline, pointer).get("title")
            if isinstance(title, str) and title.strip():
                return title
        return self.title


def _members(outline: Outline, pointer: str) -> dict[str, object]:
    schema = outline.schemas.get(pointer)
    return schema if isinstance(schema, dict) else {}


def canonical(schema: dict[str, object]) -> dict[str, object]:
    """Return the schema with the values that it spells out as the documents have them.

    Those call names as `Setting.canonical` does, and their lists are sorted, without repetition.
    References are fragments: the library need not know what the file is called.
    """
    return _canonical(schema, schema.get("$id"))


def _canonical(schema: dict[str, object], own_id: object) -> dict[str, object]:
    return {keyword: _spelled(keyword, value, own_id) for keyword, value in schema.items()}


def _spelled(keyword: str, value: object, own_id: object) -> object:
    if keyword == "$ref":
        return f"#{fragment_of(value, own_id)}"
    if keyword == "const":
        return _called(value)
    if keyword == "enum" and isinstance(value, list):
        return [*map(_called, value)]
    if keyword in APPLICATORS:
        return _inside(APPLICATORS[keyword].shape, value, own_id)
    return value


def _inside(shape: str, value: object, own_id: object) -> object:
    """Return what a keyword of this shape holds, each subschema canonical."""
    if isinstance(value, list):
        return [_inside("one", one, own_id) for one in value]
    if not isinstance(value, dict):
        return value
    return (
        {name: _inside("one", one, own_id) for name, one in value.items()}
        if shape == "object"
        else _canonical(value, own_id)
    )


def _called(value: object) -> object:
    if isinstance(value, dict):
        return {name: _called(one) for name, one in value.items()}
    if isinstance(value, list):
        called = [*map(_called, value)]
        texts = [one for one in called if isinstance(one, str)]
        return sorted({*texts}) if len(texts) == len(called) else called
    if isinstance(value, str):
        for setting in SETTINGS:
            value = setting.canonical(value)
    return value
