"""One act in a transaction: values checked, row looked at and locked, links followed; then it is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from hub import errors
from hub.ledger import decision, statements
from hub.ledger.acts import Act, Fault, Verb
from hub.ledger.decision import Standing
from hub.ledger.faults import fault
from hub.ledger.ids import county_in
from hub.ledger.inputs import Input, inputs_of, subject
from hub.ledger.job import Job, Query, RowWrite
from hub.ledger.permission import Permission, permitted, seen
from hub.ledger.rows import Setting, changed_row, county_for, new_row
from hub.ledger.together import Together
from hub.ledger.values import Known, checked
from hub.query.answer import Request, caller_of, caller_values
from hub.query.pipeline import Row as Cells
from schema.entities import Entity
from schema.scopes import Caller

Bound = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the acts of one job; made by `of`."""

    job: Job
    together: Together
    known: Known
    setting: Setting
    caller: Caller
    values: Bound  # what predicates refer to

    @classmethod
    def of(cls, job: Job, together: Together, known: Known) -> Judge:
        writer = job.writer
        request = Request(identity=writer.identity, purpose=writer.purpose, variables={}, now=job.now)
        return cls(
            job=job,
            together=together,
            known=known,
            setting=Setting(writer=writer, source=job.command.source, now=job.now),
            caller=caller_of(writer.identity, writer.purpose),
            values=caller_values(request, ""),
        )

    @property
    def query(self) -> Query:
        return self.together.query

    async def judge(self, act: Act) -> RowWrite | None:
        """The row to be written; None where it already holds these values. Raises WriteError with every reason."""
        permission, values, faults = prepared(self.job, act, self.known)
        if act.verb is Verb.CREATE:
            return await self._created(act, permission, values, faults)
        found = decision.check_reached(self.job.writer, act, permission, await self.standing(act, permission))
        unknown = await self._unlinked(act, values, child=_child_in(act.entity, found.row))
        return self._changed(act, permission, values, [*faults, *unknown], found)

    async def _created(self, act: Act, permission: Permission, values: dict[str, Any], faults: list[Fault]) -> RowWrite:
        entity = act.entity
        unknown = await self._unlinked(act, values, child=values.get("child_id"))
        faults = [*faults, *unknown, *decision.cross_faults(entity, values, values, self.known.today)]
        if "county" in entity.table.c and not faults and county_for(entity, values) is None:
            faults.append(fault(("input", _place_name(entity)), "DIVISION"))
        _refuse(faults)
        return new_row(act, values, permission, self.setting)

    def _changed(
        self, act: Act, permission: Permission, values: dict[str, Any], faults: list[Fault], standing: Standing
    ) -> RowWrite | None:
        entity, row = act.entity, standing.row
        changes = decision.changed(act, row, values)
        if act.fill and any(row.get(name) is not None for name in changes):
            faults.append(fault(("input", "childId"), "LINKED"))
        decision.check_owned(self.job.writer, act, standing, changes)
        faults += decision.cross_faults(entity, {**row, **changes}, changes, self.known.today)
        faults += decision.county_faults(entity, row, changes)
        faults += decision.ended_faults(act, row)
        _refuse(faults)
        return changed_row(act, row, changes, permission, self.setting) if changes else None

    async def standing(self, act: Act, permission: Permission) -> Standing | None:
        """The row under the caller's rights, locked until the transaction ends."""
        writer = self.job.writer
        sight = seen(writer, act.entity)
        needs = tuple(need.rights for need in permission.needs)
        sql = statements.judged(act.entity.name, self.caller, sight, needs)
        found = await self.together.ask(sql, self.values, str(act.row))
        if found is None:
            return None
        row, visible, *held, suppliers = found
        return Standing(
            row=orjson.loads(row or b"{}"),
            seen=visible == b"t" or act.row in self.job.made,
            held=tuple(cell == b"t" for cell in held),
            suppliers={name: (unit, state) for name, (unit, state) in orjson.loads(suppliers or b"{}").items()},
        )

    def holding(self, write: RowWrite) -> asyncio.Future[Cells | None]:
        """Of each need of a row just written, whether it is met now; nothing where the row is no more."""
        needs = tuple(need.rights for need in write.permission.needs)
        return self.together.ask(statements.held(write.act.entity.name, self.caller, needs), self.values, write.row)

    async def _unlinked(self, act: Act, values: Mapping[str, Any], *, child: str | None) -> list[Fault]:
        """Links that lead nowhere the caller may go: to link to a row is to read it."""
        links = list(_links(act.entity, values))
        if not links:
            return []
        found = [self._link(item, row, child, _in_county(act, item, row, values)) for item, row in links]
        asked = [each for each in found if isinstance(each, asyncio.Future)]
        known = iter(await asyncio.gather(*asked) if asked else ())
        return [
            fault(("input", item.name), "UNKNOWN_ROW") for (item, _), each in zip(links, found, strict=True)
            if (next(known) is None if isinstance(each, asyncio.Future) else not each)
        ]  # fmt: skip

    def _link(self, item: Input, row: str, child: str | None, is_near: bool) -> bool | asyncio.Future[Cells | None]:
        """Whether the caller may link to the row, or the question put to the database, which finds the row or none."""
        target, writer, made = item.target, self.job.writer, self.job.made
        if target is None or row in made:
            return target is not None
        sight = seen(writer, target)
        if not is_near or not sight:
            return False
        # Rows of one child link to each other only; of a child that the command makes there are none yet.
        of_child = child is not None and child not in made and target is not subject() and "county" in target.table.c
        sql = statements.linkable(target.name, self.caller, sight, of_child)
        return self.together.ask(sql, self.values, row, child)

    async def sees(self, target: Entity, row: str) -> bool:
        """Whether the caller may read a row at all."""
        sight = seen(self.job.writer, target)
        if not sight:
            return False
        sql = statements.linkable(target.name, self.caller, sight, of_child=False)
        return await self.together.ask(sql, self.values, row) is not None


