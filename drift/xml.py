"""XML from a server, which may be anything: parsed without DTD, entities or surprises."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from drift.untrusted import visible

LIMIT = 1 << 20
"""The largest body that is looked at, in bytes. A real one has less than two thousand."""

BLANK = " \t\r\n"
"""XML's white space. Python strips more, such as no-break spaces, and those are content."""


class XmlError(ValueError):
    """The bytes are not the XML that was expected; the message ends a sentence on "the answer"."""


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
    return element


def local_name(element: Element) -> str:
    """Return the element's name without its namespace: OSS documents one, and sends none."""
    return element.tag.rpartition("}")[2]


def text_of(element: Element) -> str:
    """Return the text of a leaf, without the white space around it."""
    if len(element):
        raise XmlError(f"has elements inside <{local_name(element)}>, which holds a value")
    return (element.text or "").strip(BLANK)
