"""The GraphQL side of what is done to an obligation: `fulfilObligation`, `pauseObligation`, … ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from hub.knowledge.deeds import GROUP, ObligationDeed
from hub.knowledge.rows import OBLIGATION
from hub.ledger.deed_field import DeedField, DeedFields, Parameter
from schema.classes import Label

_ROW: tuple[Parameter, ...] = (
    ("id", StrawberryAnnotation(strawberry.ID), "全局编号 / Global id"),
    ("version", StrawberryAnnotation(int), "读到的行版本 / Row version that was read"),
)
_EVIDENCE: Parameter = (
    "evidence",
    StrawberryAnnotation(str),
    "佐证：文号、回执、送达情况 / Document, receipt, delivery",
)
_REASON: Parameter = ("reason", StrawberryAnnotation(str), "理由 / Reason")
_BY: Parameter = ("by", StrawberryAnnotation(int), "延长多少，以该期限的单位计 / By how much, in the unit of the term")

#: Name, action, words, further arguments, columns written.
_DEEDS: tuple[tuple[str, str, Label, tuple[Parameter, ...], tuple[str, ...]], ...] = (
    (
        "fulfilObligation",
        "fulfil",
        Label(zh="以佐证履行义务；须以办理行为履行的除外", en="Show by evidence that it is met, where no act shows it"),
        (_EVIDENCE,),
        ("status", "evidence"),
    ),
    (
        "pauseObligation",
        "pause",
        Label(zh="中止计时，如要求补正", en="Stop the clock, as when a supplement was asked for"),
        (),
        ("status",),
    ),
    ("resumeObligation", "pause", Label(zh="恢复计时", en="Start the clock again"), (), ("status",)),
    (
        "extendObligation",
        "extend",
        Label(zh="延长期限一次，不超过原期限", en="Extend the term once, by no more than itself"),
        (_BY, _REASON),
        ("extended_by", "extension_reason"),
    ),
    (
        "waiveObligation",
        "waive",
        Label(zh="联席会议办公室免除义务", en="The joint conference office waives it"),
        (_REASON,),
        ("status", "waived_reason"),
    ),
)  # fmt: skip


def _deed(name: str, action: str) -> Callable[[Mapping[str, Any]], ObligationDeed]:
    def made(given: Mapping[str, Any]) -> ObligationDeed:
        return ObligationDeed(
            name=name, action=action, row=given["id"], version=given["version"],
            text=given.get("evidence") or given.get("reason"), by=given.get("by"),
        )  # fmt: skip

    return made


OBLIGATION_FIELDS: DeedFields = {
    name: DeedField(
        name=name, label=label, entity=OBLIGATION, about=OBLIGATION, needs=((GROUP, action),),
        arguments=(*_ROW, *more), deed=_deed(name, action),
        writes=tuple(f"{OBLIGATION.name}.{column}" for column in columns),
    )
    for name, action, label, more, columns in _DEEDS
}  # fmt: skip
