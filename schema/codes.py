"""The closed code lists with their labels and sources, read from `schema/data/codes.txt`; refuses a malformed line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import chain

from schema.classes import CLASSES, Label


class CodeListError(Exception):
    """A code list is malformed, or a list or a code of it is given twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    name: str
    label: Label
    source: str  # the standard or document; empty where the list is the hub's own
    codes: Mapping[str, Label]


@dataclass(slots=True)
class _Draft:
    name: str
    label: Label
    source: str
    codes: dict[str, Label] = field(default_factory=dict)


_HEAD = re.compile(r"\[(\w+)\] ([^|]+) \| ([^|]+) \| ([^|]+)")
_ENTRY = re.compile(r"(\w+) \| ([^|]+) \| ([^|]+)")


def read_code_lists(lines: Iterable[str]) -> dict[str, CodeList]:
    """The lists by name; a line is a comment, a `[name]` head, or an entry of the list above it."""
    return {
        draft.name: CodeList(name=draft.name, label=draft.label, source=draft.source, codes=draft.codes)
        for draft in _drafts(lines)
    }


def _drafts(lines: Iterable[str]) -> Iterable[_Draft]:
    drafts: dict[str, _Draft] = {}
    current: _Draft | None = None
    for number, line in _content(lines):
        head, entry = _HEAD.fullmatch(line), _ENTRY.fullmatch(line)
        if head and head[1] not in drafts:
            source = "" if head[4] == "-" else head[4]
            current = drafts[head[1]] = _Draft(head[1], Label(zh=head[2], en=head[3]), source)
        elif entry and current and entry[1] not in current.codes:
            current.codes[entry[1]] = Label(zh=entry[2], en=entry[3])
        else:
            raise CodeListError(f"line {number}: malformed, outside a list, or given twice: {line}")
    return drafts.values()


def _content(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text


def _classes() -> CodeList:
    codes = {data_class.code: data_class.label for data_class in CLASSES.values()}
    return CodeList(name="data_class", label=Label(zh="数据类别", en="Data class"), source="", codes=codes)


def _read() -> dict[str, CodeList]:
    text = (files("schema") / "data" / "codes.txt").read_text(encoding="utf-8")
    lists = read_code_lists(text.splitlines())
    return dict(sorted(chain(lists.items(), [("data_class", _classes())])))


CODE_LISTS: Mapping[str, CodeList] = _read()


def label_of(code_list: str, code: str) -> Label | None:
    """The label of a code; None where the list has no such code."""
    return CODE_LISTS[code_list].codes.get(code)
