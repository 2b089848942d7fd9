"""The GraphQL side of doubting a value and of agreeing that it is wrong; to refuse and to withdraw are plain acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from hub.commands.accepting import Acceptance
from hub.commands.claim_record import CORRECTION, GROUP
from hub.commands.correcting import Doubt
from hub.ledger.deed_field import DeedField, DeedFields, Parameter
from hub.query.shapes import optional
from schema.classes import Label

_ID = StrawberryAnnotation(strawberry.ID)
_MEMBERS: tuple[Parameter, ...] = (
    ("field", optional(str), "（必填）数据项，如 name / required: field, such as name"),
    ("claimedValue", optional(str), "（必填）主张值；多项每行一个 / required: claimed value; of a list, one a line"),
    ("evidence", optional(str), "（必填）佐证 / required: evidence"),
    (
        "collectedAgain",
        optional(bool),
        "本单位重复采集到不同的值 / The unit collected it again, and found it otherwise",
    ),
)


def _doubt(given: Mapping[str, Any]) -> Doubt:
    return Doubt(row=given["row"], version=given["version"], values=dict(given.get("input") or {}))


def _accept(given: Mapping[str, Any]) -> Acceptance:
    return Acceptance(row=given["correction"], version=given.get("version"), reason=given.get("reason"))


CORRECTION_FIELDS: DeedFields = {
    field.name: field
    for field in (
        DeedField(
            name="doubtValue",
            label=Label(zh="提出校核：对一项数据有异议", en="Doubt a value"),
            entity=CORRECTION,
            about=CORRECTION,
            needs=((GROUP, "correct"),),
            arguments=(
                ("row", _ID, "数据所在记录的编号 / Id of the row that holds it"),
                ("version", StrawberryAnnotation(int), "读到的行版本 / Row version that was read"),
            ),
            members=_MEMBERS,
            deed=_doubt,
            writes=("CorrectionRequest.claimed_value", "CorrectionRequest.evidence"),
        ),
        DeedField(
            name="acceptCorrection",
            label=Label(zh="认可校核并更正数据", en="Agree to a correction, and write the value"),
            entity=CORRECTION,
            about=CORRECTION,
            needs=((GROUP, "answer"),),
            arguments=(
                ("correction", _ID, "校核申请编号 / Id of the correction request"),
                ("version", optional(int), "读到的行版本 / Row version that was read"),
                ("reason", optional(str), "核实意见 / What was found"),
            ),
            deed=_accept,
            writes=("CorrectionRequest.status", "CorrectionRequest.decision_reason"),
        ),
    )
}
