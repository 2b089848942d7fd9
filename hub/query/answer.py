"""Plans to bytes: prepares and keeps statements, binds a request's values, and puts the answer together.

JSON from PostgreSQL is passed through as bytes; what is withheld is reported beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from hub import errors
from hub.identity.identity import Identity, Purpose
from hub.policy.grant import Grant
from hub.query import former, planner
from hub.query.assembly import Page, aggregated_part, braced, counts, listed_part
from hub.query.binding import bound_place, encode, value_of
from hub.query.builder import Probe
from hub.query.cursor import Cursors, binding
from hub.query.limits import Limits
from hub.query.operation import Operation, Selected
from hub.query.pipeline import Row
from hub.query.plan import Connection, Nodes, Root, Rows, Single, Withheld
from hub.query.rendering import access_entry
from hub.query.statement import Statement, select_root
from hub.query.turns import Pace
from schema.entities import Entity
from schema.scopes import Caller, subject_table

#: Rules speak of days in China, whatever clock the server keeps.
CHINA = timezone(timedelta(hours=8))


Query = Callable[[str, Sequence[bytes | None]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One root field, ready to run."""

    root: Root
    statement: Statement | None
    bindings: tuple[Callable[[Mapping[str, Any]], bytes | None] | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A planned operation: everything that does not depend on the values of one request."""

    steps: tuple[Step, ...]
    withheld: tuple[Withheld, ...]
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    cost: int
    pace: Pace = field(default_factory=Pace, compare=False, repr=False)


@dataclass(slots=True, kw_only=True)
class Answered:
    """The data as JSON bytes, and what the access record and the report need."""

    roots: list[tuple[str, bytes]] = field(default_factory=list)
    access: list[dict[str, Any]] = field(default_factory=list)
    ids: list[tuple[str, bytes]] = field(default_factory=list)  # root field → JSON array of row ids
    children: list[bytes] = field(default_factory=list)  # JSON arrays of child ids

    @property
    def data(self) -> bytes:
        return b"{" + b",".join(orjson.dumps(key) + b":" + value for key, value in self.roots) + b"}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The values of one request that statements are bound to."""

    identity: Identity
    purpose: Purpose
    variables: Mapping[str, Any]
    now: datetime


def caller_of(identity: Identity, purpose: Purpose) -> Caller:
    return Caller(
        ranges=len(identity.unit.ranges),
        whole_counties=all(code.endswith("000000") for pair in identity.unit.ranges for code in pair),
        case_given=purpose.case_no is not None,
        application_given=purpose.application_no is not None,
        task_given=purpose.task_no is not None,
    )


def caller_values(request: Request, salt: str) -> dict[str, bytes | None]:
    """What the predicates of every statement refer to, in PostgreSQL's text format."""
    identity, purpose = request.identity, request.purpose
    values: dict[str, bytes | None] = {
        "@unit": identity.unit.code.encode(),
        "@person": identity.person.encode(),
        "@today": request.now.astimezone(CHINA).date().isoformat().encode(),
        "@now": request.now.isoformat().encode(),
        "@salt": salt.encode(),
        "@case_no": encode(purpose.case_no),
        "@task_no": encode(purpose.task_no),
        "@application_no": encode(purpose.application_no),
    }
    for i, (low, high) in enumerate(identity.unit.ranges):
        values[f"@lo{i}"], values[f"@hi{i}"] = low.encode(), high.encode()
        values[f"@county{i}"], values[f"@last{i}"] = low[:6].encode(), _last_county(high).encode()
    return values


class Wanted:
    """What a plan is to be made for; what it depends on is its key."""

    __slots__ = ("caller", "grant", "key", "only", "operation", "purpose")

    def __init__(
        self, operation: Operation, grant: Grant, caller: Caller, purpose: Purpose, only: frozenset[str] | None
    ) -> None:
        self.operation, self.grant, self.caller = operation, grant, caller
        self.purpose, self.only = purpose, only
        self.key = (operation.document.digest, operation.name, operation.shape, grant.digest_key, caller, only)


class Answerer:
    """Prepares operations, keeps the prepared, and runs them."""

    def __init__(
        self,
        *,
        names: planner.Names,
        query: Query,
        secret: bytes,
        plans: int = 4096,
        limits: Limits = planner.LIMITS,
    ) -> None:
        self._names = names
        self._query = query
        self._cursors = Cursors(secret)
        self._salt = secret.hex()
        self._plans = plans
        self._limits = limits
        self._kept: dict[tuple[Any, ...], Prepared] = {}

    @property
    def kept(self) -> int:
        """Prepared operations that are kept."""
        return len(self._kept)

    def prepare(
        self,
        operation: Operation,
        grant: Grant,
        identity: Identity,
        purpose: Purpose,
        *,
        only: frozenset[str] | None = None,
    ) -> Prepared:
        """The plan and statements of an operation's root fields: of all, or of these response keys `only`."""
        wanted = self.wanted(operation, grant, identity, purpose, only=only)
        return self.known(wanted) or self.keep(wanted, self.plan(wanted))

    def wanted(
        self,
        operation: Operation,
        grant: Grant,
        identity: Identity,
        purpose: Purpose,
        *,
        only: frozenset[str] | None = None,
    ) -> Wanted:
        return Wanted(operation, grant, caller_of(identity, purpose), purpose, only)

    def known(self, wanted: Wanted) -> Prepared | None:
        """The plan, if it is at hand."""
        kept = self._kept.pop(wanted.key, None)
        if kept is not None:
            self._kept[wanted.key] = kept
        return kept

    def prepare_written(
        self, operation: Operation, root: Selected, entity: Entity, grant: Grant, who: tuple[Identity, Purpose]
    ) -> Prepared:
        """The plan and statements of what a mutation answers with: the row it wrote, under each key it is asked by."""
        return self.prepare_named(operation, root, Rows.of_payload(entity), grant, who)

    def prepare_named(
        self, operation: Operation, root: Selected, rows: Rows, grant: Grant, who: tuple[Identity, Purpose]
    ) -> Prepared:
        """The same of any rows that stand as fields in the answer of one root field, and that no argument names."""
        identity, purpose = who
        caller = caller_of(identity, purpose)
        key = (
            operation.document.digest,
            operation.name,
            operation.shape,
            grant.digest_key,
            caller,
            root.key,
            rows.type,
        )
        kept = self._kept.pop(key, None)
        if kept is None:
            roots = tuple(
                planner.plan_named(
                    item, (root.key, item.key), entity=rows.fields[item.name], names=self._names, operation=operation,
                    grant=grant, purpose=purpose, limits=self._limits,
                )
                for item in operation.below(root, frozenset({rows.type}))
                if item.name in rows.fields
            )  # fmt: skip
            kept = self._made(roots, caller)
        return self._keep(key, kept)

    def keep(self, wanted: Wanted, prepared: Prepared) -> Prepared:
        return self._keep(wanted.key, prepared)

    def _keep(self, key: tuple[Any, ...], prepared: Prepared) -> Prepared:
        self._kept[key] = prepared
        if len(self._kept) > self._plans:
            del self._kept[next(iter(self._kept))]
        return prepared

    def plan(self, wanted: Wanted) -> Prepared:
        """Plans anew, and changes nothing here; raises PlanError, LimitCost."""
        operation, grant, purpose = wanted.operation, wanted.grant, wanted.purpose
        selections = [root for root in operation.roots() if wanted.only is None or root.key in wanted.only]
        roots = tuple(
            planner.plan_root(
                selected, names=self._names, operation=operation, grant=grant, purpose=purpose, limits=self._limits
            )
            for selected in selections
        )
        return self._made(roots, wanted.caller)

    def _made(self, roots: tuple[Root, ...], caller: Caller) -> Prepared:
        cost = sum(root.cost for root in roots)
        if cost > self._limits.cost:
            raise errors.LimitCost(cost=cost, limit=self._limits.cost)
        steps = tuple(_step(root, caller) for root in roots)
        return Prepared(
            steps=steps,
            withheld=tuple(withheld for root in roots for withheld in root.withheld),
            fields=tuple(sorted({name for root in roots for name in root.fields})),
            rules=tuple(sorted({name for root in roots for name in root.rules})),
            cost=cost,
        )

    async def run(self, prepared: Prepared, request: Request, query: Query | None = None) -> Answered:
        """The answer to a prepared operation; raises CursorInvalid and what the database's failing raises."""
        query = query or self._query
        values = caller_values(request, self._salt)
        answered = Answered(access=[_static(withheld) for withheld in prepared.withheld])
        steps = prepared.steps
        if len(steps) == 1:
            outcomes = [await self._run(steps[0], request, values, query)]
        else:
            outcomes = await asyncio.gather(*(self._run(step, request, values, query) for step in steps))
        for step, rows in zip(prepared.steps, outcomes, strict=True):
            self._assemble(step, rows, request, answered)
        return answered

    async def _run(self, step: Step, request: Request, values: Mapping[str, bytes | None], query: Query) -> list[Row]:
        if step.statement is None:
            return []
        if isinstance(step.root.read, Connection) and step.root.read.after is not None:
            values = dict(values) | self._after(step, step.root.read, request)
        bound = [
            values[binding] if isinstance(binding, str) else binding(request.variables) for binding in step.bindings
        ]
        rows: list[Row] = await query(step.statement.sql, bound)
        if not rows and isinstance(step.root.read, Single) and former.may_be_former(step.root.read):
            return await former.ask_again(step.statement.sql, bound, step.root.read, request.variables, query)
        return rows

    def _after(self, step: Step, read: Connection, request: Request) -> dict[str, bytes | None]:
        cursor = value_of(read.after, request.variables)
        opened = self._cursors.open(str(cursor), _bound_to(step.root, read, request), length=len(read.order))
        return {f"@after{i}": None if value is None else value.encode() for i, value in enumerate(opened)}

    def _assemble(self, step: Step, rows: list[Row], request: Request, answered: Answered) -> None:
        root, statement = step.root, step.statement
        if statement is None or root.read is None:
            answered.roots.append((root.key, b"null"))
        elif not isinstance(root.read, Connection):
            _object(root, statement, rows, answered)
        elif statement.rows:
            self._listed(root, root.read, statement, rows, request, answered)
        else:
            self._aggregated(root, root.read, statement, rows[0], request, answered)

    def _aggregated(
        self, root: Root, read: Connection, statement: Statement, row: Row, request: Request, answered: Answered
    ) -> None:
        count = len(statement.selections)
        ids = row[count] or b"[]"
        children = row[count + 1] or (ids if read.entity.table is subject_table() else b"[]")
        probed = count + 2 + len(statement.probes)
        more = row[probed] == b"t"
        cursors = {}
        if statement.keys:
            keys = [orjson.loads(cell or b"[]") for cell in row[probed + 1 : probed + 1 + statement.keys]]
            bound_to = _bound_to(root, read, request)
            ends = {"startCursor": 0, "endCursor": -1} if keys[0] else {}
            cursors = {name: self._cursors.seal([key[i] for key in keys], bound_to) for name, i in ends.items()}
        jsons = iter(row[:count])
        page = Page(more=more, cursors=cursors, count=int(row[-1] or b"0") if counts(read) else 0)
        parts = [(part.key, aggregated_part(part, page, lambda: next(jsons) or b"[]", read)) for part in read.parts]
        answered.roots.append((root.key, braced(parts)))
        _note(root, statement.probes, [int(cell or b"0") for cell in row[count + 2 : probed]], answered)
        answered.ids.append((root.key, ids))
        answered.children.append(children)

    def _listed(
        self, root: Root, read: Connection, statement: Statement, rows: list[Row], request: Request, answered: Answered
    ) -> None:
        count = len(statement.selections)
        total = int(rows[0][-1] or b"0") if rows and counts(read) else 0
        present = [row for row in rows if row[count] is not None]
        shown = present[: read.first]
        bound_to = _bound_to(root, read, request)
        keys = slice(count + 2, count + 2 + statement.keys)
        seals = [
            self._cursors.seal([None if cell is None else cell.decode() for cell in row[keys]], bound_to)
            for row in shown
        ]
        ends = {"startCursor": seals[0], "endCursor": seals[-1]} if seals else {}
        page = Page(more=len(present) > read.first, cursors=ends, count=total, seals=seals, rows=shown)
        columns = iter(range(count))
        nodes = {part.key: next(columns) for part in read.parts if isinstance(part, Nodes)}
        parts = [(part.key, listed_part(part, page, nodes, columns, read)) for part in read.parts]
        answered.roots.append((root.key, braced(parts)))
        flags = range(count + 2 + statement.keys, count + 2 + statement.keys + len(statement.probes))
        _note(root, statement.probes, [sum(row[i] == b"t" for row in shown) for i in flags], answered)
        answered.ids.append((root.key, orjson.dumps([(row[count] or b"").decode() for row in shown])))
        answered.children.append(orjson.dumps([cell.decode() for row in shown if (cell := row[count + 1]) is not None]))


def _step(root: Root, caller: Caller) -> Step:
    if root.read is None:
        return Step(root=root, statement=None, bindings=())
    statement = select_root(root, caller)
    bindings = tuple(
        name if name.startswith("@") else bound_place(statement.leaves[name]) for name in statement.parameters
    )
    return Step(root=root, statement=statement, bindings=bindings)


def _bound_to(root: Root, read: Connection, request: Request) -> bytes:
    return binding(request.identity.unit.code, read.entity.name, root.arguments, request.variables)


def _object(root: Root, statement: Statement, rows: list[Row], answered: Answered) -> None:
    if not rows:
        answered.roots.append((root.key, b"null"))
        answered.ids.append((root.key, b"[]"))
        return
    json, row_id, child, *flags = rows[0]
    answered.roots.append((root.key, json or b"null"))
    _note(root, statement.probes, [int(flag == b"t") for flag in flags], answered)
    answered.ids.append((root.key, orjson.dumps([(row_id or b"").decode()])))
    if child is not None:
        answered.children.append(orjson.dumps([child.decode()]))


def _note(root: Root, probes: Sequence[Probe], counts: Sequence[int], answered: Answered) -> None:
    for probe, rows in zip(probes, counts, strict=True):
        if rows:
            entries = [access_entry(path, probe.data_class, probe.refusal) for path in probe.paths]
            answered.access += [entry | {"rows": rows} for entry in entries]


def _last_county(high: str) -> str:
    """The county code in which a range ends; `high` itself is outside."""
    return f"{int(high) - 1:012}"[:6]


def _static(withheld: Withheld) -> dict[str, Any]:
    return access_entry(withheld.path, withheld.data_class, withheld.refusal)
