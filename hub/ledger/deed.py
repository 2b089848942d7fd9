"""What is done to a child's whole file at once: a step of a transaction with SQL of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from psycopg import sql

from hub import errors
from hub.ledger import decision
from hub.ledger.acts import Act, Verb, Written
from hub.ledger.asking import Ask
from hub.ledger.inputs import subject
from hub.ledger.job import Job, RowWrite
from hub.ledger.judging import Judge
from hub.ledger.kin import Kin, listed
from hub.ledger.permission import Need, Permission, full_rights
from hub.ledger.rows import concerns

#: Later than a row was recorded, whatever the clocks of the nodes say.
LATER = sql.SQL("greatest(%(at)s::timestamptz, o.recorded_at + interval '1 microsecond')")


@dataclass(slots=True, kw_only=True)
class Done:
    """What a deed did, beside the rows themselves."""

    written: list[Written] = field(default_factory=list)  # the first is what is answered
    changes: list[dict[str, Any]] = field(default_factory=list)  # change rows
    touched: list[RowWrite] = field(default_factory=list)  # whose facts changed, for what the hub computes
    rules: set[str] = field(default_factory=set)
    occurrences: list[Any] = field(default_factory=list)  # that make units owe, or settle what they owe


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a deed is done."""

    job: Job
    judge: Judge
    ask: Ask
    done: Done

    @property
    def unit(self) -> str:
        return self.job.writer.identity.unit.code

    @property
    def person(self) -> str:
        return self.job.writer.identity.person

    @property
    def at(self) -> datetime:
        return self.job.now

    async def reached(self, child: str, version: int | None, need: tuple[str, str]) -> Mapping[str, Any]:
        """The child's row, locked, if the caller may do this to it; else it is as unknown as one that is not there."""
        permission = self._permission(need)
        act = Act(verb=Verb.UPDATE, entity=subject(), values={}, row=child, version=version)
        standing = await self.judge.standing(act, permission)
        return decision.check_reached(self.job.writer, act, permission, standing).row

    def may(self, need: tuple[str, str]) -> None:
        """Refuses a unit that could never do this."""
        self._permission(need)

    async def held(self, child: str, need: tuple[str, str]) -> bool:
        """Whether the row as it now stands is in the caller's reach."""
        permission = self._permission(need)
        act = Act(verb=Verb.UPDATE, entity=subject(), values={}, row=child)
        standing = await self.judge.standing(act, permission)
        return standing is not None and all(standing.held)

    def _permission(self, need: tuple[str, str]) -> Permission:
        """The rights to it; refused here where the unit has none of them, whatever the row."""
        writer, (group, action) = self.job.writer, need
        rights = full_rights(writer, subject(), group, (action,))
        permission = Permission(needs=[Need(rights=rights, group=group, action=action, columns=())])
        if not rights:
            act = Act(verb=Verb.UPDATE, entity=subject(), values={})
            raise decision.not_granted(decision.refusals(writer, act, permission.needs))
        self.done.rules |= permission.rules
        return permission

    async def run(self, text: sql.Composable, **values: object) -> Sequence[Sequence[Any]]:
        return await self.ask(text, {"at": self.at, "by": self.person, **values})

    def wrote(self, child: str, county: str, version: int, *, new: bool = False, family: str | None = None) -> None:
        """A child's own row was written: it is answered, told of, and computed anew."""
        act = Act(verb=Verb.UPDATE, entity=subject(), values={}, row=child)
        self.done.written.append(Written(entity=subject(), row=child, version=version, child=child, verb=Verb.UPDATE))
        self.done.touched.append(
            RowWrite(
                act=act, permission=Permission(), row=child, county=county, child=child, version=version, changes={},
                stored={"family_id": family}, source_unit=self.unit,
            )
        )  # fmt: skip

    def left(self, child: str, version: int) -> None:
        """A child's own row is no more: the record of the access names it too."""
        self.done.written.append(Written(entity=subject(), row=child, version=version, child=child, verb=Verb.END))

    def tell(self, kin: Kin, row: str, version: int, kind: str, *, child: str, county: str) -> None:
        """A change row; of what moved between files it names the class of the row alone."""
        self.done.changes.append(
            {
                "county": county, "entity": kin.entity.name, "row_id": row, "row_version": version, "child_id": child,
                "kind": kind, "unit": self.unit, "at": self.at.isoformat(),
                "classes": [kin.entity.about.key_class], **concerns(kin.entity, {"id": row}),
            }
        )  # fmt: skip


class Deed(Protocol):
    """Done whole or not at all; what it raises undoes it."""

    @property
    def name(self) -> str:
        """As the mutation is called."""

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids that it touches, the first of them the child whose file goes on."""

    def asked(self) -> list[Any]:
        """What was asked, for telling a repetition from another request under the same key."""

    async def do(self, scene: Scene) -> None:
        """Raises WriteError."""


def same_county(*rows: str) -> None:
    """Files of two counties are not one: the child is moved first."""
    if len({row.split("_")[1] if row.count("_") == 2 else row for row in rows}) > 1:
        raise errors.OtherCounty()


def changed_rows(
    kin: Kin,
    assignments: sql.Composable,
    where: sql.Composable,
    returning: sql.Composable,
    *,
    taken_from: bool = False,
    further: bool = False,
) -> sql.Composed:
    """UPDATE of rows `o` of a table, their former state filed, their version counted up.

    With `taken_from` the new values are those of `r`, a row of the table given as the JSON parameter `values`;
    `further` where CTEs stand before it.
    """
    names = kin.columns
    former: sql.Composable = sql.SQL("")
    if kin.keeps_history:
        former = sql.SQL(
            "{word} former as (insert into {past} ({names}, superseded_at) select {values}, {later} from {table} o"
            " where {where}) "
        ).format(
            word=sql.SQL("," if further else "with"), past=kin.past, names=listed(names), values=listed(names, "o."),
            later=LATER, table=kin.table, where=where,
        )  # fmt: skip
    return former + sql.SQL(
        "update {table} o set {assignments}, row_version = o.row_version + 1, recorded_at = {later},"
        " recorded_by = %(by)s{source} where {where} returning {returning}"
    ).format(
        table=kin.table, assignments=assignments, later=LATER, where=where, returning=returning,
        source=sql.SQL(" from json_populate_record(null::{}, %(values)s::json) r").format(kin.table)
        if taken_from
        else sql.SQL(""),
    )  # fmt: skip


def filed_rows(kin: Kin, where: sql.Composable) -> sql.Composed:
    """The present state of rows filed among the former ones; what follows deletes them."""
    names = kin.columns
    return sql.SQL(
        "insert into {past} ({names}, superseded_at) select {values}, {later} from {table} o where {where}"
        " returning id, row_version"
    ).format(past=kin.past, names=listed(names), values=listed(names, "o."), later=LATER, table=kin.table, where=where)
