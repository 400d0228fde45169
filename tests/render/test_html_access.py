"""The page for everybody: enough contrast, a name for everything, and no colour on its own."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from drift.plan import Impact, Plan
from drift.render import render
from tests.render.fleets import (
    drifted,
    in_sync,
    missing,
    never_configured,
    of_strangers,
    planned,
    undeclared,
    unreadable,
)

if TYPE_CHECKING:
    from tests.render.browser import Browser

pytest_plugins = ["tests.render.browser"]

INCOMPLETE = planned(
    drifted("weaker-1"),
    drifted("weaker-2"),
    drifted("mixed", "A", impact=Impact.MIXED),
    drifted("stricter", "B", impact=Impact.STRICTER),
    drifted("neutral", "C", impact=Impact.NEUTRAL),
    never_configured("new"),
    missing("missing"),
    undeclared("undeclared"),
    unreadable("unreadable", request="R1"),
    in_sync("green"),
)
PLANS: Sequence[tuple[str, Plan]] = (
    ("green", planned(in_sync("a"))),
    ("drift", planned(in_sync("a"), drifted("b"))),
    ("incomplete", INCOMPLETE),
    ("empty", planned()),
    ("strangers", of_strangers(lambda kind: f"<b>{kind}</b>")),
)
EACH_PLAN = pytest.mark.parametrize("plan", [plan for _, plan in PLANS], ids=dict(PLANS))
EACH_SCHEME = pytest.mark.parametrize("scheme", ["light", "dark"])

CONTRAST = """
(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const clear = (color) => numbers(color)[3] === 0;
  const light = (color) => {
    const [r, g, b] = numbers(color).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    while (clear(getComputedStyle(element).backgroundColor)) element = element.parentElement;
    return getComputedStyle(element).backgroundColor;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.localName === "script") continue;
    const pair = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    found.push([ratio, walker.currentNode.data]);
  }
  return found;
})()
"""
"""The contrast of each text to what is behind it, as WCAG 2.2 computes it."""


def opened(browser: "Browser", plan: Plan, scheme: str = "light") -> "Browser":
    browser.open(render(plan, "html"))
    browser.show(scheme=scheme)
    return browser


def color(browser: "Browser", selector: str, name: str = "color") -> tuple[int, ...]:
    found = browser.evaluate(
        f"getComputedStyle(document.querySelector({json.dumps(selector)}))[{json.dumps(name)}]"
    )
    return tuple(int(part) for part in found.removeprefix("rgb(").removesuffix(")").split(","))


@EACH_SCHEME
@EACH_PLAN
def test_axe_finds_nothing(browser: "Browser", axe: str, plan: Plan, scheme: str) -> None:
    opened(browser, plan, scheme)
    browser.evaluate(axe)
    for pixels in (1280, 320):
        browser.width(pixels)
        found: list[dict[str, Any]] = browser.evaluate(
            "axe.run({resultTypes: ['violations', 'incomplete']})"
            ".then(({violations, incomplete}) => [...violations, ...incomplete"
            ".filter(({id}) => id !== 'color-contrast')]"
            ".map(({id, nodes}) => ({id, nodes: nodes.map(({html, any}) =>"
            " [html.slice(0, 120), any.map(({message}) => message)])})))"
        )
        assert found == []


@EACH_SCHEME
@EACH_PLAN
def test_every_text_stands_out_from_what_is_behind_it(
    browser: "Browser", plan: Plan, scheme: str
) -> None:
    found = opened(browser, plan, scheme).evaluate(CONTRAST)
    assert len(found) > 5
    assert [(ratio, text) for ratio, text in found if ratio < 4.5] == []


def test_the_page_is_light_or_dark_as_its_reader_prefers(browser: "Browser") -> None:
    opened(browser, INCOMPLETE)
    assert min(color(browser, "body", "backgroundColor")) > 240
    assert max(color(browser, "body")) < 60
    browser.show(scheme="dark")
    assert max(color(browser, "body", "backgroundColor")) < 40
    assert min(color(browser, "body")) > 200


@EACH_SCHEME
def test_only_what_is_in_sync_looks_green(browser: "Browser", scheme: str) -> None:
    looks = {}
    for name, plan in PLANS[:4]:
        opened(browser, plan, scheme)
        sign = (*browser.texts(".sign"), *browser.texts("h1"))
        looks[name] = (sign, color(browser, "h1"), color(browser, ".verdict", "backgroundColor"))
    for red, green, blue in looks["green"][1:]:
        assert green > max(red, blue)
    for name in ("drift", "incomplete", "empty"):
        for red, green, blue in looks[name][1:]:
            assert green < max(red, blue)
    assert looks["green"][0] == ("\u2713", "Verdict: in sync")
    assert looks["drift"][0] == ("~", "Verdict: drift")
    assert looks["incomplete"][0] == looks["empty"][0] == ("?", "Verdict: incomplete")


def test_a_status_has_a_sign_and_a_word_beside_its_colour(browser: "Browser") -> None:
    opened(browser, INCOMPLETE)
    cells = browser.evaluate(
        "[...document.querySelectorAll('#buckets tbody td:nth-child(3)')].map((cell) =>"
        " getComputedStyle(cell, '::before').content[1] + ' ' + cell.textContent)"
    )
    assert set(cells) == {
        "? not judged", "~ drifted", "! missing", "# undeclared", "\u2713 in sync",
    }  # fmt: skip


def test_the_page_can_be_walked_through_with_the_keyboard(browser: "Browser") -> None:
    opened(browser, planned(drifted("a"), in_sync("b")))
    walked = []
    for _ in range(12):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        walked.append(browser.evaluate("document.activeElement.textContent.trim()"))
        outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", walked
    columns = ["Bucket", "Region", "Status", "Impact", "What it means", "Declared in"]
    assert walked == ["Skip to all buckets", "", "", "", "Show all", *columns, "§1"]


def test_the_number_shown_is_told_to_who_does_not_see_it(browser: "Browser") -> None:
    opened(browser, INCOMPLETE)
    tree = browser.command("Accessibility.getFullAXTree")["nodes"]
    roles = {
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"]
    }
    assert {
        ("banner", ""),
        ("main", ""),
        ("search", ""),
        ("region", "What was found"),
        ("region", "All buckets"),
        ("table", "All buckets"),
        ("searchbox", "Filter by text"),
        ("group", "Filter by status"),
        ("checkbox", "in sync 1"),
        ("columnheader", "Status"),
        ("rowheader", "green"),
        ("status", ""),
        ("list", "Changes"),
        ("cell", "in sync"),
    } <= roles
