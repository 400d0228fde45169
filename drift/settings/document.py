"""A setting's document as XML: read from a server's answer, and written back."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from drift.plan import Finding
from drift.settings.faults import sentence
from drift.settings.setting import Element, Setting, kinds
from drift.untrusted import visible
from drift.xml import BLANK, XmlError, local_name, parse, text_of

S = TypeVar("S", bound=Setting)

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_BOOLEAN = {"true": True, "false": False}

MAX_FINDINGS = 10
"""How many unknown elements and attributes of one known element are named; others are counted."""


class Reading(NamedTuple, Generic[S]):
    """A live document, and what in the answer drift does not know."""

    setting: S
    unknown: tuple[Finding, ...]


def read(kind: type[S], body: bytes) -> Reading[S]:
    """Return the document in `body`; raise `XmlError` if any of it cannot be interpreted.

    Elements may come in any order, repeated list entries count once, names match whatever their
    namespace. An element or attribute that the model does not have is reported, never dropped.
    """
    root, path = parse(body, kind.root), f"/{kind.root}"
    unknown = _Unknown()
    unknown.add_attributes(path, root)
    members = _members(kind, root, path, unknown)
    try:
        return Reading(kind.model_validate(members), tuple(unknown.findings()))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "/".join((kind.root, *map(str, first["loc"])))
        raise XmlError(f"cannot be interpreted at {place}: {sentence(first)}") from None


def write(setting: Setting) -> bytes:
    """Return the document as XML, as a PUT sends it."""
    root = ET.Element(setting.root)
    _fill(root, setting)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


class _Unknown:
    """The elements and attributes of one answer that the model does not have, by their parent.

    An answer may have a quarter of a million, and a plan repeats them for each bucket, so only the
    first of each parent are named. No parent is left out: where they are says what may be hidden.
    """

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}
        self._omitted: Counter[str] = Counter()

    def add(self, path: str, what: str) -> None:
        """Add an element or attribute, of which the parent is at `path`."""
        names = self._names.setdefault(path, {})
        if len(names) < MAX_FINDINGS or what in names:
            names[what] = None
        else:
            self._omitted[path] += 1

    def add_attributes(self, path: str, element: ET.Element) -> None:
        """Add all attributes of an element: no document has any."""
        for name in element.attrib:
            self.add(path, f"attribute {name}")

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each that is kept, and one for the others of each parent."""
        for path, names in self._names.items():
            for what in names:
                yield _finding(path, f"an {visible(what, 60)}")
            if count := self._omitted[path]:
                yield _finding(path, f"{count:,} more elements or attributes")


def _members(
    part: type[Element], element: ET.Element, path: str, unknown: _Unknown
) -> dict[str, object]:
    _refuse_text(element)
    shape = kinds(part)
    members: dict[str, object] = {}
    lists: dict[str, dict[str, None]] = {}
    for child in element:
        name = local_name(child)
        kind = shape.get(name)
        if kind is None:
            unknown.add(path, f"element <{name}>")
            continue
        unknown.add_attributes(f"{path}/{name}", child)
        if kind is tuple:
            lists.setdefault(name, {})[text_of(child)] = None
        elif name in members:
            raise XmlError(f"has <{name}> more than once in <{local_name(element)}>")
        elif issubclass(kind, Element):
            members[name] = _members(kind, child, f"{path}/{name}", unknown)
        else:
            members[name] = _leaf(kind, text_of(child))
    return members | {name: list(values) for name, values in lists.items()}


def _refuse_text(element: ET.Element) -> None:
    texts = (element.text, *(child.tail for child in element))
    if any(text and text.strip(BLANK) for text in texts):
        raise XmlError(f"has text in <{local_name(element)}>, which holds elements")


def _finding(path: str, what: str) -> Finding:
    message = f"the answer has {what} that drift does not know and does not compare"
    return Finding(path=path, message=message)


def _leaf(kind: type, text: str) -> bool | int | str:
    """Return the value of a leaf, or its text if it is none of its kind: the model refuses that."""
    if kind is bool:
        return _BOOLEAN.get(text, text)
    return int(text) if kind is int and _NUMBER.fullmatch(text) else text


def _fill(element: ET.Element, part: Element) -> None:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if name not in part.model_fields_set or value is None:
            continue
        for item in value if isinstance(value, tuple) else (value,):
            child = ET.SubElement(element, str(field.alias))
            if isinstance(item, Element):
                _fill(child, item)
            else:
                child.text = str(item).lower() if isinstance(item, bool) else str(item)
