"""The straight line of one request: identity, operation, grant, plan, SQL, answer, access record; each may refuse.

Nothing is answered that is not recorded first.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import orjson
from graphql import ExecutionResult, GraphQLSchema, OperationType, execute

from hub import errors
from hub.audit.record import AccessEntry, Outcome
from hub.audit.search import Question, Statement
from hub.identity.identity import Identity, Purpose
from hub.identity.purpose import NONE, read_purpose
from hub.identity.verifier import Verifier, bearer_token
from hub.policy.compile import Policy
from hub.policy.grant import Grant, Refusal, Subject
from hub.policy.openings import Opening
from hub.policy.words import ADMINISTRATORS
from hub.query import planner, rendering
from hub.query.accounting import Account, Accounts, Facts
from hub.query.answer import Answered, Answerer, Prepared, Request
from hub.query.context import RequestContext
from hub.query.cursor import Cursors
from hub.query.introspection import Introspection, is_introspection
from hub.query.limits import Limits
from hub.query.operation import Documents, Leaf, Operation, Selected
from hub.query.shares import Share, Shares
from hub.query.stages import Figures, Stages
from hub.query.standby import Seen
from hub.query.transport import Asked, RawHeaders, header
from hub.query.turns import Planners, Turns
from hub.query.view import View, Views, view_key
from hub.query.writing import Mutation, Mutations, NoMutations

#: The lane of an operation that asks of the schema; no response key is named like it.
INTROSPECTION = frozenset({"__schema"})
MOST_LANES = 8192
#: What a write costs beside what is read back.
WRITE_COST = 20
Made = TypeVar("Made")


class Recorder(Protocol):
    """Where access records go; awaiting what it returns waits until they are durable."""

    def record(self, entry: AccessEntry) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, for what, and what that allows."""

    identity: Identity
    purpose: Purpose
    grant: Grant


@dataclass(slots=True, kw_only=True)
class Reply:
    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    code: str | None = None  # of the refusal of the whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a line is made of."""

    verifier: Verifier
    policy: Callable[[], Policy]
    names: planner.Names
    views: Views
    answerer: Answerer
    recorder: Recorder = field(repr=False)
    turns: Turns = field(repr=False)
    shares: Shares = field(repr=False)
    statement: Callable[[Question], Awaitable[Statement]] = field(repr=False)
    cursors: Cursors = field(repr=False)
    mutations: Mutations = field(default_factory=NoMutations, repr=False)
    openings: Callable[[str], tuple[Opening, ...]] = field(default=lambda _: (), repr=False)  # shared with a unit
    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, int] = field(default_factory=dict)  # cost of root fields beside the registry's
    max_tokens: int = 4000
    small_cell: int = 5
    figures: Figures = field(default_factory=Figures, repr=False)
    seen: Seen = field(default_factory=Seen, repr=False)


