"""Writes what occurrences make units owe and what they settle, in the transaction of the act: few statements."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from psycopg import sql

from hub.derived.statement import today
from hub.identity.directory import Directory
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import Offices, Resolver, offices_of
from hub.knowledge.owing import STANDING, Former, Owed, Rules, matters, rules_of
from hub.knowledge.reckoning import Reckoned, reckoned
from hub.knowledge.rows import change_row, changing, id_for, owed_from, row_of
from hub.ledger.asking import Ask
from hub.policy.book import PolicyBook

#: What a standing obligation changes in.
CHANGING = (
    "from_unit", "to_unit", "sealed_unit", "subject_key", "due_at", "due_guessed", "escalates_at", "status", "pauses",
    "paused_at", "extended_by", "evidence", "evidence_row", "fulfilled_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was written: obligations new and met, and the change rows that tell of them."""

    opened: tuple[Owed, ...] = ()
    met: tuple[Owed, ...] = ()
    changes: tuple[dict[str, Any], ...] = ()


@cache
def parts() -> Mapping[str, sql.SQL]:
    text = (files("hub.knowledge") / "settling.sql").read_text("utf-8")
    pieces = re.split(r"(?m)^-- (\w+) --\n", text)[1:]
    return {name: sql.SQL(body.strip()) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def inserting(names: Sequence[str]) -> sql.Composed:
    return parts()["inserted"].format(names=sql.SQL(", ").join(map(sql.Identifier, names)))


def updating(names: Sequence[str] = CHANGING) -> sql.Composed:
    assigned = [sql.SQL("{} = r.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in names]
    return parts()["updated"].format(changes=sql.SQL(", ").join(assigned))


async def settle(
    occurrences: Sequence[Occurrence], ask: Ask, now: datetime, directory: Directory, book: PolicyBook
) -> list[dict[str, Any]]:
    """The change rows of what these occurrences, in order, open and meet."""
    return list((await settled(occurrences, ask, now, directory, book)).changes)


async def settled(
    occurrences: Sequence[Occurrence], ask: Ask, now: datetime, directory: Directory, book: PolicyBook
) -> Settled:
    """The same, with the obligations: whoever is to be told of them reads them here.

    Obligations about the matters at hand are locked, so that of two acts at once the later sees what the earlier left.
    """
    rules, offices = rules_of(book.digest, book.obligations), offices_of(directory, today(now))
    concerned = [each for each in occurrences if rules.concerns(each.kind)]
    if not concerned:
        return Settled()
    parties, former = await asyncio.gather(_parties(concerned, ask, now), _former(concerned, rules, ask))
    standing = await _standing(concerned, rules, ask, (offices, former))
    found = reckoned(
        concerned, standing, rules, Resolver(offices=offices, parts_of=parties), directory.working_days, id_of=id_for,
        former=former,
    )  # fmt: skip
    return await _written(found, rules, ask, now)


async def _parties(occurrences: Sequence[Occurrence], ask: Ask, now: datetime) -> Mapping[str, tuple[str, ...]]:
    cases = sorted({each.case for each in occurrences if each.case is not None})
    if not cases:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for case, unit in await ask(parts()["parties"], {"cases": cases, "day": today(now)}):
        found[text(case)].append(text(unit))
    return {case: tuple(units) for case, units in found.items()}


async def _former(occurrences: Sequence[Occurrence], rules: Rules, ask: Ask) -> Former:
    """Files merged into these children: what was owed on them is owed on the file that goes on."""
    children = sorted({each.child for each in occurrences if each.child is not None and rules.meeting(each.kind)})
    if not children:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for new, old in await ask(parts()["former"], {"children": children}):
        found[text(new)].append(text(old))
    return found


async def _standing(
    occurrences: Sequence[Occurrence], rules: Rules, ask: Ask, known: tuple[Offices, Former]
) -> list[Owed]:
    """Obligations about these matters, and those of the acting units by the calendar."""
    offices, former = known
    about = matters(occurrences, former)
    for each in occurrences:
        if any(occasion.per == "unit" for occasion in rules.meeting(each.kind)):
            about |= {f"unit:{unit}" for unit in offices.stands_for(each.by)}
    rows = await ask(parts()["standing"], {"matters": sorted(about), "standing": list(STANDING)}) if about else ()
    return [owed_from(orjson.loads(row[0])) for row in rows]


async def _written(found: Reckoned, rules: Rules, ask: Ask, now: datetime) -> Settled:
    new, met = await asyncio.gather(insert(found.opened, rules, ask, now), update(found.met, ask, now))
    return Settled(
        opened=tuple(owed for owed in found.opened if owed.id in new), met=found.met,
        changes=tuple(
            change_row(owed.id, versions[owed.id], now, owed.units)
            for listed, versions in ((found.opened, new), (found.met, met)) for owed in listed if owed.id in versions
        ),
    )  # fmt: skip


async def insert(owed: Sequence[Owed], rules: Rules, ask: Ask, now: datetime) -> dict[str, int]:
    """The versions of those that were made; one that another process made first is left to it."""
    if not owed:
        return {}
    rows = [row_of(each, rules, now) for each in owed]
    given = {"rows": orjson.dumps(rows).decode()}
    return {text(row): int(version) for row, version in await ask(inserting(tuple(rows[0])), given)}


async def update(owed: Sequence[Owed], ask: Ask, now: datetime) -> dict[str, int]:
    """The versions of those that still stood and were changed."""
    if not owed:
        return {}
    given = {"rows": orjson.dumps([changing(each, now) for each in owed]).decode(), "standing": list(STANDING)}
    return {text(row): int(version) for row, version in await ask(updating(), given)}


def text(cell: str | bytes) -> str:
    return cell.decode() if isinstance(cell, bytes) else cell
