"""What follows from the rows of a ledger's transaction: what the hub computes of them, and what units owe by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hub.derived.following import follow
from hub.derived.statement import today
from hub.identity.directory import Directory
from hub.knowledge.happened import households_of, occurrences_of
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.settling import parts, settle, text
from hub.ledger.asking import Ask, asking
from hub.ledger.job import Query, RowWrite
from hub.ledger.transaction import Derive
from hub.policy.book import PolicyBook


def following(directory: Callable[[], Directory], book: Callable[[], PolicyBook]) -> Derive:
    """The ledger's `derive`: everything in the transaction of the writes, told with their change rows."""

    async def derive(
        writes: Sequence[RowWrite], query: Query, now: datetime, acted: Sequence[Occurrence] = ()
    ) -> list[dict[str, Any]]:
        followed, ask = await follow(writes, query, now), asking(query)
        happened = [*acted, *await placed(writes, ask, now)]
        return [*followed, *await settle(happened, ask, now, directory(), book())] if happened else followed

    return derive


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a child lives, in which household, and its school."""

    child: str
    division: str
    household: str | None
    school: str | None


async def placed(writes: Sequence[RowWrite], ask: Ask, now: datetime) -> list[Occurrence]:
    """What the writes say has happened, each where its child lives."""
    said, households = occurrences_of(writes, now), households_of(writes)
    children = sorted({each.child for each in said if each.child is not None})
    if not children and not households:
        return said
    given = {"children": children, "households": sorted(households), "day": today(now)}
    homes = [_home(*row) for row in await ask(parts()["homes"], given)]
    by_child = {home.child: home for home in homes}
    return [*(_at_home(each, by_child) for each in said), *_of_households(households, homes, now)]


def _home(child: Any, division: Any, household: Any, school: Any) -> Home:
    return Home(
        child=text(child), division=text(division), household=None if household is None else text(household),
        school=None if school is None else text(school),
    )  # fmt: skip


def _at_home(occurrence: Occurrence, homes: Mapping[str, Home]) -> Occurrence:
    home = homes.get(occurrence.child or "")
    if home is None:
        return occurrence
    school = {"school": (home.school,)} if home.school and occurrence.kind == "confirmation_signed" else {}
    return replace(occurrence, division=home.division, units={**occurrence.units, **school})


def _of_households(households: Mapping[str, str], homes: Sequence[Home], now: datetime) -> Iterator[Occurrence]:
    for home in homes:
        by = households.get(home.household or "")
        if by is not None:
            yield Occurrence(kind="basics_supplied", at=now, by=by, division=home.division, child=home.child)