def prepared(job: Job, act: Act, known: Known) -> tuple[Permission, dict[str, Any], list[Fault]]:
    """What can be said before the database is asked: rights there are none of, and values that do not do."""
    entity, inputs = act.entity, inputs_of(act.entity.name)
    faults = [fault(("input", name), "UNKNOWN_INPUT") for name in act.values if name not in inputs]
    faults += [fault(("input", name), code) for name, code in act.unfit.items()]
    given = {name: value for name, value in act.values.items() if name in inputs}
    if act.verb is Verb.CREATE:
        given |= decision.defaults(job.writer, entity, given)
        given = {name: value for name, value in given.items() if value is not None}
    permission = permitted(job.writer, act, given)
    if permission.refused:
        raise decision.not_granted(permission.refused)
    values: dict[str, Any] = {}
    for name, value in given.items():
        path = ("input", inputs[name].name)
        stored, found = checked(inputs[name], value, path, known)
        if inputs[name].once and act.verb is not Verb.CREATE:
            found = fault(path, "NOT_CHANGEABLE")
        if found is not None:
            faults.append(found)
        else:
            values[name] = stored
    if act.verb is Verb.CREATE:
        faults += [each for each in decision.missing_faults(entity, given) if each.path[-1] not in act.unfit]
    else:
        faults += decision.cleared_faults(entity, values)
    return permission, values, faults


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise errors.InputInvalid(count=len(faults), listed=tuple(faults))


def _links(entity: Entity, values: Mapping[str, Any]) -> Iterator[tuple[Input, str]]:
    for item in inputs_of(entity.name).values():
        if item.target is not None and values.get(item.column) is not None:
            yield item, str(values[item.column])


def _in_county(act: Act, item: Input, row: str, values: Mapping[str, Any]) -> bool:
    """Rows of a child link within their county only."""
    if item.target is None or "county" not in item.target.table.c:
        return True
    if act.row is not None and "county" in act.entity.table.c and act.verb is not Verb.CREATE:
        return county_in(row) == county_in(act.row)
    try:
        return county_in(row) is not None and county_in(row) == county_for(act.entity, values)
    except KeyError:  # the division that says the county is itself at fault
        return True


def _child_in(entity: Entity, row: Mapping[str, Any]) -> str | None:
    """The child a row belongs to."""
    found = row.get("id" if entity is subject() else "child_id")
    return None if found is None else str(found)


def _place_name(entity: Entity) -> str:
    column = entity.about.division_column if entity is subject() else "child_id"
    return inputs_of(entity.name)[column].name if column in inputs_of(entity.name) else "id"


def moment_of(cell: bytes | None) -> datetime:
    """A moment as JSON has it."""
    return datetime.fromisoformat(str(orjson.loads(cell or b'""')))
