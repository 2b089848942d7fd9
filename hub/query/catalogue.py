"""The catalogue: every class of data below the sealed ones, who answers for it, how it is shared, how to apply."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from hub.policy import words
from hub.query.context import Info, RequestContext
from hub.query.labels import Label, fields_by_class, label, unique
from hub.query.viewer import READS
from schema import classes
from schema.classes import CLASSES, DataClass, Level
from schema.entities import Entity, camel
from schema.meaning import Field


@strawberry.enum(description="共享属性 / How a class of data is shared")
class Sharing(StrEnum):
    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"


@strawberry.type(description="共享目录中的一类数据 / One class of data in the catalogue")
class CatalogueEntry:
    class_: str = strawberry.field(name="class")
    name: str
    label: Label
    level: int
    owner: list[str]
    owner_labels: list[Label]
    sharing: Sharing
    sharing_reason: Label
    fields: list[str] = strawberry.field(description="所含字段 / Its fields, as Entity.field")
    held: bool = strawberry.field(description="你是否持有 / Whether you may read some of it")
    modes: list[str]
    scopes: list[str]
    rules: list[str]
    apply: Label = strawberry.field(description="怎样申请 / How to apply for it")


def _catalogue_entry(context: RequestContext, about: DataClass, fields: list[tuple[Entity, Field]]) -> CatalogueEntry:
    grant = context.grant
    rights = [right for action in (*READS, "aggregate") for right in grant.may(about.code, action)]
    return CatalogueEntry(
        class_=about.code,
        name=about.name,
        label=label(about.label),
        level=int(about.level),
        owner=list(about.owner),
        owner_labels=[label(_owner_label(owner)) for owner in about.owner],
        sharing=Sharing.UNCONDITIONAL if about.level <= Level.L1 else Sharing.CONDITIONAL,
        sharing_reason=label(_SHARING_REASONS[about.level]),
        fields=[f"{entity.name}.{camel(declared.name)}" for entity, declared in fields if declared.level < Level.L5],
        held=bool(rights),
        modes=unique(right.mode for right in rights),
        scopes=unique(right.reach.scope for right in rights),
        rules=unique(rule for right in rights for rule in right.rules),
        apply=label(_how_to_apply(about)),
    )


_SHARING_REASONS = {
    Level.L0: classes.Label(zh="公开或可公开的信息", en="Public, or fit to be"),
    Level.L1: classes.Label(zh="不涉及个人的内部信息", en="Internal, of no person"),
    Level.L2: classes.Label(zh="涉及个人，限履行职责并写明用途", en="Of persons: for a duty, with its purpose"),
    Level.L3: classes.Label(
        zh="可识别儿童和家庭，限本辖区履行职责", en="Identifies a child: for a duty, in one's division"
    ),
    Level.L4: classes.Label(
        zh="敏感个人信息，限案件关系或提供单位", en="Sensitive: by relation to the case, or by supply"
    ),
}


def _owner_label(owner: str) -> classes.Label:
    known = words.UNIT_TYPES.get(owner)
    return known.label if known else classes.Label(zh="枢纽", en="The hub")


def _how_to_apply(about: DataClass) -> classes.Label:
    """The clocks are those of the data sharing rules (Order 809): one or ten working days, supply within twenty."""
    zh, en = _owner_label(about.owner[0]).zh, _owner_label(about.owner[0]).en
    days = 1 if about.level <= Level.L1 else 10
    return classes.Label(
        zh=f"向{zh}提出数据共享申请，写明职责依据、用途和期限；{days} 个工作日内答复，20 个工作日内共享。",
        en=f"File a share request to: {en}, with duty, purpose and period; "
        f"answered within {days} working day(s), shared within 20.",
    )


def catalogue(info: Info) -> list[CatalogueEntry]:
    fields = fields_by_class(info.context)
    shown = (about for about in CLASSES.values() if about.level < Level.L5)
    return [_catalogue_entry(info.context, about, fields.get(about.code, [])) for about in shown]
