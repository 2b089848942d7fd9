"""The hub as one ASGI application: opens what a request's line needs, serves it, and closes it in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from hub import errors, graphiql
from hub.audit.recorder import Recorder
from hub.audit.search import Question, Statement, child_statement
from hub.database import Database, Role
from hub.derived.daily import every_day
from hub.desk.counter import Desk
from hub.health import Health
from hub.identity.directory import Directory
from hub.identity.loading import Directories, load_directory
from hub.identity.trust import issuer_from, verifier_from
from hub.interface import DEEDS, NEEDS, PRICES, interface
from hub.keyfile import read_key
from hub.knowledge.daily import keep_owing
from hub.knowledge.following import following
from hub.ledger.ledger import Ledger
from hub.ledger.ledger import Parts as LedgerParts
from hub.ledger.mutations import LedgerMutations
from hub.ledger.types import OpenWrites
from hub.live.changes import ChangeLog
from hub.live.feeds import FOLLOWS
from hub.live.follower import Follower
from hub.live.live import Live
from hub.live.socket import Doors as SocketDoors
from hub.live.socket import Sockets
from hub.live.stream import Streams
from hub.metrics import Sources, exposed
from hub.migration import require_current
from hub.observation import observe, unavailable
from hub.policy.book import load_policies
from hub.policy.compile import Policy, china_today
from hub.policy.floor import check_floor
from hub.query import endpoint
from hub.query.accounting import Accounts
from hub.query.answer import Answerer
from hub.query.cursor import Cursors
from hub.query.limits import Limits
from hub.query.line import Caller, Line, Parts
from hub.query.planner import LIMITS, Names
from hub.query.readers import Readers
from hub.query.shares import Rates, Shares
from hub.query.stages import Figures
from hub.query.transport import JSON, RawHeaders
from hub.query.turns import Places, Turns
from hub.query.view import Views
from hub.reading import open_readers, quick, spread_reads
from hub.roster.counter import Counter
from hub.roster.tray import Trays
from hub.settings import Settings, load_settings
from hub.sharing.inquiries import keep_telling
from hub.sharing.openings import Openings, keep_openings
from schema.registry import ENTITIES

#: How often units and divisions are read anew; a unit that ends is refused from the next day in any case.
DIRECTORY_INTERVAL = 30.0
#: How long a reading of the change log may take, in milliseconds.
LOG_TIMEOUT_MS = 5000
#: How long such a reading, or one of the access record, may take.
DIRECTORY_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Running:
    """What is open while the hub serves."""

    line: Line
    endpoint: endpoint.Endpoint
    sockets: Sockets
    recorder: Recorder
    health: Health
    trays: Trays
    directories: Directories


class Hub:
    """The application; `/graphql` goes straight to its endpoint, everything else through the router."""

    def __init__(self, settings: Settings, database: Database | None = None) -> None:
        self._settings, self._database = settings, database
        self._running: Running | None = None
        self._assets = StaticFiles(directory=graphiql.STATIC)
        self._router = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/readyz", self._readiness),
                Route("/schema.graphql", self._sdl),
                Route("/graphiql/{name}", self._asset),
                Route("/.well-known/jwks.json", self._jwks),
                *Counter(self._open_trays, self._identify, settings.import_max_bytes).routes(),
                *Desk(settings, self._directory, china_today).routes(),
            ],
            lifespan=self._lifespan,
            exception_handlers={404: _not_found, 405: _not_found, errors.HubError: _refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        running = self._running
        if scope["type"] == "http" and scope["path"] == "/graphql":
            if running is None:
                await endpoint.respond(send, endpoint.failed(errors.ExecuteError(), JSON), JSON)
            else:
                await running.endpoint(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == "/graphql" and running is not None:
            await running.sockets(scope, receive, send)
        else:
            await self._router(scope, receive, send)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            database = self._database or stack.enter_context(Database.open(self._settings))
            require_current(database)
            self._running = await _open(self._settings, database, stack)
            try:
                yield
            finally:
                self._running = None

    def _open_trays(self) -> Trays:
        if self._running is None:
            raise errors.ExecuteError()
        return self._running.trays

    def _directory(self) -> Directory:
        if self._running is None:
            raise errors.ExecuteError()
        return self._running.directories()

    async def _identify(self, headers: RawHeaders) -> Caller:
        if self._running is None:
            raise errors.ExecuteError()
        return await self._running.line.caller(headers)

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _readiness(self, _: Request) -> Response:
        """Ready when the database answers, accesses can be recorded, and clocks agree; says no more to anyone."""
        if self._running is None:
            raise errors.ExecuteError()
        await self._running.health.require()
        return PlainTextResponse("ready\n", headers={"cache-control": "no-store"})

    async def _sdl(self, request: Request) -> Response:
        """The caller's own view as schema language, for code generators."""
        if self._running is None:
            raise errors.ExecuteError()
        caller = await self._running.line.caller(request.scope["headers"])
        sdl = self._running.line.view(caller).sdl
        return Response(sdl, media_type="application/graphql; charset=utf-8", headers=_guards())

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if not self._settings.graphiql or name not in graphiql.ASSETS:
            raise errors.NotFound()
        response = await self._assets.get_response(name, request.scope)
        response.headers["cache-control"] = "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response

    async def _jwks(self, _: Request) -> Response:
        if not self._settings.dev_issuer:
            raise errors.NotFound()
        return Response(issuer_from(self._settings).jwks, media_type="application/json")


