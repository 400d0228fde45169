"""Strict reading of the body of an HTTP response, the same for every transport.

The libraries differ in what they let pass: urllib3 takes a gzip stream without an end, reqwest one
with a second member. So neither decodes, and what is said of the body is checked here.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from drift.live.source import Answer
from drift.live.transport.transport import MalformedError, TransportError
from drift.xml import LIMIT

Values: TypeAlias = Callable[[str], Sequence[str]]
"""Returns all values of a header by its name; raises `ValueError` for bytes that are no text."""

_KEPT = ("date", "retry-after", "x-oss-qos-delay-time")
_LENGTH = re.compile(r"[0-9]{1,19}")


def answer(status: int, headers: Values, read: Callable[[], bytes]) -> Answer:
    """Return a response as an `Answer`; `read` returns its body, or the beginning of a large one.

    Raise `TransportError` if it is not clear where the body ends, and `MalformedError` if the body
    is not encoded as its headers say.
    """
    _check_framing(headers)
    codings = [coding.strip(" \t").lower() for coding in headers("content-encoding")]
    return Answer(status, _decoded(read(), codings), _kept(headers))


def _check_framing(headers: Values) -> None:
    """Raise `TransportError` if the length of the body can be understood in more than one way.

    https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    """
    lengths, codings = headers("content-length"), headers("transfer-encoding")
    if codings:
        is_clear = not lengths and [coding.lower() for coding in codings] == ["chunked"]
    else:
        is_clear = len(lengths) < 2 and all(map(_LENGTH.fullmatch, lengths))
    if not is_clear:
        raise TransportError("ConnectionFailed")


def _decoded(body: bytes, codings: Sequence[str]) -> bytes:
    match codings:
        case [] | ["identity"]:
            return body
        case ["gzip" | "x-gzip"]:
            return _unzipped(body)
        case _:
            raise MalformedError("has an encoding that drift did not ask for")


def _unzipped(body: bytes) -> bytes:
    """Return the content of a gzip stream of one member, or more than `LIMIT` bytes of it."""
    if len(body) > LIMIT:
        raise MalformedError(f"is larger than {LIMIT // 1024} KiB")
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = stream.decompress(body, LIMIT + 1)
    except zlib.error:  # also of a wrong checksum or length at the end
        raise MalformedError("is not valid gzip") from None
    if len(content) <= LIMIT and not (stream.eof and not stream.unused_data):
        raise MalformedError("is not exactly one gzip stream")
    return content


def _kept(headers: Values) -> dict[str, str]:
    """Return the headers that an `Answer` has."""
    kept: dict[str, str] = {}
    for name in _KEPT:
        with suppress(ValueError):
            values = headers(name)
            if values:
                kept[name] = values[0]
    return kept
