"""XML from a server, which may be anything: parsed without DTD, entities or surprises."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from drift.masking import repeats_secret
from drift.untrusted import visible

LIMIT = 1 << 20
"""The largest body that is looked at, in bytes. A real one has less than two thousand."""

BLANK = " \t\r\n"
"""XML's white space. Python strips more, such as no-break spaces, and those are content."""


class XmlError(ValueError):
    """The bytes are not the XML that was expected; the message ends a sentence on "the answer"."""


class SecretError(XmlError):
    """An answer repeats a credential or a signature where a value or a name is expected."""


class ForeignError(XmlError):
    """The bytes are no such document at all: perhaps not even an answer of the service."""


def parse(body: bytes, root: str) -> Element:
    """Return the element `root`, whatever its namespace; raise `ForeignError` for anything else."""
    if not body.strip():
        raise ForeignError("is empty")
    if len(body) > LIMIT:
        raise ForeignError(f"is larger than {LIMIT // 1024} KiB")
    try:
        element: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise ForeignError("has a document type declaration, which drift refuses") from None
    except (ParseError, ValueError, LookupError):
        # expat says ValueError or LookupError of encodings that it does not have.
        raise ForeignError("is not well-formed XML") from None
    if local_name(element) != root:
        raise ForeignError(f"is <{visible(local_name(element), 40)}>, not <{root}>")
    _refuse_secret_names(element)
    return element


def _refuse_secret_names(root: Element) -> None:
    """Raise `SecretError` for a name that repeats a credential: names are shown in warnings."""
    names = {name for element in root.iter() for name in (element.tag, *element.attrib)}
    if repeats_secret("\0".join(names)):
        raise SecretError("repeats a credential in the name of an element or attribute")


def local_name(element: Element) -> str:
    """Return the element's name without its namespace: OSS documents one, and sends none."""
    return element.tag.rpartition("}")[2]


def text_of(element: Element, *, digests: bool = False) -> str:
    """Return the text of a leaf, without the white space around it.

    Raise `SecretError` if it repeats a credential. It is not masked: two values that differ could
    become equal, or equal to what is desired. With `digests`, what looks like the signature of a
    request is none.
    """
    if len(element):
        raise XmlError(f"has elements inside <{local_name(element)}>, which holds a value")
    text = (element.text or "").strip(BLANK)
    if repeats_secret(text, digests=digests):
        raise SecretError(f"repeats a credential in <{local_name(element)}>")
    return text
