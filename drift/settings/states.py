"""All documents of a setting that are worth a look: the finite domain that policies are about.

It is read off the models: a switch is on or off, a list of fixed values is any set of them. Of a
list of free names the caller says which sets of them differ to him.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, combinations, product
from math import prod
from typing import Literal, NamedTuple, TypeAlias, cast, get_args, get_origin

from pydantic import JsonValue, ValidationError
from pydantic.fields import FieldInfo

from drift.settings.setting import Normal, Part, Setting, kinds

Sublists: TypeAlias = Callable[[str, str], Sequence[tuple[str, ...]]]
"""Takes a part and a list in it, by the API's names; returns the sets of names worth a look."""

MOST = 50_000
"""How many documents are looked at."""


_SWITCH = (False, True)


class TooManyError(ValueError):
    """There are too many documents to look at each."""


class Choice(NamedTuple):
    """One state that a member of a setting may have: itself, as policies see it, what it does."""

    value: object
    complete: JsonValue
    normal: "Normal | bool | str"

    @classmethod
    def of(cls, value: object) -> "Choice":
        """Take a part, or a plain value."""
        if isinstance(value, Part):
            return cls(value, value.complete(), value.normal())
        plain = value if isinstance(value, str) else bool(value)
        return cls(value, plain, plain)

    def changes(self, other: "Choice") -> int:
        """Return how many values differ in what they do, also where they are not spelled out.

        A bucket whose TLS versions nobody manages accepts some, and to name them changes nothing.
        """
        one, two = self.complete, other.complete
        if not (isinstance(one, dict) and isinstance(two, dict)):
            return int(one != two)
        count = 0
        for name, value in one.items():
            if isinstance(value, list):
                count += len(set(map(str, value)) ^ set(map(str, cast("list[str]", two[name]))))
            else:
                count += _said(self.normal, name) != _said(other.normal, name)
        return count

    @property
    def size(self) -> int:
        """How many values it spells out."""
        if not isinstance(self.normal, Mapping):
            return 1
        return sum(len(one) if isinstance(one, frozenset) else 1 for one in self.normal.values())


def choices(kind: type[Setting], sublists: Sublists) -> dict[str, Sequence[Choice]]:
    """Return the states of each member of a setting, by the API's names, always in one order.

    Raises `TooManyError`.
    """
    return {
        str(field.alias): _choices(field, str(field.alias), sublists)
        for field in kind.model_fields.values()
    }


def part_of(kind: type[Setting], name: str) -> type[Part]:
    """Return which part a member of a setting is."""
    (annotation,) = (
        field.annotation for field in kind.model_fields.values() if field.alias == name
    )
    return next(one for one in _types(annotation) if issubclass(one, Part))


def fixed_entries(part: type[Part], member: str) -> tuple[str, ...] | None:
    """Return all that a list may have in it; None where the names are free."""
    (annotation,) = (
        field.annotation for field in part.model_fields.values() if field.alias == member
    )
    entry = get_args(annotation)[0]
    return get_args(entry) if get_origin(entry) is Literal else None


def refuse_too_many(of_each: Iterable[Sequence[object]]) -> None:
    """Raise `TooManyError` if there are too many ways to take one of each."""
    if prod(map(len, of_each)) > MOST:
        raise TooManyError(f"there are more than {MOST:,} documents to look at")


def _choices(field: FieldInfo, name: str, sublists: Sublists) -> Sequence[Choice]:
    kind = next(_types(field.annotation), None)
    if kind and issubclass(kind, Part):
        return _parts(kind, name, sublists)
    return [Choice.of(value) for value in _plain_values(field)]


def _plain_values(field: FieldInfo) -> Sequence[object]:
    """Return the values of a switch or of a choice of texts; raise `TooManyError` for others."""
    if field.annotation is bool or bool in get_args(field.annotation):
        return _SWITCH
    for annotation in (field.annotation, *get_args(field.annotation)):
        if get_origin(annotation) is Literal:
            return get_args(annotation)
    raise TooManyError(f"{field.alias} may have any value")


def _types(annotation: object) -> Iterator[type]:
    yield from (one for one in (annotation, *get_args(annotation)) if isinstance(one, type))


def _parts(kind: type[Part], name: str, sublists: Sublists) -> Sequence[Choice]:
    """Return the states of a part that differ in what they do."""
    values = {
        str(field.alias): _values(kind, field, partial(sublists, name, str(field.alias)))
        for field in kind.model_fields.values()
    }
    refuse_too_many(values.values())
    lists = {name: one for name, one in values.items() if kinds(kind)[name] is tuple}
    switches = {name: one for name, one in values.items() if name not in lists}
    found: dict[object, Choice] = {}
    for set_so in product(*switches.values()):
        for listed in product(*lists.values()):
            members = dict(zip((*switches, *lists), (*set_so, *listed), strict=True))
            try:
                part = kind(**members)
            except ValidationError:  # such as Enable without a version: no document says that
                continue
            normal = part.normal()
            found.setdefault(tuple(normal.items()), Choice(part, part.complete(), normal))
            if not any(isinstance(one, frozenset) for one in normal.values()):
                break  # beside these switches no list has an effect
    return [*found.values()]


def _values(
    kind: type[Part], field: FieldInfo, sublists: Callable[[], Sequence[tuple[str, ...]]]
) -> Sequence[object]:
    if kinds(kind)[str(field.alias)] is not tuple:
        return _plain_values(field)
    fixed = fixed_entries(kind, str(field.alias))
    if fixed is None:
        return sublists()
    return [*chain.from_iterable(combinations(fixed, size) for size in range(len(fixed) + 1))]


def _said(normal: "Normal | bool | str", name: str) -> object:
    return normal.get(name) if isinstance(normal, Mapping) else normal
