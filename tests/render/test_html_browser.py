"""The page in a real browser: sorted, filtered, printed, and safe from what a stranger wrote."""

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from drift.plan import Plan, ResourceChange
from drift.render import render
from drift.untrusted import visible
from tests.hostile import HOSTILE
from tests.render.fleets import (
    drifted,
    in_sync,
    missing,
    of_strangers,
    planned,
    source,
    undeclared,
    unreadable,
)

if TYPE_CHECKING:
    from tests.render.browser import Browser

pytest_plugins = ["tests.render.browser"]

NAMES = "#buckets tbody tr th"
COLUMNS = ("Bucket", "Region", "Status", "Impact", "What it means", "Declared in")
FLEET = planned(
    drifted("app-10", region="eu-central-1", source=source("desired/b10.json")),
    drifted("app-9", region="cn-beijing", source=source("desired/b9.json")),
    in_sync("fine-1", region="ap-southeast-1", source=source("desired/a.json")),
    in_sync("fine-2", region="cn-shanghai", source=source("desired/c.json")),
    missing("gone", region="cn-qingdao", source=source("desired/d.json")),
    undeclared("stray", "us-east-1"),
    unreadable("denied", source=source("desired/e.json")),
)
ALL = ["denied", "app-10", "app-9", "gone", "stray", "fine-1", "fine-2"]
"""The buckets of the fleet as the page has them at first: the worst before the others."""

SORTED = {
    "Bucket": ["app-9", "app-10", "denied", "fine-1", "fine-2", "gone", "stray"],
    "Region": ["fine-1", "app-9", "denied", "gone", "fine-2", "app-10", "stray"],
    "Status": ["denied", "app-10", "app-9", "gone", "stray", "fine-1", "fine-2"],
    "Impact": ["app-10", "app-9", "denied", "gone", "stray", "fine-1", "fine-2"],
    "What it means": ["fine-1", "fine-2", "app-10", "app-9", "denied", "gone", "stray"],
    "Declared in": ["stray", "fine-1", "app-9", "app-10", "fine-2", "gone", "denied"],
}


def opened(browser: "Browser", plan: Plan = FLEET) -> "Browser":
    browser.open(render(plan, "html"))
    return browser


def type_in(browser: "Browser", text: str) -> None:
    browser.driver.find_element("css selector", "input[type=search]").send_keys(text)


def press(browser: "Browser", *keys: str) -> None:
    ActionChains(browser.driver).send_keys(*keys).perform()


def sort_states(browser: "Browser") -> list[str | None]:
    headings = "[...document.querySelectorAll('#buckets thead th')]"
    states: list[str | None] = browser.evaluate(
        f"{headings}.map((one) => one.getAttribute('aria-sort'))"
    )
    return states


def told(browser: "Browser") -> list[str]:
    return browser.texts("output")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("by", ["click", "keyboard"])
def test_each_column_sorts_up_and_down(browser: "Browser", column: str, by: str) -> None:
    opened(browser)
    index = COLUMNS.index(column)
    button = f"#buckets thead th:nth-child({index + 1}) button"

    def sort() -> None:
        if by == "click":
            browser.click(button)
        else:
            browser.run("document.querySelector(arguments[0]).focus()", button)
            press(browser, Keys.ENTER)

    states: list[str | None] = [None] * len(COLUMNS)
    assert (browser.texts(NAMES), sort_states(browser)) == (ALL, states)
    sort()
    states[index] = "ascending"
    assert (browser.texts(NAMES), sort_states(browser)) == (SORTED[column], states)
    sort()
    states[index] = "descending"
    assert sort_states(browser) == states
    assert browser.texts(NAMES) == downwards(column)
    assert browser.texts("#buckets thead th") == list(COLUMNS)


def downwards(column: str) -> list[str]:
    """Return the order turned round, in which equal rows stand as they did."""
    equal = {
        "Status": ["fine-1", "fine-2", "stray", "gone", "app-10", "app-9", "denied"],
        "Impact": ["denied", "gone", "stray", "fine-1", "fine-2", "app-10", "app-9"],
        "What it means": ["stray", "gone", "denied", "app-10", "app-9", "fine-1", "fine-2"],
    }
    return equal.get(column, SORTED[column][::-1])


def test_only_the_column_sorted_last_is_called_sorted(browser: "Browser") -> None:
    opened(browser)
    browser.click("#buckets thead th:nth-child(1) button")
    browser.click("#buckets thead th:nth-child(2) button")
    assert sort_states(browser) == [None, "ascending", None, None, None, None]


