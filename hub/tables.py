"""Every table of the hub: the registry's, the access record's, and the few by which nodes coordinate.

A table whose rows are only ever added says so with ``info={"append_only": True}``; former rows of the registry do too.
"""

from __future__ import annotations

import sqlalchemy as sa

from hub.audit.tables import METADATA as ACCESS
from hub.ledger.tables import METADATA as LEDGER
from schema.entities import NAMING
from schema.registry import METADATA as REGISTRY

CONTROL = sa.MetaData(naming_convention=NAMING)

#: One row per piece of work that one node at a time may do; taken by an UPDATE that finds it expired.
LEASE = sa.Table(
    "lease",
    CONTROL,
    sa.Column("name", sa.Text, primary_key=True, comment="租约名 / What is leased"),
    sa.Column("owner", sa.Text, nullable=False, comment="持有节点 / Node that holds it"),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="到期时间 / Free again after"),
    comment="租约 / Leases between nodes",
)

#: The policy versions that were in force, as published; rows are never changed.
POLICY_VERSION = sa.Table(
    "policy_version",
    CONTROL,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="版本号 / Version"),
    sa.Column("digest", sa.Text, nullable=False, comment="策略摘要（SHA-256） / Digest of the policies"),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False, comment="发布时间 / Published at"),
    sa.Column("published_by", sa.Text, nullable=False, comment="发布人 / Published by"),
    comment="策略版本 / Policy versions",
    info={"append_only": True},
)

#: That a unit looked at a child's file on a day, for as long as several such looks are worth a review.
INQUIRY = sa.Table(
    "inquiry",
    CONTROL,
    sa.Column("child_id", sa.Text, primary_key=True, comment="儿童 / Child"),
    sa.Column("unit", sa.Text, primary_key=True, comment="查询单位 / Unit that asked"),
    sa.Column("day", sa.Date, primary_key=True, comment="日期 / Day"),
    sa.Column("unit_type", sa.Text, nullable=False, comment="单位类型 / Type of the unit"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="时间 / When"),
    sa.Index("ix_inquiry_at", "at"),
    comment="查询提示 / Inquiries",
)

#: How far each chain of access records has been looked at for inquiries.
INQUIRY_MARK = sa.Table(
    "inquiry_mark",
    CONTROL,
    sa.Column("node", sa.Text, primary_key=True, comment="节点 / Node whose chain it is"),
    sa.Column("seq", sa.BigInteger, nullable=False, comment="已看到 / Last record looked at"),
    comment="查询提示进度 / Marks of inquiries",
)

METADATAS: tuple[sa.MetaData, ...] = (REGISTRY, ACCESS, LEDGER, CONTROL)


def is_append_only(table: sa.Table) -> bool:
    return bool(table.info.get("append_only")) or table.name.endswith("_history")
