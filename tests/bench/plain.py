"""The contestant as most people would write it: Strawberry types over SQLAlchemy's ORM, with data loaders.

No policy at all; or, with an enforcer, one Casbin decision for each field of each object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import casbin
import sqlalchemy as sa
import strawberry
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import SchemaExtension
from strawberry.types import Info

from schema.domain import care, case, child, organisation, schooling
from schema.registry import ENTITIES
from tests.bench import data

Sessions = async_sessionmaker[AsyncSession]
MOST = 1000


@dataclass(slots=True, kw_only=True)
class Context:
    """What the resolvers of one request share."""

    sessions: Sessions
    guardianships: DataLoader[str, list[care.GuardianshipArrangement]]
    enrolments: DataLoader[str, list[schooling.Enrolment]]
    cases: DataLoader[str, list[case.ProtectionCase]]
    events: DataLoader[str, list[case.CaseEvent]]


AppInfo = Info[Context, None]


@strawberry.input
class NullFilter:
    is_null: bool


@strawberry.input
class InForceFilter:
    valid_to: NullFilter


@strawberry.input
class CaseFilter:
    closed_on: NullFilter


@strawberry.input
class DivisionFilter:
    eq: str | None = None
    within: str | None = None


@strawberry.input
class ChildFilter:
    residence_division: DivisionFilter


@strawberry.enum
class EventField(Enum):
    AT = "at"


@strawberry.enum
class Direction(Enum):
    ASC = "asc"
    DESC = "desc"


@strawberry.enum
class StatDimension(Enum):
    DIVISION = "division"


@strawberry.input
class EventOrder:
    field: EventField
    direction: Direction = Direction.ASC


@strawberry.type
class CaseEvent:
    id: strawberry.ID
    type: str
    at: datetime
    by_unit: str


@strawberry.type
class ProtectionCase:
    id: strawberry.ID
    case_no: str
    stage: str
    opened_on: date

    @strawberry.field
    async def events(self, info: AppInfo, order_by: list[EventOrder], first: int = 20) -> list[CaseEvent]:
        rows = await info.context.events.load(self.id)
        for order in reversed(order_by):
            name = order.field.value
            rows = sorted(rows, key=lambda row: getattr(row, name), reverse=order.direction is Direction.DESC)
        return [CaseEvent(id=strawberry.ID(r.id), type=r.type, at=r.at, by_unit=r.by_unit) for r in rows[:first]]


@strawberry.type
class GuardianshipArrangement:
    id: strawberry.ID
    type: str
    carer_name: str | None
    carer_relation: str | None
    carer_phone: str | None
    valid_from: date


@strawberry.type
class Enrolment:
    id: strawberry.ID
    school_unit: str
    status: str
    stage: str
    grade: int | None


@strawberry.type
class Child:
    id: strawberry.ID
    child_no: str
    name: str
    sex: str
    birth_date: date
    ethnicity: str | None
    residence_division: str
    residence_address: str | None
    hukou_division: str | None
    lbc_status: str
    lbc_reason: str | None
    lbc_since: date | None
    difficulty_flag: bool
    difficulty_category: str | None
    citizen_id_status: str

    @strawberry.field
    async def guardianships(
        self, info: AppInfo, filter: InForceFilter, first: int = 20
    ) -> list[GuardianshipArrangement]:
        rows = await info.context.guardianships.load(self.id)
        kept = [row for row in rows if (row.valid_to is None) == filter.valid_to.is_null]
        return [_made(GuardianshipArrangement, row) for row in kept[:first]]

    @strawberry.field
    async def enrolments(self, info: AppInfo, filter: InForceFilter, first: int = 20) -> list[Enrolment]:
        rows = await info.context.enrolments.load(self.id)
        kept = [row for row in rows if (row.valid_to is None) == filter.valid_to.is_null]
        return [_made(Enrolment, row) for row in kept[:first]]

    @strawberry.field
    async def cases(self, info: AppInfo, filter: CaseFilter, first: int = 20) -> list[ProtectionCase]:
        rows = await info.context.cases.load(self.id)
        kept = [row for row in rows if (row.closed_on is None) == filter.closed_on.is_null]
        return [_made(ProtectionCase, row) for row in kept[:first]]


@strawberry.type
class ChildConnection:
    nodes: list[Child]


@strawberry.type
class StatRow:
    keys: list[str]
    count: int | None


@strawberry.type
class ChildStatistics:
    rows: list[StatRow]


@strawberry.type
class Query:
    @strawberry.field
    async def child_statistics(self, info: AppInfo, group_by: list[StatDimension]) -> ChildStatistics:
        place, area = child.Child.residence_division, organisation.AdminDivision
        town = sa.func.rpad(sa.func.substr(place, 1, 9), 12, "0")
        counts = sa.select(town, sa.func.count()).where(place.startswith(data.COUNTY)).group_by(town)
        towns = sa.select(area).where(area.parent_code == f"{data.COUNTY}000000").order_by(area.code)
        async with info.context.sessions() as session:
            counted = {code: count for code, count in await session.execute(counts)}
            rows = [StatRow(keys=[row.code], count=counted.get(row.code, 0)) for row in await session.scalars(towns)]
        return ChildStatistics(rows=rows)

    @strawberry.field
    async def child(self, info: AppInfo, id: strawberry.ID) -> Child | None:
        async with info.context.sessions() as session:
            row = await session.scalar(sa.select(child.Child).where(child.Child.id == id))
        return None if row is None else _made(Child, row)

    @strawberry.field
    async def children(self, info: AppInfo, filter: ChildFilter, first: int = 20) -> ChildConnection:
        place, wanted = child.Child.residence_division, filter.residence_division
        query = sa.select(child.Child).order_by(place, child.Child.id).limit(min(first, MOST))
        if wanted.eq is not None:
            query = query.where(place == wanted.eq)
        if wanted.within is not None:
            low = wanted.within.removesuffix("000")
            query = query.where(place >= low, place < f"{int(low) + 1}")
        async with info.context.sessions() as session:
            rows = await session.scalars(query)
        return ChildConnection(nodes=[_made(Child, row) for row in rows])


def _made(kind: Callable[..., Any], row: object) -> Any:
    """An object of a Strawberry type with the values of a row; relations are resolved later."""
    names = (f.python_name for f in kind.__strawberry_definition__.fields if f.base_resolver is None)  # type: ignore[attr-defined]
    return kind(**{name: getattr(row, name) for name in names})


def _grouped(sessions: Sessions, column: Any) -> DataLoader[str, list[Any]]:
    """Loads, for each key, the rows whose `column` is that key."""
    model = column.class_

    async def load(keys: Sequence[str]) -> list[list[Any]]:
        async with sessions() as session:
            found = await session.scalars(sa.select(model).where(column.in_(keys)).order_by(model.id))
        rows = defaultdict(list)
        for row in found:
            rows[getattr(row, column.key)].append(row)
        return [rows[key] for key in keys]

    return DataLoader(load_fn=load)


class App(GraphQL[Context, None]):
    """Strawberry's own ASGI application, with this request's loaders in the context."""

    def __init__(self, schema: strawberry.Schema, sessions: Sessions) -> None:
        super().__init__(schema)
        self._sessions = sessions

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return Context(
            sessions=self._sessions,
            guardianships=_grouped(self._sessions, care.GuardianshipArrangement.child_id),
            enrolments=_grouped(self._sessions, schooling.Enrolment.child_id),
            cases=_grouped(self._sessions, case.ProtectionCase.child_id),
            events=_grouped(self._sessions, case.CaseEvent.case_id),
        )


def enforcing(enforcer: casbin.Enforcer, subject: str) -> type[SchemaExtension]:
    """An extension that asks before each field of each object."""

    class Enforcing(SchemaExtension):
        def resolve(self, _next: Callable[..., Any], root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            kind, name = info.parent_type.name, info.field_name
            if kind in ENTITIES and not enforcer.enforce(subject, f"{kind}.{name}", "read"):
                raise PermissionError(name)
            return _next(root, info, *args, **kwargs)

    return Enforcing


def plain_app(conninfo: str, enforcer: casbin.Enforcer | None = None, subject: str = "") -> Starlette:
    """The application over a reading role's connection."""
    words = conninfo_to_dict(conninfo)
    engine = create_async_engine("postgresql+psycopg://", connect_args=words, pool_size=8)
    extensions = [] if enforcer is None else [enforcing(enforcer, subject)]
    schema = strawberry.Schema(Query, extensions=extensions)
    return Starlette(routes=[Route("/graphql", App(schema, async_sessionmaker(engine, expire_on_commit=False)))])
