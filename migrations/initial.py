"""Writes the registry's first versions from its declarations, one file per subject: ``python -m migrations.initial``.

For use until the first release only: a version that has run somewhere is never written again. Version 0001, the
access record and what nodes coordinate by, is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from schema.registry import ENTITIES, METADATA

FIRST = 2
VERSIONS = Path(__file__).parent / "versions"
WORDS: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (JSONB, "json"),
    (sa.ARRAY, "texts"),
    (sa.Text, "text"),
    (sa.String, "code"),
    (sa.BigInteger, "bigint"),
    (sa.Integer, "integer"),
    (sa.Boolean, "boolean"),
    (sa.DateTime, "moment"),
    (sa.Date, "day"),
    (sa.LargeBinary, "binary"),
)


def subjects() -> dict[str, list[sa.Table]]:
    """Tables by subject; a subject comes after those it links to, as far as links make no circle."""
    of_registry = {entity.table.name: entity.mapped.__module__.rpartition(".")[2] for entity in ENTITIES.values()}
    found: dict[str, list[sa.Table]] = {}
    for table in METADATA.sorted_tables:
        if table.name in of_registry:
            found.setdefault(of_registry[table.name], []).append(table)
    return _ordered(found)


def _ordered(found: dict[str, list[sa.Table]]) -> dict[str, list[sa.Table]]:
    home = {table.name: subject for subject, tables in found.items() for table in tables}
    needs = {
        subject: {home[link.referred_table.name] for table in tables for link in table.foreign_key_constraints}
        for subject, tables in found.items()
    }
    ordered: dict[str, list[sa.Table]] = {}
    while len(ordered) < len(found):
        waiting = sorted(found.keys() - ordered.keys(), key=lambda name: (len(needs[name] - {name, *ordered}), name))
        ordered[waiting[0]] = sorted(found[waiting[0]], key=lambda table: table.name)
    return ordered


def _column(column: sa.Column[object]) -> str:
    word = next((word for kind, word in WORDS if isinstance(column.type, kind)), None)
    if word is None or column.identity or column.computed or column.comment is None:
        raise ValueError(f"{column}: no word for this column; see migrations/words.py")
    length = f"{column.type.length}, " if word == "code" and isinstance(column.type, sa.String) else ""
    null = "" if column.nullable else ", null=False"
    default = ""
    if isinstance(column.server_default, sa.DefaultClause):
        default = f", default={str(column.server_default.arg)!r}"
    return f"{word}({column.name!r}, {length}{column.comment!r}{null}{default})"


def _names(columns: Iterable[sa.Column[object]]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _indexes(table: sa.Table) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(_names(index.columns) for index in table.indexes))


def _create(table: sa.Table) -> str:
    parts = [repr(table.name), *(_column(column) for column in table.columns), f"key={_names(table.primary_key)!r}"]
    unique = sorted(_names(c.columns) for c in table.constraints if isinstance(c, sa.UniqueConstraint))
    history = table.metadata.tables.get(f"{table.name}_history")
    parts += [f"comment={table.comment!r}"] * bool(table.comment)
    parts += [f"unique={tuple(unique)!r}"] * bool(unique)
    parts += [f"indexes={_indexes(table)!r}"] * bool(table.indexes)
    parts += [f"history={_indexes(history)!r}"] if history is not None else []
    return f"create({', '.join(parts)},)"


def _link(table: sa.Table, link: sa.ForeignKeyConstraint) -> str:
    remote = tuple(element.column.name for element in link.elements)
    return f"link({table.name!r}, {_names(link.columns)!r}, {link.referred_table.name!r}, {remote!r})"


def _file(number: int, subject: str, calls: list[str], used: Iterable[str]) -> str:
    body = "\n    ".join(calls)
    return (
        f'"""{subject.capitalize()}."""\n\nfrom __future__ import annotations\n\n'
        f"from migrations.words import {', '.join(sorted(used))}\n\n"
        f'revision = "{number:04}"\ndown_revision = "{number - 1:04}"\nbranch_labels = None\ndepends_on = None\n\n\n'
        f"def upgrade() -> None:\n    {body}\n"
    )


def files() -> Iterator[tuple[str, str]]:
    """Names and contents of the first versions, not yet formatted."""
    made: set[str] = set()
    later: list[str] = []
    number = FIRST
    for number, (subject, tables) in enumerate(subjects().items(), start=FIRST):
        made |= {table.name for table in tables}
        calls = [_create(table) for table in tables]
        for table in tables:
            for link in sorted(table.foreign_key_constraints, key=lambda link: _names(link.columns)):
                (calls if link.referred_table.name in made else later).append(_link(table, link))
        text = "\n".join(calls)
        used = [word for word in ("create", "link", *(word for _, word in WORDS)) if f"{word}(" in text]
        yield f"{number:04}_{subject}.py", _file(number, subject, calls, used)
    if later:
        yield f"{number + 1:04}_links.py", _file(number + 1, "links that close a circle", later, ["link"])


def main() -> None:
    for old in VERSIONS.glob("0*.py"):
        if int(old.name[:4]) >= FIRST:
            old.unlink()
    for name, content in files():
        (VERSIONS / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
