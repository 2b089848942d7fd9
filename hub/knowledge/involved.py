"""谁在参与: which units have a part in a child's life by their ordinary work; who has one in a case is read as a case.

Nothing of what they hold is told. A unit in whose place the child is hidden is in no such list but its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.query.binding import encode
from hub.query.context import Query
from schema.classes import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """A unit, what it is to the child, and whom to call there."""

    unit: str
    name: Label
    role: str
    phone: str | None
    since: date | None


ROLES: dict[str, Label] = {
    "village": Label(zh="所在村（居）委会", en="Village where the child lives"),
    "township": Label(zh="所在乡镇（街道）", en="Township where the child lives"),
    "police": Label(zh="所在地派出所", en="Police station there"),
    "civil_affairs": Label(zh="县级民政部门", en="Civil affairs of the county"),
    "school": Label(zh="就读学校", en="School"),
    "paired": Label(zh="结对关爱", en="Paired with the child"),
    "aid": Label(zh="受理救助申请", en="Deals with an application for aid"),
    "case": Label(zh="参与保护案件", en="Takes part in a protection case"),
}

#: $1 the child, $2 today, $3 the unit that asks. A station of the township stands before one of the county.
_STATEMENT = """
WITH c AS (
    SELECT county, id, residence_division AS place FROM child WHERE county = split_part($1, '_', 2) AND id = $1
), o AS (
    SELECT * FROM organisation WHERE (valid_from IS NULL OR valid_from <= $2::date)
        AND (valid_to IS NULL OR valid_to > $2::date)
), part AS (
    SELECT o.code, 'village' AS role, NULL::date AS since FROM c JOIN o ON o.unit_type = 'VC' AND o.division = c.place
    UNION ALL
    SELECT o.code, 'township', NULL FROM c JOIN o ON o.unit_type = 'TW'
        AND o.division = rpad(left(c.place, 9), 12, '0')
    UNION ALL
    (SELECT o.code, 'police', NULL FROM c JOIN o ON o.unit_type = 'PS'
        AND o.division IN (rpad(left(c.place, 9), 12, '0'), rpad(left(c.place, 6), 12, '0'))
        ORDER BY o.division DESC, o.code LIMIT 1)
    UNION ALL
    SELECT o.code, 'civil_affairs', NULL FROM c JOIN o ON o.unit_type = 'CA'
        AND o.division = rpad(left(c.place, 6), 12, '0')
    UNION ALL
    SELECT e.school_unit, 'school', e.valid_from FROM c JOIN enrolment e ON (e.county, e.child_id) = (c.county, c.id)
        AND e.valid_from <= $2::date AND (e.valid_to IS NULL OR e.valid_to > $2::date)
    UNION ALL
    SELECT p.unit, 'paired', p.valid_from FROM c JOIN pairing p ON (p.county, p.child_id) = (c.county, c.id)
        AND p.valid_from <= $2::date AND (p.valid_to IS NULL OR p.valid_to > $2::date)
    UNION ALL
    SELECT a.unit, 'aid', NULL FROM c JOIN aid_application a ON (a.county, a.child_id) = (c.county, c.id)
        AND a.status IN ('applied', 'accepted')
)
SELECT DISTINCT part.code, part.role, part.since, o.name, o.name_en, o.duty_phone
FROM c, part JOIN o ON o.code = part.code
WHERE part.code = $3 OR NOT EXISTS (
    SELECT 1 FROM placement p WHERE (p.county, p.child_id) = (c.county, c.id) AND p.location_hidden
        AND p.facility_unit = part.code
)
"""


async def involved(child: str, today: date, asker: str, query: Query) -> list[Involved]:
    """By their ordinary work, in the order of `ROLES`."""
    rows = await query(_STATEMENT, [encode(child), encode(today), encode(asker)])
    order = list(ROLES)
    return sorted(_read(rows), key=lambda each: (order.index(each.role), each.unit))


def _read(rows: list[tuple[bytes | None, ...]]) -> Iterator[Involved]:
    for code, role, since, name, name_en, phone in rows:
        zh, en = _text(name) or _text(code), _text(name_en) or _text(code)
        yield Involved(
            unit=_text(code), role=_text(role), name=Label(zh=zh, en=en), phone=_text(phone) or None,
            since=date.fromisoformat(_text(since)) if since else None,
        )  # fmt: skip


def _text(cell: bytes | None) -> str:
    return (cell or b"").decode()


def takes_part(parties: list[dict[str, Any]], today: date) -> Iterator[Involved]:
    """The parties of a child's open cases, as the interface answers them to whoever may read them."""
    for party in parties:
        over = party["until"] is not None and party["until"] <= today.isoformat()
        named = party["organisation"] or {}
        if party["unit"] is None or over or not _is_open(party["case"]):
            continue
        yield Involved(
            unit=party["unit"], role="case", phone=named.get("dutyPhone"),
            name=Label(zh=named.get("name") or party["unit"], en=named.get("nameEn") or party["unit"]),
            since=date.fromisoformat(party["since"]) if party["since"] else None,
        )  # fmt: skip


def _is_open(case: dict[str, Any] | None) -> bool:
    """Whether the caller may know that it is: of a case whose end is withheld nothing is told here."""
    return case is not None and case["closedOn"] is None and "closedOn" not in (case["withheld"] or ())
