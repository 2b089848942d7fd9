"""Mutations: root fields to commands; the row that was written comes back through the planner, in its transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import orjson
from graphql import VariableNode

from hub import errors
from hub.audit.record import AccessEntry
from hub.ledger.acts import Act, Command, Source, Verb, Written
from hub.ledger.deed_field import UNFIT, DeedField, DeedFields
from hub.ledger.inputs import by_name, inputs_of
from hub.ledger.job import Query
from hub.ledger.ledger import Ledger
from hub.ledger.permission import Writer
from hub.ledger.types import FIELDS, MutationField
from hub.query.accounting import Accounts
from hub.query.answer import Answered, Answerer, Prepared, Request
from hub.query.binding import value_of
from hub.query.operation import Argument, Leaf
from hub.query.planner import NAMED
from hub.query.writing import Mutation
from schema.entities import Entity

LONGEST_KEY = 128
_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,47}")


class LedgerMutations:
    """Does what mutations ask, through the ledger."""

    def __init__(self, ledger: Ledger, answerer: Answerer, accounts: Accounts, deeds: DeedFields) -> None:
        self._ledger, self._answerer, self._accounts, self._deeds = ledger, answerer, accounts, deeds

    def prepare(self, mutation: Mutation) -> Prepared:
        entity = self._plan(mutation).entity
        who = (mutation.identity, mutation.purpose)
        return self._answerer.prepare_written(mutation.operation, mutation.root, entity, mutation.grant, who)

    def _plan(self, mutation: Mutation) -> _Plan:
        deed = self._deeds.get(mutation.root.name)
        return _Deed(deed) if deed is not None else _Row(FIELDS[mutation.root.name])

    async def perform(self, mutation: Mutation, prepared: Prepared) -> Answered:
        writer = Writer(identity=mutation.identity, purpose=mutation.purpose, grant=mutation.grant)
        plan = self._plan(mutation)
        payload = _Payload(
            mutation=mutation, plan=plan, prepared=prepared, answerer=self._answerer, accounts=self._accounts
        )
        command = plan.command(mutation)
        (outcome,) = await self._ledger.write(writer, [command], account=payload)
        if outcome.error is not None:
            raise outcome.error
        return payload.answered


@dataclass(slots=True, kw_only=True)
class _Payload:
    """What is read back of one mutation, and what is put on record of it."""

    mutation: Mutation
    plan: _Plan
    prepared: Prepared
    answerer: Answerer
    accounts: Accounts
    answered: Answered = field(default_factory=Answered)

    async def read(self, written: Sequence[Written], query: Query) -> None:
        """The row, by the planner and under today's rights; a strict caller's write is undone if any is withheld."""
        mutation, row = self.mutation, {self.plan.entity.about.single: written[0].row}
        request = Request(
            identity=mutation.identity, purpose=mutation.purpose,
            variables={**mutation.operation.variables, NAMED: row}, now=mutation.now,
        )  # fmt: skip
        found = await self.answerer.run(self.prepared, request, query)
        if mutation.strict and found.access:
            paths = ", ".join(".".join(map(str, entry["path"])) for entry in found.access[:8])
            raise errors.NotGranted(paths=paths, access=found.access)
        self.answered = self._put_together(found, written)

    def _put_together(self, found: Answered, written: Sequence[Written]) -> Answered:
        mutation, values = self.mutation, dict(found.roots)
        root, entity = mutation.root, self.plan.entity
        payload = f'"{entity.name}Payload"'.encode()
        named = mutation.operation.below(root, frozenset({f"{entity.name}Payload"}))
        parts = [orjson.dumps(item.key) + b":" + values.get(item.key, payload) for item in named]
        children = [orjson.dumps(sorted({each.child for each in written if each.child}))]
        return Answered(
            roots=[(root.key, b"{" + b",".join(parts) + b"}")],
            access=found.access,
            ids=[(root.key, orjson.dumps([each.row for each in written]))],
            children=[*found.children, *children],
        )

    def entry(self, written: Sequence[Written], rules: Iterable[str]) -> AccessEntry:
        """Read and written fields alike stand in the record, with the rules behind both."""
        mutation, prepared = self.mutation, self.prepared
        fields = {*self.plan.fields(mutation), *prepared.fields}
        told = replace(prepared, fields=tuple(sorted(fields)), rules=tuple(sorted({*prepared.rules, *rules})))
        account = self.accounts.of(mutation.operation, told, mutation.grant)
        return self.accounts.entry(mutation.facts(), account, self.answered)


class _Plan(Protocol):
    """What a root field does."""

    @property
    def entity(self) -> Entity:
        """Of which a row is answered."""

    def fields(self, mutation: Mutation) -> Iterable[str]:
        """What a mutation names in its input, as the registry does: Child.name."""

    def command(self, mutation: Mutation) -> Command:
        """What the ledger is asked; raises PlanError for a key that cannot be one."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row is made, changed or ended."""

    field: MutationField

    @property
    def entity(self) -> Entity:
        return self.field.entity

    def fields(self, mutation: Mutation) -> Iterable[str]:
        given = mutation.operation.arguments("Mutation", mutation.root).get("input")
        inputs = by_name(self.entity)
        columns = [inputs[name].column for name in given] if isinstance(given, Mapping) else list(self.entity.end)
        return [f"{self.entity.name}.{column}" for column in columns if column in self.entity.fields]

    def command(self, mutation: Mutation) -> Command:
        given, key = _given(mutation)
        act = Act(
            verb=self.field.verb, entity=self.entity, values=_values(self.field, given), row=given.get("id"),
            version=given.get("version"), unfit=_unfit(mutation),
        )  # fmt: skip
        return Command(acts=(act,), source=_source(given.get("source") or {}), key=key)


