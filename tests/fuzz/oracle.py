"""What an answer plainly says, found out with regular expressions: on purpose not as drift does it.

It is naive and believes little. Where it is not sure it says None, and then nothing may be green.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

OFF = frozenset({"off"})
ALL, STRONG = frozenset({"all"}), frozenset({"strong"})


class Said(NamedTuple):
    """TLS: `OFF`, or versions. Ciphers: `ALL`, `STRONG`, or entries like `1.2 NAME`."""

    tls: frozenset[str] = OFF
    ciphers: frozenset[str] = ALL
    all_known: bool = True
    """Whether nothing stood there that nobody knows: else a green must carry a warning."""


@dataclass
class Node:
    name: str
    has_attributes: bool = False
    children: "list[Node]" = field(default_factory=list)
    text: str = ""

    def named(self, name: str) -> "list[Node]":
        return [child for child in self.children if child.name == name]


_TOKEN = re.compile(
    r"(?P<comment><!--(?:(?!--).)*-->|<\?[^<>]*?\?>)"
    r"|<!\[CDATA\[(?P<cdata>(?:(?!\]\]>).)*)\]\]>"
    r"|</(?P<end>[^\s<>/!?&\"'=]+)[ \t\r\n]*>"
    r"|<(?P<start>[^\s<>/!?&\"'=]+)"
    r"(?P<attributes>(?:[ \t\r\n]+[^\s<>=/\"']+[ \t\r\n]*=[ \t\r\n]*(?:\"[^\"<]*\"|'[^'<]*'))*)"
    r"[ \t\r\n]*(?P<closed>/?)>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([\w.:-]+)[\"']")
_VERSIONS = {"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
_BLANK = " \t\r\n"


def plainly(status: int, body: bytes) -> Said | None:
    """Return what the answer says of the HTTPS configuration; None if that is not plain."""
    root = _tree(body)
    if root is None:
        return None
    if status == 404 and root.name == "Error":
        return Said() if _only_text(root, "Code") == "NoSuchHttpsConfig" else None
    return _document(root) if status == 200 and root.name == "HttpsConfiguration" else None


def _document(root: Node) -> Said | None:
    tls, ciphers = root.named("TLS"), root.named("CipherSuite")
    if len(tls) > 1 or len(ciphers) > 1:
        return None
    said_tls = _tls(tls[0]) if tls else OFF
    said_ciphers = _ciphers(ciphers[0]) if ciphers else ALL
    if said_tls is None or said_ciphers is None:
        return None
    if any(holder.text.strip(_BLANK) for holder in (root, *tls, *ciphers)):
        return None
    return Said(said_tls, said_ciphers, all_known=_known(root))


def _known(root: Node) -> bool:
    names = {
        "HttpsConfiguration": {"TLS", "CipherSuite"},
        "TLS": {"Enable", "TLSVersion"},
        "CipherSuite": {
            "Enable", "StrongCipherSuite", "CustomCipherSuite", "TLS13CustomCipherSuite",
        },
    }  # fmt: skip
    if root.has_attributes:
        return False
    allowed = names.get(root.name, set())
    return all(child.name in allowed and _known(child) for child in root.children)


def _tls(node: Node) -> frozenset[str] | None:
    enable = _only_text(node, "Enable")
    versions = _texts(node, "TLSVersion")
    if versions is None or not versions <= _VERSIONS:
        return None
    return {"true": versions or None, "false": OFF}.get(enable or "")


def _ciphers(node: Node) -> frozenset[str] | None:
    enable = _only_text(node, "Enable")
    strong = _only_text(node, "StrongCipherSuite") if node.named("StrongCipherSuite") else "false"
    tls12, tls13 = _texts(node, "CustomCipherSuite"), _texts(node, "TLS13CustomCipherSuite")
    if enable not in ("true", "false") or strong not in ("true", "false"):
        return None
    if tls12 is None or tls13 is None:
        return None
    custom = {f"1.2 {name}" for name in tls12} | {f"1.3 {name}" for name in tls13}
    if enable == "false":
        return ALL
    return STRONG if strong == "true" else frozenset(custom) or None


def _only_text(node: Node, name: str) -> str | None:
    texts = [child.text.strip(_BLANK) for child in node.named(name) if not child.children]
    return texts[0] if len(texts) == len(node.named(name)) == 1 else None


def _texts(node: Node, name: str) -> frozenset[str] | None:
    if any(child.children for child in node.named(name)):
        return None
    return frozenset(child.text.strip(_BLANK) for child in node.named(name))


def _tree(body: bytes) -> Node | None:
    text = _decoded(body)
    if text is None:
        return None
    document = Node("")
    open_ = [document]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or not _placed(token, open_):
            return None
        position = token.end()
    if len(open_) != 1 or len(document.children) != 1 or document.text.strip(_BLANK):
        return None
    return document.children[0]


def _placed(token: re.Match[str], open_: list[Node]) -> bool:
    """Put a token into the tree; return False if it cannot stand there."""
    if token["comment"] is not None:
        return True
    if token["cdata"] is not None or token["text"] is not None:
        text = token["cdata"] if token["text"] is None else _unescaped(token["text"])
        open_[-1].text += text or ""
        return text is not None
    if token["end"] is not None:
        return len(open_) > 1 and open_.pop().name == token["end"].rpartition(":")[2]
    attributes = re.findall(r"([^\s=\"']+)\s*=\s*(?:\"[^\"]*\"|'[^']*')", token["attributes"])
    node = Node(
        token["start"].rpartition(":")[2],
        has_attributes=any(re.match(r"xmlns(:|$)", name) is None for name in attributes),
    )
    open_[-1].children.append(node)
    if not token["closed"]:
        open_.append(node)
    return True


def _unescaped(text: str) -> str | None:
    if "&" in _ENTITY.sub("", text):
        return None

    def character(found: re.Match[str]) -> str:
        if found[3]:
            return _NAMED[found[3]]
        code = int(found[1], 16) if found[1] else int(found[2])
        return chr(code) if code < 0x110000 else "\0"

    return _ENTITY.sub(character, text)


def _decoded(body: bytes) -> str | None:
    declared = _DECLARED.match(body)
    encoding = declared[1].decode() if declared else "utf-8"
    if body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        encoding = "utf-8-sig" if body.startswith(b"\xef") else "utf-16"
    elif b"\0" in body[:2]:
        encoding = "utf-16-be" if body.startswith(b"\0") else "utf-16-le"
    try:
        text = body.decode(encoding)
    except (LookupError, ValueError):
        return None
    return None if re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text) else text
