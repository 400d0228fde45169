"""A real browser for the tests of pages: headless Chromium, which reaches nothing but files.

`pytest_plugins = ["tests.render.browser"]` brings the fixture `browser`.
"""

import json
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import NoSuchDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.needs import AXE, CHROMIUM, lacking

LONGEST = 60
"""Seconds after which a page or a script is given up."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1280,900",
    "--force-renderer-accessibility",  # as where a screen reader runs
)
_OWNED = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.effectiveDirective} ${event.sample || event.blockedURI}`);
});
"""
_TO_REST = """
const [element, done] = arguments;
const frames = (left) => left ? requestAnimationFrame(() => frames(left - 1)) : done();
element.scrollIntoView({ block: "center" });
frames(3);
"""


class Browser:
    """One Chromium, and the page that it shows."""

    def __init__(self, driver: Chrome, folder: Path) -> None:
        self.driver = driver
        self._folder = folder
        self._pages = 0
        self.command("Page.addScriptToEvaluateOnNewDocument", source=_OWNED)

    def command(self, name: str, **given: object) -> Any:
        """Send a command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(name, given)

    def open(self, page: str) -> None:
        """Show a page on a wide, light screen, with scripts; forget what was logged before."""
        self.show()
        self.script(on=True)
        self.width(1280)
        self._pages += 1
        path = self._folder / f"{self._pages}.html"
        path.write_text(page, encoding="utf-8")
        self.driver.get("about:blank")
        self.logged("browser")
        self.logged("performance")
        self.driver.get(path.as_uri())

    def script(self, *, on: bool) -> None:
        """Let pages run scripts from now on, or not."""
        self.command("Emulation.setScriptExecutionDisabled", value=not on)

    def show(self, media: str = "", scheme: str = "light") -> None:
        """Show the page on another medium, such as `print`, or to who prefers dark pages."""
        wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.command("Emulation.setEmulatedMedia", media=media, features=features)

    def width(self, pixels: int) -> None:
        """Make the screen so wide."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=pixels, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def run(self, script: str, *given: object) -> Any:
        """Return what a script returns; the policy of the page does not hold for it."""
        return self.driver.execute_script(script, *given)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression or of its promise, also where scripts are off."""
        answer = self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click with a mouse, once the page has come to rest around the element."""
        element = self.driver.find_element("css selector", selector)
        self.driver.execute_async_script(_TO_REST, element)
        element.click()

    def texts(self, selector: str) -> list[str]:
        """Return the text of each element that a person sees, as it is written."""
        return list(
            self.evaluate(
                f"[...document.querySelectorAll({json.dumps(selector)})]"
                ".filter((one) => one.checkVisibility()).map((one) => one.textContent)"
            )
        )

    def pdf(self) -> bytes:
        """Return the page as it would be printed."""
        return b64decode(self.command("Page.printToPDF")["data"])

    def logged(self, name: str) -> list[Any]:
        """Return what was logged since the last time: `browser`, or `performance`."""
        log = self.driver.execute("getLog", {"type": name})["value"]
        return [entry["message"] for entry in log]

    def requests(self) -> list[str]:
        """Return what was requested since the page was opened."""
        messages = [json.loads(one)["message"] for one in self.logged("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    if chromium is None:
        lacking(CHROMIUM)
    options = ChromeOptions()
    options.binary_location = chromium
    for switch in _SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:  # without a path, Selenium looks for the driver, and fetches the one that fits
        chrome = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    except NoSuchDriverException:
        lacking(CHROMIUM)
    try:
        chrome.set_page_load_timeout(LONGEST)
        chrome.set_script_timeout(LONGEST)
        yield Browser(chrome, tmp_path_factory.mktemp("pages"))
    finally:
        chrome.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which finds what keeps people from using a page."""
    path = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        lacking(AXE)
    return path.read_text("utf-8")