@dataclass(frozen=True, slots=True)
class _Deed:
    """A deed is done."""

    field: DeedField

    @property
    def entity(self) -> Entity:
        return self.field.entity

    def fields(self, mutation: Mutation) -> Iterable[str]:
        return self.field.writes

    def command(self, mutation: Mutation) -> Command:
        given, key = _given(mutation)
        deed = self.field.deed({**given, UNFIT: _unfit(mutation)})
        return Command(acts=(), deed=deed, answers=self.field.entity, key=key)


def _given(mutation: Mutation) -> tuple[dict[str, Any], str | None]:
    """The arguments by name, and the key."""
    arguments = mutation.operation.arguments("Mutation", mutation.root)
    given = {name: _value(argument, mutation.operation.variables) for name, argument in arguments.items()}
    key = given.get("idempotencyKey")
    if key is not None and not 0 < len(str(key)) <= LONGEST_KEY:
        raise errors.PlanError(reason="idempotencyKey")
    if "input" in arguments and not isinstance(given["input"], Mapping):
        raise errors.PlanError(reason="input")
    return given, key


def _unfit(mutation: Mutation) -> dict[str, str]:
    """Members of the input that are none, or of another type; a name that could be a value is not repeated."""
    found: dict[str, str] = {}
    for argument in mutation.root.nodes[0].arguments or ():
        if argument.name.value == "input" and isinstance(argument.value, VariableNode):
            unfit = mutation.operation.unfit.get(argument.value.name.value)
            if unfit is not None:
                found |= {name if _NAME.fullmatch(name) else "…": "UNKNOWN_INPUT" for name in unfit.unknown}
                found |= dict.fromkeys(unfit.wrong, "WRONG_KIND")
    return dict(sorted(found.items()))


def _value(argument: Argument, variables: Mapping[str, Any]) -> Any:
    return value_of(argument, variables) if isinstance(argument, Leaf) else _plain(argument, variables)


def _plain(argument: Argument | Any, variables: Mapping[str, Any]) -> dict[str, Any]:
    """An input object as its values by name."""
    if not isinstance(argument, Mapping):
        return {}
    return {name: value_of(leaf, variables) for name, leaf in argument.items() if isinstance(leaf, Leaf)}


def _values(named: MutationField, given: Mapping[str, Any]) -> dict[str, Any]:
    if named.verb is Verb.END:
        listed = (given.get("on"), given.get("reason"))
        return {
            column: value for column, value in zip(named.entity.end, listed, strict=False)
            if column in inputs_of(named.entity.name) and value is not None
        }  # fmt: skip
    inputs = by_name(named.entity)
    return {inputs[name].column: value for name, value in given["input"].items()}


def _source(given: Mapping[str, Any]) -> Source:
    return Source(
        system=given.get("system"), record_id=given.get("recordId"), effective_from=given.get("effectiveFrom")
    )
