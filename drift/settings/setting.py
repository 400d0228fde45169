"""What a setting is: the document of one XML sub-resource of a bucket, made of parts.

A setting is one module in this package with one subclass of `Setting`. It describes the document
as frozen pydantic models whose aliases are the API's own names, brings it to its normal form, and
says what is weaker than what. It never sees where a document comes from.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Self,
    TypeAlias,
    Union,
    get_args,
    get_origin,
)

from pydantic import BaseModel, ConfigDict, JsonValue

from drift.plan import Change, Finding, Impact, Inert, Severity

Normal: TypeAlias = "Mapping[str, bool | int | str | frozenset[str] | Normal]"
"""A document by what it does: nested by the API's names, lists as sets, nothing inactive."""


def in_order(values: AbstractSet[str]) -> list[JsonValue]:
    """Return values as a list in JSON, of which the order is always the same."""
    return [*sorted(values)]


def _in_json(value: "Normal | bool | int | str | frozenset[str] | None") -> JsonValue:
    """Return a value of a normal form in JSON, of which the order is always the same."""
    if isinstance(value, Mapping):
        return {name: _in_json(inner) for name, inner in value.items()}
    return in_order(value) if isinstance(value, frozenset) else value


class Element(BaseModel):
    """An XML element with children. Its fields' aliases are the children's names."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        field_title_generator=lambda name, field: field.alias or name,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_options: object) -> None:
        """Refuse members that cannot be compared: passed over, they would always be in sync."""
        for name, field in cls.model_fields.items():
            if field.alias is None:
                raise TypeError(f"{cls.__name__}.{name} needs an alias: the API's name")
        kinds(cls)


@cache
def kinds(element: type[Element]) -> Mapping[str, type]:
    """Return the kind of each member, by the API's names; see `_kind_of`."""
    members = element.model_fields.items()
    return {str(field.alias): _kind_of(element, name, field.annotation) for name, field in members}


def _kind_of(element: type[Element], name: str, annotation: object) -> type:
    """Return what a member is: an `Element`, or a `tuple` of texts, `bool`, `int` or `str`.

    A member that may be left out is what it is otherwise; a choice of texts is a `str`. Raise
    `TypeError` for anything else.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    inner = tuple(one for one in arguments if one is not NoneType)
    if origin is Annotated or (origin in (Union, UnionType) and len(inner) == 1):
        return _kind_of(element, name, inner[0])
    if origin is Literal and all(isinstance(one, str) for one in arguments):
        return str
    if origin is tuple and arguments[1:] == (...,):
        annotation = tuple if _kind_of(element, name, arguments[0]) is str else None
    if isinstance(annotation, type) and (
        annotation in (tuple, bool, int, str) or issubclass(annotation, Element)
    ):
        return annotation
    raise TypeError(
        f"{element.__name__}.{name} cannot be compared. A member is an Element, bool, int, str, a "
        "Literal of texts or a tuple of texts; each may also be None."
    )


class Part(Element, ABC):
    """A member of a setting that is desired, compared and written as a whole."""

    @abstractmethod
    def normal(self) -> Normal:
        """Return the part by what it does."""

    @abstractmethod
    def accepts(self, member: str, value: str) -> bool | None:
        """Return whether `value` of the list `member` is accepted; None where that is unknown."""

    @abstractmethod
    def impact(self, live: Self) -> Impact:
        """Return what the live part does as a whole, its lists left aside."""

    @abstractmethod
    def meaning(self, live: Self) -> Iterator[str]:
        """Say in plain words, without a subject, how the live part differs from this one."""

    @abstractmethod
    def inert(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the lists that are stored and have no effect, with their names."""

    def complete(self) -> dict[str, JsonValue]:
        """Return all members by what they do, in JSON: lists sorted, and empty without effect."""
        normal = self.normal()
        silent: Mapping[type, Any] = {tuple: frozenset(), bool: False}
        return {
            name: _in_json(normal.get(name, silent.get(kind)))
            for name, kind in kinds(type(self)).items()
        }

    @property
    def is_unlimited(self) -> bool:
        """Whether it accepts all that there is, so that nothing asserted of its lists limits it."""
        return False

    @classmethod
    def known(cls, member: str) -> tuple[str, ...]:
        """Return the entries of the list `member` that are known, the best first."""
        del member
        return ()


def _normal(value: Any) -> Any:  # noqa: ANN401 - any member of a setting, and its normal form
    """Return a member by what it does."""
    if isinstance(value, Part):
        return value.normal()
    return frozenset(value) if isinstance(value, tuple) else value


class Difference(NamedTuple):
    """One leaf or one list entry in which two normal forms differ; None stands for absent."""

    path: tuple[str, ...]
    live: JsonValue
    desired: JsonValue


class Explanation(NamedTuple):
    """What a change means to others, each in one sentence; "" where nothing is to be said."""

    risk: str
    """What an attacker or an auditor gains from the live value."""
    clients: str
    """Which clients a return to the desired value would cut off."""


