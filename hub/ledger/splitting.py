"""A wrong merge is undone: both files as they were, and what was added since goes where the caller says.

What was changed since on a row that came from the merged file stays with the row, and goes back with it. A value that
the survivor took over is taken back unless it was changed since; a correction that nobody has decided is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg import sql

from hub import errors
from hub.ledger.deed import Scene, changed_rows, filed_rows
from hub.ledger.faults import fault
from hub.ledger.household import settle
from hub.ledger.kin import Kin, kin, kin_named, listed, subject_kin
from hub.ledger.merging import ITSELF, NEED

SOME = sql.SQL("o.county = %(county)s and o.child_id = %(survivor)s and o.id = any (%(rows)s::text[])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The file of `merged` stands by itself again; of rows added since, those named go with it."""

    merged: str
    assigned: tuple[str, ...] = ()

    name = "splitChild"

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.merged,)

    def asked(self) -> list[Any]:
        return [self.merged, *sorted(self.assigned)]

    async def do(self, scene: Scene) -> None:
        # The same to whoever may not know of it: rights are asked for before anything is told.
        scene.may(NEED)
        found = await scene.run(
            sql.SQL(
                "select survivor, at::text, journal::text from child_merge"
                " where county = split_part(%(merged)s, '_', 2) and merged = %(merged)s and undone_at is null"
                " order by at desc limit 1 for update"
            ),
            merged=self.merged,
        )  # fmt: skip
        if not found:
            raise errors.NotMerged()
        survivor, at, journal = found[0]
        try:
            kept = await scene.reached(survivor.decode(), None, NEED)
        except errors.RowUnknown:
            raise errors.NotMerged() from None
        undoing = _Undoing(
            scene=scene, kept=kept, merged=self.merged, at=datetime.fromisoformat(at.decode()),
            journal=orjson.loads(journal),
        )  # fmt: skip
        await undoing.restored()
        await undoing.returned(self.assigned)
        await undoing.household()
        await undoing.taken_back()
        await undoing.withdrawn()
        await undoing.closed()
        if not await scene.held(self.merged, NEED):
            raise errors.NotMerged()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undoing:
    scene: Scene
    kept: Mapping[str, Any]
    merged: str
    at: datetime
    journal: Mapping[str, Any]

    @property
    def county(self) -> str:
        return str(self.kept["county"])

    @property
    def survivor(self) -> str:
        return str(self.kept["id"])

    async def restored(self) -> None:
        """The merged child's own row, as it was last, in its next version."""
        names = subject_kin().columns
        new = {
            "row_version": sql.SQL("o.row_version + 1"), "recorded_at": sql.SQL("%(at)s"),
            "recorded_by": sql.SQL("%(by)s"),
        }  # fmt: skip
        chosen = [new.get(name, sql.SQL("o.") + sql.Identifier(name)) for name in names]
        text = sql.SQL(
            "insert into child ({}) select {} from child_history o"
            " where {} and o.row_version = %(version)s returning row_version, family_id"
        ).format(listed(names), sql.SQL(", ").join(chosen), ITSELF)
        ((version, family),) = await self.scene.run(
            text, county=self.county, child=self.merged, version=self.journal["versions"]["merged"]
        )
        self.scene.wrote(self.merged, self.county, int(version), family=family.decode() if family else None)
        self.scene.tell(subject_kin(), self.merged, int(version), "created", child=self.merged, county=self.county)

    async def returned(self, assigned: tuple[str, ...]) -> None:
        """Rows of the merged file, and of those added since the ones the caller names."""
        waiting = set(assigned)
        for each in (*kin(), kin_named("FamilyMember")):
            own = list(self.journal["rows"].get(each.entity.name, ()))
            prefix = f"{each.entity.about.id_tag}_"
            since = [row for row in assigned if row.startswith(prefix)]
            waiting -= set(await self._repointed(each, [*own, *await self._added(each, since)]))
        if waiting:
            listed_ = tuple(
                fault(("assign", str(place)), "UNKNOWN_ROW") for place, row in enumerate(assigned) if row in waiting
            )
            raise errors.InputInvalid(count=len(listed_), listed=listed_)

    async def _added(self, each: Kin, rows: list[str]) -> list[str]:
        """Of these rows of the survivor those that were first recorded after the merge."""
        if not rows:
            return []
        former = sql.SQL(
            " and not exists (select from {} h where (h.county, h.id) = (o.county, o.id) and h.recorded_at < %(since)s)"
        ).format(each.past)
        text = sql.SQL("select o.id from {} o where {} and o.recorded_at >= %(since)s{}").format(
            each.table, SOME, former if each.keeps_history else sql.SQL("")
        )
        values = {"county": self.county, "survivor": self.survivor, "rows": rows, "since": self.at}
        return [row.decode() for (row,) in await self.scene.run(text, **values)]

    async def _repointed(self, each: Kin, rows: list[str]) -> list[str]:
        if not rows:
            return []
        found = await self.scene.run(
            changed_rows(each, sql.SQL("child_id = %(merged)s"), SOME, sql.SQL("o.id, o.row_version")),
            county=self.county, survivor=self.survivor, merged=self.merged, rows=rows,
        )  # fmt: skip
        for row, version in found:
            self.scene.tell(each, row.decode(), int(version), "updated", child=self.merged, county=self.county)
        return [row.decode() for row, _ in found]

    async def household(self) -> None:
        """Who was taken for the same person is two again, and who came over goes back."""
        household = self.journal["household"]
        for entity, row, column, old, new in household.get("refs", ()):
            each = kin_named(entity)
            await self.scene.run(
                sql.SQL(
                    "update {} set {} = %(old)s"
                    " where county = %(county)s and id = %(row)s and {} = %(new)s returning id"
                ).format(each.table, sql.Identifier(column), sql.Identifier(column)),
                county=self.county, row=row, old=old, new=new,
            )  # fmt: skip
        if household.get("joined"):
            await settle(self.scene, self.county, household["joined"], household["from"], child=self.merged)

    async def taken_back(self) -> None:
        """Values that the survivor took over and that nobody has changed since; their sources with them."""
        before = self.journal["versions"]["survivor"]
        names = [sql.Identifier(name) for name in self.journal["filled"]]
        back: list[sql.Composable] = [
            sql.SQL(
                "{0} = case when o.{0} is not distinct from"
                " (select s.{0} from states s where s.row_version = %(after)s)"
                " then (select s.{0} from states s where s.row_version = %(before)s) else o.{0} end"
            ).format(name)
            for name in names
        ]
        text = self._with_states() + changed_rows(
            subject_kin(), sql.SQL(", ").join(back or [sql.SQL("child_no = o.child_no")]), ITSELF,
            sql.SQL("o.row_version, o.family_id"), further=True,
        )  # fmt: skip
        ((version, family),) = await self.scene.run(
            text, county=self.county, child=self.survivor, before=before, after=before + 1
        )
        self.scene.wrote(self.survivor, self.county, int(version), family=family.decode() if family else None)
        self.scene.tell(subject_kin(), self.survivor, int(version), "updated", child=self.survivor, county=self.county)
        await self.scene.run(
            sql.SQL(
                "delete from value_provenance where county = %(county)s and entity = 'Child' and row_id = %(child)s"
                " and field_name = any (%(names)s::text[]) and recorded_at = %(since)s returning id"
            ),
            county=self.county, child=self.survivor, names=self.journal["sourced"], since=self.at,
        )  # fmt: skip

    def _with_states(self) -> sql.Composed:
        """Every state of the survivor, the present one among them."""
        return sql.SQL("with states as (select {0} from child_history o where {1} union all select {0} from child o"
                       " where {1})").format(listed(subject_kin().columns, "o."), ITSELF)  # fmt: skip

    async def withdrawn(self) -> None:
        """Corrections that the merge put to owners and that nobody has decided."""
        each = kin_named("CorrectionRequest")
        where = sql.SQL("o.county = %(county)s and o.id = any (%(rows)s::text[]) and o.status = 'requested'")
        values = {"county": self.county, "rows": self.journal["corrections"]}
        for row, version in await self.scene.run(filed_rows(each, where), **values):
            self.scene.tell(each, row.decode(), int(version), "deleted", child=self.survivor, county=self.county)
        await self.scene.run(sql.SQL("delete from correction_request o where {} returning id").format(where), **values)

    async def closed(self) -> None:
        values = {"merged": self.merged, "survivor": self.survivor, "county": self.county, "since": self.at}
        await self.scene.run(sql.SQL("delete from redirect where old_id = %(merged)s returning old_id"), **values)
        await self.scene.run(
            sql.SQL(
                "update child_merge set undone_at = %(at)s"
                " where county = %(county)s and merged = %(merged)s and at = %(since)s returning merged"
            ),
            **values,
        )
