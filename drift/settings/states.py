"""All documents of a setting that are worth a look: the finite domain that policies are about.

It is read off the models: a switch is on or off, a list of fixed values is any set of them. Of a
list of free names the caller says which sets of them differ to him.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, combinations, product
from math import prod
from typing import Literal, TypeAlias, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from drift.settings.setting import Normal, Part, Setting

Sublists: TypeAlias = Callable[[str, str], Sequence[tuple[str, ...]]]
"""Takes a part and a list in it, by the API's names; returns the sets of names worth a look."""

MOST = 50_000
"""How many documents are looked at."""


class TooManyError(ValueError):
    """There are too many documents to look at each."""


def choices(kind: type[Setting], sublists: Sublists) -> dict[str, Sequence[object]]:
    """Return the states of each member of a setting, by the API's names, always in one order.

    Raises `TooManyError`.
    """
    return {
        str(field.alias): _choices(field.annotation, str(field.alias), sublists)
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


def distance(live: Normal, other: Normal) -> int:
    """Return how many changes lead from one normal form to the other."""
    count = 0
    for name in live.keys() | other.keys():
        one, two = live.get(name), other.get(name)
        if isinstance(one, Mapping) and isinstance(two, Mapping):
            count += distance(one, two)
        elif isinstance(one, frozenset) and isinstance(two, frozenset):
            count += len(one ^ two)
        elif one != two:
            count += sum(map(_size, (one, two))) if None in (one, two) else 1
    return count


def _size(branch: object) -> int:
    """Return how many values there are in a part of a normal form."""
    if isinstance(branch, Mapping):
        return sum(map(_size, branch.values()))
    return len(branch) if isinstance(branch, frozenset) else int(branch is not None)


def _choices(annotation: object, name: str, sublists: Sublists) -> Sequence[object]:
    kind = next(_types(annotation))
    if issubclass(kind, Part):
        return _parts(kind, name, sublists)
    return (False, True)


def _types(annotation: object) -> Iterator[type]:
    yield from (one for one in (annotation, *get_args(annotation)) if isinstance(one, type))


def _parts(kind: type[Part], name: str, sublists: Sublists) -> Sequence[Part]:
    """Return the states of a part that differ in what they do."""
    members = {
        str(field.alias): _values(kind, field, partial(sublists, name, str(field.alias)))
        for field in kind.model_fields.values()
    }
    refuse_too_many(members.values())
    found: dict[object, Part] = {}
    for values in product(*members.values()):
        try:
            part = kind(**dict(zip(members, values, strict=True)))
        except ValidationError:  # such as Enable without a version: no document says that
            continue
        found.setdefault(tuple(part.normal().items()), part)
    return [*found.values()]


def _values(
    kind: type[Part], field: FieldInfo, sublists: Callable[[], Sequence[tuple[str, ...]]]
) -> Sequence[object]:
    if field.annotation is bool:
        return (False, True)
    fixed = fixed_entries(kind, str(field.alias))
    if fixed is None:
        return sublists()
    return [*chain.from_iterable(combinations(fixed, size) for size in range(len(fixed) + 1))]
