"""What a stranger wrote is text in every rung of the Markdown, and nothing but text."""

import re
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

import cmarkgfm
import html5lib
import pytest
from cmarkgfm.cmark import Options

from drift.plan import Plan
from drift.render import Screen, markdown
from drift.render.markdown_text import code, fence, prose
from drift.untrusted import visible
from tests.hostile import HOSTILE
from tests.render.fleets import of_strangers

OURS = {
    *("html", "head", "body", "h2", "h3", "p", "strong", "blockquote", "ul", "li", "pre", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}
FORGES = re.compile(
    r"@[\w-]|#\d|GH-\d|[A-Z]-\d|[!&~%$]\w|://|www\.|\b[0-9a-f]{7,40}\b|\{\{|:[a-z]\w*:|\[\[",
    re.ASCII,
)
"""What a forge looks for in all text that is not code."""

LINES = re.compile(
    r"|(## |### |> |- |  - |\| |\*\*This is not green|In |By region: |It |Each |Reason: |Buckets: "
    r"|\*\*Severity |\*\*Waived\*\* |Of the drifted, |Plan: |In sync, but with |Live was read"
    r"|</?details>$|<summary>[\w ]+</summary>$).*"
)
"""How each line begins that is not in a fence: with a word of ours."""

BENIGN = "harmless"


def parsed(text: str) -> Element:
    page = cmarkgfm.markdown_to_html_with_extensions(
        text,
        options=Options.CMARK_OPT_UNSAFE,
        extensions=["table", "autolink", "strikethrough"],
    )
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    return tree


def rungs(plan: Plan) -> list[str]:
    return [*markdown._rungs(plan, "Ours."), markdown.render(plan, Screen())]


@cache
def expected(meaning: str) -> list[list[str]]:
    """Return the tags of each rung; of an empty meaning, nothing is said."""
    plan = of_strangers(lambda what: meaning if what == "meaning" else BENIGN)
    return [structure(parsed(text)) for text in rungs(plan)]


def structure(tree: Element, *, in_pre: bool = False) -> list[str]:
    """Return the tags in their order; how many words of a sentence are code is up to the words."""
    tags = [] if tree.tag == "code" and not in_pre else [str(tree.tag)]
    return tags + [tag for one in tree for tag in structure(one, in_pre=tree.tag == "pre")]


def outside_code(tree: Element) -> Iterator[str]:
    if tree.tag != "code":
        yield tree.text or ""
        for one in tree:
            yield from outside_code(one)
            yield one.tail or ""


def squeezed(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_stranger_wrote_changes_no_element_and_refers_to_nothing(text: str) -> None:
    tags_of_each = expected(BENIGN if text.strip() else "")
    for rung, tags in zip(rungs(of_strangers(lambda _: text)), tags_of_each, strict=True):
        tree = parsed(rung)
        assert structure(tree) == tags
        assert set(tags) <= OURS
        assert not [one.attrib for one in tree.iter() if one.attrib.keys() - {"class", "align"}]
        for piece in outside_code(tree):
            assert not FORGES.search(piece), piece
        rung.encode()
        assert rung.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_stranger_wrote_is_found_again_as_it_was(text: str) -> None:
    everything, folded, lines, worst, whole = (
        "".join(parsed(rung).itertext()) for rung in rungs(of_strangers(lambda _: text))
    )
    assert everything == whole
    for rung in (everything, folded):
        assert squeezed(visible(text, 500)) in squeezed(rung)
    for rung in (everything, folded, lines):
        assert " ".join(visible(text).split()) in " ".join(rung.split())
    assert squeezed(visible(text, 20)) in squeezed(worst)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_line_begins_with_what_a_stranger_wrote(text: str) -> None:
    for rung in rungs(of_strangers(lambda _: text)):
        fenced = ""
        for line in rung.split("\n"):
            if fenced:
                assert line == fenced or line[:2] in ("+ ", "- ", "! ", "  ")
                fenced = "" if line == fenced else fenced
            elif line.endswith("diff") and set(line[:-4]) == {"`"}:
                fenced = line[:-4]
            else:
                assert LINES.fullmatch(line), line
        assert not fenced


@pytest.mark.parametrize("text", ["`", "a`", "``a", "`" * 9, "`" * 10, "`" * 90, " `a` ", " ", ""])
def test_a_code_span_holds_any_backticks(text: str) -> None:
    span = code(text)
    (paragraph,) = parsed(f"x{span}y").iter("p")
    (inner,) = paragraph
    shown = (text or " ").replace("`", r"\x60" if len(text) > 9 else "`")
    assert (inner.tag, inner.text, paragraph.text, inner.tail) == ("code", shown, "x", "y")


@pytest.mark.parametrize("run", [0, 2, 3, 9, 10, 90])
def test_a_fence_is_longer_than_what_it_holds(run: int) -> None:
    tree = parsed(fence(["+ a", "`" * run, "- b"], "diff") + "# after")
    (inner,) = tree.iter("code")
    assert (inner.text or "").split("\n")[0::2] == ["+ a", "- b"]
    assert [one.tag for one in tree.iter()][-1] == "h1"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It accepts TLS 1.0 and 1.1, which isn't wanted.",) * 2,
        ("Allow oss:List on acs:oss:*:*:*, or not", "Allow `oss:List` on `acs:oss:*:*:*`, or not"),
        ("Check it; `drift doctor` says so.",) * 2,
        ('(`drift doctor`), "Region"',) * 2,
        ("a ` b", "a `` ` `` b"),
        ("fixes #1, octo/repo#2 now", "fixes `#1, octo/repo#2` now"),
        ("give --deadline", "give `--deadline`"),
        ("deadbee facade defaced", "`deadbee` facade `defaced`"),
        ("12345 1234", "`12345` 1234"),
        ("TICKET-12 well-known", "`TICKET-12` well-known"),
        (":", "`:`"),
        ("größe 桶", "größe 桶"),
        ("", ""),
    ],
)  # fmt: skip
def test_words_stay_words_and_all_else_is_code(text: str, shown: str) -> None:
    assert prose(text) == shown
