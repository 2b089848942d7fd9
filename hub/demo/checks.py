"""Counts what is in the database and holds it against the published totals and shares; renders the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from rich.table import Table

from hub.demo import facts
from hub.demo.duties import FUNDS_YUAN
from hub.demo.facts import Totals, apportion, per_mille

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    label: str
    published: int
    found: int

    @property
    def holds(self) -> bool:
        return self.published == self.found


class CityWrong(Exception):
    """The loaded city does not add up to what was published; nothing is kept."""

    def __init__(self, wrong: list[Check]) -> None:
        super().__init__("; ".join(f"{c.label}: {c.published} ≠ {c.found}" for c in wrong))


LEFT_BEHIND = "from child c where c.lbc_status = 'active'"
#: Label, attribute of Totals, query. The pairs say what was found and what became of it.
TOTALS = (
    ("农村留守儿童", "left_behind", f"select count(*) {LEFT_BEHIND}"),
    ("困境儿童", "in_difficulty", "select count(*) from child where difficulty_flag and lbc_status <> 'active'"),
    ("儿童合计", "children", "select count(*) from child"),
    (
        "曾无人监护",
        "once_unguarded",
        "select count(distinct child_id) from guardianship_arrangement where type = 'none'",
    ),
    (
        "　其中已落实监护",
        "once_unguarded",
        "select count(distinct was.child_id) from guardianship_arrangement was join guardianship_arrangement now"
        " using (county, child_id) where was.type = 'none' and now.type <> 'none' and now.valid_to is null",
    ),
    ("失学辍学", "dropouts", "select count(*) from dropout_case"),
    ("　其中已复学", "dropouts", "select count(*) from dropout_case where status = 'returned'"),
    (
        "曾无户籍",
        "once_unregistered",
        "select count(distinct child_id) from hukou_record_history where status = 'unregistered'",
    ),
    (
        "　其中已登记户口",
        "once_unregistered",
        "select count(distinct was.child_id) from hukou_record_history was join hukou_record now"
        " using (county, id) where was.status = 'unregistered' and now.status = 'registered'",
    ),
    ("权益保障事件", "rights_cases", "select count(*) from protection_case where 'T07' = any(duties_served)"),
    (
        "批评教育的父母",
        "parents_criticised",
        "select count(distinct subject_id) from sanction where kind = 'criticism'",
    ),
    ("留守儿童之家", "homes", "select count(*) from facility where type in ('home_school', 'home_village')"),
)


def check_city(connection: Connection, totals: Totals, anchor: date) -> list[Check]:
    """Every comparison, in the order in which it is shown."""
    checks = [
        Check(label=label, published=getattr(totals, name), found=_number(connection, query))
        for label, name, query in TOTALS
    ]
    checks.append(
        Check(
            label="专项资金(元)",
            published=FUNDS_YUAN,
            found=_number(connection, "select sum(amount_yuan) from fund_allocation"),
        )
    )
    neglected = "select count(*) from child where lbc_end_reason = 'died'"
    checks.append(Check(label="因监护不力伤亡", published=0, found=_number(connection, neglected)))
    return [*checks, *_shares(connection, totals.left_behind, anchor)]


def _shares(connection: Connection, total: int, anchor: date) -> Iterator[Check]:
    """The national shares among left-behind children, as whole children."""

    def found(condition: str) -> int:
        return _number(connection, f"select count(*) {LEFT_BEHIND} and {condition}")

    def has(table: str, condition: str) -> str:
        return f"exists (select from {table} t where (t.county, t.child_id) = (c.county, c.id) and {condition})"

    yield Check(label="男童 54.5%", published=per_mille(total, facts.BOYS), found=found("c.sex = '1'"))
    ages = dict(zip(facts.AGES, apportion(total, list(facts.AGES.values())), strict=True))
    for name, (low, high) in facts.AGE_BANDS.items():
        published = sum(count for age, count in ages.items() if low <= age <= high)
        age = f"extract(year from age(date '{anchor.isoformat()}', c.birth_date))"
        yield Check(label=f"{name}岁", published=published, found=found(f"{age} between {low} and {high}"))
    stages = zip(facts.STAGES, apportion(total, list(facts.STAGES.values())), strict=True)
    for stage, published in stages:
        label, codes = STAGES[stage]
        here = f"t.valid_to is null and t.stage in ({codes})"
        condition = f"not {has('enrolment', 't.valid_to is null')}" if stage == "none" else has("enrolment", here)
        yield Check(label=label, published=published, found=found(condition))
    cared = has("guardianship_arrangement", "t.valid_to is null and t.carer_relation in ('61', '62', '63', '64')")
    yield Check(label="祖辈照料 96%", published=per_mille(total, facts.GRANDPARENT_CARE), found=found(cared))
    for label, share, status in (("残疾 0.5%", facts.DISABLED, "~ '^6'"), ("患病 0.1%", facts.ILL, "~ '^3'")):
        condition = has("health_summary", f"t.health_status {status}")
        yield Check(label=label, published=per_mille(total, share), found=found(condition))


STAGES = {
    "none": ("未入园 7.1%", ""),
    "kindergarten": ("幼儿园 18.4%", "'kindergarten'"),
    "primary": ("小学 51.9%", "'primary'"),
    "junior": ("初中 19.5%", "'junior'"),
    "senior": ("高中、中职 3.1%", "'senior', 'vocational'"),
}


def _number(connection: Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0] or 0) if row else 0


def require(checks: list[Check]) -> None:
    wrong = [check for check in checks if not check.holds]
    if wrong:
        raise CityWrong(wrong)


def table_of(checks: list[Check]) -> Table:
    """The comparison for a terminal."""
    table = Table(title="演示城市核对：公布数与库中数")
    for column in ("指标", "公布数", "库中数", "一致"):
        table.add_column(column, justify="left" if column == "指标" else "right")
    for check in checks:
        table.add_row(check.label, f"{check.published:,}", f"{check.found:,}", "✓" if check.holds else "✗")
    return table
