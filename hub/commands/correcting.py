"""校核: a unit doubts a value, by evidence and the version it read, to the unit that keeps it.

A doubt asks for no right to write: whoever is shown a value may say that it is wrong. What it claims is seen by the two
units alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub import errors
from hub.commands.claim_record import CORRECTION, home_of, occurrence, offices, permit, written
from hub.commands.claims import claimed, doubted, keeper
from hub.commands.words import Made
from hub.ledger import decision
from hub.ledger.acts import Act, Verb
from hub.ledger.decision import Standing
from hub.ledger.deed import Scene
from hub.ledger.faults import fault
from hub.ledger.ids import county_in, new_id
from hub.ledger.inputs import Input, declared_input, subject
from hub.ledger.permission import Need, Permission
from hub.ledger.values import checked
from hub.query.binding import encode
from hub.query.planning import opened
from schema.entities import Entity
from schema.treatment import discloses

_STANDING = (
    "SELECT 1 FROM correction_request WHERE county = split_part($1, '_', 2) AND row_id = $1 AND field_name = $2"
    " AND requester_unit = $3 AND status = 'requested'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """`doubtValue`: what a unit says of one value of one row."""

    row: str
    version: int  # at which it was read
    values: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        return "doubtValue"

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.row,)

    def asked(self) -> list[Any]:
        return [self.row, self.version, dict(self.values)]

    async def do(self, scene: Scene) -> None:
        permit(scene, "correct")
        entity, item = doubted(self.row, str(self.values.get("field") or ""))
        text, evidence = self._said(scene)
        value = claimed(item, text, scene.judge.known)
        standing = await self._read(scene, entity, item, value)
        child = str(standing.row["id" if entity is subject() else "child_id"])
        home, _ = await home_of(scene, child)
        owner = keeper(item, standing, home, offices(scene))
        if owner == scene.unit:
            raise errors.ValueYours()
        if await scene.judge.query(_STANDING, [encode(self.row), encode(item.column), encode(scene.unit)]):
            raise errors.AlreadyDone(unit=scene.unit)
        row = new_id(CORRECTION, county_in(self.row))
        made = Made(
            entity=CORRECTION, row=row,
            values={
                "child_id": child, "requester_unit": scene.unit, "owner_unit": owner, "entity": entity.name,
                "row_id": self.row, "field_name": item.column, "data_class": item.field.data_class,
                "base_version": self.version, "claimed_value": text, "evidence": evidence, "status": "requested",
                "requested_at": scene.at,
            },
        )  # fmt: skip
        await written(scene, [made], [], child, {"correction_requested": (owner,)})
        kinds = ["correction_requested", *(["collected_again"] if self.values.get("collectedAgain") else [])]
        for kind in kinds:
            scene.done.occurrences.append(occurrence(scene, kind, row, (child, home), (scene.unit, owner)))

    def _said(self, scene: Scene) -> tuple[str, str]:
        """The claim and its evidence, as texts fit to be kept."""
        found, wrong = [], []
        for name in ("claimed_value", "evidence"):
            item = declared_input(CORRECTION, name)
            path = ("input", item.name)
            text, unfit = checked(item, self.values.get(item.name), path, scene.judge.known)
            wrong += [unfit] if unfit is not None else [fault(path, "REQUIRED")] if text is None else []
            found.append(str(text))
        if wrong:
            raise errors.InputInvalid(count=len(wrong), listed=tuple(wrong))
        return found[0], found[1]

    async def _read(self, scene: Scene, entity: Entity, item: Input, value: Any) -> Standing:
        """The row, if the caller is shown this value of it; the version has to be the one it was shown."""
        writer = scene.job.writer
        rights = tuple(
            right for right in opened(writer.grant, writer.purpose, entity, (item.field.group, "read"))
            if discloses(item.field, right.mode)
        )  # fmt: skip
        need = Need(rights=rights, group=item.field.group, action="read", columns=(item.column,))
        act = Act(verb=Verb.UPDATE, entity=entity, values={}, row=self.row, version=self.version)
        permission = Permission(needs=[need])
        if not rights:
            raise decision.not_granted(decision.refusals(writer, act, [need]))
        scene.done.rules |= permission.rules
        found = await scene.judge.standing(act, permission)
        reached = decision.check_reached(writer, act, permission, found)
        # Who is shown the value in part learns nothing of the rest by claiming it.
        if all(right.mode == "full" for right in rights) and not decision.changed(
            act, reached.row, {item.column: value}
        ):
            raise errors.NothingClaimed()
        return reached
