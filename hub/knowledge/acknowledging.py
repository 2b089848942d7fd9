"""A unit acknowledges what it was told, opens it, or sends it back with the reason: never by merely listing it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.base import StrawberryList

from hub import errors
from hub.knowledge.occurrence import Occurrence
from hub.ledger import decision
from hub.ledger.acts import Act, Verb, Written
from hub.ledger.deed import Deed, Scene
from hub.ledger.deed_field import DeedField, DeedFields
from hub.ledger.faults import fault
from hub.ledger.inputs import declared_input
from hub.ledger.permission import Need, Permission, full_rights
from hub.ledger.rows import concerns
from hub.ledger.values import checked
from hub.query.binding import encode
from schema.classes import Label
from schema.registry import ENTITIES

NOTICE = ENTITIES["Notice"]
NEED = (NOTICE.fields["kind"].group, "ack")
#: Notices of one request.
MOST = 500
_SET: Mapping[str, str] = {
    "acknowledge": "acknowledged_at = coalesce(n.acknowledged_at, $3),"
    " acknowledged_by = coalesce(n.acknowledged_by, $4), opened_at = coalesce(n.opened_at, $3)",
    "open": "opened_at = coalesce(n.opened_at, $3)",
    "decline": "declined_at = coalesce(n.declined_at, $3), decline_reason = coalesce(n.decline_reason, $5),"
    " opened_at = coalesce(n.opened_at, $3)",
}
_BOARD: Mapping[str, str] = {
    "acknowledge": "acknowledged_at = coalesce(k.acknowledged_at, $3), opened_at = coalesce(k.opened_at, $3)",
    "open": "opened_at = coalesce(k.opened_at, $3)",
    "decline": "opened_at = coalesce(k.opened_at, $3)",
}


def _statement(what: str) -> str:
    """$1 the notices, $2 the unit, $3 now, $4 the person, $5 the reason; the board of the case with them."""
    return (
        f"WITH done AS (UPDATE notice n SET {_SET[what]}, row_version = n.row_version + 1, recorded_at = $3,"  # noqa: S608
        " recorded_by = $4 WHERE n.id = ANY ($1) AND n.unit = $2"
        " RETURNING n.id, n.row_version, n.county, n.child_id, n.case_id, n.event_id),"
        f" board AS (UPDATE case_knowledge k SET {_BOARD[what]}, row_version = k.row_version + 1, recorded_at = $3,"
        " recorded_by = $4 FROM done d WHERE k.county = d.county AND k.event_id = d.event_id AND k.unit = $2"
        " RETURNING k.id, k.row_version, k.county, k.child_id, k.case_id)"
        " SELECT 'Notice', id, row_version, county, child_id, case_id FROM done"
        " UNION ALL SELECT 'CaseKnowledge', id, row_version, county, child_id, case_id FROM board"
    )


_STATEMENTS = {what: _statement(what) for what in _SET}
#: What may be sent back by whom it is addressed to: a request to take part; what happened cannot be declined.
DECLINABLE = frozenset({"assistance_requested", "party_joined", "plan_made", "report_transferred"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a unit makes of notices of its own."""

    what: str  # acknowledge, open, decline
    notices: tuple[str, ...]
    reason: Any = None

    @property
    def name(self) -> str:
        return f"{self.what}Notices"

    @property
    def rows(self) -> tuple[str, ...]:
        return self.notices or ("",)

    def asked(self) -> list[Any]:
        return [*self.notices, self.reason]

    async def do(self, scene: Scene) -> None:
        permission = _permission(scene)
        if not 0 < len(self.notices) <= MOST:
            code = "TOO_MANY" if self.notices else "REQUIRED"
            raise errors.InputInvalid(count=1, listed=(fault(("notices",), code),))
        reason = self._reason(scene)
        found = await asyncio.gather(*(_held(scene, row, permission) for row in self.notices))
        if self.what == "decline" and not all(map(_may_decline, found)):
            raise errors.NotDeclinable()
        bound = [encode(list(self.notices)), encode(scene.unit), encode(scene.at), encode(scene.person)]
        if self.what == "decline":
            bound.append(encode(reason))
        versions = {}
        for entity, row, version, county, child, case in await scene.judge.query(_STATEMENTS[self.what], bound):
            done = _change(scene, _text(entity), _text(row), int(_text(version)), _text(case) or None)
            scene.done.changes.append(done | {"county": _text(county), "child_id": child and _text(child)})
            versions[_text(row)] = int(_text(version))
        for notice in found:
            self._tell(scene, notice, versions[notice["id"]])

    def _reason(self, scene: Scene) -> str | None:
        if self.what != "decline":
            return None
        item = declared_input(NOTICE, "decline_reason")
        value, found = checked(item, self.reason, ("reason",), scene.judge.known)
        if found is not None or value is None:
            raise errors.InputInvalid(count=1, listed=(found or fault(("reason",), "REQUIRED"),))
        return str(value)

    def _tell(self, scene: Scene, notice: Mapping[str, Any], version: int) -> None:
        written = Written(
            entity=NOTICE, row=notice["id"], version=version, child=notice["child_id"], verb=Verb.UPDATE
        )  # fmt: skip
        scene.done.written.append(written)
        if self.what != "open":
            scene.done.occurrences.append(
                Occurrence(
                    kind="acknowledged" if self.what == "acknowledge" else "declined", at=scene.at, by=scene.unit,
                    division="", child=notice["child_id"], case=notice["case_id"], row=notice["id"],
                    units={"sender": (notice["by_unit"],)},
                )
            )  # fmt: skip