async def _open(settings: Settings, database: Database, stack: contextlib.AsyncExitStack) -> Running:
    """Everything between the token and the record, closed with the stack."""
    reader = database.conninfo(Role.READER)
    directories = await _directories(reader, stack)
    policy = Policy(check_floor(load_policies(settings.policies)))
    readers = open_readers(reader, settings.read_pool, quick(settings), stack)
    heavy = open_readers(reader, settings.heavy_pool, settings.statement_timeout_ms, stack)
    recorder = Recorder(
        database.conninfo(Role.WRITER),
        settings.data / "audit",
        node_name=settings.node,
        connect_timeout=settings.connect_timeout_s,
        # Where the record had to be taken up anew, the server may be another one: what reads from the former one ends.
        restored=partial(_renew, readers, heavy),
    )
    await recorder.open()
    stack.push_async_callback(recorder.close)
    spread = await spread_reads(settings, database.standby_conninfo(), (readers, heavy), stack)
    limits = _limits(settings)
    if settings.daily:
        round_task = asyncio.create_task(every_day(database.conninfo(Role.WRITER), settings.node))
        stack.push_async_callback(_cancelled, round_task)
        owing_task = asyncio.create_task(keep_owing(database.conninfo(Role.WRITER), settings.node, policy.book))
        stack.push_async_callback(_cancelled, owing_task)
        telling_task = asyncio.create_task(keep_telling(database.conninfo(Role.WRITER), settings.node, policy.book))
        stack.push_async_callback(_cancelled, telling_task)
    openings = await _openings(reader, directories, stack)
    names = Names.of(ENTITIES)
    secret = read_key(settings.secrets / "query.key")
    answerer = Answerer(names=names, query=readers.query, secret=secret, plans=settings.plan_cache, limits=limits)
    figures = Figures()
    ledger = Ledger(
        LedgerParts(
            conninfo=database.conninfo(Role.WRITER), folder=settings.data / "audit", node=settings.node,
            directory=directories, secret=secret, lanes=settings.write_pool, timeout=settings.deadline_ms / 1000,
            derive=following(directories, lambda: policy.book),
        )
    )  # fmt: skip
    stack.push_async_callback(ledger.close)
    parts = Parts(
        verifier=verifier_from(settings, directories),
        policy=lambda: policy,
        names=names,
        views=Views(interface(), ENTITIES, NEEDS, OpenWrites(DEEDS), FOLLOWS),
        answerer=answerer,
        mutations=LedgerMutations(ledger, answerer, Accounts(names), DEEDS),
        openings=openings,
        recorder=recorder,
        turns=Turns(
            Places(heavy=settings.heavy_pool, light_each=2 * settings.read_pool),
            light=spread.light,
            heavy=spread.heavy,
        ),
        shares=Shares(
            Rates(
                cost=settings.cost_per_s,
                planning=settings.planning_ms_per_s / 1000,
                streams=settings.max_streams,
                subscriptions=settings.max_subscriptions,
            )
        ),
        statement=partial(_statement, reader, directories),
        cursors=Cursors(secret),
        limits=limits,
        prices=PRICES,
        max_tokens=settings.max_tokens,
        small_cell=settings.small_cell,
        figures=figures,
        seen=spread.seen,
    )
    line = Line(parts)
    live = _live(line, parts, database.conninfo(Role.WRITER), stack)
    health = Health(
        readers=readers, recorder=recorder, policy=lambda: policy, most_skew=settings.max_clock_skew_ms / 1000
    )
    pools = {"light": readers, "heavy": heavy}
    stack.enter_context(
        exposed(
            settings,
            Sources(
                figures=figures,
                readers=pools,
                recorder=recorder,
                answerer=answerer,
                health=health,
                standby=spread.standby,
                live=live,
            ),
        )
    )
    trays = Trays(settings)
    stack.push_async_callback(trays.close)
    return Running(
        line=line,
        endpoint=endpoint.Endpoint(line, doors(settings), figures, Streams(live, settings.heartbeat_s)),
        sockets=Sockets(live, socket_doors(settings)),
        recorder=recorder,
        health=health,
        trays=trays,
        directories=directories,
    )


