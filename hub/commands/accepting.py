"""校核认可: the keeper agrees that a value is wrong; it is written, and all who had received the old one are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hub import errors
from hub.audit.record import child_key, month_key
from hub.audit.search import months_back
from hub.commands.claim_record import CORRECTION, home_of, occurrence, offices, permit, written
from hub.commands.claims import claimed, item_of
from hub.commands.words import Changed
from hub.ledger import decision, storing
from hub.ledger.acts import Act, Verb, Written
from hub.ledger.deed import Scene
from hub.ledger.inputs import Input
from hub.query.binding import encode
from schema.registry import ENTITIES

#: How far back those are looked for who received the former value.
LONGEST = timedelta(days=366)
_RECEIVED = (
    "SELECT DISTINCT r.unit FROM access_record r JOIN access_shape s ON s.hash = r.shape"
    " WHERE r.search_keys && $1::int[] AND r.at >= $2::timestamptz AND r.outcome = 'answered'"
    " AND position(' ' || $3::text || ' ' in ' ' || r.children || ' ') > 0 AND s.fields @> ARRAY[$4::text]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """`acceptCorrection`: the keeper agrees, and the value is written."""

    row: str
    version: int | None
    reason: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return "acceptCorrection"

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.row,)

    def asked(self) -> list[Any]:
        return [self.row, self.version, self.reason]

    async def do(self, scene: Scene) -> None:
        claim = await self._claim(scene)
        item = item_of(claim["entity"], claim["field_name"])
        value = claimed(item, claim["claimed_value"], scene.judge.known)
        await _refuse_moved_on(scene, claim)
        child = str(claim["child_id"])
        since = await self._write(scene, claim, item, value)
        home, parties = await home_of(scene, child)
        name = f"{claim['entity']}.{claim['field_name']}"
        received = await _received(scene, child, name, since) if since is not None else ()
        told = _told_of(scene, (*received, *parties), claim["requester_unit"])
        changed = Changed(
            entity=CORRECTION, row=claim["id"],
            values={"status": "accepted", "decided_at": scene.at, "decision_reason": self.reason},
        )  # fmt: skip
        await written(
            scene, [], [(changed, claim["row_version"])], child,
            {"correction_decided": (claim["requester_unit"],), "value_corrected": told},
        )  # fmt: skip
        between = (claim["requester_unit"], claim["owner_unit"])
        scene.done.occurrences.append(occurrence(scene, "correction_decided", claim["id"], (child, home), between))

    async def _claim(self, scene: Scene) -> Mapping[str, Any]:
        permission = permit(scene, "answer")
        writer = scene.job.writer
        act = Act(verb=Verb.UPDATE, entity=CORRECTION, values={}, row=self.row, version=self.version)
        found = decision.check_reached(writer, act, permission, await scene.judge.standing(act, permission)).row
        if found["owner_unit"] != scene.unit:
            raise errors.NotForYou(unit=found["owner_unit"])
        if found["status"] not in ("requested", "disputed"):
            raise errors.AlreadyDone(unit=found["owner_unit"])
        return found

    async def _write(self, scene: Scene, claim: Mapping[str, Any], item: Input, value: Any) -> datetime | None:
        """Since when the former value stood; None where the row already held the claimed one."""
        entity = ENTITIES[claim["entity"]]
        act = Act(verb=Verb.UPDATE, entity=entity, values={item.column: value}, row=claim["row_id"])
        write = await scene.judge.judge(act)
        if write is None:
            return None
        await storing.store([write], scene.judge.query)
        scene.job.writes.append(write)
        done = Written(entity=entity, row=write.row, version=write.version, child=write.child, verb=Verb.UPDATE)
        scene.done.written.append(done)
        scene.done.rules |= write.permission.rules
        return datetime.fromisoformat(str(write.standing["recorded_at"]))


async def _refuse_moved_on(scene: Scene, claim: Mapping[str, Any]) -> None:
    """The value has to be the one that was doubted: what came after is looked at anew."""
    entity, column = ENTITIES[claim["entity"]], claim["field_name"]
    if entity.history is None or claim["base_version"] is None:
        return
    # Names are of our own declarations.
    text = (
        f'SELECT o.row_version, o."{column}" IS NOT DISTINCT FROM b."{column}"'  # noqa: S608
        f' FROM "{entity.table.name}" o LEFT JOIN LATERAL (SELECT h."{column}" FROM "{entity.history.name}" h'
        f" WHERE h.county = o.county AND h.id = o.id AND h.row_version = $2::int"
        f' UNION ALL SELECT o."{column}" WHERE o.row_version = $2::int) b ON true'
        " WHERE o.county = split_part($1, '_', 2) AND o.id = $1 FOR UPDATE OF o"
    )
    found = await scene.judge.query(text, [encode(claim["row_id"]), encode(claim["base_version"])])
    if not found:
        raise errors.RowUnknown()
    version, same = found[0]
    if same != b"t":
        raise errors.VersionConflict(version=int(version or b"0"))


async def _received(scene: Scene, child: str, name: str, since: datetime) -> tuple[str, ...]:
    """Units to which the former value went, by the record of accesses."""
    begins = max(since, scene.at - LONGEST)
    months = [f"{start:%Y-%m}" for start, _ in months_back(begins, scene.at + timedelta(days=1))]
    keys = [child_key(child), *(month_key(child, month) for month in months)]
    rows = await scene.judge.query(_RECEIVED, [encode(keys), encode(begins), encode(child), encode(name)])
    return tuple((unit or b"").decode() for (unit,) in rows)


def _told_of(scene: Scene, units: Iterable[str], requester: str) -> tuple[str, ...]:
    """Those of them that are, or their successors; neither who decides nor who asked."""
    known = offices(scene)
    present = (known.present(unit) for unit in units)
    return tuple(sorted({unit for unit in present if unit is not None} - {scene.unit, requester}))
