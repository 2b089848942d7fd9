"""Rows that were judged → the tables: all that set the same columns by one statement, new ones under free numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub import errors
from hub.ledger import statements, together
from hub.ledger.faults import fault
from hub.ledger.job import Query, RowWrite
from hub.ledger.rows import is_numbered, renumber
from hub.query.pipeline import Violated

_UNIQUE = "23505"
_TRIES = 8


class Undone(Exception):
    """Something was written and must not stay, for this reason."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(type(reason).__name__)
        self.reason = reason


async def number(writes: Iterable[RowWrite], query: Query) -> None:
    """A number made at random may be taken: another is found before it costs the group its transaction."""
    unsure, used = [write for write in writes if is_numbered(write)], set[tuple[str | None, str]]()
    for _ in range(_TRIES):
        if not unsure:
            return
        again = await _taken_numbers(unsure, query)
        for write in unsure:
            if _key_of(write) in used:
                again.add(write.row)
            used.add(_key_of(write))
        unsure = [write for write in unsure if write.row in again]
        for write in unsure:
            renumber(write)


def _key_of(write: RowWrite) -> tuple[str | None, str]:
    return write.county, str(write.stored[str(write.act.entity.about.natural_key)])


async def _taken_numbers(writes: Iterable[RowWrite], query: Query) -> set[str]:
    """The rows whose number another row has."""
    asked: dict[str, list[dict[str, str]]] = {}
    for write in writes:
        asked.setdefault(write.act.entity.name, []).append({"id": write.row, "number": _key_of(write)[1]})
    found = await together.settled(
        *(query(statements.taken(name).text, (statements.document(rows),)) for name, rows in asked.items())
    )
    return {(row or b"").decode() for rows in found for (row,) in rows}


async def store(writes: Iterable[RowWrite], query: Query) -> None:
    """Raises Undone."""
    shapes: dict[tuple[str, bool, tuple[str, ...]], list[RowWrite]] = {}
    for write in writes:
        shapes.setdefault((write.act.entity.name, write.is_new, tuple(sorted(write.stored))), []).append(write)
    await together.settled(*(_stored(*shape, found, query) for shape, found in shapes.items()))


async def _stored(entity: str, is_new: bool, names: tuple[str, ...], writes: Sequence[RowWrite], query: Query) -> None:
    sql = statements.inserted(entity, names) if is_new else statements.updated(entity, names)
    try:
        done = await query(sql.text, (statements.document([write.sent for write in writes]),))
    except Violated as violated:
        raise Undone(taken(violated)) from violated
    except errors.HubError as error:
        raise Undone(error) from error
    if not is_new:
        standing = {(row or b"").decode() for (row,) in done}
        for write in writes:
            if write.row not in standing:
                raise Undone(errors.VersionConflict(version=write.version))


def taken(violated: Violated) -> Exception:
    """A value that has to be unlike all others is not; or a fault of ours."""
    if violated.state != _UNIQUE:
        return violated
    return errors.ValueTaken(count=1, listed=(fault(("input",), "TAKEN"),))
