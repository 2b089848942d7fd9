"""Access records, changes, and what nodes coordinate by."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSON, JSONB

from migrations.words import Xid8, bigint, create, day, integer, moment, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "lease",
        text("name", "租约名 / What is leased", null=False),
        text("owner", "持有节点 / Node that holds it", null=False),
        moment("expires_at", "到期时间 / Free again after", null=False),
        key=("name",),
        comment="租约 / Leases between nodes",
    )
    create(
        "policy_version",
        integer("version", "版本号 / Version", null=False),
        text("digest", "策略摘要（SHA-256） / Digest of the policies", null=False),
        moment("published_at", "发布时间 / Published at", null=False),
        text("published_by", "发布人 / Published by", null=False),
        key=("version",),
        comment="策略版本 / Policy versions",
    )
    _inquiry()
    _access_shape()
    _access_record()
    _change()
    _sent_key()
    _redirect()
    _child_merge()


def _inquiry() -> None:
    create(
        "inquiry",
        text("child_id", "儿童 / Child", null=False),
        text("unit", "查询单位 / Unit that asked", null=False),
        day("day", "日期 / Day", null=False),
        text("unit_type", "单位类型 / Type of the unit", null=False),
        moment("at", "时间 / When", null=False),
        key=("child_id", "unit", "day"),
        comment="查询提示 / Inquiries",
    )
    op.create_index("ix_inquiry_at", "inquiry", ["at"])
    create(
        "inquiry_mark",
        text("node", "节点 / Node whose chain it is", null=False),
        bigint("seq", "已看到 / Last record looked at", null=False),
        key=("node",),
        comment="查询提示进度 / Marks of inquiries",
    )


def _column(name: str, kind: sa.types.TypeEngine[Any], comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, comment=comment)


def _access_shape() -> None:
    op.create_table(
        "access_shape",
        _column("hash", BYTEA(), "摘要 / SHA-256 of the columns below", null=False),
        _column("document", sa.Text(), "去掉字面值的查询 / Document without literals and callers' names", null=False),
        _column("fields", ARRAY(sa.Text()), "字段 / Fields disclosed", null=False),
        _column("rules", ARRAY(sa.Text()), "规则 / Rules they were disclosed by", null=False),
        _column("classes", ARRAY(sa.Text()), "数据类 / Data classes", null=False),
        _column("policy_version", sa.Integer(), "策略版本 / Policy version", null=False),
        sa.PrimaryKeyConstraint("hash", name="pk_access_shape"),
        comment="访问形状 / Shapes of operations",
    )


def _access_record() -> None:
    op.create_table(
        "access_record",
        _column("node", sa.Text(), "节点 / Node whose chain this is", null=False),
        _column("seq", sa.BigInteger(), "链中序号 / Place in the node's chain, from 1 without gaps", null=False),
        _column("previous", BYTEA(), "上一条校验码 / Seal of the record before", null=False),
        _column("at", sa.DateTime(timezone=True), "时间 / When", null=False),
        _column("unit", sa.Text(), "单位 / Unit that asked", null=False),
        _column("unit_presented", sa.Text(), "令牌所载原单位 / Former unit named by the token"),
        _column("person", sa.Text(), "人员标识 / Person", null=False),
        _column("kind", sa.Text(), "人员或系统 / Human or service", null=False),
        _column("token", sa.Text(), "令牌号 / Token", null=False),
        _column("roles", ARRAY(sa.Text()), "角色 / Roles", null=False),
        _column("duty", sa.Text(), "所述职责 / Duty stated"),
        _column("case_no", sa.Text(), "所述案件号 / Case stated"),
        _column("task_no", sa.Text(), "所述任务号 / Task stated"),
        _column("application_no", sa.Text(), "所述申请号 / Application stated"),
        _column("operation_name", sa.Text(), "操作名 / Operation name"),
        _column("shape", BYTEA(), "形状 / Shape of what was asked", null=False),
        _column("outcome", sa.Text(), "结果 / answered, refused or failed", null=False),
        _column("error", sa.Text(), "错误码 / Code of the refusal or failure of the whole"),
        _column("policy_version", sa.Integer(), "策略版本 / Policy version", null=False),
        _column("roots", JSON(), "各根字段的行号 / Ids of rows per root field, children excepted", null=False),
        _column("children", sa.Text(), "涉及儿童 / Ids of the children concerned, separated by blanks"),
        _column("refusals", JSON(), "未予提供 / What was withheld: code, class, field, rule, rows", null=False),
        _column("rows", sa.Integer(), "行数 / Rows answered", null=False),
        _column("micros", sa.Integer(), "耗时（微秒） / Time taken, µs", null=False),
        _column("search_keys", ARRAY(sa.Integer()), "检索键 / CRC-32 of each child, or of county and month for many"),
        _column("mac", BYTEA(), "校验码 / Seal: HMAC-SHA256 of the columns above", null=False),
        sa.PrimaryKeyConstraint("node", "seq", name="pk_access_record"),
        sa.CheckConstraint("outcome IN ('answered', 'refused', 'failed')", name="ck_access_record_outcome"),
        comment="访问记录 / Access records",
    )
    # Ids compress badly; compressing them would cost more than the rest of the row.
    op.execute("ALTER TABLE access_record ALTER COLUMN children SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE access_record ALTER COLUMN children SET STORAGE EXTERNAL")
    op.create_index("ix_access_record_unit_at", "access_record", ["unit", "at"])
    op.create_index(
        "ix_access_record_search_keys",
        "access_record",
        ["search_keys"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def _change() -> None:
    op.create_table(
        "change",
        sa.Column(
            "xid", Xid8(), nullable=False, server_default=sa.text("pg_current_xact_id()"),
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
        sa.PrimaryKeyConstraint("xid", "seq", name="pk_change"),
        sa.CheckConstraint("kind IN ('created', 'updated', 'ended', 'deleted')", name="ck_change_kind"),
        comment="变更 / Changes",
    )  # fmt: skip
    op.create_index("ix_change_row_id", "change", ["row_id"])


def _sent_key() -> None:
    op.create_table(
        "sent_key",
        _column("unit", sa.Text(), "单位 / Unit", null=False),
        _column("person", sa.Text(), "人员标识 / Person", null=False),
        _column("key", sa.Text(), "幂等键 / Key the caller chose", null=False),
        _column("fingerprint", BYTEA(), "摘要 / Keyed digest of what was asked", null=False),
        _column("row_ids", ARRAY(sa.Text()), "记录编号 / Rows written", null=False),
        _column("row_versions", ARRAY(sa.Integer()), "行版本 / Versions written", null=False),
        _column("at", sa.DateTime(timezone=True), "时间 / When", null=False),
        sa.PrimaryKeyConstraint("unit", "person", "key", name="pk_sent_key"),
        comment="幂等键 / Keys of writes already done",
    )
    op.create_index("ix_sent_key_at", "sent_key", ["at"])


def _redirect() -> None:
    op.create_table(
        "redirect",
        _column("old_id", sa.Text(), "原编号 / Former id", null=False),
        _column("new_id", sa.Text(), "现编号 / Id that took its place", null=False),
        _column("at", sa.DateTime(timezone=True), "时间 / When", null=False),
        sa.PrimaryKeyConstraint("old_id", name="pk_redirect"),
        comment="编号转向 / Ids that lead to others",
    )
    op.create_index("ix_redirect_new_id", "redirect", ["new_id"])


def _child_merge() -> None:
    op.create_table(
        "child_merge",
        _column("county", sa.Text(), "县级区划 / County", null=False),
        _column("merged", sa.Text(), "被并入的儿童 / Child whose file was merged", null=False),
        _column("survivor", sa.Text(), "保留的儿童 / Child whose file goes on", null=False),
        _column("at", sa.DateTime(timezone=True), "合并时间 / Merged at", null=False),
        _column("unit", sa.Text(), "合并单位 / Unit that merged", null=False),
        _column("undone_at", sa.DateTime(timezone=True), "撤销时间 / Split again at"),
        _column("journal", JSONB(), "合并明细 / What was re-pointed and filled", null=False),
        sa.PrimaryKeyConstraint("county", "merged", "at", name="pk_child_merge"),
        comment="档案合并 / Merges of files",
    )
    op.create_index("ix_child_merge_survivor", "child_merge", ["county", "survivor"])
