"""Ids that a move or a merge has ended: what is asked by one is asked as what it leads to, under the same rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from hub.query.binding import bound_place
from hub.query.pipeline import Row
from hub.query.plan import Single
from schema.scopes import subject_table

Query = Callable[[str, Sequence[bytes | None]], Awaitable[list[Row]]]

#: The last of the ids that a former one leads to, over a few steps.
_LED_TO = """
with recursive led (id, step) as (
    select new_id, 1 from redirect where old_id = $1
    union all
    select r.new_id, l.step + 1 from redirect r join led l on r.old_id = l.id where l.step < 8
)
select id from led order by step desc limit 1
"""


def may_be_former(read: object) -> bool:
    """Whether a child is asked for by its id: files alone are moved and merged."""
    return isinstance(read, Single) and read.column == "id" and read.node.entity.table is subject_table()


async def ask_again(
    sql: str, bound: Sequence[bytes | None], read: Single, variables: Mapping[str, Any], query: Query
) -> list[Row]:
    """The same statement for the present id; asked whether or not there is one, so that the time tells nothing."""
    former = bound_place(read.value)(variables)
    found = await query(_LED_TO, [former])
    present = found[0][0] if found else former
    return await query(sql, [present if each == former else each for each in bound])