class Line:
    """Answers requests; holds the caches of documents and of introspection."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._accounts = Accounts(parts.names)
        self._introspection = Introspection()
        self._planners = Planners()
        self._lanes: dict[object, frozenset[str] | None] = {}
        self._documents: dict[int, tuple[GraphQLSchema, Documents]] = {}

    async def caller(self, headers: RawHeaders, stated: object = None) -> Caller:
        """Who asks; raises IdentityError, PurposeInvalid, GrantError."""
        identity = await self._parts.verifier.identify(bearer_token(header(headers, b"authorization")))
        policy, purpose = self._parts.policy(), NONE
        try:
            purpose = read_purpose(headers, stated)
            subject = Subject(unit_type=identity.unit.type, level=identity.unit.level)
            openings = self._parts.openings(identity.unit.code)
            grant = policy.grant(subject, identity.roles, purpose.duty, openings)
        except errors.IdentityError as error:
            facts = facts_of(identity, NONE, time.perf_counter())
            await self.record_refusal(facts, self._accounts.unread(policy.book.version), error)
            raise
        return Caller(identity=identity, purpose=purpose, grant=grant)

    def view(self, caller: Caller) -> View:
        return self._parts.views.of(caller.grant)

    async def answer(self, headers: RawHeaders, asked: Asked, media: str) -> Reply:
        """The reply to one request; only what keeps it from being anyone's request is raised."""
        stages = Stages()
        caller = await self.caller(headers, asked.extensions.get("purpose"))
        strict = is_strict(asked.extensions, caller.identity)
        share = self._parts.shares.enter(caller.identity)
        stages.mark("identity")
        self._parts.seen.begin(caller.identity, headers)
        try:
            reply = await self._answer(asked, media, _Asker(caller=caller, share=share, strict=strict, stages=stages))
            self._parts.figures.took(stages)
            reply.headers += share.headers()
            if caller.identity.roles & ADMINISTRATORS:
                reply.headers.append(stages.header())
            return reply
        finally:
            share.leave()

    async def _answer(self, asked: Asked, media: str, asker: _Asker) -> Reply:
        caller, share, stages = asker.caller, asker.share, asker.stages
        try:
            operation = await self.read(asked, caller, share)
        except errors.TooManyRequests:
            raise
        except errors.HubError as error:
            facts = facts_of(caller.identity, caller.purpose, stages.started)
            await self.record_refusal(facts, self._accounts.unread(caller.grant.version), error)
            return refused(error, media, caller.grant)
        turn = _Turn(caller=caller, operation=operation, asked=asked, strict=asker.strict, stages=stages, share=share)
        stages.mark("operation")
        try:
            return await self._turn(turn)
        except errors.RecordError:
            raise
        except errors.HubError as error:
            account = self._accounts.nothing(turn.operation, caller.grant)
            await self.record_refusal(turn.facts(), account, error)
            return refused(error, media, caller.grant)

    async def read(self, asked: Asked, caller: Caller, share: Share) -> Operation:
        """The operation that is asked for; raises OperationError, TooManyRequests."""
        documents = self._documents_for(caller.grant)
        if not documents.knows(asked.query):
            documents.keep(await self.planned(caller, partial(documents.read, asked.query), share.read))
        return documents.operation(asked.query, asked.operation_name, asked.variables)

    def _documents_for(self, grant: Grant) -> Documents:
        schema = self._parts.views.askable(grant)
        if id(schema) not in self._documents:
            documents = Documents(schema, max_tokens=self._parts.max_tokens, limits=self._parts.limits)
            self._documents[id(schema)] = (schema, documents)
        return self._documents[id(schema)][1]

    async def _turn(self, turn: _Turn) -> Reply:
        if turn.operation.kind is OperationType.SUBSCRIPTION:
            raise errors.StreamNeeded()
        lane = self._lane(turn.operation)
        if lane is INTROSPECTION:
            key = view_key(turn.caller.grant)
            data = self._introspection.known(turn.operation, key)
            if data is None:
                work = partial(self._introspection.answer, turn.operation, self.view(turn.caller), key)
                data = await self.planned(turn.caller, work, turn.share.planned)
            turn.stages.mark("execute")
            await self._record(turn, self._accounts.nothing(turn.operation, turn.caller.grant), Answered())
            turn.stages.mark("record")
            return Reply(status=200, body=b'{"data":%b}' % data)
        if turn.operation.kind is OperationType.MUTATION:
            return await self._mutate(turn)
        prepared = await self._prepared(turn, lane)
        turn.stages.mark("plan")
        cost = prepared.cost if lane is None else self._cost(turn.operation, prepared, lane)
        turn.share.cost.take(cost)
        if turn.strict and prepared.withheld:
            raise _strictly(_static(prepared))
        answered = await self._run(turn, prepared)
        if turn.strict and answered.access:
            raise _strictly(answered.access)
        data, faults = (answered.data, []) if lane is None else await self._executed(turn, answered)
        if turn.strict and turn.refusals:
            raise _strictly(turn.refusals)
        answered.access.extend(turn.refusals)
        fault = faults[0]["extensions"]["code"] if faults else None
        turn.stages.mark("execute")
        await self._record(turn, self._accounts.of(turn.operation, prepared, turn.caller.grant), answered, fault)
        turn.stages.mark("record")
        return _answered(data, faults, answered, turn.caller.grant, (cost, self._parts.limits.cost))

    async def _mutate(self, turn: _Turn) -> Reply:
        """Root fields one after the other, each on its own: what one writes stands, whatever becomes of the next."""
        planning = time.thread_time()
        mutations = [self._mutation(turn, root) for root in turn.operation.roots() if root.name != "__typename"]
        plans = [self._parts.mutations.prepare(mutation) for mutation in mutations]
        turn.share.planned(time.thread_time() - planning)
        cost = sum(WRITE_COST + plan.cost for plan in plans)
        if cost > self._parts.limits.cost:
            raise errors.LimitCost(cost=cost, limit=self._parts.limits.cost)
        turn.share.cost.take(cost)
        withheld = [entry for plan in plans for entry in _static(plan)]
        if turn.strict and withheld:
            raise _strictly(withheld)
        done, faults = Answered(), list[dict[str, Any]]()
        for mutation, plan in zip(mutations, plans, strict=True):
            await self._perform(turn, mutation, plan, done, faults)
        written = dict(done.roots)
        named = [(root.key, written.get(root.key, b'"Mutation"')) for root in turn.operation.roots()]
        done.roots = named
        turn.stages.mark("execute")
        reply = _answered(done.data, faults, done, turn.caller.grant, (cost, self._parts.limits.cost))
        reply.headers += await self._parts.seen.wrote(turn.caller.identity)
        return reply

    def _mutation(self, turn: _Turn, root: Selected) -> Mutation:
        caller = turn.caller
        return Mutation(
            identity=caller.identity, purpose=caller.purpose, grant=caller.grant, operation=turn.operation, root=root,
            strict=turn.strict, now=turn.now, facts=turn.facts,
        )  # fmt: skip

    async def _perform(
        self, turn: _Turn, mutation: Mutation, plan: Prepared, done: Answered, faults: list[dict[str, Any]]
    ) -> None:
        """One root field: its row, or null with the reason; either is on record before it is answered."""
        try:
            answered = await self._parts.mutations.perform(mutation, plan)
        except errors.HubError as error:
            account = self._accounts.nothing(turn.operation, turn.caller.grant)
            access = refused_access(error, mutation.root.key)
            await self.record_refusal(turn.facts(), account, error, access)
            faults.append(rendering.rendered(error, path=(mutation.root.key,)))
            answered = Answered(roots=[(mutation.root.key, b"null")], access=access)
        done.roots += answered.roots
        done.access += answered.access

    def _cost(self, operation: Operation, prepared: Prepared, own: frozenset[str]) -> int:
        """What the planner's root fields cost together with the others; raises LimitCost."""
        others = (self._parts.prices.get(root.name, 0) for root in operation.roots() if root.key not in own)
        cost, limit = prepared.cost + sum(others), self._parts.limits.cost
        if cost > limit:
            raise errors.LimitCost(cost=cost, limit=limit)
        return cost

    def _lane(self, operation: Operation) -> frozenset[str] | None:
        """None where the planner answers all of it, else the response keys it answers; INTROSPECTION for neither."""
        key = (operation.document.digest, operation.name, operation.shape)
        if key not in self._lanes:
            if len(self._lanes) >= MOST_LANES:
                self._lanes.clear()
            self._lanes[key] = self._chosen(operation)
        return self._lanes[key]

    def _chosen(self, operation: Operation) -> frozenset[str] | None:
        if is_introspection(operation):
            return INTROSPECTION
        roots = operation.roots()
        own = frozenset(root.key for root in roots if root.name in self._parts.names.roots or root.name == "node")
        return None if len(own) == len(roots) else own

    async def _prepared(self, turn: _Turn, own: frozenset[str] | None) -> Prepared:
        caller, answerer = turn.caller, self._parts.answerer
        wanted = answerer.wanted(turn.operation, caller.grant, caller.identity, caller.purpose, only=own)
        known = answerer.known(wanted)
        if known is not None:
            return known
        return answerer.keep(wanted, await self.planned(caller, partial(answerer.plan, wanted), turn.share.planned))

    async def planned(self, caller: Caller, work: Callable[[], Made], charge: Callable[[float], None]) -> Made:
        """What takes long for the event loop is done beside it."""
        return await self._planners.run(caller.identity.unit.code, work, charge)

    async def _run(self, turn: _Turn, prepared: Prepared) -> Answered:
        caller = turn.caller
        request = Request(
            identity=caller.identity, purpose=caller.purpose, variables=turn.operation.variables, now=turn.now
        )
        unit = caller.identity.unit.code
        return await self._parts.turns.run(
            unit, prepared.pace, lambda query: self._parts.answerer.run(prepared, request, query)
        )

    async def _executed(self, turn: _Turn, answered: Answered) -> tuple[bytes, list[dict[str, Any]]]:
        """The other lane: the library's executor over the planner's rows and the resolvers of the rest."""
        rows = self._rows(turn.operation, answered)
        result = execute(
            turn.operation.schema,
            turn.operation.document.ast,
            root_value=rows,
            context_value=self._context(turn),
            variable_values=dict(turn.asked.variables),
            operation_name=turn.operation.name,
            hide_suggestions=True,
        )
        finished = result if isinstance(result, ExecutionResult) else await result
        return orjson.dumps(finished.data), rendering.rendered_execution(finished.errors or ())

    def _rows(self, operation: Operation, answered: Answered) -> dict[str, Any]:
        """The planner's rows by response key; those of `node` say their type, for no field need have been asked."""
        rows = {key: orjson.loads(value) for key, value in answered.roots}
        for root in operation.roots():
            if root.name == "node" and rows[root.key] is not None:
                leaf = operation.arguments("Query", root)["id"]
                tag = str(leaf.value).partition("_")[0] if isinstance(leaf, Leaf) else ""
                rows[root.key] |= {"$type": self._parts.names.tags[tag].name}
        return rows

    def _context(self, turn: _Turn) -> RequestContext:
        return RequestContext(
            identity=turn.caller.identity,
            purpose=turn.caller.purpose,
            grant=turn.caller.grant,
            book=self._parts.policy().book,
            entities=self._parts.names.entities,
            now=turn.now,
            query=partial(self._parts.turns.query, turn.caller.identity.unit.code),
            ask=partial(self._ask, turn),
            reaches=partial(self._reaches, turn),
            statement=self._parts.statement,
            cursors=self._parts.cursors,
            withhold=turn.withhold,
            small_cell=self._parts.small_cell,
        )

    async def _ask(self, turn: _Turn, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the planner answers this caller, and puts on record, to a question that the hub asks for it."""
        asked = Asked(query=query, operation_name=None, variables=dict(variables), extensions={})
        documents = self._documents_for(turn.caller.grant)
        inner = replace(turn, operation=documents.operation(asked.query, None, asked.variables))
        prepared = await self._prepared(inner, None)
        answered = await self._run(inner, prepared)
        await self._record(inner, self._accounts.of(inner.operation, prepared, turn.caller.grant), answered)
        return {key: orjson.loads(value) for key, value in answered.roots}

    async def _reaches(self, turn: _Turn, entity: str, name: str, row: str) -> bool:
        """Whether this caller reads one field of one row."""
        single = self._parts.names.entities[entity].about.single
        query = f"query ($id: ID!) {{ row: {single}(id: $id) {{ {name} withheld }} }}"
        found = (await self._ask(turn, query, {"id": row}))["row"]
        return found is not None and name not in (found["withheld"] or ())

    async def _record(self, turn: _Turn, account: Account, answered: Answered, error: str | None = None) -> None:
        """Waits until the access is on record; raises RecordError, and then nothing is answered."""
        disclosed = any(listed != b"[]" for _, listed in answered.ids)
        outcome: Outcome = "answered" if error is None or disclosed else "refused"
        entry = self._accounts.entry(turn.facts(), account, answered, outcome=outcome, error=error)
        await self._parts.recorder.record(entry)

    async def record_refusal(
        self, facts: Facts, account: Account, error: errors.HubError, access: Sequence[dict[str, Any]] = ()
    ) -> None:
        """A refusal is on record too; a failure of the database may also keep it from being recorded."""
        outcome: Outcome = "failed" if error.status >= 500 else "refused"
        entry = self._accounts.entry(facts, account, Answered(access=[*access]), outcome=outcome, error=error.code)
        with contextlib.suppress(errors.RecordError) if outcome == "failed" else contextlib.nullcontext():
            await self._parts.recorder.record(entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """One request on its way, before its operation is known."""

    caller: Caller
    share: Share
    strict: bool
    stages: Stages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One request on its way, once its operation is known."""

    caller: Caller
    operation: Operation
    asked: Asked
    strict: bool
    stages: Stages
    share: Share
    refusals: list[dict[str, Any]] = field(default_factory=list)  # of root fields that resolvers withheld
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def withhold(self, key: str, data_class: str, refusal: Refusal) -> None:
        self.refusals.append(rendering.access_entry((key,), data_class, refusal))

    def facts(self) -> Facts:
        micros = int((time.perf_counter() - self.stages.started) * 1_000_000)
        return Facts(
            at=self.now,
            identity=self.caller.identity,
            purpose=self.caller.purpose,
            operation_name=self.operation.name,
            micros=micros,
        )


def facts_of(identity: Identity, purpose: Purpose, started: float) -> Facts:
    """Of a request whose operation is not known: nothing it says is kept."""
    micros = int((time.perf_counter() - started) * 1_000_000)
    return Facts(at=datetime.now(UTC), identity=identity, purpose=purpose, operation_name=None, micros=micros)


def is_strict(extensions: Mapping[str, Any], identity: Identity) -> bool:
    """Whether a withheld field refuses the whole operation; programs are strict unless they say otherwise."""
    wanted = extensions.get("onDenied")
    if wanted not in (None, "ERROR", "NULL"):
        raise errors.RequestMalformed(member="extensions.onDenied")
    return wanted == "ERROR" or (wanted is None and identity.kind == "service")


def refused(error: errors.HubError, media: str, grant: Grant) -> Reply:
    """An answer without data, in the shape of every other."""
    access = error.data.get("access")
    refusal = error.data.get("refusal")
    if isinstance(refusal, Refusal):
        access = [rendering.access_entry(error.data.get("path"), str(error.data["data_class"]), refusal)]
        error = errors.NotGranted(paths=_paths([error.data.get("path")]))
    listed = access if isinstance(access, list) else []
    body = {"errors": rendering.rendered_all(error), "extensions": rendering.report(listed, grant.version)}
    return without_data(body, error, media)


def without_data(body: Mapping[str, Any], error: errors.HubError, media: str) -> Reply:
    """A reply without data."""
    headers = rendering.headers_of(error)
    return Reply(status=rendering.status_of(error, media), body=orjson.dumps(body), headers=headers, code=error.code)


def refused_access(error: errors.HubError, key: str) -> list[dict[str, Any]]:
    """Entries of the access report for what a write was refused; an error tells of each value it concerns."""
    listed = error.data.get("refused")
    if isinstance(listed, tuple):
        return [
            rendering.access_entry((key, *item.path), item.data_class, item.refusal) | {"field": item.field}
            for item in listed
        ]
    access = error.data.get("access")
    return access if isinstance(access, list) else []


def _answered(
    data: bytes, faults: list[dict[str, Any]], answered: Answered, grant: Grant, cost: tuple[int, int]
) -> Reply:
    listed = b'"errors":%b,' % orjson.dumps(faults) if faults else b""
    extensions = orjson.dumps(rendering.report(answered.access, grant.version, cost))
    return Reply(status=200, body=b'{%b"data":%b,"extensions":%b}' % (listed, data, extensions))


def _strictly(access: list[dict[str, Any]]) -> errors.NotGranted:
    return errors.NotGranted(paths=_paths(entry["path"] for entry in access), access=access)


def _static(prepared: Prepared) -> list[dict[str, Any]]:
    return [rendering.access_entry(w.path, w.data_class, w.refusal) for w in prepared.withheld]


def _paths(paths: Iterable[object]) -> str:
    shown = [".".join(map(str, path)) for path in paths if isinstance(path, list | tuple)]
    return ", ".join(dict.fromkeys(shown[:8]))
