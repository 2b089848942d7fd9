"""Fixtures of the workbench's tests.

peopled   the database of a small city with the story's child in it
served    a hub over it
browser   a browser that stands at that hub; skipped where there is none
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.database import Database, Role
from hub.demo.facts import CITY
from hub.demo.load import load_city
from tests.clients.hub_server import Served, serving
from tests.conftest import MakeDatabase
from tests.desk.browser import CHROMIUM, DRIVER, MISSING, Browser, opened

CHILDREN = 400


@pytest.fixture(scope="package")
def peopled(make_database: MakeDatabase, worker_id: str) -> Database:
    database = make_database(f"desk_{worker_id}")
    load_city(database.conninfo(Role.MIGRATOR), totals=CITY.scaled(CHILDREN))
    return database


@pytest.fixture(scope="package")
def served(peopled: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = replace(peopled.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True)
    with serving(settings, peopled) as hub:
        yield hub


@pytest.fixture(scope="package")
def window(served: Served) -> Iterator[Browser]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip(MISSING)
    with opened(served.url) as browser:
        yield browser


@pytest.fixture
def browser(window: Browser) -> Browser:
    """Signed out, with nothing kept, as wide as a desk's screen."""
    window.size(1280, 900)
    window.open("/desk/sign-in")
    window.run("sessionStorage.clear(); localStorage.clear()")
    window.complaints().clear()
    return window
