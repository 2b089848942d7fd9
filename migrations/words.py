"""The words in which versions are written: a column is one line, a table with its former rows one call.

Versions already released use these words, so a word's meaning never changes; a new meaning gets a new word.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import conv

Names = tuple[str, ...]


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's transaction number that never wraps round."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "XID8"


def text(name: str, comment: str, *, null: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null, server_default=default, comment=comment)


def code(name: str, length: int, comment: str, *, null: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=null, server_default=default, comment=comment)


def integer(name: str, comment: str, *, null: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null, server_default=default, comment=comment, autoincrement=False)


def bigint(name: str, comment: str, *, null: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default, comment=comment, autoincrement=False)


def boolean(name: str, comment: str, *, null: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=null, server_default=default, comment=comment)


def day(name: str, comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=null, comment=comment)


def moment(name: str, comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, comment=comment)


def texts(name: str, comment: str, *, null: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.ARRAY(sa.Text()), nullable=null, server_default=default, comment=comment)


def binary(name: str, comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=null, comment=comment)


def json(name: str, comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=null, comment=comment)


def create(
    table: str,
    *columns: sa.Column[Any],
    key: Names,
    comment: str | None = None,
    unique: tuple[Names, ...] = (),
    indexes: tuple[Names, ...] = (),
    history: tuple[Names, ...] | None = None,
) -> None:
    """Make a table with its indexes and, where it keeps history, the table of its former rows with `history`'s."""
    former = [sa.Column(c.name, c.type, nullable=c.nullable, comment=c.comment) for c in columns]
    constraints = [sa.UniqueConstraint(*names, name=_name("uq", table, names)) for names in unique]
    op.create_table(
        table, *columns, sa.PrimaryKeyConstraint(*key, name=conv(f"pk_{table}")), *constraints, comment=comment
    )
    for names in indexes:
        lists = [c.name for c in columns if c.name in names and isinstance(c.type, sa.ARRAY)]
        where = sa.text(f"{lists[0]} IS NOT NULL") if lists else None
        op.create_index(_name("ix", table, names), table, list(names), postgresql_where=where)
    if history is not None:
        twin = f"{table}_history"
        former.append(moment("superseded_at", "失效时间 / Superseded at", null=False))
        op.create_table(twin, *former, sa.PrimaryKeyConstraint(*key, "row_version", name=conv(f"pk_{twin}")))
        for names in history:
            op.create_index(_name("ix", twin, names), twin, list(names))


def link(table: str, columns: Names, target: str, remote: Names) -> None:
    """A foreign key."""
    op.create_foreign_key(_name("fk", table, columns), table, target, list(columns), list(remote))


def _name(kind: str, table: str, columns: Names) -> conv:
    """As the declarations' naming convention makes it; too long a name is cut in the same way."""
    return conv(f"{kind}_{table}_{'_'.join(columns)}")
