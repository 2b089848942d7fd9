"""The workbench as it is served: its files, how long they are kept, what they may load; and that they are current."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.desk.page import INDEX, STATIC, Asset, policy_for, read_assets
from hub.desk.vocabulary import vocabulary
from hub.settings import Settings

SOURCE = STATIC.parent / "source"
HUB = STATIC.parents[1]
#: Names of XML vocabularies, which nobody fetches.
VOCABULARY = "http://www.w3.org/"
FILES = [asset for asset in read_assets().values() if asset.name != INDEX]


@pytest.fixture
def client(settings: Settings) -> TestClient:
    """Not started: the page needs no database."""
    return TestClient(create_app(replace(settings, dev_issuer=True)), follow_redirects=False)


def _sources() -> Iterator[Path]:
    paths = (path for path in SOURCE.rglob("*") if path.is_file())
    yield from sorted(
        (path for path in paths if path.relative_to(SOURCE).parts[0] != "node_modules"),
        key=lambda path: path.relative_to(SOURCE).as_posix(),
    )


def test_files_are_built_from_these_sources() -> None:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    built = (STATIC / "built-from.txt").read_text("ascii").strip()
    assert digest.hexdigest() == built, "build the page anew: cd hub/desk/source && npm ci && npm run build"


def test_vocabulary_is_what_is_declared() -> None:
    """What the page names is there, and open; what was declared since may wait for the next build."""
    now = vocabulary()
    written = json.loads((SOURCE / "src/vocabulary.json").read_text("utf-8"))
    assert not list(_gone(written, now)), "python -m hub.desk.vocabulary > hub/desk/source/src/vocabulary.json"


def _gone(written: Any, now: Any, path: str = "") -> Iterator[str]:
    if isinstance(written, dict) and isinstance(now, dict):
        for name, value in written.items():
            yield from _gone(value, now[name], f"{path}/{name}") if name in now else [f"{path}/{name}"]
    elif written != now:
        yield path


def test_whatever_a_notice_can_tell_has_words() -> None:
    """Whatever the hub's own code says has happened, as `event_type` of a notice or in a case's time line."""
    told = re.compile(r'(?:happened\(|_told\(course,|"event_type":)\s*([^,{}]+),')
    said = [found for path in HUB.rglob("*.py") for found in told.findall(path.read_text("utf-8"))]
    # Of `"a" if … else "b"` both are said; what is compared with is not.
    words = {word for found in said for word in re.findall(r'(?:^|else )"([a-z_]+)"', found)}
    assert len(words) > 50
    assert words - set(vocabulary()["events"]) == set()


def test_page_is_asked_for_anew_and_its_files_are_kept(client: TestClient) -> None:
    page = client.get("/desk")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
    for asset in FILES:
        answer = client.get(f"/desk/{asset.name}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (answer.content, answer.headers["content-type"]) == (asset.body, asset.media)


def test_what_a_browser_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/desk").headers["etag"]
    again = client.get("/desk", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")


def test_files_are_packed_for_those_who_unpack(client: TestClient) -> None:
    packed = client.get("/desk", headers={"accept-encoding": "gzip"})
    plain = client.get("/desk", headers={"accept-encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert packed.content == plain.content
    assert "content-encoding" not in plain.headers


def test_page_is_small() -> None:
    assert sum(len(asset.packed) for asset in read_assets().values()) < 250_000


@pytest.mark.parametrize("asset", FILES, ids=lambda asset: asset.name)
def test_no_file_names_another_address(asset: Asset) -> None:
    found = re.findall(r"(?:https?|wss?)://[\w./-]+", asset.body.decode())
    assert not [address for address in found if not address.startswith(VOCABULARY)]


def test_page_loads_its_own_files_and_runs_nothing_inline(client: TestClient) -> None:
    page = client.get("/desk").text
    assert sorted(re.findall(r'(?:src|href)="([^"]+)"', page)) == sorted(
        ["data:,", *(f"/desk/{asset.name}" for asset in FILES)]
    )
    assert not re.search(r"<script[^>]*>[^<]|<style|style=|onload=", page)


@pytest.mark.parametrize("path", ["/desk", *(f"/desk/{asset.name}" for asset in FILES)])
def test_policy_opens_nothing_but_the_hub_itself(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    said = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert said == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_issuer_is_the_one_other_place_a_page_may_call() -> None:
    assert "connect-src 'self' https://sso.example.gov:8443;" in policy_for("https://sso.example.gov:8443/token?x=1")


def test_nothing_else_is_served_below_the_page(client: TestClient) -> None:
    for name in ("index.html", "built-from.txt", "..%2fpage.py", "../source/package.json", "vocabulary.json"):
        answer = client.get(f"/desk/{name}")
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


def test_page_has_one_address(client: TestClient) -> None:
    answer = client.get("/desk/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/desk")


def test_page_can_be_switched_off(settings: Settings) -> None:
    client = TestClient(create_app(replace(settings, desk=False, dev_issuer=True)))
    assert {client.get(path).status_code for path in ("/desk", "/desk/sign-in", "/desk/demo/units")} == {404}


def test_lock_names_no_registry() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_tests_look_with_the_checker_that_is_locked() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text("utf-8"))
    locked = lock["packages"]["node_modules/axe-core"]["version"]
    head = (Path(__file__).parent / "axe/axe.min.js").read_text("utf-8")[:200]
    assert f"axe v{locked}" in head
