"""What the scope and condition words of the policies mean as SQL; a word unknown, or not applying, is false.

A scope hangs on the *subject* of a row: for a child's data the child, for a household any child of it, else the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.visitors import iterate

from schema.entities import Base, Entity
from schema.meaning import Anchor, Field, Kind


class Rows(Protocol):
    """A FROM item: `c` maps column names to columns, by item and by attribute."""

    @property
    def c(self) -> Any: ...


Predicate: TypeAlias = sa.ColumnElement[bool]

#: The children of whom the person who asks is kin, carer or accused: a set computed once a statement.
CONFLICTS = "$conflicts"

#: Stages and states in which an application, a service or a placement gives its unit access.
OPEN_APPLICATION = ("applied", "accepted", "granted")
OPEN_SERVICE = ("planned", "ordered", "accepted", "in_progress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The shape of who asks, as far as SQL depends on it; the values are bound to each request."""

    ranges: int = 1  # division ranges of the unit
    whole_counties: bool = False  # every range begins and ends with a county
    by_county: bool = False  # such ranges are said by the county of the key, for an order that follows the key
    case_given: bool = False
    application_given: bool = False
    task_given: bool = False


def parameter(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.BindParameter[Any]:
    """A value of the request: @unit @person @today @lo0 @hi0 @county0 @last0 … ."""
    return sa.bindparam(f"@{name}", type_=kind or sa.Text(), required=False)


def _table(name: str) -> sa.Table:
    return Base.metadata.tables[name]


def _in_ranges(column: sa.ColumnElement[Any], caller: Caller) -> Predicate:
    return sa.or_(
        sa.false(),
        *(sa.and_(column >= parameter(f"lo{i}"), column < parameter(f"hi{i}")) for i in range(caller.ranges)),
    )


def _lives_in_ranges(child: Rows, caller: Caller) -> Predicate:
    """The child's village lies in the unit's division; whole counties may be said by the key's county instead."""
    if not caller.by_county:
        return _in_ranges(child.c.residence_division, caller)
    county = child.c.county
    return sa.or_(
        sa.false(),
        *(sa.and_(county >= parameter(f"county{i}"), county <= parameter(f"last{i}")) for i in range(caller.ranges)),
    )


def _in_force(table: Rows, start: str, end: str) -> Predicate:
    today = parameter("today", sa.Date())
    return sa.and_(
        sa.or_(table.c[start].is_(None), table.c[start] <= today),
        sa.or_(table.c[end].is_(None), table.c[end] > today),
    )


def _of_child(child: Rows, table: Rows, *where: Predicate) -> Predicate:
    """The child has such a row. EXISTS serves both ways: as a semi-join to start from, and per row by index."""
    return sa.exists(
        sa.select(sa.literal_column("1")).where(
            table.c.county == child.c.county, table.c.child_id == child.c.id, *where
        )
    )


def _party(child: Rows, caller: Caller) -> Predicate:
    """The unit is a party of an open case of the child, or of the one the request names."""
    party, case = _table("case_party").alias(), _table("protection_case").alias()
    where = [
        party.c.unit == parameter("unit"), _in_force(party, "since", "until"),
        case.c.county == party.c.county, case.c.id == party.c.case_id, case.c.closed_on.is_(None),
    ]  # fmt: skip
    if caller.case_given:
        where.append(case.c.case_no == parameter("case_no"))
    return _of_child(child, party, *where)


def _assigned(child: Rows) -> Predicate:
    """A pairing or a service item of the unit; one set, so that a list can start from it."""
    pairing, service = _table("pairing").alias(), _table("service_plan_item").alias()
    paired = sa.select(pairing.c.county, pairing.c.child_id).where(
        pairing.c.unit == parameter("unit"), _in_force(pairing, "valid_from", "valid_to")
    )
    served = sa.select(service.c.county, service.c.child_id).where(
        service.c.provider_unit == parameter("unit"), service.c.status.in_(OPEN_SERVICE)
    )
    return sa.tuple_(child.c.county, child.c.id).in_(sa.union_all(paired, served))


def _rows_of(table: str, *where: Callable[[Rows], Predicate]) -> Callable[[Rows], Predicate]:
    def predicate(child: Rows) -> Predicate:
        rows = _table(table).alias()
        return _of_child(child, rows, *(w(rows) for w in where))

    return predicate


def _applicant(child: Rows, caller: Caller) -> Predicate:
    rows = _table("aid_application").alias()
    where = [rows.c.unit == parameter("unit"), rows.c.status.in_(OPEN_APPLICATION)]
    if caller.application_given:
        where.append(rows.c.application_no == parameter("application_no"))
    return _of_child(child, rows, *where)


def _poverty(child: Rows) -> Predicate:
    family = _table("family").alias()
    return sa.exists().where(
        family.c.county == child.c.county, family.c.id == child.c.family_id, family.c.poverty_registered.is_(True)
    )


def _younger_than(child: Rows, years: int) -> Predicate:
    limit = sa.cast(parameter("today", sa.Date()) - sa.text(f"interval '{years} years'"), sa.Date)
    return child.c.birth_date > limit  # type: ignore[no-any-return]


def _at_unit(column: str) -> Callable[[Rows], Predicate]:
    return lambda rows: rows.c[column] == parameter("unit")


def _current(start: str, end: str) -> Callable[[Rows], Predicate]:
    return lambda rows: _in_force(rows, start, end)


_enrolled = _rows_of("enrolment", _current("valid_from", "valid_to"))

#: Begins a condition that no rule can write: what an owner has agreed to share, by the id of its request, and
#: perhaps the condition under which the owner itself holds it: `shared:share_01J…:disabled`.
SHARED = "shared:"


def _agreed(share: str, lies: Callable[[Rows], Predicate]) -> Predicate:
    """The share stands today, for the unit that asks, and what is reached lies in the owner's own divisions.

    Asked of the row itself, so that what is withdrawn or over opens nothing, whatever a node still remembers.
    """
    request, today = _table("share_request").alias(), parameter("today", sa.Date())
    return sa.exists(
        sa.select(sa.literal_column("1")).where(
            request.c.id == sa.literal(share, sa.Text()),
            request.c.requester_unit == parameter("unit"),
            request.c.status == "agreed",
            request.c.granted_from <= today,
            request.c.granted_to >= today,
            lies(request),
        )
    )


def shared_parts(condition: str) -> tuple[str, str | None]:
    """The share of such a condition, and the owner's own condition."""
    share, _, own = condition.removeprefix(SHARED).partition(":")
    return share, own or None


def _shared(condition: str, child: Rows, caller: Caller) -> Predicate:
    share, own = shared_parts(condition)
    place = child.c.residence_division
    agreed = _agreed(share, lambda request: sa.and_(place >= request.c.reach_low, place < request.c.reach_high))
    return agreed if own is None else sa.and_(agreed, CHILD_CONDITIONS[own](child, caller))


def is_of_child(condition: str | None) -> bool:
    """Whether a condition speaks of the child: one that rules may name, or a share of children's data."""
    return condition is not None and (condition in CHILD_CONDITIONS or condition.startswith(SHARED))


def _of_child_condition(condition: str, child: Rows, caller: Caller) -> Predicate:
    if condition.startswith(SHARED):
        return _shared(condition, child, caller)
    return CHILD_CONDITIONS[condition](child, caller)


#: Conditions on the child. Those in REPLACES_RANGE stand for the unit's own children without its division.
CHILD_CONDITIONS: Mapping[str, Callable[[Rows, Caller], Predicate]] = {
    "pupil": lambda c, _: _rows_of("enrolment", _at_unit("school_unit"), _current("valid_from", "valid_to"))(c),
    "pupil_or_school_age": lambda c, _: sa.or_(
        sa.and_(_younger_than(c, 16), sa.not_(_younger_than(c, 6))), _enrolled(c)
    ),
    "age_0_6": lambda c, _: _younger_than(c, 7),
    "disabled": lambda c, _: _rows_of("disability")(c),
    "poverty_household": lambda c, _: _poverty(c),
    "placed": lambda c, _: _rows_of("placement", _at_unit("facility_unit"), _current("valid_from", "valid_to"))(c),
    "applicant": _applicant,
    "sample": lambda c, _: _rows_of("evaluation_sample", _at_unit("unit"), _current("drawn_on", "until"))(c),
    "unregistered": lambda c, _: _rows_of("hukou_record", lambda rows: rows.c.status.in_(("unregistered", "pending")))(
        c
    ),
    "emergency": lambda c, _: _rows_of("emergency_measure", lambda rows: rows.c.ended_at.is_(None))(c),
    "left_behind": lambda c, _: c.c.lbc_status == "active",
    "lease": lambda c, _: _rows_of(
        "break_glass",
        _at_unit("unit"),
        lambda rows: rows.c.kind == "emergency",
        lambda rows: rows.c.person == parameter("person"),
        lambda rows: rows.c.lease_until > parameter("now", sa.DateTime(timezone=True)),
        lambda rows: rows.c.lease_from <= parameter("now", sa.DateTime(timezone=True)),
    )(c),
}
#: Row conditions that name the row by themselves; the others narrow the scope they come with.
WHOLE_ROW = frozenset({"own_report", "own_sector", "own_unit", "own_case"})
REPLACES_RANGE = frozenset({"pupil", "placed", "applicant", "sample", "lease"})

#: Conditions on the row itself.
ROW_CONDITIONS: Mapping[str, Callable[[Rows, Entity, Caller], Predicate]] = {
    "own_report": lambda t, _e, _c: _column(t, "reporter_unit", lambda col: col == parameter("unit")),
    "own_sector": lambda t, _e, _c: _column(t, "reporter_unit", _supervised),
    "handling_officer": lambda t, _e, _c: _column(t, "handling_officer", lambda col: col == parameter("person")),
    "own_unit": lambda t, e, _c: _own_unit(t, e),
    "own_case": lambda t, e, c: _own_case(t, e, c),
    "accepted": lambda t, e, _c: _accepted(t, e),
    "docket": lambda t, e, _c: _accepted(t, e),
    "invited": lambda t, e, _c: _accepted(t, e, role="invited"),
    "unlocked": lambda t, _e, _c: _unlocked(t),
}

#: Row-level denies: the right does not hold where the condition is true (or unknown).
UNLESS: Mapping[str, Callable[[Rows, Rows | None, Entity], Predicate]] = {
    "sealed": lambda t, c, e: sa.or_(sa.false() if c is None else _sealed(c), _sealed_by_row(t, e)),
    "location_hidden": lambda t, _c, e: _hidden(t, e),
    "conflict_of_interest": lambda _t, c, _e: sa.false() if c is None else _conflicted(c),
}


def _column(table: Rows, name: str, then: Callable[[sa.ColumnElement[Any]], Predicate]) -> Predicate:
    return then(table.c[name]) if name in table.c else sa.false()


def _supervised(reporter: sa.ColumnElement[Any]) -> Predicate:
    organisation = _table("organisation").alias()
    return reporter.in_(sa.select(organisation.c.code).where(organisation.c.supervised_by == parameter("unit")))


def _own_unit(table: Rows, entity: Entity) -> Predicate:
    return sa.or_(sa.false(), *(table.c[name] == parameter("unit") for name in entity.about.unit_columns))


def _case_id(table: Rows, entity: Entity) -> sa.ColumnElement[Any] | None:
    return table.c[entity.about.case_column] if entity.about.case_column else None


def _accepted(table: Rows, entity: Entity, role: str | None = None) -> Predicate:
    """The unit is a party of the row's case, or of a case of its child, that has accepted it (or by invitation)."""
    case_id = _case_id(table, entity)
    if case_id is not None:
        return _is_party(table, lambda party: party.c.case_id == case_id, role)
    child = "id" if entity.table is subject_table() else "child_id"
    if child not in table.c:
        return sa.false()
    return _is_party(table, lambda party: party.c.child_id == table.c[child], role)


#: Row conditions that ask for a part in the row's case; a household has none, its child's cases stand for it.
OF_PARTY: Mapping[str, str | None] = {"accepted": None, "docket": None, "invited": "invited"}


def accepted_for(child: Rows, condition: str) -> Predicate:
    """Such a condition for a child's household."""
    return _is_party(child, lambda party: party.c.child_id == child.c.id, OF_PARTY[condition])


def _is_party(table: Rows, link: Callable[[Rows], Predicate], role: str | None) -> Predicate:
    party = _table("case_party").alias()
    granted = party.c.role == role if role else party.c.accepted_on.is_not(None)
    return sa.exists().where(
        party.c.county == table.c.county, link(party), party.c.unit == parameter("unit"), granted,
        _in_force(party, "since", "until"),
    )  # fmt: skip


def _unlocked(table: Rows) -> Predicate:
    """Two persons have opened the child's sealed data for this unit, and the lease still runs."""
    lease = _table("break_glass").alias()
    child = table.c.child_id if "child_id" in table.c else table.c.id
    now = parameter("now", sa.DateTime(timezone=True))
    return sa.exists().where(
        lease.c.county == table.c.county, lease.c.child_id == child, lease.c.unit == parameter("unit"),
        lease.c.kind == "unlock", lease.c.second_person.is_not(None), lease.c.second_person != lease.c.person,
        lease.c.lease_from <= now, lease.c.lease_until > now,
    )  # fmt: skip


def hangs_on_row(unless: Iterable[str], entity: Entity) -> bool:
    """Whether an exception looks at the row, or at its case, beside the child it belongs to."""
    by_case = entity.about.case_column is not None or _is_of_other_child(entity)
    return ("sealed" in unless and by_case) or ("location_hidden" in unless and "location_hidden" in entity.table.c)


def _is_of_other_child(entity: Entity) -> bool:
    """A member of a household may be a child of the register itself."""
    return entity.about.anchor is Anchor.FAMILY and "child_id" in entity.table.c


def _sealed(child: Rows) -> Predicate:
    return sa.func.coalesce(child.c.access_restriction, "none") == "sealed"


def _sealed_by_row(table: Rows, entity: Entity) -> Predicate:
    """The row's case is sealed today, whatever it was at an earlier state; or the member is a sealed child."""
    if _is_of_other_child(entity):
        other = subject_table().alias()
        return sa.exists(_one(other, other.c.county == table.c.county, other.c.id == table.c.child_id, _sealed(other)))
    case_id = _case_id(table, entity)
    if case_id is None:
        return sa.false()
    case = _table("protection_case").alias()
    return sa.exists(_one(case, case.c.county == table.c.county, case.c.id == case_id, case.c.sealed.is_(True)))


def _hidden(table: Rows, entity: Entity) -> Predicate:
    """The place is hidden, in the state that is read or today."""
    if "location_hidden" not in entity.table.c:
        return sa.false()
    today = entity.table.alias()
    now = _one(today, today.c.county == table.c.county, today.c.id == table.c.id, today.c.location_hidden.is_(True))
    return sa.or_(table.c.location_hidden.is_(True), sa.exists(now))


def _one(table: sa.FromClause, *where: Predicate) -> sa.Select[Any]:
    return sa.select(sa.literal_column("1")).select_from(table).where(*where)


def _conflicted(child: Rows) -> Predicate:
    """The person who asks belongs to the child's household or cares for it, or is accused in a case of the child."""
    ids = sa.select(sa.column("ids", sa.ARRAY(sa.Text))).select_from(sa.table(CONFLICTS)).scalar_subquery()
    return sa.cast(child.c.id == sa.func.any(sa.cast(ids, sa.ARRAY(sa.Text))), sa.Boolean)


def with_sets(query: sa.Select[Any]) -> sa.Select[Any]:
    """The statement with the sets its predicates refer to: they hang on the person alone and are computed once."""
    case, account = _table("protection_case").alias(), _table("user_account").alias()
    member, own = _table("family_member").alias(), subject_table().alias()
    accused = sa.select(case.c.child_id).where(
        case.c.accused_persons.is_not(None), parameter("person") == sa.func.any(case.c.accused_persons)
    )
    kin = sa.select(own.c.id).where(
        account.c.person == parameter("person"),
        member.c.citizen_id_no == account.c.citizen_id_no,
        own.c.county == member.c.county,
        own.c.family_id == member.c.family_id,
    )
    ids = sa.func.array(sa.union_all(accused, kin).scalar_subquery()).label("ids")
    return query.add_cte(sa.select(ids).cte(CONFLICTS).prefix_with("MATERIALIZED")) if _refers(query) else query


def _refers(query: sa.Select[Any]) -> bool:
    return any(isinstance(element, sa.TableClause) and element.name == CONFLICTS for element in iterate(query))


def of_child(scope: str, condition: str | None, child: Rows, caller: Caller) -> Predicate | None:
    """Scope and condition as a predicate on the child alone; None where the row's own columns are needed."""
    if condition in ROW_CONDITIONS:
        return None
    if condition is not None and not is_of_child(condition):
        return sa.false()
    conditioned = None if condition is None else _of_child_condition(condition, child, caller)
    if scope in ("own", "sub"):
        if condition in REPLACES_RANGE:
            return conditioned
        reached = _lives_in_ranges(child, caller)
    elif scope == "case":
        reached = _party(child, caller)
    elif scope == "assigned":
        reached = conditioned if condition == "applicant" and conditioned is not None else _assigned(child)
    elif scope == "self":
        reached = _applicant(child, caller) if caller.application_given else sa.false()
    else:
        reached = sa.true() if scope == "any" else sa.false()
    return reached if conditioned is None else sa.and_(reached, conditioned)


def names_shelter(entity: Entity, field: Field) -> bool:
    """Whether a field of a child's row, though not about it, may name the unit where the child is hidden."""
    return "child_id" in entity.table.c and field.kind in (Kind.UNIT, Kind.TEXTS) and field.data_class != "D31"


def _hides(table: Rows, unit: sa.ColumnElement[Any]) -> Predicate:
    placement = _table("placement").alias()
    return sa.exists(
        sa.select(sa.literal_column("1")).where(
            placement.c.county == table.c.county,
            placement.c.child_id == table.c.child_id,
            placement.c.location_hidden.is_(True),
            placement.c.facility_unit == unit,
        )
    )


def without_shelter(table: Rows, name: str) -> sa.ColumnElement[Any]:
    """A unit, or the units of a list, but none in whose place the child is hidden; that place sees itself."""
    value = table.c[name]
    if isinstance(value.type, sa.ARRAY):
        named = sa.func.unnest(value).column_valued("named")
        kept = sa.select(named).where(sa.or_(named == parameter("unit"), sa.not_(_hides(table, named))))
        return sa.case((value.is_not(None), sa.func.array(kept.scalar_subquery())), else_=sa.null())
    return sa.case((value == parameter("unit"), value), (sa.not_(_hides(table, value)), value), else_=sa.null())


def of_case_row(table: Rows, entity: Entity, caller: Caller) -> Predicate | None:
    """Scope `case` on a row that belongs to one case: the unit is a party of that open case."""
    if entity.about.case_column is None:
        return None
    return _own_case(table, entity, caller, only_open=True)


def _own_case(table: Rows, entity: Entity, caller: Caller, *, only_open: bool = False) -> Predicate:
    """The unit is a party of the row's case."""
    case_id = _case_id(table, entity)
    if case_id is None:
        return sa.false()
    party, case = _table("case_party").alias(), _table("protection_case").alias()
    where = [
        party.c.county == table.c.county, party.c.case_id == case_id, party.c.unit == parameter("unit"),
        _in_force(party, "since", "until"), case.c.county == party.c.county, case.c.id == party.c.case_id,
    ]  # fmt: skip
    if only_open:
        where.append(case.c.closed_on.is_(None))
    if caller.case_given:
        where.append(case.c.case_no == parameter("case_no"))
    return sa.exists(sa.select(sa.literal(1)).select_from(party, case).where(*where))


def doubted(county: sa.ColumnElement[Any], row: sa.ColumnElement[Any], name: str) -> Predicate:
    """A field of a row of a child's file is under check: some unit doubts it, and its keeper has not decided."""
    claim = _table("correction_request").alias()
    return sa.exists(
        _one(
            claim, claim.c.county == county, claim.c.row_id == row, claim.c.field_name == sa.literal(name, sa.Text()),
            claim.c.status.in_(("requested", "disputed")),
        )
    )  # fmt: skip


def subject_table() -> sa.Table:
    """The table of those whom a scope protects: children."""
    return _table("child")


def applies(scope: str, condition: str | None, entity: Entity) -> bool:
    """Whether a reach can hold for any row of the entity; where it cannot, it is no right there."""
    childlike = entity.about.anchor in (Anchor.CHILD, Anchor.FAMILY)
    if condition in ("own_report", "own_sector"):
        return "reporter_unit" in entity.table.c
    if condition == "handling_officer":
        return "handling_officer" in entity.table.c
    if condition == "own_unit":
        return bool(entity.about.unit_columns)
    if condition == "own_case":
        return entity.about.case_column is not None
    if is_of_child(condition) or scope in ("case", "assigned", "self"):
        return childlike
    return True


def may_lack_child(entity: Entity) -> bool:
    """Whether rows may be about a child not yet known; their own division then stands for the child's."""
    link = entity.table.c.get("child_id")
    return link is not None and bool(link.nullable) and "division" in entity.table.c


def in_division(table: Rows, caller: Caller) -> Predicate:
    """A row that lies in the unit's division by its own column."""
    return _in_ranges(table.c.division, caller)


def of_family(
    reach: tuple[str, str | None], table: Rows, entity: Entity, caller: Caller, *, unless: Iterable[str] = ()
) -> Predicate:
    """A household, or a row of one, is reached through any child of it of whom nothing is to be withheld."""
    child = subject_table().alias()
    family = table.c["family_id" if "family_id" in table.c else "id"]
    scope, condition = reach
    reached = of_child(scope, None if condition in OF_PARTY else condition, child, caller)
    where = [child.c.county == table.c.county, child.c.family_id == family]
    where += [sa.not_(sa.func.coalesce(UNLESS[name](table, child, entity), sa.true())) for name in unless]
    where += [accepted_for(child, condition)] if condition in OF_PARTY and condition is not None else []
    return sa.exists(sa.select(sa.literal(1)).where(*where, sa.false() if reached is None else reached))


def of_row(scope: str, condition: str | None, table: Rows, entity: Entity, caller: Caller) -> Predicate:
    """Scope and condition for rows that hang on no child: in a division, of a unit, or reference data."""
    if condition is not None and condition not in ROW_CONDITIONS:
        return sa.false()
    extra = ROW_CONDITIONS[condition](table, entity, caller) if condition else sa.true()
    if scope == "any" or (entity.about.anchor is Anchor.PUBLIC and scope in ("own", "sub")):
        return extra
    if scope not in ("own", "sub"):
        return sa.false()
    if entity.about.anchor is Anchor.DIVISION:
        return sa.and_(_in_ranges(table.c[entity.about.division_column], caller), extra)
    if scope == "own" or not entity.about.unit_columns:
        return sa.and_(_own_unit(table, entity), extra)
    organisation = _table("organisation").alias()
    below = sa.select(organisation.c.code).where(_in_ranges(organisation.c.division, caller))
    return sa.and_(sa.or_(*(table.c[name].in_(below) for name in entity.about.unit_columns)), extra)
