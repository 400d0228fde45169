"""The forms in which a secret may come back, as the formats write it that it passes through."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from urllib.parse import quote

_QUOTES = (
    ('"', "'"), ("&quot;", "'"), ("&#34;", "&#39;"), ("&quot;", "&#x27;"), ("&quot;", "&apos;"),
)  # fmt: skip
"""How quotation marks and apostrophes are written in XML and HTML."""
_HALVES = "surrogatepass"
"""A variable with bytes that are no text has halves of characters, which UTF-8 refuses."""


def spell(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as the formats write it that it may pass through."""
    yield secret
    in_json = json.dumps(secret)[1:-1]
    yield from (in_json, in_json.replace("/", r"\/"), in_json.replace("##", r"#\u0023"))
    in_xml = escape(secret, quote=False)
    for quote_mark, apostrophe in _QUOTES:
        yield in_xml.replace('"', quote_mark).replace("'", apostrophe)
    for safe in ("", "/", "/+="):
        quoted = quote(secret, safe=safe, errors=_HALVES)
        yield from (quoted, re.sub("%..", lambda found: found[0].lower(), quoted))
    yield from _in_base64(secret.encode(errors=_HALVES))


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what base64 makes of a secret that stands anywhere in what is encoded."""
    for offset in range(3):
        encoded = b64encode(b"\0" * offset + secret).decode()
        start = -(-offset * 8 // 6)
        end = (offset + len(secret)) * 8 // 6
        certain = encoded[start:end]
        yield from (certain, certain.replace("+", "-").replace("/", "_"))
