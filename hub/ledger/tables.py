"""What a write leaves beside the row itself: a change row for those who follow, and the key it was sent under.

Neither holds a value of personal data. A change names the version it made; what the row was before stands in history.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names

from schema.entities import NAMING

METADATA = sa.MetaData(naming_convention=NAMING)


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's transaction number that never wraps round."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "XID8"


ischema_names["xid8"] = Xid8


def _column(name: str, kind: sa.types.TypeEngine[Any], comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, comment=comment)


#: Where PostgreSQL tells followers that something was committed.
CHANNEL = "hub_change"

#: One row per row written, in the same transaction. Followers read what lies below
#: `pg_snapshot_xmin(pg_current_snapshot())` in the order of (xid, seq), so that no change is skipped. By `case_id` and
#: `units` a follower finds whom a change may concern; whether they see the row is the planner's question.
CHANGE = sa.Table(
    "change",
    METADATA,
    sa.Column(
        "xid",
        Xid8(),
        nullable=False,
        server_default=sa.text("pg_current_xact_id()"),
        comment="事务号 / Transaction that made the change",
    ),
    sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="序号 / Order within it"),
    _column("county", sa.Text(), "县级区划 / County that keys the row; none for reference data"),
    _column("entity", sa.Text(), "实体 / Entity", null=False),
    _column("row_id", sa.Text(), "记录编号 / Row", null=False),
    _column("row_version", sa.Integer(), "行版本 / Version that the change made", null=False),
    _column("child_id", sa.Text(), "所属儿童 / Child the row belongs to"),
    _column("kind", sa.Text(), "种类 / created, updated, ended or deleted", null=False),
    _column("unit", sa.Text(), "单位 / Unit that wrote", null=False),
    _column("at", sa.DateTime(timezone=True), "时间 / When", null=False),
    _column("classes", ARRAY(sa.Text()), "数据类 / Data classes touched", null=False),
    _column("case_id", sa.Text(), "案件 / Case the row belongs to"),
    _column("units", ARRAY(sa.Text()), "相关单位 / Units the row is for: told by it, owing or owed"),
    sa.PrimaryKeyConstraint("xid", "seq"),
    sa.CheckConstraint("kind IN ('created', 'updated', 'ended', 'deleted')", name="kind"),
    sa.Index("ix_change_row_id", "row_id"),
    comment="变更 / Changes",
    info={"append_only": True},
)

#: A key that a caller sent with a write: the same key again gives the same answer and writes nothing.
SENT = sa.Table(
    "sent_key",
    METADATA,
    _column("unit", sa.Text(), "单位 / Unit", null=False),
    _column("person", sa.Text(), "人员标识 / Person", null=False),
    _column("key", sa.Text(), "幂等键 / Key the caller chose", null=False),
    _column("fingerprint", BYTEA(), "摘要 / Keyed digest of what was asked", null=False),
    _column("row_ids", ARRAY(sa.Text()), "记录编号 / Rows written", null=False),
    _column("row_versions", ARRAY(sa.Integer()), "行版本 / Versions written", null=False),
    _column("at", sa.DateTime(timezone=True), "时间 / When", null=False),
    sa.PrimaryKeyConstraint("unit", "person", "key"),
    sa.Index("ix_sent_key_at", "at"),
    comment="幂等键 / Keys of writes already done",
)

#: Where the file of a former id is found now: the child was moved to another county, or its file merged into another.
REDIRECT = sa.Table(
    "redirect",
    METADATA,
    _column("old_id", sa.Text(), "原编号 / Former id", null=False),
    _column("new_id", sa.Text(), "现编号 / Id that took its place", null=False),
    _column("at", sa.DateTime(timezone=True), "时间 / When", null=False),
    sa.PrimaryKeyConstraint("old_id"),
    sa.Index("ix_redirect_new_id", "new_id"),
    comment="编号转向 / Ids that lead to others",
)

#: What a merge of two files did, by ids, versions and names of columns, so that it can be undone; it holds no value.
MERGE = sa.Table(
    "child_merge",
    METADATA,
    _column("county", sa.Text(), "县级区划 / County", null=False),
    _column("merged", sa.Text(), "被并入的儿童 / Child whose file was merged", null=False),
    _column("survivor", sa.Text(), "保留的儿童 / Child whose file goes on", null=False),
    _column("at", sa.DateTime(timezone=True), "合并时间 / Merged at", null=False),
    _column("unit", sa.Text(), "合并单位 / Unit that merged", null=False),
    _column("undone_at", sa.DateTime(timezone=True), "撤销时间 / Split again at"),
    _column("journal", JSONB(), "合并明细 / What was re-pointed and filled", null=False),
    sa.PrimaryKeyConstraint("county", "merged", "at"),
    sa.Index("ix_child_merge_survivor", "county", "survivor"),
    comment="档案合并 / Merges of files",
)
