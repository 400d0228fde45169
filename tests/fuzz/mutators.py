"""Ways to spoil a body, each of a generator and a body: most break it, some leave what it says."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

Mutator: TypeAlias = Callable[[Random, bytes], bytes]

_TAG = re.compile(rb"</?[A-Za-z0-9:]+[^<>]*>")
_LEAF = re.compile(rb"<(\w+)>[^<>]*</\1>")
_ELEMENT = re.compile(rb"<(\w+)>.*?</\1>", re.DOTALL)
_NAMES = (
    b"HttpsConfiguration", b"TLS", b"Enable", b"TLSVersion", b"CipherSuite", b"StrongCipherSuite",
    b"CustomCipherSuite", b"TLS13CustomCipherSuite", b"Error", b"Code", b"Message", b"RequestId",
    b"tls", b"Tls", b"TLSversion", b"X", b"html", b"a:TLS", b"Endpoint",
)  # fmt: skip
_TEXTS = (
    b"true", b"false", b"TRUE", b"False", b"1", b"0", b"yes", b"no", b"", b" true ", b"\ttrue\n",
    b"truefalse", b"null", b"tr ue", b"\xc2\xa0true\xc2\xa0", b"\xe2\x80\x83true",
    b"\xe2\x80\x8btrue", b"TLSv1.0", b"TLSv1.1", b"TLSv1.2", b"TLSv1.3", b"TLSv1.4", b"tlsv1.2",
    b"TLS1.2", b"SSLv3", b"TLSv1.2,TLSv1.3", b"TLSv1.2 TLSv1.3", b"AES128-SHA",
    b"TLS_AES_128_GCM_SHA256", b"RC4-MD5", b"NoSuchBucket", b"NoSuchHttpsConfig", b"AccessDenied",
    b"nosuchhttpsconfig", b"&#116;rue", b"&#x74;rue", b"&amp;", b"&x;", b"&#0;", b"&#xD800;",
    b"&#x1F600;", b"<![CDATA[true]]>", b"tr<!-- -->ue", b"<!--true-->false", b"<![CDATA[TLSv1.2]]>",
    b"<b>true</b>", b"true<b/>false", "\u4f60".encode(), b"\xff", b"\x00", b"\x1b[31m", b"\x1f",
    b"\xc2\x85true", b"\xef\xbf\xbf",
)  # fmt: skip
_ENCODINGS = (
    "utf-8", "UTF-8", "utf8", "utf-16", "UTF-16LE", "utf-16-be", "utf-32", "utf-7", "us-ascii",
    "iso-8859-1", "latin-1", "windows-1252", "cp037", "cp500", "koi8-r", "mac-arabic", "gbk",
    "gb18030", "big5", "shift_jis", "iso2022_jp", "hz", "idna", "punycode", "rot13", "base64",
    "raw_unicode_escape", "undefined", "x-unknown", "aliases", "utf-8-sig", "mbcs", "tis-620",
    "hp-roman8", "ptcp154", "zlib", "unicode_internal", "", "a" * 300, "../utf-8", "UCS-4",
)  # fmt: skip
_INSERTS = (
    b" ", b"\n", b"\t", b"\r\n", b"\x0b", b"<!-- c -->", b"<!-- </TLS> -->", b"<!-- -- -->",
    b"<?p i?>", b"<?xml version='1.0'?>", b'<?xml version="1.1"?>', b"<![CDATA[ ]]>",
    b"<![CDATA[x]]>", b"]]>", b"&lt;", b"&nbsp;", b"<", b">", b"&", b"\xef\xbb\xbf", b"text",
    b"\xc2\xa0", b"<New>1</New>", b"<New/>", b"<Enable>true</Enable>", b"<Enable>false</Enable>",
    b"<TLSVersion>TLSv1.0</TLSVersion>", b"<TLSVersion>TLSv1.2</TLSVersion>",
    b"<TLS><Enable>false</Enable></TLS>", b"<TLS/>",
    b"<CipherSuite><Enable>false</Enable></CipherSuite>", b"<CipherSuite/>", b"<TLSVersion/>",
    b"<Code>NoSuchHttpsConfig</Code>", b"<Code>AccessDenied</Code>", b"<Code/>",
    b"<CustomCipherSuite/>", b"<x:Enable xmlns:x='urn:x'>false</x:Enable>", b"<x:y/>",
    b"<TLS13CustomCipherSuite>A</TLS13CustomCipherSuite>",
)  # fmt: skip
_ATTRIBUTES = (
    b" a='1'", b' a="1" a="2"', b" xmlns='urn:x'", b" xmlns:y='urn:y'", b" xmlns=''", b" y:a='1'",
    b" xml:lang='en'", b" nil='true'", b" a", b" a=1", b" a='<'", b" xmlns:xml='urn:x'",
    b" xmlns='http://doc.oss-cn-hangzhou.aliyuncs.com'", b" xml:space='preserve'", b" a='&#10;'",
)  # fmt: skip
_DTDS = (
    b"<!DOCTYPE HttpsConfiguration>", b"<!DOCTYPE HttpsConfiguration [<!ENTITY x 'true'>]>",
    b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
    b"<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://a/'> %p;]>",
    b"<!DOCTYPE x [<!ATTLIST TLS a CDATA 'b'>]>", b"<!DOCTYPE", b"<!doctype html>",
    b"<!ENTITY x 'y'>",
    b"<!DOCTYPE x [<!ENTITY a '" + b"x" * 50 + b"'><!ENTITY b '" + b"&a;" * 50 + b"'>]>",
)  # fmt: skip


def spoiled(rng: Random, body: bytes, corpus: Sequence[bytes]) -> bytes:
    """Return `body` after one to four mutations."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        if rng.random() < 0.05:
            body = _spliced(rng, body, rng.choice(corpus))
        elif rng.random() < 0.002:
            body = rng.choice(_HEAVY)(rng, body)
        else:
            body = rng.choice(_LIGHT)(rng, body)
    return body


