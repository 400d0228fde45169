"""The page as a document: all of the plan is on it, once, and as nothing but text."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from drift.plan import BUCKET, DocumentChange, Finding, Inert, Plan, ResourceChange, Status
from drift.render import render
from drift.render.excuse import told
from drift.render.html.element import Html, element, joined
from drift.settings.https import CipherSuite, HttpsConfiguration, Tls
from drift.untrusted import visible
from tests.hostile import HOSTILE
from tests.render.fleets import (
    drifted,
    in_sync,
    missing,
    never_configured,
    planned,
    undeclared,
    unreadable,
)
from tests.render.plans import HOSTILE_PLANS, PLAIN_PLANS, TYPE, hostile_plan

LONGEST = 500
FEWER = settings(max_examples=40)  # a strict parser takes its time


OURS = [
    files("drift.render.html").joinpath(name).read_text("utf-8") for name in ("page.css", "page.js")
]
"""What the parser need not read again in each page; it takes its time."""


def parsed(page: str) -> Element:
    """Return the page as a strict parser sees it; any error in it is an exception."""
    for text in OURS:
        page = page.replace(text, "")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(page)
    return tree


def found(tree: Element, path: str) -> list[str]:
    """Return the text of each element at a path."""
    return ["".join(one.itertext()).strip() for one in tree.iterfind(path)]


def page_of(*resources: ResourceChange, **more: Any) -> Element:
    return parsed(render(planned(*resources, **more), "html"))


def rows(tree: Element) -> list[list[str]]:
    """Return the cells of the table of all buckets."""
    lines = tree.iterfind(".//table[@id='buckets']/tbody/tr")
    return [["".join(cell.itertext()) for cell in line] for line in lines]


def shown(text: str) -> str:
    return visible(text, LONGEST)


def tags(tree: Element) -> list[str]:
    return [str(one.tag) for one in tree.iter()]


@pytest.mark.parametrize(
    ("plan", "verdict", "why"),
    [
        (planned(in_sync("a")), "in sync", "No changes. Live matches desired."),
        (
            planned(in_sync("a"), drifted("b")),
            "drift",
            "Every declared bucket was read. Some differ, or do not exist.",
        ),
        (
            planned(in_sync("a"), missing("b"), undeclared("c"), undeclared="report"),
            "drift",
            "Every declared bucket was read. Some differ, or do not exist.",
        ),
        (
            planned(in_sync("a"), undeclared("b"), undeclared="fail"),
            "drift",
            "Every declared bucket was read. Buckets that no desired file declares count as drift.",
        ),
        (
            planned(drifted("a"), unreadable("b"), unreadable("c")),
            "incomplete",
            "2 buckets could not be judged, so nothing is called green.",
        ),
        (
            planned(undeclared("a")),
            "incomplete",
            "No declared bucket was found, so nothing is called green.",
        ),
    ],
)
def test_the_verdict_and_its_reason_come_first(plan: Plan, verdict: str, why: str) -> None:
    tree = parsed(render(plan, "html"))
    assert found(tree, ".//h1") == [f"Verdict: {verdict}"]
    assert found(tree, ".//h1/../p")[0] == why
    assert found(tree, ".//title")[0].startswith(f"drift: {verdict}, ")


def test_the_head_says_what_is_to_do_when_live_was_read_and_by_which_drift() -> None:
    idle = in_sync("a", inert=(Inert(path="/a/b", value="x"),))
    warned = in_sync("b", warnings=(Finding(path="/c", message="is not known"),))
    tree = page_of(idle, warned, drifted("c"), never_configured("d"), undeclared("e"))
    assert found(tree, ".//header/p") == ["drift 1. Live was read at 2026-11-22 12:00:00 UTC."]
    assert found(tree, ".//h1/../p")[1:] == [
        "Plan: 1 to add, 1 to change, 0 to destroy.",
        "In sync, but with stored values that have no effect: 1.",
        "With warnings: 1.",
    ]
    counts = ["4 buckets", "2 in sync", "2 drifted", "1 undeclared"]
    assert found(tree, ".//header/ul/li") == counts
    widths = [int(one.get("width", "")) for one in tree.iterfind(".//{*}rect")]
    assert widths == [397, 397, 197]


def test_one_bucket_of_a_thousand_is_seen_in_the_bar() -> None:
    tree = page_of(*(in_sync(str(number)) for number in range(999)), unreadable("x"))
    green, violet = tree.iterfind(".//{*}rect")
    assert violet.get("class") == "unreadable"
    assert int(violet.get("width", "")) == 5
    assert int(green.get("width", "")) == 999 - 3


def test_buckets_about_which_the_same_is_said_share_a_section() -> None:
    beijing = [drifted(f"b{number:02}", region="cn-beijing") for number in range(10)]
    tree = page_of(drifted("a"), *beijing, drifted("n", region=None))
    (section,) = tree.iterfind(".//section[@id='s1']")
    assert found(section, "h3") == ["§1 12 buckets are weaker than desired"]
    assert found(section, "ul[@class='regions']/li") == [
        "10 in cn-beijing",
        "1 in no known region",
        "1 in cn-hangzhou",
    ]
    assert found(section, "p[@class='about']") == [
        "a, b00, b01, b02, b03, b04, b05, b06, b07, b08, and 2 more in the table below."
    ]
    assert found(section, "p")[0] == "Each accepts TLS 1.0, which is not wanted."
    assert found(section, "ul[@class='changes']/li") == [
        '- TLS/TLSVersion = "TLSv1.0"weakerdesired/app.json:3'
    ]
    assert [row[4].rpartition(" ")[2] for row in rows(tree)] == ["§1"] * 12


def test_a_section_says_all_of_its_only_bucket() -> None:
    warned = (Finding(path="/a/c", message="is not known"),)
    tree = page_of(
        unreadable("a", request="R1"),
        drifted("b", inert=(Inert(path="/a/b", value="x"),), warnings=warned),
        unreadable("c", "Timeout", source=None, region=None),
    )
    assert found(tree, ".//section[@id='s1']/p") == [
        (
            "AccessDenied: These credentials may not read the setting. "
            "Allow the RAM action oss:GetBucketHttpsConfig on acs:oss:*:*:a."
        ),
        "In cn-hangzhou. Declared in desired/app.json:3.",
        "Request R1.",
    ]
    assert found(tree, ".//section[@id='s3']/p") == [
        "It accepts TLS 1.0, which is not wanted.",
        "In cn-hangzhou. Declared in desired/app.json:3.",
        "It stores /a/b, which has no effect.",
        "Warning: is not known [/a/c]",
    ]
    assert found(tree, ".//section[@id='s2']/h3") == ["§2 c could not be judged"]
    assert len(found(tree, ".//section[@id='s2']/p")) == 1


def test_advice_for_many_names_none_of_them() -> None:
    tree = page_of(unreadable("a"), unreadable("b"))
    assert "acs:oss:*:*:BUCKET." in found(tree, ".//section[@id='s1']/p")[0]


@pytest.mark.parametrize(
    ("policy", "said"),
    [("fail", "This counts as drift."), ("report", "This counts as no drift.")],
)
def test_an_undeclared_bucket_is_said_to_count_or_not(policy: str, said: str) -> None:
    tree = page_of(in_sync("a"), undeclared("b"), undeclared=policy)
    assert found(tree, ".//section[@id='s1']/p")[0] == said


def test_live_stands_beside_desired() -> None:
    documents = DocumentChange(
        actions=("update",),
        before={
            "HttpsConfiguration": {
                "TLS": {"Enable": False, "TLSVersion": ["TLSv1.0", "TLSv1.2"], "Old": {}},
                "CipherSuite": {"Enable": False},
                "Kept": True,
            }
        },
        after={
            "HttpsConfiguration": {
                "TLS": {"Enable": True, "TLSVersion": ["TLSv1.2", "TLSv1.3"], "New": []},
                "CipherSuite": {"Enable": False},
                "Kept": True,
            }
        },
    )
    one = drifted("a").changes[0]
    versions = one.path
    changes = (
        one.model_copy(update={"path": "/HttpsConfiguration/TLS/Enable", "action": "update",
                               "before": False, "after": True}),
        one,
        one.model_copy(update={"action": "add", "before": None, "after": "TLSv1.3"}),
    )  # fmt: skip
    assert versions == "/HttpsConfiguration/TLS/TLSVersion"
    tree = page_of(drifted("a", change=documents, changes=changes))
    table = ".//table[@class='sides']"
    assert found(tree, f"{table}/thead/tr/th") == ["Member", "Live", "Desired"]
    lines = [found(line, "*") for line in tree.iterfind(f"{table}/tbody/tr")]
    assert lines == [
        ["TLS/Enable", "~ false", "~ true"],
        ["TLS/TLSVersion", '- "TLSv1.0""TLSv1.2"', '"TLSv1.2"+ "TLSv1.3"'],
        ["TLS/New", "not set", "none"],
        ["TLS/Old", "{}", "not set"],
    ]
    assert found(tree, f"{table}//del") == ["~ false", '- "TLSv1.0"']
    assert found(tree, f"{table}//ins") == ["~ true", '+ "TLSv1.3"']
    assert found(tree, ".//ul[@class='changes']/li/code") == [
        "~ TLS/Enable = false -> true",
        '- TLS/TLSVersion = "TLSv1.0"',
        '+ TLS/TLSVersion = "TLSv1.3"',
    ]
    assert "Not changed: CipherSuite, Kept." in found(tree, ".//section[@id='s1']/p")


def test_what_is_equal_to_python_only_is_shown_as_it_is() -> None:
    values = (True, 1, 1.0, False, 0, -0.0, 0.0)
    one = drifted("a").changes[0]
    tree = page_of(
        *(
            drifted(
                f"b{number}",
                change=DocumentChange(actions=("update",), before={"a": value}, after={"a": "x"}),
                changes=(
                    one.model_copy(
                        update={"path": "/a", "action": "update", "before": value, "after": "x"}
                    ),
                ),
            )
            for number, value in enumerate(values)
        )
    )
    assert found(tree, ".//table[@class='sides']//del") == [
        f"~ {json.dumps(value)}" for value in values
    ]
    assert found(tree, ".//ul[@class='changes']/li/code") == [
        f'~ a = {json.dumps(value)} -> "x"' for value in values
    ]


def test_what_never_was_configured_has_no_live_side() -> None:
    tree = page_of(never_configured("a"))
    said = found(tree, ".//section[@id='s1']/p")
    assert said[0].startswith("It was never configured: it ")
    assert not [one for one in said if one.startswith("Not changed")]
    assert found(tree, ".//tbody/tr/td")[:2] == ["not set", "+ false"]


def test_a_change_that_is_declared_in_several_files_says_so() -> None:
    one = drifted("a")
    other = one.changes[0].model_copy(update={"source": replace(one.changes[0].source, line=9)})
    tree = page_of(one, drifted("b", changes=(other,)))
    assert found(tree, ".//ul[@class='changes']/li/span[@class='place']") == [
        "desired/app.json:3 and 1 more"
    ]


def test_the_worst_comes_first_and_what_is_in_sync_last() -> None:
    warned = in_sync("z", warnings=(Finding(path="/a", message="is odd"),))
    tree = page_of(
        in_sync("a"), undeclared("b"), missing("c"), drifted("d"), unreadable("e"), warned
    )
    assert [row[0] for row in rows(tree)] == ["e", "d", "c", "b", "z", "a"]
    statuses = ["not judged", "drifted", "missing", "undeclared", "in sync", "in sync"]
    assert [row[2] for row in rows(tree)] == statuses
    assert [row[3] for row in rows(tree)] == ["", "weaker", "", "", "", ""]


def test_the_setting_is_named_only_where_there_are_several() -> None:
    other = replace(in_sync("b"), type="oss_bucket_encryption")
    assert rows(page_of(in_sync("a"), undeclared("b")))[0][0] == "b"
    assert [row[0] for row in rows(page_of(in_sync("a"), other))] == [
        "aoss_bucket_https_config",
        "boss_bucket_encryption",
    ]


def test_a_plan_of_nothing_has_no_table() -> None:
    tree = page_of()
    assert found(tree, ".//main//p") == ["There is none."]
    assert found(tree, ".//table") == []


@FEWER
@given(HOSTILE_PLANS)
def test_every_bucket_is_a_row_exactly_once(plan: Plan) -> None:
    """Law: the rows are the buckets of the plan, each with its own words."""
    several = len({one.type for one in plan.resource_changes} - {BUCKET}) > 1
    expected = Counter(
        shown(one.name) + (shown(one.type) if several else "") for one in plan.resource_changes
    )
    assert Counter(row[0] for row in rows(parsed(render(plan, "html")))) == expected


@FEWER
@given(HOSTILE_PLANS)
def test_every_change_is_on_the_page_with_both_of_its_sides(plan: Plan) -> None:
    """Law: what a bucket's row leads to has what each of its changes takes away and puts there.

    What is waived beside what is not is told in short.
    """
    tree = parsed(render(plan, "html"))
    sections = {one.get("id"): "".join(one.itertext()) for one in tree.iterfind(".//section")}
    lines = iter(tree.iterfind(".//table[@id='buckets']/tbody/tr"))
    links = Counter(one.get("href", "") for line in lines for one in line.iterfind(".//a"))
    judged = [one for one in plan.resource_changes if one.status is not Status.IN_SYNC]
    assert links.total() == len(judged)
    assert {link.removeprefix("#") for link in links} <= set(sections)
    for change in (change for one in plan.resource_changes for change in told(one)):
        left = change.before if change.action != "add" else change.after
        right = change.after if change.action != "remove" else change.before
        assert any(
            shown(json.dumps(left)) in text and shown(json.dumps(right)) in text
            for text in sections.values()
        )


@FEWER
@given(HOSTILE_PLANS)
def test_the_verdict_in_words_is_the_verdict_of_the_plan(plan: Plan) -> None:
    """Law: the page calls a plan what the plan calls itself, and only a green one green."""
    tree = parsed(render(plan, "html"))
    verdict = plan.verdict.replace("_", " ")
    assert found(tree, ".//h1") == [f"Verdict: {verdict}"]
    (banner,) = (one for one in tree.iter("div") if one.get("class", "").startswith("verdict"))
    assert banner.get("class") == f"verdict {plan.verdict}"
    is_equal = plan.summary.in_sync == plan.summary.buckets
    green = "Live matches desired." in "".join(tree.itertext())
    assert green is (is_equal and plan.verdict == "in_sync")


@FEWER
@given(HOSTILE_PLANS | PLAIN_PLANS)
def test_what_a_stranger_wrote_adds_no_element_and_no_attribute(plan: Plan) -> None:
    """Law: a hostile plan and the same plan in harmless words are pages of the same elements."""
    page = render(plan, "html")
    tree, harmless = parsed(page), parsed(render(in_other_words(plan), "html"))
    assert tags(tree) == tags(harmless)
    assert [one.attrib for one in tree.iter()] == [one.attrib for one in harmless.iter()]
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(set(ids)) == len(ids)
    assert page.encode().decode() == page
    assert all(character.isprintable() or character == "\n" for character in page)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_wrote_is_on_the_page_as_it_is(text: str) -> None:
    plan = hostile_plan(text).model_copy(update={"drift_version": text})
    whole = "".join(parsed(render(plan, "html")).itertext())
    assert shown(text) in whole
    assert shown(json.dumps(text)) in whole
    for one in plan.resource_changes:
        assert shown(one.name) in whole


def test_only_what_is_made_by_an_element_is_markup() -> None:
    assert (
        element("b", "<i>", element("u", "&"), Html("<br>")) == "<b>&lt;i&gt;<u>&amp;</u><br></b>"
    )
    assert element("b", title="\"'<>") == '<b title="&quot;&#x27;&lt;&gt;"></b>'
    assert joined("<", Html("<hr>"), by="&") == "&lt;&<hr>"


def test_the_policy_lets_nothing_run_but_what_it_hashes() -> None:
    page = render(planned(drifted("a")), "html")
    tree = parsed(page)
    (policy,) = tree.iterfind(".//meta[@http-equiv='Content-Security-Policy']")
    hashes = []
    for name in ("style", "script"):
        (text,) = re.findall(f"<{name}>(.*?)</{name}>", page, re.DOTALL)
        hashes.append(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")
    assert policy.get("content") == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {hashes[0]}; script-src {hashes[1]}"
    )


def test_a_page_needs_nothing_from_elsewhere() -> None:
    page = render(planned(drifted("a"), unreadable("b")), "html")
    tree = parsed(page)
    names = {name for one in tree.iter() for name in one.attrib}
    assert not names & {"src", "srcset", "action", "style", "data", "poster"}
    assert not [name for name in names if name.startswith("on")]
    links = [one.get("href", "") for one in tree.iter() if one.get("href")]
    assert links
    ids = {one.get("id") for one in tree.iter()}
    assert {link.removeprefix("#") for link in links} <= ids
    assert not re.search(r"url\(|@import|//[a-z]+\.", page.partition("<body>")[0])


def test_a_page_is_the_same_whatever_the_hash_seed() -> None:
    code = (
        "from tests.render.fleets import of_strangers\nfrom drift.render import render\n"
        "print(render(of_strangers(lambda kind: kind), 'html'))"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True, check=True, cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(pages) == 1


def in_other_words(plan: Plan) -> Plan:
    """Return the plan with other words in the place of each that a stranger may choose.

    The words of the setting stay: of what it knows, the page says more.
    """
    ours = {"", BUCKET, TYPE, *shape(), *HttpsConfiguration.vocabulary()}
    words = {word: word for word in ours}

    def say(text: str) -> str:
        return "/".join(words.setdefault(word, f"w{len(words)}") for word in text.split("/"))

    return plan.model_copy(
        update={"resource_changes": tuple(_said(one, say) for one in plan.resource_changes)}
    )


def shape() -> set[str]:
    """Return the names of all members of the setting."""
    parts = (Tls, CipherSuite, HttpsConfiguration)
    members = (str(field.alias) for part in parts for field in part.model_fields.values())
    return {HttpsConfiguration.root, *members}


def _said(value: Any, say: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else say(value)
    if isinstance(value, tuple | list):
        return type(value)(_said(one, say) for one in value)
    if isinstance(value, dict):
        return {say(name): _said(inner, say) for name, inner in value.items()}
    ours = ("action", "actions")
    if isinstance(value, BaseModel):
        names = set(type(value).model_fields) - set(ours)
        return value.model_copy(update={name: _said(getattr(value, name), say) for name in names})
    if is_dataclass(value) and not isinstance(value, type):
        names = {field.name for field in fields(value)}
        return replace(value, **{name: _said(getattr(value, name), say) for name in names})
    return value
