"""What a waiver can point to: each value that a setting has, by its JSON pointer."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from drift.settings import SETTINGS
from drift.settings.setting import Element, Normal, Setting

MOST_WAIVERS = 1000
"""The most waivers of one file: who needs more should change what is desired."""
_STRICT = ConfigDict(strict=True)


def year_after(today: date) -> date:
    """Return the last day that a waiver can have."""
    if (today.month, today.day) == (2, 29):
        return date(today.year + 1, 2, 28)
    return today.replace(year=today.year + 1)


class Target(NamedTuple):
    """A value of a setting's document, by the API's names on the way to it.

    It is the `model` itself, or the field `member` of it.
    """

    setting: type[Setting]
    path: tuple[str, ...]
    model: type[Element]
    member: str | None = None

    @property
    def pointer(self) -> str:
        """The JSON pointer to it."""
        return "/".join(("", self.setting.root, *self.path))

    @property
    def holder(self) -> "Target | None":
        """What holds it, unless it is the whole document."""
        return TARGETS.get(self.pointer.rpartition("/")[0])

    @property
    def required(self) -> tuple[str, ...]:
        """What must stand here: of a document all members, since one left out means its default."""
        fields = () if self.path else self.setting.model_fields.values()
        return tuple(str(field.alias) for field in fields)

    def check(self, value: object) -> None:
        """Raise `ValidationError` if the value cannot stand here."""
        if self.member is None:
            self.model.model_validate(value)
        else:
            _adapter(self.model, self.member).validate_python(value)

    def is_managed(self, document: Setting) -> bool:
        """Return whether the document has the part that it is, or that it belongs to."""
        return is_in(document.normal(), self.path[:1])

    def put(self, document: Setting, value: object) -> Setting | None:
        """Return what the document does, with `value` here; None if that is no document.

        What has no effect in it would get one beside another value: nobody said that.
        """
        acting = _acting(document.document(), {document.root: document.normal()})
        members = _put(acting, (document.root, *self.path), value)
        try:
            return type(document).model_validate(members[document.root])
        except ValidationError:
            return None


def is_in(normal: Normal, path: tuple[str, ...]) -> bool:
    """Return whether something that has an effect is at `path`."""
    inner: object = normal
    for name in path:
        if not isinstance(inner, Mapping) or name not in inner:
            return False
        inner = inner[name]
    return True


def _acting(members: Mapping[str, JsonValue], normal: Normal) -> dict[str, object]:
    """Return the members that have an effect, as they are said."""
    acting: dict[str, object] = {}
    for name, value in members.items():
        inner = normal.get(name)
        if isinstance(value, dict) and isinstance(inner, Mapping):
            acting[name] = _acting(value, inner)
        elif inner is not None:
            acting[name] = value
    return acting


@cache
def _adapter(model: type[Element], member: str) -> TypeAdapter[object]:
    field = model.model_fields[member]
    kind: Any = Annotated[(field.annotation, Field(), *field.metadata)]
    return TypeAdapter(kind, config=_STRICT)


def _put(members: Mapping[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    name, *rest = path
    inner = members.get(name)
    held = _put(inner if isinstance(inner, dict) else {}, tuple(rest), value) if rest else value
    return {**members, name: held}


def _targets(
    setting: type[Setting], model: type[Element], path: tuple[str, ...] = ()
) -> Iterator[Target]:
    yield Target(setting, path, model)
    for name, field in model.model_fields.items():
        below, element = (*path, str(field.alias)), _element(field)
        if element:
            yield from _targets(setting, element, below)
        else:
            yield Target(setting, below, model, name)


def _element(field: FieldInfo) -> type[Element] | None:
    kinds = (field.annotation, *get_args(field.annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, Element)), None)


TARGETS: Mapping[str, Target] = MappingProxyType(
    {target.pointer: target for setting in SETTINGS for target in _targets(setting, setting)}
)
"""Everything that a waiver can point to, by its pointer."""
