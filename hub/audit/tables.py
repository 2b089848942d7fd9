"""The access record's two tables. Rows are only ever added; they hold no value of personal data and no variable."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSON

from schema.entities import NAMING

METADATA = sa.MetaData(naming_convention=NAMING)


def _column(name: str, kind: sa.types.TypeEngine[Any], comment: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, comment=comment)


#: One row per operation. The order of the columns up to `micros` is the order of the sealed bytes.
RECORD = sa.Table(
    "access_record",
    METADATA,
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
    # Derived from `children` and checked against them. One key for each child of a long list would cost several
    # times what the rest of the record costs, so a long list is found by its counties and its month.
    _column("search_keys", ARRAY(sa.Integer()), "检索键 / CRC-32 of each child, or of county and month for many"),
    _column("mac", BYTEA(), "校验码 / Seal: HMAC-SHA256 of the columns above", null=False),
    sa.PrimaryKeyConstraint("node", "seq"),
    sa.CheckConstraint("outcome IN ('answered', 'refused', 'failed')", name="outcome"),
    sa.Index("ix_access_record_unit_at", "unit", "at"),
    sa.Index(
        "ix_access_record_search_keys",
        "search_keys",
        postgresql_using="gin",
        # What is put off to a pending list is paid at once by some later request, which then waits for it.
        postgresql_with={"fastupdate": "off"},
    ),
    comment="访问记录 / Access records",
    info={"append_only": True},
)

#: What an operation looked like, by the digest of the row itself; many records share one.
SHAPE = sa.Table(
    "access_shape",
    METADATA,
    sa.Column("hash", BYTEA(), primary_key=True, comment="摘要 / SHA-256 of the columns below"),
    _column("document", sa.Text(), "去掉字面值的查询 / Document without literals and callers' names", null=False),
    _column("fields", ARRAY(sa.Text()), "字段 / Fields disclosed", null=False),
    _column("rules", ARRAY(sa.Text()), "规则 / Rules they were disclosed by", null=False),
    _column("classes", ARRAY(sa.Text()), "数据类 / Data classes", null=False),
    _column("policy_version", sa.Integer(), "策略版本 / Policy version", null=False),
    comment="访问形状 / Shapes of operations",
    info={"append_only": True},
)

# Ids compress badly, and a page of a thousand holds forty thousand bytes of them: compressing would cost more than
# the rest of the row. PostgreSQL 15 cannot say so in CREATE TABLE.
UNCOMPRESSED = sa.DDL("ALTER TABLE access_record ALTER COLUMN children SET STORAGE EXTERNAL")  # type: ignore[no-untyped-call]
sa.event.listen(RECORD, "after_create", UNCOMPRESSED)
