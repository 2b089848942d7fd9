"""The query page follows too: GraphiQL, in a real browser, shows events as they come."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By

from tests.commands.conftest import TOWNSHIP
from tests.desk.browser import CHROMIUM, DRIVER, MISSING, opened
from tests.live.conftest import Hub

QUERY = "subscription { inbox { kind notice { eventType } } }"
TYPE = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(arguments[0])"


@pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason=MISSING)
def test_the_query_page_shows_events(hub: Hub) -> None:
    with opened(hub.url) as browser:
        browser.open("/graphql")
        browser.driver.find_element(By.CSS_SELECTOR, "input[type=password]").send_keys(hub.token(TOWNSHIP))
        browser.driver.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        browser.wait("viewer", within=".graphiql-query-editor")
        browser.run(TYPE, QUERY)
        browser.driver.find_element(By.CSS_SELECTOR, ".graphiql-execute-button").click()
        browser.wait("started", within=".result-window")
        hub.case(1)
        browser.wait("report_accepted", within=".result-window")
