"""What the access record says of an operation: made from its plan and the ids of its rows, never from values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.audit.record import AccessEntry, Outcome, Shape, Withheld, shape_of
from hub.identity.identity import Identity, Purpose
from hub.policy.grant import Grant
from hub.query import planner
from hub.query.answer import Answered, Prepared
from hub.query.operation import Operation, stripped

MOST_SHAPES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is the same for every answer to one plan."""

    shape: Shape
    withheld: tuple[Withheld, ...]
    roots: tuple[tuple[str, str], ...]  # response key, and the root field that it stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Who asked, when and why."""

    at: datetime
    identity: Identity
    purpose: Purpose
    operation_name: str | None
    micros: int


class Accounts:
    """Accounts by plan; the last used are kept, for to strip a document is dear."""

    def __init__(self, names: planner.Names) -> None:
        self._names = names
        self._kept: OrderedDict[object, Account] = OrderedDict()

    def of(self, operation: Operation, prepared: Prepared, grant: Grant) -> Account:
        digest, refusals = operation.document.digest, len(prepared.withheld)
        key = (digest, operation.name, operation.shape, prepared.fields, prepared.rules, grant.digest_key, refusals)
        if key not in self._kept:
            self._kept[key] = self._made(operation, prepared, grant)
            if len(self._kept) > MOST_SHAPES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def nothing(self, operation: Operation, grant: Grant) -> Account:
        """Of an operation that disclosed nothing of the registry."""
        return self.of(operation, Prepared(steps=(), withheld=(), fields=(), rules=(), cost=0), grant)

    def unread(self, policy_version: int) -> Account:
        """Of a request whose operation could not be read; its text may hold anything, so none of it is kept."""
        shape = shape_of(document="", fields=(), rules=(), policy_version=policy_version)
        return Account(shape=shape, withheld=(), roots=())

    def _made(self, operation: Operation, prepared: Prepared, grant: Grant) -> Account:
        shape = shape_of(
            document=stripped(operation.document),
            fields=prepared.fields,
            rules=prepared.rules,
            policy_version=grant.version,
        )
        roots = tuple((root.key, root.name) for root in operation.roots())
        withheld = tuple(
            Withheld(code=w.refusal.code, data_class=w.data_class, field=w.field, rule=w.refusal.rule)
            for w in prepared.withheld
        )
        return Account(shape=shape, withheld=withheld, roots=roots)

    def entry(
        self,
        facts: Facts,
        account: Account,
        answered: Answered,
        *,
        outcome: Outcome = "answered",
        error: str | None = None,
    ) -> AccessEntry:
        ids = dict(answered.ids)
        return AccessEntry(
            at=facts.at,
            identity=facts.identity,
            purpose=facts.purpose,
            shape=account.shape,
            outcome=outcome,
            operation_name=facts.operation_name,
            error=error,
            roots=[(name, ids[key]) for key, name in account.roots if key in ids],
            children=answered.children,
            withheld=(*account.withheld, *_noted(answered.access[len(account.withheld) :])),
            # An id holds no quotation mark, so two of them are one row.
            rows=sum(listed.count(b'"') for listed in ids.values()) // 2,
            micros=facts.micros,
        )


def _noted(entries: Sequence[Mapping[str, Any]]) -> Sequence[Withheld]:
    """What the answer itself withheld, beside what its plan had: by rows, or by a resolver."""
    return [
        Withheld(
            code=entry["code"],
            data_class=entry["class"],
            field=entry.get("field", ""),
            rule=entry["rule"],
            rows=entry.get("rows", 0),
        )
        for entry in entries
    ]