def _span(rng: Random, body: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(body))
    return start, min(len(body), start + rng.choice((1, 1, 2, 5, 20, 80)))


def _replaced(rng: Random, pattern: re.Pattern[bytes], body: bytes, by: Mutator) -> bytes:
    """Replace one match of `pattern`, any of them, by what `by` makes of it."""
    found = list(pattern.finditer(body))
    if not found:
        return body
    one = rng.choice(found)
    return body[: one.start()] + by(rng, one[0]) + body[one.end() :]


def _spliced(rng: Random, body: bytes, other: bytes) -> bytes:
    return body[: rng.randint(0, len(body))] + other[rng.randint(0, len(other)) :]


def flip(rng: Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.choice((1, 1, 2, 6))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwrite(rng: Random, body: bytes) -> bytes:
    start, end = _span(rng, body)
    return body[:start] + rng.randbytes(rng.randint(0, 4)) + body[end:]


def delete(rng: Random, body: bytes) -> bytes:
    start, end = _span(rng, body)
    return body[:start] + body[end:]


def double(rng: Random, body: bytes) -> bytes:
    start, end = _span(rng, body)
    return body[:end] + body[start:]


def truncate(rng: Random, body: bytes) -> bytes:
    return body[: rng.randint(0, len(body))]


def halve_character(_rng: Random, body: bytes) -> bytes:
    return body.rstrip()[:-1] + "\u4f60".encode()[:2]


def trail(rng: Random, body: bytes) -> bytes:
    return body + rng.choice((b"\n", b" ", b"\0", b"<a/>", b"x", b"<!-- end -->", body, b"\x1a"))


def lead(rng: Random, body: bytes) -> bytes:
    return rng.choice((b"\n", b" ", b"\0", b"HTTP/1.1 200 OK\r\n\r\n", b"<!-- -->", b"x")) + body


def rename(rng: Random, body: bytes) -> bytes:
    """Rename an element, both of its tags, or only one of them."""
    old, new = rng.choice(_NAMES), rng.choice(_NAMES)
    return body.replace(b"<" + old, b"<" + new) if rng.random() < 0.2 else re.sub(
        rb"(</?)" + re.escape(old) + rb"(?=[ />])", rb"\1" + new, body, count=rng.choice((0, 2))
    )  # fmt: skip


def swap_case(rng: Random, body: bytes) -> bytes:
    change = rng.choice((bytes.upper, bytes.lower, bytes.swapcase))
    return _replaced(rng, rng.choice((_TAG, _LEAF)), body, lambda _, part: change(part))


def set_text(rng: Random, body: bytes) -> bytes:
    text = rng.choice(_TEXTS)
    return _replaced(
        rng, _LEAF, body, lambda _, leaf: re.sub(rb">[^<>]*<", lambda _: b">" + text + b"<", leaf)
    )


def drop_element(rng: Random, body: bytes) -> bytes:
    return _replaced(rng, rng.choice((_LEAF, _ELEMENT)), body, lambda *_: b"")


def repeat_element(rng: Random, body: bytes) -> bytes:
    many = rng.choice((2, 2, 3, 50))
    return _replaced(rng, rng.choice((_LEAF, _ELEMENT)), body, lambda _, part: part * many)


def nest_element(rng: Random, body: bytes) -> bytes:
    name = rng.choice(_NAMES)
    return _replaced(
        rng, _ELEMENT, body, lambda _, part: b"<" + name + b">" + part + b"</" + name + b">"
    )


def move_element(rng: Random, body: bytes) -> bytes:
    taken: list[bytes] = []

    def take(_rng: Random, part: bytes) -> bytes:
        taken.append(part)
        return b""

    rest = _replaced(rng, _LEAF, body, take)
    return _replaced(rng, _TAG, rest, lambda _, tag: tag + b"".join(taken))


def insert(rng: Random, body: bytes) -> bytes:
    piece = rng.choice(_INSERTS)
    if rng.random() < 0.3:
        at = rng.randint(0, len(body))
        return body[:at] + piece + body[at:]
    return _replaced(rng, _TAG, body, lambda _, tag: tag + piece)


def add_attribute(rng: Random, body: bytes) -> bytes:
    attribute = rng.choice(_ATTRIBUTES)
    return _replaced(
        rng, _TAG, body, lambda _, tag: re.sub(rb"(/?>)$", lambda end: attribute + end[1], tag)
    )


def add_prefix(rng: Random, body: bytes) -> bytes:
    """Put a prefix before every element, and in most cases declare it."""
    prefixed = re.sub(rb"(</?)(\w)", rb"\1n:\2", body)
    if rng.random() < 0.2:
        return prefixed
    return re.sub(rb"(<n:\w+)", rb'\1 xmlns:n="urn:n"', prefixed, count=1)


def add_dtd(rng: Random, body: bytes) -> bytes:
    head, end, rest = body.partition(b"?>")
    dtd = rng.choice(_DTDS)
    return head + end + dtd + rest if end else dtd + body


def declare_encoding(rng: Random, body: bytes) -> bytes:
    name = rng.choice(_ENCODINGS).encode()
    rest = re.sub(rb"^<\?xml[^>]*>", b"", body)
    return b'<?xml version="1.0" encoding="' + name + b'"?>' + rest


def change_encoding(rng: Random, body: bytes) -> bytes:
    """Encode it anew, and leave the declaration as it is, or let it go."""
    text = body.decode("utf-8", "replace")
    if rng.random() < 0.5:
        text = re.sub(r"^<\?xml[^>]*>\s*", "", text)
    names = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "utf-8-sig", "cp500", "gb18030")
    return text.encode(rng.choice(names), "replace")


