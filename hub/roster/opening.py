"""Opens what an import needs on a database, for the command line; the running hub has most of it open already."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import psycopg

from hub.audit.recorder import Recorder
from hub.database import Database, Role
from hub.identity.loading import load_directory
from hub.interface import interface
from hub.keyfile import read_key
from hub.knowledge.following import following
from hub.ledger import ledger
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from hub.policy.floor import check_floor
from hub.query.operation import Documents
from hub.query.planner import Names
from hub.query.readers import Readers
from hub.roster.office import Parts
from hub.settings import Settings
from schema.registry import ENTITIES


@contextlib.asynccontextmanager
async def opened_parts(settings: Settings, database: Database) -> AsyncIterator[Parts]:
    """Closed in reverse order; raises ExecuteError, RecordError, GrantError."""
    reading, writing = database.conninfo(Role.READER), database.conninfo(Role.WRITER)
    async with contextlib.AsyncExitStack() as stack:
        async with await psycopg.AsyncConnection.connect(reading, autocommit=True) as connection:
            directory = await load_directory(connection)
        policy = Policy(check_floor(load_policies(settings.policies)))
        readers = Readers(reading, size=2, patience=settings.statement_timeout_ms / 1000 + 1)
        stack.callback(readers.close)
        recorder = Recorder(writing, settings.data / "audit", node_name=settings.node)
        await recorder.open()
        stack.push_async_callback(recorder.close)
        secret = read_key(settings.secrets / "query.key")
        writes = ledger.Ledger(
            ledger.Parts(
                conninfo=writing,
                folder=settings.data / "audit",
                node=settings.node,
                directory=lambda: directory,
                secret=secret,
                derive=following(lambda: directory, lambda: policy.book),
            )
        )
        stack.push_async_callback(writes.close)
        yield Parts(
            names=Names.of(ENTITIES),
            documents=Documents(interface()),
            query=readers.query,
            secret=secret,
            recorder=recorder,
            ledger=writes,
            directory=lambda: directory,
            policy=lambda: policy,
        )
