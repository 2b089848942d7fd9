"""The children of the ledger as the importing unit reads them: through the planner, as if it had asked over the API.

Who might be meant is looked up by name and birth date among what the unit may list, and put on record as far as the
import tells of it: the children matched, and those named as candidates.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

import orjson

from hub.audit.record import AccessEntry
from hub.identity.identity import Identity, Purpose
from hub.policy.grant import Grant
from hub.query.accounting import Account, Accounts, Facts
from hub.query.answer import Answered, Answerer, Prepared, Request
from hub.query.operation import Documents, Operation
from hub.roster.columns import Target
from hub.roster.entry import BIRTH, NAME, NUMBER, Entry
from hub.roster.matching import Known, may_mean
from schema.entities import camel
from schema.validators import birth_date_in

PAGE = 500
_OPERATION = "RosterImport"

_WHO = "id childNo name birthDate citizenIdNo residenceDivision"
#: Everyone of these names, birth dates or files: of most of them the birth date alone agrees.
ALIKE = f"""query {_OPERATION}($names: [String!]!, $births: [Date!]!, $files: [String!]!, $after: String) {{
  children(first: {PAGE}, after: $after,
    filter: {{or: [{{name: {{in: $names}}}}, {{birthDate: {{in: $births}}}}, {{childNo: {{in: $files}}}}]}}) {{
    nodes {{ {_WHO} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
#: The few who might be meant, with those by whom they are told apart.
CANDIDATES = f"""query {_OPERATION}($ids: [ID!]!) {{
  children(first: {PAGE}, filter: {{id: {{in: $ids}}}}) {{
    nodes {{ {_WHO}
      family {{ members(first: 20) {{ name }} }} guardianships(first: 10) {{ carerName }}
      enrolments(first: 10) {{ studentNo validTo }} }}
  }}
}}"""

_ALWAYS = ("id", "rowVersion", "sourceUnit", "verifiedStatus", "withheld")
#: What of each part is always needed to see what a row means, beside the columns of the roster.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "Child": ("childNo", "name"),
    "Family": (),
    "FamilyMember": ("name", "relation"),
    "MigrationSpell": ("parentId", "outSince", "returnedOn"),
    "GuardianshipArrangement": (
        "type", "carerId", "carerName", "carerRelation", "carerPhone", "guardianId", "validFrom", "validTo",
    ),
    "Enrolment": ("schoolUnit", "status", "stage", "validFrom", "validTo"),
    "HukouRecord": ("status",),
}  # fmt: skip


class Recorder(Protocol):
    def record(self, entry: AccessEntry) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and the parts of the request line that answer."""

    identity: Identity
    purpose: Purpose
    grant: Grant
    answerer: Answerer = field(repr=False)
    documents: Documents = field(repr=False)
    accounts: Accounts = field(repr=False)
    recorder: Recorder = field(repr=False)

    async def candidates(self, entries: Iterable[Entry]) -> Candidates:
        """Everyone who might be one of these; not on record until told (`tell`)."""
        sought = Sought(entries)
        ids = [child.id async for child in self._alike(sought) if sought.may_mean(child)]
        found: list[Known] = []
        for start in range(0, len(ids), PAGE):
            data, _ = await self._answered(CANDIDATES, {"ids": ids[start : start + PAGE]})
            found += map(_known, data["children"]["nodes"])
        return Candidates(found)

    async def _alike(self, sought: Sought) -> AsyncIterator[Known]:
        after: str | None = None
        while True:
            page = (await self._answered(ALIKE, {**sought.variables(), "after": after}))[0]["children"]
            for node in page["nodes"]:
                yield _known(node)
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    async def details(self, ids: Sequence[str], targets: Iterable[Target]) -> dict[str, Mapping[str, Any]]:
        """The children by id, with what the roster's columns speak of; on record before it is used."""
        if not ids:
            return {}
        data, _ = await self._answered(details_document(targets), {"ids": list(ids)}, record=True)
        return {child["id"]: child for child in data["children"]["nodes"]}

    async def tell(self, told: Iterable[Known]) -> None:
        """Puts on record that the import names these children to the unit."""
        ids = sorted({known.id for known in told})
        if ids:
            operation = self._operation(CANDIDATES, {"ids": []})
            prepared = self.answerer.prepare(operation, self.grant, self.identity, self.purpose)
            listed = orjson.dumps(ids)
            answered = Answered(ids=[("children", listed)], children=[listed])
            account = self.accounts.of(operation, prepared, self.grant)
            facts = self._facts(time.perf_counter())
            await self.recorder.record(self.accounts.entry(facts, account, _plain(answered, account)))

    def _operation(self, document: str, variables: Mapping[str, Any]) -> Operation:
        return self.documents.operation(document, None, variables)

    async def _answered(
        self, document: str, variables: Mapping[str, Any], *, record: bool = False
    ) -> tuple[dict[str, Any], Prepared]:
        started = time.perf_counter()
        operation = self._operation(document, variables)
        prepared = self.answerer.prepare(operation, self.grant, self.identity, self.purpose)
        request = Request(
            identity=self.identity, purpose=self.purpose, variables=operation.variables, now=datetime.now(UTC)
        )
        answered = await self.answerer.run(prepared, request)
        if record:
            account = self.accounts.of(operation, prepared, self.grant)
            await self.recorder.record(self.accounts.entry(self._facts(started), account, answered))
        return orjson.loads(answered.data), prepared

    def _facts(self, started: float) -> Facts:
        return Facts(
            at=datetime.now(UTC),
            identity=self.identity,
            purpose=self.purpose,
            operation_name=_OPERATION,
            micros=int((time.perf_counter() - started) * 1_000_000),
        )


def _plain(answered: Answered, account: Account) -> Answered:
    """An answer made by hand has the refusals of its plan and no more."""
    answered.access.extend({} for _ in account.withheld)
    return answered


class Sought:
    """Rows by what their children may be found by."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._names: set[str] = set()
        self._files: set[str] = set()
        self._by_birth: dict[date | None, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._names |= {name for name in (entry.get(NAME),) if name}
            self._files |= {file for file in (entry.get("child.child_no"),) if file}
            for day in dict.fromkeys(_days(entry)):
                self._by_birth[day].append(entry)

    def variables(self) -> dict[str, list[str]]:
        births = [day.isoformat() for day in self._by_birth if day is not None]
        return {"names": sorted(self._names), "births": sorted(births), "files": sorted(self._files)}

    def may_mean(self, child: Known) -> bool:
        """Whether one of the rows could mean the child, whoever cares for it."""
        if child.name in self._names or child.child_no in self._files:
            return True
        return any(may_mean(entry, child) for entry in self._by_birth.get(child.birth_date, ()))


def _days(entry: Entry) -> Iterable[date]:
    birth, number = entry.get(BIRTH), entry.get(NUMBER)
    if birth is not None:
        yield birth
    if number is not None and (born := birth_date_in(number)) is not None:
        yield born


class Candidates:
    """Children by what they may be found by."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_name: dict[str | None, list[Known]] = defaultdict(list)
        self._by_birth: dict[date | None, list[Known]] = defaultdict(list)
        self._by_file: dict[str, Known] = {}
        for child in known:
            self._by_name[child.name].append(child)
            self._by_birth[child.birth_date].append(child)
            self._by_file[child.child_no] = child

    def of(self, entry: Entry) -> list[Known]:
        """Those of its name, its birth date, or its file; each once, in the order of their files."""
        found = {child.id: child for child in self._by_name.get(entry.get(NAME), ())}
        for day in _days(entry):
            found |= {child.id: child for child in self._by_birth.get(day, ())}
        file = self._by_file.get(entry.get("child.child_no") or "")
        found |= {file.id: file} if file else {}
        return sorted(found.values(), key=lambda child: child.child_no)


def _known(node: Mapping[str, Any]) -> Known:
    members = (node.get("family") or {}).get("members") or ()
    named = [one.get("name") for one in members] + [one.get("carerName") for one in node.get("guardianships") or ()]
    current = [one for one in node.get("enrolments") or () if one.get("validTo") is None]
    return Known(
        id=node["id"],
        child_no=node["childNo"] or "",
        name=node["name"],
        birth_date=date.fromisoformat(node["birthDate"]) if node["birthDate"] else None,
        number=node["citizenIdNo"],
        division=node["residenceDivision"],
        carers=frozenset(name for name in named if name and name != node["name"]),
        student_no=next((one["studentNo"] for one in current if one.get("studentNo")), None),
    )


def details_document(targets: Iterable[Target]) -> str:
    """Asks of matched children no more than the roster has columns for, and what says who is meant."""
    fields: dict[str, set[str]] = {entity: set() for entity in _NEEDED}
    for target in targets:
        if target.entity:
            fields[target.entity].add(camel(target.name))

    def of(entity: str) -> str:
        return " ".join((*_ALWAYS, *sorted(fields[entity] | {*_NEEDED[entity]})))

    return f"""query {_OPERATION}($ids: [ID!]!) {{
  children(first: {PAGE}, filter: {{id: {{in: $ids}}}}) {{ nodes {{ {of("Child")}
    family {{ {of("Family")} members(first: 20) {{ {of("FamilyMember")} }} }}
    migrations(first: 20) {{ {of("MigrationSpell")} }}
    guardianships(first: 20) {{ {of("GuardianshipArrangement")} }}
    enrolments(first: 20) {{ {of("Enrolment")} }}
    hukou(first: 5) {{ {of("HukouRecord")} }}
  }} }}
}}"""