def declare_and_change_encoding(rng: Random, body: bytes) -> bytes:
    name = rng.choice(("utf-16", "utf-7", "iso-8859-1", "us-ascii", "koi8-r", "gbk", "utf-8-sig"))
    rest = re.sub(r"^<\?xml[^>]*>", "", body.decode("utf-8", "replace"))
    return f'<?xml version="1.0" encoding="{name}"?>{rest}'.encode(name, "replace")


def add_mark(rng: Random, body: bytes) -> bytes:
    return rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) + body


def squeeze(_rng: Random, body: bytes) -> bytes:
    """Take out the white space between tags: it says the same."""
    return re.sub(rb">\s+<", b"><", body)


def comment_out(rng: Random, body: bytes) -> bytes:
    return _replaced(rng, _LEAF, body, lambda _, part: b"<!--" + part + b"-->")


def deepen(rng: Random, body: bytes) -> bytes:
    depth = rng.choice((100, 3000, 30000))
    return _replaced(rng, _LEAF, body, lambda _, part: b"<a>" * depth + part + b"</a>" * depth)


def enlarge(rng: Random, body: bytes) -> bytes:
    piece = rng.choice((b"x", b" ", b"<TLSVersion>TLSv1.2</TLSVersion>", b"\n", b"<!---->"))
    size = rng.choice((1000, 60_000, 1 << 20))
    size = min(size, 60_000) if piece.startswith(b"<") else size
    return _replaced(rng, _TAG, body, lambda _, tag: tag + piece * (size // len(piece)))


def enlarge_attributes(rng: Random, body: bytes) -> bytes:
    many = b"".join(b" a%d='%d'" % (index, index) for index in range(rng.choice((100, 2000))))
    return _replaced(rng, _TAG, body, lambda _, tag: tag[:-1] + many + b">")


_LIGHT: tuple[Mutator, ...] = (
    flip, overwrite, delete, double, truncate, halve_character, trail, lead, rename, swap_case,
    set_text, set_text, set_text, drop_element, repeat_element, nest_element, move_element, insert,
    insert, insert, add_attribute, add_prefix, add_dtd, declare_encoding, change_encoding,
    declare_and_change_encoding, add_mark, squeeze, comment_out,
)  # fmt: skip
_HEAVY: tuple[Mutator, ...] = (deepen, enlarge, enlarge_attributes)