def _renew(*pools: Readers) -> None:
    for readers in pools:
        readers.renew()


def _limits(settings: Settings) -> Limits:
    return Limits(
        depth=settings.max_depth,
        aliases=settings.max_aliases,
        values=settings.max_list,
        page=settings.max_page,
        nested=min(settings.max_page, LIMITS.nested),
        cost=settings.max_cost,
    )


def _live(line: Line, parts: Parts, conninfo: str, stack: contextlib.AsyncExitStack) -> Live:
    """Subscriptions; the log is read where it is written, whatever else is read from a standby."""
    reading = open_readers(conninfo, 1, LOG_TIMEOUT_MS, stack, read_only=True)
    log = ChangeLog(reading.query)
    live = Live(line, parts, Follower(conninfo, log), log)
    stack.push_async_callback(live.close)
    return live


def socket_doors(settings: Settings) -> SocketDoors:
    return SocketDoors(
        origins=_origins(settings), patience=settings.slow_request_s, heartbeat=settings.heartbeat_s,
        deadline=settings.deadline_ms / 1000,
    )  # fmt: skip


def _origins(settings: Settings) -> frozenset[str]:
    origins = (origin.strip() for origin in settings.allowed_origins.split(","))
    return frozenset(origin for origin in origins if origin)


def doors(settings: Settings) -> endpoint.Doors:
    page = endpoint.Page(body=graphiql.read_page(), policy=graphiql.POLICY.encode()) if settings.graphiql else None
    return endpoint.Doors(
        max_body=settings.max_body_bytes,
        deadline=settings.deadline_ms / 1000,
        patience=settings.slow_request_s,
        max_batch=settings.max_batch,
        origins=_origins(settings),
        page=page,
    )


async def _directories(conninfo: str, stack: contextlib.AsyncExitStack) -> Directories:
    async with _reading(conninfo, DIRECTORY_SECONDS) as connection:
        directories = Directories(await load_directory(connection))
    task = asyncio.create_task(_keep_current(directories, conninfo))
    stack.push_async_callback(_cancelled, task)
    return directories


async def _openings(conninfo: str, directories: Directories, stack: contextlib.AsyncExitStack) -> Openings:
    openings = Openings()
    async with _reading(conninfo, DIRECTORY_SECONDS) as connection:
        await openings.refresh(connection, directories(), china_today())
    task = asyncio.create_task(keep_openings(openings, conninfo, directories))
    stack.push_async_callback(_cancelled, task)
    return openings


async def _statement(conninfo: str, directories: Directories, question: Question) -> Statement:
    """Reads the access record; the reading itself is put on record with the answer that it becomes part of."""
    recorded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    recorded.set_result(None)
    async with _reading(conninfo, DIRECTORY_SECONDS) as connection:
        return await child_statement(connection, question, recorded=recorded, name_of=directories().name)


@contextlib.asynccontextmanager
async def _reading(conninfo: str, seconds: float) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection for one reading of its own, bounded in time; raises ExecuteError where the database is away."""
    try:
        async with asyncio.timeout(seconds):
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
                yield connection
    except psycopg.errors.QueryCanceled as error:
        raise errors.ExecuteTimeout(seconds=seconds) from error
    except (psycopg.OperationalError, OSError) as error:
        raise errors.ExecuteError() from error


async def _keep_current(directories: Directories, conninfo: str) -> None:
    while True:
        await asyncio.sleep(DIRECTORY_INTERVAL)
        try:
            async with _reading(conninfo, DIRECTORY_SECONDS) as connection:
                await directories.refresh(connection)
        except (psycopg.Error, errors.HubError) as error:
            observe(unavailable("directory", error))


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _guards() -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in endpoint.GUARDS} | {"vary": "Authorization"}


async def _not_found(_: Request, __: Exception) -> Response:
    return _response(errors.NotFound())


async def _refused(_: Request, error: Exception) -> Response:
    return _response(error if isinstance(error, errors.HubError) else errors.NotFound())


def _response(error: errors.HubError) -> Response:
    reply = endpoint.failed(error, JSON)
    return Response(reply.body, status_code=error.status, media_type=JSON, headers=_guards())


def create_app(settings: Settings | None = None, *, database: Database | None = None) -> Hub:
    """The application for these settings, or for those in force; a database that is given stays open."""
    return Hub(settings or load_settings(), database)
