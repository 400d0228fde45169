"""Ways to spoil a JSON text: most break it, some leave it valid, and a few what it says."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, TypeAlias

Mutator: TypeAlias = Callable[[Random, str], str]
Slot: TypeAlias = tuple[dict[str, Any] | list[Any], Any]
"""A container, and the key or index of one value in it."""

_NAMES = (
    "Bucket", "Region", "HttpsConfiguration", "TLS", "Enable", "TLSVersion", "CipherSuite",
    "status", "StrongCipherSuite", "CustomCipherSuite", "TLS13CustomCipherSuite", "$schema",
    "bucket", "tls", "TLSVersions", "", "/", "~", "a/b", "~1", "\ud800", "\u202e", "\x1b[0m", "é",
    "0", "x" * 500,
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, 10**30, "", "true", "false", "TLSv1.2", "TLSv1.9",
    "tlsv1.2", "oss-example", "OSS_Example", "cn-hangzhou", "oss-cn-hangzhou", "\ud800", "\x00",
    "\x1b]0;x\x07", "\U0001f600", "x" * 300, [], {}, [None], [[]], ["TLSv1.2"],
    ["TLSv1.2", "TLSv1.2"], ["a b"], {"Enable": True}, {"Enable": False}, {"Enable": None},
    {"": ""}, ["oss-example", "oss-example"],
)  # fmt: skip
_PIECES = (
    ",", ":", "{", "}", "[", "]", '"', "null", "true", "false", "NaN", "Infinity", "-Infinity",
    "\\", "\\u0000", "\\ud83d", "\n", "\r", "\u2028", "\ufeff", "\x00", "//", "/* */", "1e999",
    "1" * 5000, '"Enable": true,', '"Enable": false,', '"Bucket": "b-1",',
    '"Bucket": ["b-1", "b-2"],', "'",
)  # fmt: skip
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def spoiled(rng: Random, text: str) -> bytes:
    """Return the bytes of a file that holds `text` after one to four mutations."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        text = rng.choice(MUTATORS)(rng, text)
    data = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.05:
        data = rng.choice(_ENCODERS)(data)
    return data


def slots(value: object) -> Iterator[Slot]:
    """Yield the place of every value in `value`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield value, name
            yield from slots(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from slots(inner)


def _edited(rng: Random, text: str, edit: Callable[[Random, Any, Any], None]) -> str:
    """Return the text with one value edited by `edit(rng, container, key)`."""
    try:
        document = json.loads(text)
        if places := list(slots(document)):
            edit(rng, *rng.choice(places))
        return json.dumps(document, indent=rng.choice((None, 2)), ensure_ascii=rng.random() < 0.8)
    except (ValueError, RecursionError):
        return text


def set_value(rng: Random, text: str) -> str:
    def edit(rng: Random, holder: Any, key: Any) -> None:
        holder[key] = rng.choice(_VALUES)

    return _edited(rng, text, edit)


def drop_value(rng: Random, text: str) -> str:
    def edit(_rng: Random, holder: Any, key: Any) -> None:
        del holder[key]

    return _edited(rng, text, edit)


def rename_member(rng: Random, text: str) -> str:
    def edit(rng: Random, holder: Any, key: Any) -> None:
        if isinstance(holder, dict):
            holder[rng.choice((*_NAMES, str(key).lower(), str(key)[:-1]))] = holder.pop(key)

    return _edited(rng, text, edit)


def add_value(rng: Random, text: str) -> str:
    def edit(rng: Random, holder: Any, key: Any) -> None:
        if isinstance(holder, dict):
            holder[rng.choice(_NAMES)] = rng.choice(_VALUES)
        else:
            holder.insert(key, rng.choice((*_VALUES, *holder)))

    return _edited(rng, text, edit)


def wrap_value(rng: Random, text: str) -> str:
    def edit(rng: Random, holder: Any, key: Any) -> None:
        inner = holder[key]
        for _ in range(rng.choice((1, 1, 2, 300))):
            inner = rng.choice(([inner], {rng.choice(_NAMES): inner}))
        holder[key] = inner

    return _edited(rng, text, edit)


def quote_value(rng: Random, text: str) -> str:
    def edit(_rng: Random, holder: Any, key: Any) -> None:
        holder[key] = json.dumps(holder[key])

    return _edited(rng, text, edit)


def replace_word(rng: Random, text: str) -> str:
    return _on_word(rng, text, lambda word: rng.choice((*_PIECES, word * 2, "", word.swapcase())))


def repeat_words(rng: Random, text: str) -> str:
    """Repeat some words in a row: a member comes twice, or a list's entry."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    first = rng.randrange(len(found))
    last = min(len(found) - 1, first + rng.choice((1, 3, 5, 9)))
    end = found[last].end()
    return text[:end] + text[found[first].start() : end] + text[end:]


def insert_piece(rng: Random, text: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(_PIECES) + text[at:]


def delete_span(rng: Random, text: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + text[at + rng.choice((1, 1, 3, 10, 50)) :]


def truncate(rng: Random, text: str) -> str:
    return text[: rng.randint(0, len(text))]


def spread(rng: Random, text: str) -> str:
    """Put white space between words: the text means the same."""
    space = rng.choice((" ", "\n", "\r\n", "\t", "\n\n   "))
    return _WORD.sub(lambda word: word[0] + space, text)


def nest_deeply(rng: Random, text: str) -> str:
    depth = rng.choice((200, 900, 5000))
    return _on_word(rng, text, lambda word: "[" * depth + word + "]" * depth)


def _on_word(rng: Random, text: str, change: Callable[[str], str]) -> str:
    found = list(_WORD.finditer(text))
    if not found:
        return text
    one = rng.choice(found)
    return text[: one.start()] + change(one[0]) + text[one.end() :]


MUTATORS: Sequence[Mutator] = (
    set_value, set_value, drop_value, rename_member, rename_member, add_value, wrap_value,
    quote_value, replace_word, replace_word, repeat_words, repeat_words, insert_piece, delete_span,
    truncate, spread, nest_deeply,
)  # fmt: skip
_ENCODERS: Sequence[Callable[[bytes], bytes]] = (
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: b"\xff\xfe" + data,
    lambda data: data.decode("utf-8", "replace").encode("utf-16"),
    lambda data: data[:-3] + b"\xe4\xbd",
    lambda data: data.replace(b"e", b"\xe9", 1),
)