def _permission(scene: Scene) -> Permission:
    """The right to acknowledge; refused where the unit has none, whatever the notices."""
    writer, (group, action) = scene.job.writer, NEED
    rights = full_rights(writer, NOTICE, group, (action,))
    permission = Permission(needs=[Need(rights=rights, group=group, action=action, columns=())])
    if not rights:
        act = Act(verb=Verb.UPDATE, entity=NOTICE, values={})
        raise decision.not_granted(decision.refusals(writer, act, permission.needs))
    scene.done.rules |= permission.rules
    return permission


async def _held(scene: Scene, row: str, permission: Permission) -> Mapping[str, Any]:
    """A notice that the right reaches; one of another unit, or of kin, is as unknown as one that is not there."""
    act = Act(verb=Verb.UPDATE, entity=NOTICE, values={}, row=row)
    standing = await scene.judge.standing(act, permission)
    return decision.check_reached(scene.job.writer, act, permission, standing).row


def _may_decline(notice: Mapping[str, Any]) -> bool:
    return bool(notice["addressed"]) and notice["event_type"] in DECLINABLE and notice["acknowledged_at"] is None


def _change(scene: Scene, entity: str, row: str, version: int, case: str | None) -> dict[str, Any]:
    return {
        "entity": entity, "row_id": row, "row_version": version, "kind": "updated", "unit": scene.unit,
        "at": scene.at.isoformat(), "classes": [ENTITIES[entity].about.key_class],
        **concerns(ENTITIES[entity], {"case_id": case, "unit": scene.unit}),
    }  # fmt: skip


def _text(cell: bytes | None) -> str:
    return (cell or b"").decode()


_IDS = StrawberryAnnotation(StrawberryList(strawberry.ID))


def _field(what: str, label: Label, *, with_reason: bool = False) -> DeedField:
    def deed(given: Mapping[str, Any]) -> Deed:
        return Answer(what=what, notices=tuple(dict.fromkeys(given["notices"])), reason=given.get("reason"))

    reason = (("reason", StrawberryAnnotation(str), "理由 / Reason"),) if with_reason else ()
    return DeedField(
        name=f"{what}Notices",
        label=label,
        entity=NOTICE,
        about=NOTICE,
        needs=(NEED,),
        arguments=(("notices", _IDS, f"通知编号，至多 {MOST} 条 / Ids of notices, {MOST} at most"), *reason),
        deed=deed,
        writes=("Notice.acknowledged_at",),
    )


NOTICE_FIELDS: DeedFields = {
    field.name: field
    for field in (
        _field("acknowledge", Label(zh="签收通知，可批量", en="Acknowledge notices, one or many")),
        _field("open", Label(zh="标记为已打开", en="Mark notices as opened")),
        _field("decline", Label(zh="退回通知，写明理由", en="Send notices back, with the reason"), with_reason=True),
    )
}
