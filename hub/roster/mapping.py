"""The mapping of columns as a file: written from a guess, corrected by a person, read again for the next roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from hub import errors
from hub.roster.columns import NOT_IMPORTED, Target, vocabulary
from hub.roster.headers import Header

#: What a column is said to mean when it is not to be imported.
IGNORED = "-"
_PREFACE = """\
# 共知 · 名册列对应 / columns of a roster and what they mean.
# 左边是表头（多行表头用 / 连接，同名列加 #2），右边是台账字段；“-” 表示不导入。
# The header on the left, the field on the right; "-" is not imported. All fields: hub import --fields
"""


def written(header: Header) -> str:
    """A mapping file of what was guessed."""
    pairs = {column.header: column.target.key if column.target else IGNORED for column in header.columns}
    return _PREFACE + yaml.safe_dump({"columns": pairs}, allow_unicode=True, sort_keys=False, width=200)


def read(path: Path) -> Mapping[str, str]:
    """Header → field, checked; raises RosterMappingInvalid with every fault."""
    try:
        said: Any = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise errors.RosterMappingInvalid(faults=f"{path.name}: {type(error).__name__}") from error
    return checked(said.get("columns") if isinstance(said, dict) else None)


def checked(said: object) -> Mapping[str, str]:
    if not isinstance(said, dict) or not all(isinstance(key, str) and isinstance(to, str) for key, to in said.items()):
        raise errors.RosterMappingInvalid(faults="columns: 表头 → 字段 / header → field")
    fields = vocabulary().targets
    faults = [f"{to}: 没有这个字段 / no such field" for to in said.values() if to != IGNORED and to not in fields]
    taken = [to for to in said.values() if to != IGNORED and not to.startswith(f"{NOT_IMPORTED}.")]
    faults += [f"{to}: 用了两次 / used twice" for to in sorted({to for to in taken if taken.count(to) > 1})]
    if faults:
        raise errors.RosterMappingInvalid(faults="; ".join(faults))
    return said


def applied(header: Header, mapping: Mapping[str, str]) -> Header:
    """The header as the mapping has it; columns it does not name stay as guessed, unless it gave their field away."""
    fields = vocabulary().targets
    given = {to for to in mapping.values() if to != IGNORED}

    def meaning(name: str, guessed: Target | None) -> Target | None:
        if name in mapping:
            return fields.get(mapping[name])
        return None if guessed is not None and guessed.key in given else guessed

    columns = (replace(column, target=meaning(column.header, column.target)) for column in header.columns)
    return replace(header, columns=tuple(columns))