def test_text_filters_the_rows_and_the_number_is_told(browser: "Browser") -> None:
    opened(browser)
    assert told(browser) == ["7 of 7 buckets shown"]
    type_in(browser, "FINE")
    assert browser.texts(NAMES) == ["fine-1", "fine-2"]
    assert told(browser) == ["2 of 7 buckets shown"]
    type_in(browser, "-2")
    assert told(browser) == ["1 of 7 buckets shown"]
    type_in(browser, "nothing")
    assert (browser.texts(NAMES), told(browser)) == ([], ["0 of 7 buckets shown"])
    browser.click(".told button")
    assert (browser.texts(NAMES), told(browser)) == (ALL, ["7 of 7 buckets shown"])


def test_a_status_filters_the_rows(browser: "Browser") -> None:
    opened(browser)
    labels = ["not judged 1", "drifted 2", "missing 1", "undeclared 1", "in sync 2"]
    assert [text.strip() for text in browser.texts("fieldset label")] == labels
    browser.click("input[value='in sync']")
    assert browser.texts(NAMES) == ALL[:5]
    browser.run("document.querySelector('input[value=drifted]').focus()")
    press(browser, Keys.SPACE)
    type_in(browser, "e")
    assert browser.texts(NAMES) == ["denied", "gone", "stray"]
    assert told(browser) == ["3 of 7 buckets shown"]
    browser.click(".told button")
    assert browser.texts(NAMES) == ALL


def test_what_is_filtered_stays_so_when_it_is_sorted(browser: "Browser") -> None:
    opened(browser)
    type_in(browser, "app")
    browser.click("#buckets thead button")
    assert browser.texts(NAMES) == ["app-9", "app-10"]
    browser.click(".told button")
    assert browser.texts(NAMES) == SORTED["Bucket"]


def test_a_section_shows_its_buckets_in_the_table(browser: "Browser") -> None:
    opened(browser)
    type_in(browser, "stray")
    browser.click(".show")
    assert browser.texts(NAMES) == ["app-10", "app-9"]
    assert browser.texts("#buckets tbody a") == ["§2", "§2"]
    browser.click("#buckets tr:not([hidden]) a")
    assert browser.evaluate("location.hash") == "#s2"


def test_ten_sections_are_not_mistaken_for_one(browser: "Browser") -> None:
    """A section is found by its whole number: §1 is not the beginning of §10."""
    several = [drifted(f"b{n // 2}-{n % 2}", f"TLSv1.{n // 2}") for n in range(20)]
    opened(browser, planned(*several))
    browser.click(".show")
    assert browser.texts("#buckets tbody a") == ["§1", "§1"]


def test_every_row_of_many_can_be_reached(browser: "Browser") -> None:
    names = [f"b-{number:04}" for number in range(1_050)]
    opened(browser, planned(*(in_sync(name) for name in names)))
    browser.click("#buckets thead button")
    browser.click("#buckets thead button")
    assert browser.texts(NAMES) == names[::-1]
    type_in(browser, "b-10")
    assert browser.texts(NAMES) == names[1_000:][::-1]
    browser.click(".told button")
    assert browser.texts(NAMES) == names[::-1]
    browser.run("document.querySelector('#buckets tbody:last-child').scrollIntoView(false)")
    assert browser.run(
        "const box = arguments[0].getBoundingClientRect();"
        "return document.elementFromPoint(box.x + 5, box.y + 5) === arguments[0]",
        browser.driver.find_element("css selector", "#buckets tbody:last-child tr:last-child th"),
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_each_change_is_seen_with_both_of_its_sides(browser: "Browser", scripts: bool) -> None:
    browser.script(on=scripts)
    opened(browser, planned(drifted("a", "TLSv1.0", "TLSv1.1")))
    assert browser.texts(".sides del") == ['- "TLSv1.0"', '- "TLSv1.1"']
    assert browser.texts(".sides tbody tr:last-child td code") == ['"TLSv1.2"', '"TLSv1.2"']
    lines = ['- TLS/TLSVersion = "TLSv1.0"', '- TLS/TLSVersion = "TLSv1.1"']
    assert browser.texts(".changes code") == lines


def test_without_scripts_all_is_there_and_no_control(browser: "Browser") -> None:
    opened(browser)
    content = "header, h2, h3, h3 ~ p, .sides, .changes, #buckets tbody"
    whole = browser.texts(content)
    browser.script(on=False)
    browser.driver.refresh()
    assert browser.texts(NAMES) == ALL
    assert browser.texts("button, input, output") == []
    assert browser.texts("#buckets thead th") == list(COLUMNS)
    assert len(browser.texts("h3")) == 4
    assert browser.texts(content) == whole


def test_on_paper_everything_is_shown_and_nothing_can_be_clicked(browser: "Browser") -> None:
    opened(browser)
    type_in(browser, "fine")
    browser.show("print", "dark")
    assert browser.texts(NAMES) == ALL
    assert browser.texts("input, output, .show, .told, .skip") == []
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(252, 252, 251)"
    )
    shown = "getComputedStyle(document.querySelector('#buckets tbody')).contentVisibility"
    assert browser.evaluate(shown) == "visible"
    assert browser.pdf().startswith(b"%PDF-")