class Setting(Element, ABC):
    """One setting of one bucket, as desired or as live.

    A part that is left out is not managed in a desired document; in a live one it means what
    `as_live` fills in.
    """

    type: ClassVar[str]
    """What a plan calls it, such as `oss_bucket_https_config`: the type in Terraform's provider,
    without its `alicloud_`."""
    root: ClassVar[str]
    """The root element of the document, such as `HttpsConfiguration`."""
    subresource: ClassVar[str]
    """The query of the request, such as `httpsConfig`."""
    unset_code: ClassVar[str]
    """The error code that OSS answers for a bucket that never had the setting."""
    permission: ClassVar[str]
    """The RAM action that reads it."""
    required_parts: ClassVar[tuple[str, ...]] = ()
    """The parts, by the API's names, without which the service refuses a PUT."""

    terraform_names: ClassVar[Mapping[str, str]] = {}
    """Attributes in Terraform's provider that are not the API's names in snake case.

    A part is a block there; its member `PART/MEMBER` that has a name here stands beside it.
    """

    @classmethod
    def __pydantic_init_subclass__(cls, **options: object) -> None:
        """Refuse elements that are no parts, too: nobody says what they do."""
        super().__pydantic_init_subclass__(**options)
        for name, kind in kinds(cls).items():
            if issubclass(kind, Element) and not issubclass(kind, Part):
                raise TypeError(f"{cls.__name__}: {name} cannot be compared. Make it a Part.")

    @abstractmethod
    def as_live(self, *, strict: bool = False) -> Self:
        """Return the document with what a live one says by leaving parts out.

        With `strict`, what the service did not report stays absent.
        """

    @abstractmethod
    def lint(self) -> Iterator[Finding]:
        """Yield what looks wrong in this desired document, and may be right."""

    def parts(self) -> dict[str, Part]:
        """Return the parts that are present, by the API's names."""
        present = self.members().items()
        return {name: value for name, value in present if isinstance(value, Part)}

    def document(self) -> dict[str, JsonValue]:
        """Return the document as the API shapes it, in JSON."""
        members = self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
        return {self.root: members}

    def over(self, live: Self) -> Self:
        """Return the whole document that would be in sync, as the service takes it.

        It is this one where managed, else as it is live, with the parts that a PUT must have.
        """
        fields = type(self).model_fields
        required = {
            name: part for name, part in live.as_live() if fields[name].alias in self.required_parts
        }
        present = {name: part for name, part in (*live, *self) if part is not None}
        return live.model_copy(update=required | present)

    def normal(self) -> Normal:
        """Return the normal form of the members that are present: all of them are compared."""
        return {name: _normal(value) for name, value in self.members().items()}

    def members(self) -> "dict[str, Part | bool | int | str | tuple[str, ...]]":
        """Return the members that are present, by the API's names."""
        values = vars(self)
        return {
            str(field.alias): value
            for name, field in type(self).model_fields.items()
            if (value := values[name]) is not None
        }

    def impact(self, live: Self, difference: Difference) -> Impact:
        """Return what one difference of `live` does; a list entry is judged by itself.

        A part that `live` does not report may do anything, and so may a member that is no part.
        """
        desired_part = self.parts().get(difference.path[0])
        live_part = live.parts().get(difference.path[0])
        if desired_part is None or live_part is None:
            return Impact.MIXED
        added = difference.live is None
        entry = difference.desired if added else difference.live
        if not isinstance(entry, str) or kinds(type(desired_part)).get(difference.path[-1]) is str:
            return desired_part.impact(live_part)
        other = live_part if added else desired_part
        accepted = other.accepts(difference.path[-1], entry)
        if accepted is None:
            return Impact.MIXED
        return Impact.of(unwanted=not (accepted or added), lacking=added and not accepted)

    def severity(self, live: Self, difference: Difference) -> Severity:
        """Return how much one difference of `live` matters."""
        return Severity.of(self.impact(live, difference))

    @classmethod
    def vocabulary(cls) -> frozenset[str]:
        """Return the texts that `explain` knows; it says the same of all others.

        Buckets that differ only in those are explained once.
        """
        return frozenset()

    @classmethod
    def explain(
        cls,
        change: Change,
        before: Mapping[str, JsonValue] | None,
        after: Mapping[str, JsonValue] | None,
    ) -> Explanation:
        """Say what a change in a plan means, of which `before` and `after` are the documents.

        They may be a stranger's: of any shape, and no text of theirs is repeated.
        """
        del change, before, after
        return Explanation("", "")

    @classmethod
    def canonical(cls, name: str) -> str:
        """Return what documents call an entry of a list that has several names."""
        return name

    def complete(self) -> dict[str, JsonValue]:
        """Return the whole document by what it does, as policies judge it: nothing is left out."""
        whole = self.as_live()
        members = {
            str(field.alias): value.complete()
            if isinstance(value, Part)
            else _in_json(_normal(value))
            for name, field in type(self).model_fields.items()
            for value in (getattr(whole, name),)
        }
        return {self.root: members}

    def refusals(self, live: Self) -> tuple[int, ...]:
        """Return what sorts documents by how few clients they refuse that `live` accepts."""
        del live
        return ()

    def meaning(self, live: Self, *, strict: bool = False) -> str:
        """Say in plain words, without a subject, how `live` differs from this document."""
        clauses: list[str] = []
        reported = live.as_live(strict=strict).members()
        for name, desired in self.members().items():
            found = reported.get(name)
            if found is None:
                clauses.append(f"does not report {name}")
            elif isinstance(desired, Part) and isinstance(found, Part):
                clauses += desired.meaning(found)
            elif _normal(found) != _normal(desired):
                clauses.append(f"has another {name} than is wanted")
        return "; ".join(clauses)

    def inert(self) -> Iterator[Inert]:
        """Yield the values that are stored and have no effect."""
        for name, part in self.parts().items():
            for member, values in part.inert():
                yield Inert(path=f"/{self.root}/{name}/{member}", value=list(values))
