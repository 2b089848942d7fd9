"""What the importing unit may write, as a roster needs it: columns of new rows, columns of rows that stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.ledger import permission
from hub.ledger.acts import Verb
from hub.ledger.permission import Writer
from hub.roster.columns import HUB, NOT_IMPORTED, Target, vocabulary
from hub.roster.headers import Column, Header
from schema.classes import Label
from schema.registry import ENTITIES


class Use(StrEnum):
    """What becomes of a column's values."""

    WRITTEN = "written"
    WHEN_NEW = "when_new"  # written when a file or record is opened, then another unit's
    WHEN_STANDING = "when_standing"  # the roster lacks a column without which no new record is made
    COMPARED = "compared"  # never written by this unit; used to find the child
    REFUSED = "refused"
    UNKNOWN = "unknown"
    LEFT_OUT = "left_out"
    OF_REPORT = "of_report"


USES: Mapping[Use, Label] = {
    Use.WRITTEN: Label(zh="导入", en="imported"),
    Use.WHEN_NEW: Label(zh="仅新登记时写入，此后由责任单位维护", en="for new records only; then kept by its owner"),
    Use.WHEN_STANDING: Label(
        zh="仅更新已有记录：名册没有外出时间或与儿童关系列，不能新登记",
        en="for standing records only: the roster has no column of day or relation",
    ),
    Use.COMPARED: Label(zh="仅用于比对，不写入", en="compared only, not written"),
    Use.REFUSED: Label(zh="不写入：本单位无权登记", en="not written: not for this unit to keep"),
    Use.UNKNOWN: Label(zh="未识别，不导入", en="not known, not imported"),
    Use.LEFT_OUT: Label(zh="不导入", en="not imported"),
    Use.OF_REPORT: Label(zh="共知报告列", en="column of the hub's report"),
}
#: Fields by which a child is found.
IDENTIFYING = frozenset(
    {
        "child.child_no", "child.name", "child.citizen_id_no", "child.birth_date", "child.residence_division",
        "father.name", "mother.name", "guardian.name", "carer.name", "enrolment.student_no",
    }
)  # fmt: skip


#: The column without which no record of its kind is made.
_LEADS = {
    ("father", "MigrationSpell"): "father.out_since",
    ("mother", "MigrationSpell"): "mother.out_since",
    ("guardian", "FamilyMember"): "guardian.relation",
    ("carer", "FamilyMember"): "carer.relation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """Columns by entity; an entity in `opens` may be made by the unit at all."""

    unit_type: str
    unit: str
    create: Mapping[str, frozenset[str]]
    update: Mapping[str, frozenset[str]]
    opens: frozenset[str]

    def use_of(self, column: Column, header: Header) -> Use:
        if column.target is None:
            return Use.UNKNOWN
        use, lead = self.use_of_target(column.target), _LEADS.get((column.target.part, column.target.entity))
        if use in (Use.WRITTEN, Use.WHEN_NEW) and lead is not None and header.place_of(lead) is None:
            return Use.WHEN_STANDING
        return use

    def use_of_target(self, target: Target) -> Use:
        if target.part in (NOT_IMPORTED, HUB):
            return Use.LEFT_OUT if target.part == NOT_IMPORTED else Use.OF_REPORT
        if target.name in self.update[target.entity]:
            return Use.WRITTEN
        if target.name in self.create[target.entity] and target.entity in self.opens:
            return Use.WHEN_NEW
        return Use.COMPARED if target.key in IDENTIFYING else Use.REFUSED


def permits_of(writer: Writer) -> Permits:
    names = sorted({target.entity for target in vocabulary().targets.values() if target.entity})
    return Permits(
        unit_type=writer.unit_type,
        unit=writer.identity.unit.code,
        create=_columns(writer, names, Verb.CREATE),
        update=_columns(writer, names, Verb.UPDATE),
        opens=frozenset(name for name in names if permission.may(writer, ENTITIES[name], Verb.CREATE)),
    )


def unread(permits: Permits) -> frozenset[str]:
    """Fields that the unit neither writes nor finds children by."""
    targets = vocabulary().targets.values()
    return frozenset(target.key for target in targets if permits.use_of_target(target) is Use.REFUSED)


def _columns(writer: Writer, names: Iterable[str], verb: Verb) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(item.column for item in permission.writable(writer, ENTITIES[name], verb)) for name in names
    }