PLANS: Sequence[tuple[str, Plan]] = (
    ("green", planned(in_sync("a"))),
    ("drift", planned(in_sync("a"), drifted("b", "TLSv1.0"))),
    ("incomplete", FLEET),
    ("empty", planned()),
    ("strangers", of_strangers(lambda kind: f"{kind} {'x' * 300}")),
)


CUT_OFF = """
[...document.querySelectorAll("main :is(h3, p, li, th, td)")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).clipPath === "none")
  .map((one) => one.outerHTML.slice(0, 200))
"""
"""What is wider than the place that it has."""


@pytest.mark.parametrize(("name", "plan"), PLANS, ids=[name for name, _ in PLANS])
def test_nothing_is_wider_than_a_narrow_screen(browser: "Browser", name: str, plan: Plan) -> None:
    opened(browser, plan)
    for pixels in (320, 640, 1280):
        browser.width(pixels)
        browser.driver.refresh()  # what is off the screen keeps the lines of the last width
        wide = browser.evaluate("document.documentElement.scrollWidth")
        assert wide <= pixels, (name, pixels)
        assert browser.evaluate(CUT_OFF) == [], (name, pixels)


def by_strangers(text: str) -> Sequence[ResourceChange]:
    return of_strangers(lambda _: text).resource_changes


def test_a_page_that_strangers_wrote_runs_nothing_and_asks_for_nothing(browser: "Browser") -> None:
    found = [one for text in HOSTILE for one in by_strangers(text)]
    opened(browser, planned(*found).model_copy(update={"drift_version": HOSTILE[7]}))
    assert browser.evaluate("typeof window.owned") == "undefined"
    assert browser.evaluate("window.violations") == []
    assert browser.logged("browser") == []
    assert [one for one in browser.requests() if not re.fullmatch(r"file:.*\.html", one)] == []
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    whole = browser.evaluate("document.body.textContent")
    for text in HOSTILE:
        assert visible(text, 500) in whole
        assert visible(json.dumps(text), 500) in whole
    assert len(browser.texts(NAMES)) == len(found)


@pytest.mark.parametrize(
    "injected",
    [
        "<script>window.owned = 1</script>",
        "<img src=x onerror='window.owned = 1'>",
        "<a id=bait href='javascript:window.owned = 1'>x</a>",
        "<iframe srcdoc='<script>parent.owned = 1</script>'></iframe>",
        "<style>h1 { color: rgb(1, 2, 3) }</style>",
        "<base href='https://evil.example/'>",
    ],
)
def test_the_policy_holds_where_escaping_would_have_failed(
    browser: "Browser", injected: str
) -> None:
    page = render(planned(in_sync("BAIT")), "html")
    assert page.count("BAIT") == 1
    browser.open(page.replace("BAIT", injected))
    browser.run("document.getElementById('bait')?.click()")
    assert browser.evaluate("typeof window.owned") == "undefined"
    assert browser.evaluate("getComputedStyle(document.querySelector('h1')).color") != (
        "rgb(1, 2, 3)"
    )
    assert browser.evaluate("document.baseURI === location.href")
    assert any("Content Security Policy" in message for message in browser.logged("browser"))
    assert not [one for one in browser.requests() if one.startswith("http")]


def test_a_page_in_order_violates_nothing(browser: "Browser") -> None:
    opened(browser)
    browser.click("#buckets thead button")
    type_in(browser, "a")
    assert browser.evaluate("window.violations") == []
    assert browser.logged("browser") == []
