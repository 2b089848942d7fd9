"""A real browser as a person uses it: by what is to be read on the page, by labels and links, never by its markup."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

SECONDS = 20
DESKTOP, PHONE = (1280, 900), (390, 844)
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "no chromium and chromedriver on this machine: apt-get install chromium chromium-driver (.ci/run does)"

#: What a label, link or button is called: its text, with spaces as they are read; whole, or else a part of it.
_WHOLE, _PART = '[normalize-space(.) = "{}"]', '[contains(normalize-space(.), "{}")]'


@dataclass(slots=True)
class Browser:
    """One window."""

    driver: Chrome
    url: str
    refused: list[str] = field(default_factory=list)  # console errors seen so far

    def open(self, path: str) -> None:
        self.driver.get(f"{self.url}{path}")

    def size(self, width: int, height: int) -> None:
        """The size of the page as the device has it, which a window of its own may not be as narrow as."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def wait(self, text: str, *, within: str = "body") -> None:
        """Until the page reads so."""
        self._until(lambda: text in self.text(within), text)

    def gone(self, text: str) -> None:
        self._until(lambda: text not in self.text(), f"no {text}")

    def text(self, selector: str = "body") -> str:
        """As it is shown; empty where nothing matches yet."""
        shown: str = self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        return shown

    def all(self, selector: str) -> list[str]:
        """The texts of all that match, read in one go: what is drawn anew in between would be gone."""
        read = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"
        found: list[str] = self.run(read, selector)
        return found

    def follow(self, text: str) -> None:
        self._press(("//a",), text)

    def press(self, text: str) -> None:
        self._press(("//button", "//summary"), text)

    def tick(self, text: str) -> None:
        self._press(("//label",), text)

    def fill(self, label: str, value: str) -> None:
        element = self.labelled(label)
        if element.tag_name == "select":
            Select(element).select_by_visible_text(value)
        elif element.get_attribute("type") in ("date", "datetime-local"):
            self._set(element, value)
        else:
            element.send_keys(Keys.CONTROL, "a")
            element.send_keys(value)

    def labelled(self, label: str) -> WebElement:
        """The control that a label names."""
        found = self._called(("//label[@for]",), label)
        return self.driver.find_element(By.ID, found.get_attribute("for") or "")

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def keys(self) -> Callable[[str], None]:
        """Presses keys by name, wherever the focus is."""

        def press(name: str) -> None:
            ActionChains(self.driver).send_keys(getattr(Keys, name.upper())).perform()

        return press

    def focused(self) -> str:
        shown: str = self.driver.switch_to.active_element.text
        return shown

    def complaints(self) -> list[str]:
        """What the browser refused or failed at, such as breaches of the content policy."""
        lines: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        self.refused += [str(line["message"]) for line in lines if line["level"] == "SEVERE"]
        return self.refused

    def _set(self, element: WebElement, value: str) -> None:
        """A day as the picker gives it, whatever the machine's language writes it like."""
        native = "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set"
        told = "arguments[0].dispatchEvent(new Event('input', { bubbles: true }))"
        self.run(f"{native}.call(arguments[0], arguments[1]); {told}", element, value)

    def _called(self, kinds: tuple[str, ...], text: str) -> WebElement:
        paths = [" | ".join(kind + called.format(text) for kind in kinds) for called in (_WHOLE, _PART)]
        found: list[WebElement] = []

        def is_there() -> bool:
            found.extend(element for path in paths for element in self.driver.find_elements(By.XPATH, path))
            return bool(found)

        self._until(is_there, text)
        return found[0]

    def _press(self, kinds: tuple[str, ...], text: str) -> None:
        """A page that is drawn anew in between has it in another place: then it is looked for again."""

        def pressed() -> bool:
            element = self._called(kinds, text)
            try:
                self.run("arguments[0].scrollIntoView({ block: 'center' })", element)
                element.click()
            except StaleElementReferenceException:
                return False
            return True

        self._until(pressed, text)

    def _until(self, fact: Any, what: str) -> None:
        def holds(_: Chrome) -> bool:
            return bool(fact())

        try:
            WebDriverWait(self.driver, SECONDS, poll_frequency=0.05).until(holds)
        except TimeoutException as error:
            raise AssertionError(f"not seen: {what}\n{self.text()[:3000]}") from error


@contextmanager
def opened(url: str) -> Iterator[Browser]:
    """A browser of its own, without a window, closed afterwards."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=zh-CN"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(executable_path=DRIVER))
    try:
        yield Browser(driver=driver, url=url)
    finally:
        driver.quit()
