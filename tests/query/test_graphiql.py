"""The page for people: it loads nothing from elsewhere, and its examples are questions the schema knows."""

from __future__ import annotations

import json
import re

import pytest
from graphql import parse, validate

from hub.graphiql import ASSETS, STATIC
from hub.interface import interface

SOURCE = STATIC.parent / "source"
#: Names of XML vocabularies, which nobody fetches.
VOCABULARY = "http://www.w3.org/"


@pytest.mark.parametrize("name", sorted({*ASSETS, "index.html"}))
def test_no_file_names_another_address(name: str) -> None:
    text = (STATIC / name).read_text("utf-8")
    assert not [found for found in re.findall(r"https?://[\w./-]+", text) if not found.startswith(VOCABULARY)]


def test_page_loads_the_two_files_and_runs_nothing_inline() -> None:
    page = (STATIC / "index.html").read_text("utf-8")
    assert sorted(re.findall(r'(?:src|href)="([^"]+)"', page)) == [
        "/graphiql/graphiql.css",
        "/graphiql/graphiql.js",
        "data:,",
    ]
    assert not re.search(r"<script[^>]*>[^<]|<style|style=|onload=", page)


def examples() -> list[str]:
    return re.findall(r"query: `(.*?)`", (SOURCE / "examples.js").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("document", examples())
def test_examples_are_valid(document: str) -> None:
    assert not validate(interface(), parse(document))


def test_lock_names_no_registry() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
