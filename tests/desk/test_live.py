"""The inbox keeps itself current: told as it happens, after a break from where it broke off, else asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.demo.story import CASE_ID, CIVIL, STATION, WOMEN
from tests.clients.hub_server import Served
from tests.desk.browser import Browser
from tests.desk.pages import ask, enter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTIFY = """mutation ($case: ID!, $units: [String!]!) {
  notifyUnits(case: $case, input: { units: $units, summary: "请知悉" }) { case { id } } }"""
#: Lets a test cut the stream, or let none through; and keeps what each attempt to follow began behind.
WIRE = """(() => {
  const plain = window.fetch;
  Object.assign(window, { begun: [], cut: () => {}, shut: localStorage.getItem("test.shut") !== null });
  window.fetch = (where, how) => {
    if (how?.headers?.Accept !== "text/event-stream") return plain(where, how);
    window.begun.push(JSON.parse(how.body).variables.after);
    if (window.shut) return Promise.reject(new TypeError("no stream gets through"));
    const line = new AbortController();
    window.cut = () => line.abort();
    how.signal.addEventListener("abort", window.cut);
    return plain(where, { ...how, signal: line.signal });
  };
})()"""


@pytest.fixture
def wired(browser: Browser) -> Iterator[Browser]:
    added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WIRE})
    yield browser
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def waiting(browser: Browser) -> int:
    browser.wait("待签收", within=".figures")
    return int(browser.text(".figures dd"))


def notify(served: Served, unit: str) -> None:
    ask(served, STATION, NOTIFY, case=CASE_ID, units=[unit])


def test_inbox_is_told_what_happens(wired: Browser, served: Served) -> None:
    enter(wired, served, WOMEN)
    wired.wait("数字随新情况即时更新")
    before = waiting(wired)
    notify(served, CIVIL)
    wired.wait(f"收件箱（{before + 1}）", within="nav")
    wired.wait(f"收到新通知，待签收 {before + 1} 条", within="[role=status][aria-live=polite]")
    wired.press("更新列表")
    wired.wait("通报", within="main")
    first = wired.run("return window.begun")
    wired.run("window.cut()")
    notify(served, CIVIL)
    wired.wait(f"收件箱（{before + 2}）", within="nav")
    begun = wired.run("return window.begun")
    assert (first, len(begun)) == ([None], 2)
    assert begun[1], "it went on behind no cursor"
    assert [line for line in wired.complaints() if "Content Security Policy" in line] == []


def test_figures_are_asked_for_where_no_stream_gets_through(wired: Browser, served: Served) -> None:
    wired.run("localStorage.setItem('test.shut', 'yes')")
    enter(wired, served, WOMEN)
    wired.wait("每分钟更新一次", within="main")
    before = waiting(wired)
    notify(served, CIVIL)
    wired.run("document.dispatchEvent(new Event('visibilitychange'))")
    wired.wait(f"收件箱（{before + 1}）", within="nav")
