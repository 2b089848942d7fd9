"""One act in a transaction: values and rights checked, state read, decided, written, told to who must know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub import errors
from hub.commands import loading
from hub.commands.words import Event, Given, Kind, Made, Outcome, State, Value
from hub.commands.writing import Call, Sheet, changed_all
from hub.identity.identity import Unit
from hub.knowledge import telling
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import offices_of
from hub.knowledge.telling import Told
from hub.ledger import decision, statements
from hub.ledger.acts import Act, Fault, Verb, Written
from hub.ledger.deed import Scene
from hub.ledger.faults import fault
from hub.ledger.ids import county_in, new_id
from hub.ledger.inputs import subject
from hub.ledger.job import RowWrite
from hub.ledger.permission import Need, Permission, full_rights
from hub.ledger.rows import concerns
from hub.ledger.values import Known, checked
from hub.policy.compile import china_today
from hub.query.binding import encode
from schema.divisions import county_of
from schema.entities import Entity
from schema.registry import ENTITIES

CASE, EVENT = ENTITIES["ProtectionCase"], ENTITIES["CaseEvent"]
KNOWLEDGE, NOTICE = ENTITIES["CaseKnowledge"], ENTITIES["Notice"]
#: Told when the transaction commits, and not at all if it does not.
_SIGNAL = "SELECT pg_notify($1, '')"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAct:
    """An act as a unit asks for it."""

    kind: Kind
    row: str | None  # that it is about
    version: int | None
    values: Mapping[str, Any] = field(repr=False)  # by their names in the input
    unfit: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def rows(self) -> tuple[str, ...]:
        child = self.values.get("child")
        return tuple(row for row in (self.row, child) if isinstance(row, str)) or (str(id(self)),)

    def asked(self) -> list[Any]:
        given = {name: decision.plain(value) for name, value in self.values.items()}
        return [self.row, self.version, given]

    async def do(self, scene: Scene) -> None:
        acting = _Acting(act=self, scene=scene)
        await acting.run()


@dataclass(slots=True, kw_only=True)
class _Acting:
    act: CaseAct
    scene: Scene

    @property
    def unit(self) -> Unit:
        return self.scene.job.writer.identity.unit

    @property
    def today(self) -> date:
        return china_today()

    async def run(self) -> None:
        permission = self._permission()
        values = await self._checked()
        state = await self._state(permission, values.get("child"))
        given = self._given(values, state)
        outcome = self.act.kind.decide(state, given)
        await self._write(state, given, outcome, permission)

    def _permission(self) -> Permission:
        """The rights that the act needs on its row; refused where the unit has none of them, whatever the row."""
        writer, kind = self.scene.job.writer, self.act.kind
        permission = Permission()
        lacking: list[Need] = []
        for group, action in kind.needs:
            rights = full_rights(writer, kind.about, group, (action,))
            need = Need(rights=rights, group=group, action=action, columns=())
            (permission.needs if rights else lacking).append(need)
        if lacking:
            raise decision.not_granted(decision.refusals(writer, self._verb(None), lacking))
        self.scene.done.rules |= permission.rules
        return permission

    def _verb(self, row: str | None) -> Act:
        return Act(verb=Verb.UPDATE, entity=self.act.kind.about, values={}, row=row, version=self.act.version)

    async def _checked(self) -> dict[str, Any]:
        """Values by the names that the decision knows, or every fault of them."""
        act, known = self.act, self.scene.judge.known
        faults = [fault(("input", name), code) for name, code in act.unfit.items()]
        values: dict[str, Any] = {}
        for value in act.kind.values:
            faults += self._fit(value, values, known)
        links = [(value, values[value.name]) for value in act.kind.values if _links(value, values)]
        seen = await asyncio.gather(*(self._linked(value, row) for value, row in links))
        faults += [
            fault(("input", value.item.name), "UNKNOWN_ROW")
            for (value, _), is_seen in zip(links, seen, strict=True)
            if not is_seen
        ]
        if faults:
            raise errors.InputInvalid(count=len(faults), listed=tuple(faults))
        return values

    def _fit(self, value: Value, values: dict[str, Any], known: Known) -> Iterator[Fault]:
        from_caller = self.act.values.get(value.item.name)
        path = ("input", value.item.name)
        if from_caller is None:
            if value.required and value.item.name not in self.act.unfit:
                yield fault(path, "REQUIRED")
            return
        stored, found = checked(value.item, from_caller, path, known)
        if found is not None:
            yield found
        else:
            values[value.name] = stored

    async def _linked(self, value: Value, row: str) -> bool:
        """Whether the caller sees the row that a value names, in the county of the act's own row."""
        target = value.item.target
        near = self.act.row is None or county_in(row) == county_in(self.act.row)
        return near and target is not None and await self.scene.judge.sees(target, row)

    async def _state(self, permission: Permission, child: str | None) -> State:
        """Locks the case, then the row; then reads, as it now stands."""
        kind, judge, query = self.act.kind, self.scene.judge, self.scene.judge.query
        row = self.act.row
        text = loading.loading(kind.target, kind.reads)
        bound = [encode(row), encode(child), encode(self.today)]
        bound += [encode(self.unit.code)] if loading.WAITING in kind.reads else []
        if kind.target is None:
            (cells,) = await query(text, bound)
            return loading.state_of(kind, {}, cells)
        lock = loading.locking(kind.target)
        act = self._verb(row)
        if lock is not None:
            await query(lock, [encode(row)])
        standing = await judge.standing(act, permission)
        try:
            reached = decision.check_reached(self.scene.job.writer, act, permission, standing)
        except errors.RowUnknown:
            await self._refuse_closed(kind.target)
            raise
        (cells,) = await query(text, bound)
        return loading.state_of(kind, dict(reached.row), cells)

    async def _refuse_closed(self, target: str) -> None:
        """Who took part in a case that is closed by now is told so: it is no news that there was one."""
        text = loading.closing(target)
        if text is not None and await self.scene.judge.query(text, [encode(self.act.row), encode(self.unit.code)]):
            raise errors.CaseClosed()

    def _given(self, values: dict[str, Any], state: State) -> Given:
        place = county_in(self.act.row or "") or self._county(values, state)
        directory, today = self.scene.judge.known.directory, self.today
        return Given(
            unit=self.unit, person=self.scene.person, at=self.scene.at, today=today, values=values,
            in_charge=offices_of(directory, today).in_charge, grant=self.scene.job.writer.grant,
            new_id=lambda entity: new_id(ENTITIES[entity], place if "county" in ENTITIES[entity].table.c else None),
        )  # fmt: skip

    def _county(self, values: dict[str, Any], state: State) -> str:
        """The county that keys a matter without a row yet: of its child, of its place, of the unit; or none does."""
        if state.child is not None:
            return str(state.child["county"])
        if "county" not in self.act.kind.about.table.c:
            return ""
        found = county_of(str(values.get("division") or self.unit.division))
        if found is None:
            raise errors.InputInvalid(count=1, listed=(fault(("input", "division"), "DIVISION"),))
        return found

    async def _write(self, state: State, given: Given, outcome: Outcome, permission: Permission) -> None:
        county = county_in(outcome.answer) or ""
        duties = (duty for need in permission.needs for right in need.rights for duty in right.duties)
        duty = self.scene.job.writer.purpose.duty or next(duties, None)
        sheet = Sheet(county=county, unit=given.unit.code, person=given.person, duty=duty, at=given.at)
        sheet.stands(
            state.target, state.child, state.case, *state.parties, *(r for each in state.rows.values() for r in each)
        )
        case = outcome.case or (None if state.case is None else str(state.case["id"]))
        child = None if state.child is None else str(state.child["id"])
        told = [self._told(event, state, outcome, (case, child, county)) for event in outcome.events]
        made = [*outcome.made, *(row for each in told for row in each)]
        query = self.scene.judge.query
        calls = sheet.inserted(made)
        known = sheet.known(case) if case is not None and state.case is not None else []
        await asyncio.gather(
            *(query(*call) for call in calls),
            *(changed_all(query, call, rows) for call, rows in sheet.updated(outcome.changed)),
            *(self._known(entity, call, case) for entity, call in known),
            *(query(_SIGNAL, [encode(channel)]) for channel in filter(None, [outcome.signal])),
        )
        if self.act.kind.target is None:
            await self._refuse_out_of_reach(permission, outcome.answer)
        self._account(sheet, made, outcome, (case, child))
        self._occurred(state, outcome, (case, child))

    async def _known(self, entity: str, call: Call, case: str | None) -> None:
        """What the unit is now known to know, told to those who follow."""
        for row, version, child in await self.scene.judge.query(*call):
            done = ((row or b"").decode(), int(version or b"0"), Verb.UPDATE, child and child.decode())
            change = self._change(ENTITIES[entity], *done, {})
            of = concerns(ENTITIES[entity], {"case_id": case, "unit": self.unit.code})
            self.scene.done.changes.append(change | of)

    def _told(
        self, event: Event, state: State, outcome: Outcome, where: tuple[str | None, str | None, str]
    ) -> Iterator[Made]:
        """The step in the time line, who is to know of it, and what tells them."""
        case, child, county = where
        if event.silent or telling.is_sealed(event.data_class):
            return
        in_case = event.in_case and case is not None
        joined = (row.values["unit"] for row in outcome.made if row.entity.name == "CaseParty")
        parties = (*(party["unit"] for party in state.parties), *joined) if in_case else ()
        units = telling.must_know(parties, event.tells, self.unit.code)
        row = new_id(EVENT, county) if in_case else None
        told = Told(
            kind=event.notice, event_type=event.kind, by=self.unit.code, at=self.scene.at,
            urgent=event.urgent, child=child, case=case, event=row, units=units,
            addressed=frozenset(unit for part in telling.HANDLING for unit in event.units.get(part, ())),
            report=event.row if event.row is not None and event.row.startswith("report_") else None,
        )  # fmt: skip
        if row is not None:
            yield self._step(event, row, units, where)
        shared = {"child_id": child, "case_id": case}
        for values in telling.knowledge_rows(told):
            yield Made(entity=KNOWLEDGE, row=new_id(KNOWLEDGE, county), values={**values, **shared})
        for values in telling.notice_rows(told, self._divisions(units)):
            # Of what no county keys, a unit is told where it sits itself.
            own = county or values["division"][:6]
            yield Made(entity=NOTICE, row=new_id(NOTICE, own), values={**values, "county": own})

    def _step(self, event: Event, row: str, units: tuple[str, ...], where: tuple[str | None, str | None, str]) -> Made:
        case, child, _ = where
        values = {
            "type": event.kind, "at": self.scene.at, "by_unit": self.unit.code, "by_person": self.scene.person,
            "data_class": event.data_class, "must_know_units": list(units), "child_id": child, "case_id": case,
        }  # fmt: skip
        return Made(entity=EVENT, row=row, values=values | ({"summary": event.summary} if event.summary else {}))

    def _divisions(self, units: Iterable[str]) -> dict[str, str]:
        """Where the units told sit; a unit that is no more is told through who took over."""
        directory = self.scene.judge.known.directory
        found = {}
        for code in units:
            unit = directory.resolve(code, self.today)
            found[code] = unit.division if isinstance(unit, Unit) else getattr(unit, "unit", self.unit).division
        return found

    async def _refuse_out_of_reach(self, permission: Permission, row: str) -> None:
        needs = tuple(need.rights for need in permission.needs)
        judge = self.scene.judge
        found = await judge.together.ask(
            statements.held(self.act.kind.about.name, judge.caller, needs), judge.values, row
        )
        cells = found or (None,) * len(needs)
        lacking = [need for need, cell in zip(permission.needs, cells, strict=True) if cell != b"t"]
        if lacking:
            refused = decision.refusals(self.scene.job.writer, self._verb(row), lacking)
            raise errors.OutOfReach(paths=self.act.kind.name, refused=tuple(refused))

    def _account(self, sheet: Sheet, made: list[Made], outcome: Outcome, where: tuple[str | None, str | None]) -> None:
        """What is answered, what is told to those who follow, and what the hub computes anew."""
        case, child = where
        rows = [(row.entity, row.row, 1, Verb.CREATE, row.values) for row in made]
        rows += [(c.entity, c.row, sheet.versions[c.row] + 1, Verb.UPDATE, c.values) for c in outcome.changed]
        rows.sort(key=lambda each: each[1] != outcome.answer)
        if not rows or rows[0][1] != outcome.answer:
            # The row that is answered was not written itself: what was done stands beside it.
            answers = ENTITIES[self.act.kind.answers]
            version = sheet.versions[outcome.answer]
            self.scene.done.written.append(
                Written(
                    entity=answers, row=outcome.answer, version=version, child=child, verb=Verb.UPDATE, changed=False
                )
            )
        for entity, row, version, verb, values in rows:
            of_child = row if entity is subject() else values.get("child_id", child)
            self.scene.done.written.append(Written(entity=entity, row=row, version=version, child=of_child, verb=verb))
            change = self._change(entity, row, version, verb, of_child, values)
            self.scene.done.changes.append(change | concerns(entity, {"case_id": case, **values, "id": row}))
            self.scene.done.touched.append(
                RowWrite(
                    act=Act(verb=verb, entity=entity, values={}, row=row), permission=Permission(), row=row,
                    county=county_in(row), child=of_child, version=version, changes={}, stored=dict(values),
                    source_unit=sheet.unit,
                )
            )  # fmt: skip

    def _change(
        self, entity: Entity, row: str, version: int, verb: Verb, child: Any, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        classes = {entity.fields[name].data_class for name in values if name in entity.fields}
        return {
            "county": county_in(row), "entity": entity.name, "row_id": row, "row_version": version, "child_id": child,
            "kind": verb.kind, "unit": self.unit.code, "at": self.scene.at.isoformat(),
            "classes": sorted({*classes, entity.about.key_class}),
        }  # fmt: skip

    def _occurred(self, state: State, outcome: Outcome, where: tuple[str | None, str | None]) -> None:
        case, child = where
        home = self.unit.division if state.child is None else str(state.child["residence_division"])
        opened = next((row.values["case_no"] for row in outcome.made if row.entity is CASE), None)
        number = opened or (None if state.case is None else state.case["case_no"])
        self.scene.done.occurrences += [
            Occurrence(
                kind=event.kind, at=self.scene.at, by=self.unit.code, division=home, child=child, case=case,
                case_no=number, row=event.row, due=event.due, urgent=event.urgent, units=event.units,
            )
            for event in outcome.events
        ]  # fmt: skip


def _links(value: Value, values: Mapping[str, Any]) -> bool:
    return value.item.target is not None and values.get(value.name) is not None
