"""Divisions, organisations, the calendar, accounts and posts: what stands before any child is entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from hub.demo import names
from hub.demo.chance import Chance, chance, moment
from hub.demo.facts import PREFECTURE, SEED
from hub.demo.places import County, Recoded, Township
from hub.demo.records import person_of, told_by
from hub.demo.rows import Batch, Row
from hub.demo.units import BUREAUS, Unit, Units, credit_code, supervisor_of
from schema.calendar import shipped_calendar
from schema.codes import label_of
from schema.divisions import shipped_divisions

KNOWN_SINCE = date(2000, 1, 1)
SIGNED_UP = moment(date(2021, 3, 1))

#: Where the parents work: real divisions outside the city, so that a work place has a name.
ELSEWHERE = (
    ("310000000000", 1, None, "上海市", "Shanghai"),
    ("330000000000", 1, None, "浙江省", "Zhejiang Province"),
    ("330100000000", 2, "330000000000", "杭州市", "Hangzhou"),
    ("420000000000", 1, None, "湖北省", "Hubei Province"),
    ("420100000000", 2, "420000000000", "武汉市", "Wuhan"),
    ("430100000000", 2, "430000000000", "长沙市", "Changsha"),
    ("440000000000", 1, None, "广东省", "Guangdong Province"),
    ("440100000000", 2, "440000000000", "广州市", "Guangzhou"),
    ("440300000000", 2, "440000000000", "深圳市", "Shenzhen"),
    ("441900000000", 2, "440000000000", "东莞市", "Dongguan"),
)


def reference_rows(counties: Sequence[County], units: Units, moved: Recoded) -> Batch:
    """Everything that other rows point to, except workers and facilities."""
    batch, luck = Batch(), chance(SEED, "reference")
    for division in _divisions(counties, moved):
        batch.add("admin_division", division)
    english = {row.code: row.name_en for row in shipped_divisions(PREFECTURE).values()}
    for unit in units.all:
        batch.add("organisation", _organisation(luck, unit, english.get(unit.division)))
    for day in shipped_calendar():
        batch.add("calendar_day", {"day": day.day, "kind": day.kind, "name": day.name, "source": day.source})
    for unit in units.all:
        for account in _accounts(luck, unit):
            batch.add("user_account", account)
        for post in _posts(luck, unit):
            batch.add("membership", post)
    return batch


def _divisions(counties: Sequence[County], moved: Recoded) -> Iterator[Row]:
    for shipped in shipped_divisions(PREFECTURE).values():
        yield {
            "code": shipped.code, "level": shipped.level, "parent_code": shipped.parent_code, "name": shipped.name,
            "name_en": shipped.name_en, "valid_from": shipped.valid_from, "valid_to": shipped.valid_to,
            "successor_code": shipped.successor_code,
        }  # fmt: skip
    for code, level, parent, name, english in ELSEWHERE:
        yield {
            "code": code, "level": level, "parent_code": parent, "name": name, "name_en": english,
            "valid_from": KNOWN_SINCE,
        }  # fmt: skip
    for county in counties:
        for township in county.townships:
            since = moved.since if township.code == moved.successor.code else KNOWN_SINCE
            yield from _township(county, township, since)
    yield from _township_of(moved, counties)


def _township(county: County, township: Township, since: date) -> Iterator[Row]:
    kind = {"0": "111", "1": "121"}.get(township.code[6], "210")
    yield {
        "code": township.division, "level": 4, "parent_code": county.division, "name": township.name,
        "urban_rural_class": kind, "valid_from": since,
    }  # fmt: skip
    for village in township.villages:
        yield {
            "code": village.code, "level": 5, "parent_code": township.division, "name": village.name,
            "urban_rural_class": village.urban_class, "valid_from": since,
        }  # fmt: skip


def _township_of(moved: Recoded, counties: Sequence[County]) -> Iterator[Row]:
    """The former township and its villages, ended, each with the code that followed."""
    county = next(c for c in counties if c.code == moved.former.code[:6])
    for row in _township(county, moved.former, KNOWN_SINCE):
        successor = moved.successor.code + row["code"][9:]
        yield {**row, "valid_to": moved.since, "successor_code": successor}


def _organisation(luck: Chance, unit: Unit, place: str | None) -> Row:
    kind = label_of("unit_type", unit.type)
    institution = {"SW": "52", "MI": "12", "RS": "12", "WI": "12", "SC": "12", "TE": "91"}.get(unit.type, "11")
    return {
        "code": unit.code,
        "unit_type": unit.type,
        "level": unit.level,
        "division": unit.division,
        "name": unit.name,
        "name_en": f"{kind.en}, {place}" if kind and place else None,
        "uscc": credit_code(luck, institution) if unit.level != "village" else None,
        "is_member_of_conference": unit.is_member and unit.valid_to is None,
        "supervised_by": supervisor_of(unit),
        # Local numbers never begin with 1, so this one rings nowhere.
        "duty_phone": f"0730-1{luck.below(10**6):06d}",
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "successor_code": unit.successor,
    }


ADMINISTRATORS = ("policy_admin", "audit_admin", "system_admin")


def _accounts(luck: Chance, unit: Unit) -> Iterator[Row]:
    """One officer a unit; liaisons of members, officers in charge at police stations, the three administrators."""
    roles = ["officer"]
    if _sits_in_conference(unit):
        roles.append("liaison")
    if unit.type == "PS":
        roles.append("handling_officer")
    if unit.type in ("GO", "CA") and unit.level in ("prefecture", "county"):
        roles.append("convener")
    if unit.code == f"JC@{PREFECTURE}":
        roles += ADMINISTRATORS
    if unit.type in ("ED", "PS") and unit.level != "township":
        roles.append("service")
    for role in roles:
        yield {
            **told_by(unit.code, SIGNED_UP),
            "id": luck.plain_id("user", SIGNED_UP),
            "person": person_of(unit.code, role),
            "unit": unit.code,
            "name": names.anybody(luck) if role != "service" else f"{unit.name}数据服务",
            "kind": "service" if role == "service" else "human",
            "roles": [role],
            "clearance": 0 if role in ADMINISTRATORS else 4,
            "division_scope": unit.division,
            "mfa": role != "service",
            "valid_from": max(SIGNED_UP.date(), unit.valid_from),
            "valid_to": unit.valid_to,
        }


def _sits_in_conference(unit: Unit) -> bool:
    return unit.type in BUREAUS and unit.level != "township" and unit.valid_to is None


def _posts(luck: Chance, unit: Unit) -> Iterator[Row]:
    if not _sits_in_conference(unit):
        return
    posts = ["member", "liaison"] if unit.type != "JC" else ["office_director", "liaison"]
    if unit.type == "GO":
        posts.insert(0, "chief_convener")
    if unit.type == "CA":
        posts.insert(0, "convener")
    for post in posts:
        yield {
            **told_by(f"JC@{unit.code.partition('@')[2]}", SIGNED_UP),
            "id": luck.plain_id("membership", SIGNED_UP),
            "unit": unit.code,
            "name": names.anybody(luck),
            "post": post,
            "valid_from": SIGNED_UP.date() - timedelta(days=luck.below(900)),
        }
