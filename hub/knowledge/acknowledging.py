"""A unit acknowledges what it was told, opens it, or sends it back with the reason: never by merely listing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
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
from hub.ledger.permission import Need, full_rights
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
    """$1 the notices, $2 the unit, $3 now, $4 the person, $5 the reason; both tables in one, own notices only."""
    return (
        f"WITH done AS (UPDATE notice n SET {_SET[what]}, row_version = n.row_version + 1, recorded_at = $3,"  # noqa: S608
        " recorded_by = $4 WHERE n.id = ANY ($1) AND n.unit = $2"
        " RETURNING n.id, n.row_version, n.county, n.child_id, n.case_id, n.event_id, n.event_type, n.by_unit),"
        f" board AS (UPDATE case_knowledge k SET {_BOARD[what]}, row_version = k.row_version + 1, recorded_at = $3"
        " FROM done d WHERE k.county = d.county AND k.event_id = d.event_id AND k.unit = $2)"
        " SELECT json_build_object('id', id, 'version', row_version, 'county', county, 'child', child_id,"
        " 'case', case_id, 'type', event_type, 'by', by_unit) FROM done"
    )


_STATEMENTS = {what: _statement(what) for what in _SET}
#: Kinds of notices that may be sent back: a request to take part; what happened cannot be declined.
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
        _permit(scene)
        if not 0 < len(self.notices) <= MOST:
            code = "TOO_MANY" if self.notices else "REQUIRED"
            raise errors.InputInvalid(count=1, listed=(fault(("notices",), code),))
        reason = self._reason(scene)
        bound = [encode(list(self.notices)), encode(scene.unit), encode(scene.at), encode(scene.person)]
        if self.what == "decline":
            bound.append(encode(reason))
        rows = await scene.judge.query(_STATEMENTS[self.what], bound)
        found = {each["id"]: each for each in (orjson.loads(cell or b"{}") for (cell,) in rows)}
        if set(found) != set(self.notices):
            raise errors.RowUnknown()
        if self.what == "decline" and any(each["type"] not in DECLINABLE for each in found.values()):
            raise errors.NotDeclinable()
        for row in self.notices:
            self._tell(scene, found[row])

    def _reason(self, scene: Scene) -> str | None:
        if self.what != "decline":
            return None
        item = declared_input(NOTICE, "decline_reason")
        value, found = checked(item, self.reason, ("reason",), scene.judge.known)
        if found is not None or value is None:
            raise errors.InputInvalid(count=1, listed=(found or fault(("reason",), "REQUIRED"),))
        return str(value)

    def _tell(self, scene: Scene, notice: Mapping[str, Any]) -> None:
        done = scene.done
        done.written.append(
            Written(entity=NOTICE, row=notice["id"], version=notice["version"], child=notice["child"], verb=Verb.UPDATE)
        )
        done.changes.append(
            {
                "county": notice["county"], "entity": NOTICE.name, "row_id": notice["id"],
                "row_version": notice["version"], "child_id": notice["child"], "kind": "updated", "unit": scene.unit,
                "at": scene.at.isoformat(), "classes": [NOTICE.about.key_class],
                **concerns(NOTICE, {"case_id": notice["case"], "unit": scene.unit}),
            }
        )  # fmt: skip
        if self.what != "open":
            done.occurrences.append(
                Occurrence(
                    kind="acknowledged" if self.what == "acknowledge" else "declined", at=scene.at, by=scene.unit,
                    division="", child=notice["child"], case=notice["case"], row=notice["id"],
                    units={"sender": (notice["by"],)},
                )
            )  # fmt: skip


def _permit(scene: Scene) -> None:
    """The right to acknowledge; whose notices they are the statement itself looks at."""
    writer, (group, action) = scene.job.writer, NEED
    rights = full_rights(writer, NOTICE, group, (action,))
    if not rights:
        act = Act(verb=Verb.UPDATE, entity=NOTICE, values={})
        need = Need(rights=rights, group=group, action=action, columns=())
        raise decision.not_granted(decision.refusals(writer, act, [need]))
    scene.done.rules |= {rule for right in rights for rule in right.rules}


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
