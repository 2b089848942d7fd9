"""What tests do at every page of the workbench: come to it, look whether it is fit for all; and act without a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.clients.hub_server import Served
from tests.desk.browser import DESKTOP, PHONE, Browser

AXE = (Path(__file__).parent / "axe/axe.min.js").read_text("utf-8")
ASKED = "const done = arguments[0]; axe.run({ resultTypes: ['violations'] }).then((found) => done(found.violations))"
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIGNED = "sessionStorage.setItem('desk.session', JSON.stringify({ token: arguments[0], until: Date.now() + 6e5 }))"


def sign_in(browser: Browser, unit: str, role: str = "经办人") -> None:
    browser.open("/desk")
    browser.fill("查找单位", unit)
    browser.wait(unit, within="fieldset")
    browser.tick(unit)
    browser.fill("角色", role)
    browser.press("登入")
    browser.wait("收件箱", within="h1")


def open_page(browser: Browser, page: str, title: str) -> None:
    browser.open(f"/desk#/{page}")
    browser.wait(title, within="h1")
    browser.gone("正在载入")


def assert_fit_for_all(browser: Browser) -> None:
    """No fault that axe finds, and nothing wider than the screen, at a desk and on a phone."""
    for size in (DESKTOP, PHONE):
        browser.size(*size)
        browser.run(AXE)
        found: list[dict[str, Any]] = browser.driver.execute_async_script(ASKED)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
        assert browser.run(OVERFLOW) <= 0
    browser.size(*DESKTOP)


def enter(browser: Browser, served: Served, unit: str, page: str = "inbox") -> None:
    """Signed in as a unit's officer already, with nothing of whoever sat there before."""
    browser.open("/desk/sign-in")
    browser.run("sessionStorage.clear()")
    browser.run(SIGNED, served.token(unit, "officer"))
    browser.open(f"/desk#/{page}")
    browser.wait("登出", within="header")
    browser.gone("正在载入")


def ask(served: Served, unit: str, query: str, **variables: Any) -> Any:
    """What the hub answers an officer of a unit elsewhere."""
    headers = {"Authorization": f"Bearer {served.token(unit, 'officer')}"}
    answer = httpx.post(served.endpoint, json={"query": query, "variables": variables}, headers=headers).json()
    assert "errors" not in answer, answer
    return answer["data"]
