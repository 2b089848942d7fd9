"""Whether a row's child is one of the ledger's: by number, else by name, birth date, carer and place; pure.

Only children come here that the importing unit may see, and of each only what it sees: a masked number is compared as
it is shown, with the birth date beside it, which together are the number. A child outside the unit's reach is as if it
were nowhere, so the outcome never tells that it exists; two files of one child are found by those who may see both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hub.roster.entry import BIRTH, NAME, NUMBER, Entry, carers
from schema.classes import Label

_MASKED = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A child of the ledger as the importing unit reads it; what it may not read is None."""

    id: str
    child_no: str
    name: str | None = field(repr=False)
    birth_date: date | None = field(repr=False)
    number: str | None = field(default=None, repr=False)  # whole, or masked in its middle
    division: str | None = field(default=None, repr=False)
    carers: frozenset[str] = field(default=frozenset(), repr=False)  # names of parents, guardians, carers
    student_no: str | None = field(default=None, repr=False)


class Doubt(StrEnum):
    """Why a person has to look."""

    OTHER_NAME = "other_name"  # the number is that child's, the name is not
    OTHER_NUMBER = "other_number"  # name and birth date agree, the numbers differ
    NEAR_NUMBER = "near_number"  # … and differ by one digit or two digits swapped
    SEVERAL = "several"
    OTHER_CARER = "other_carer"
    OTHER_PLACE = "other_place"
    UNCONFIRMED = "unconfirmed"  # name and birth date agree, nothing else is known on both sides
    NEAR_BIRTH = "near_birth"
    NEAR_NAME = "near_name"


DOUBTS = {
    Doubt.OTHER_NAME: Label(zh="身份号码相同，姓名不同", en="same number, another name"),
    Doubt.OTHER_NUMBER: Label(zh="姓名和出生日期相同，身份号码不同", en="same name and birth date, another number"),
    Doubt.NEAR_NUMBER: Label(zh="姓名相同，身份号码只差一两位", en="same name, a number one or two digits apart"),
    Doubt.SEVERAL: Label(zh="台账中有几名相符的儿童", en="several children of the ledger agree"),
    Doubt.OTHER_CARER: Label(zh="姓名和出生日期相同，监护人不同", en="same name and birth date, another guardian"),
    Doubt.OTHER_PLACE: Label(zh="姓名和出生日期相同，居住地不同", en="same name and birth date, another place"),
    Doubt.UNCONFIRMED: Label(zh="姓名和出生日期相同，没有其他可比对的信息", en="only name and birth date agree"),
    Doubt.NEAR_BIRTH: Label(zh="姓名和监护人相同，出生日期相近", en="same name and guardian, a birth date nearby"),
    Doubt.NEAR_NAME: Label(zh="出生日期和监护人相同，姓名相近", en="same birth date and guardian, a similar name"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """No child of the ledger that the unit sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A person decides; candidates by likeliness."""

    doubt: Doubt
    candidates: tuple[Known, ...]


Match = New | Same | Doubtful


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a roster is kept: the place of rows that name none; `alone` where the unit sees one village or school."""

    division: str | None = None
    alone: bool = False


NOWHERE = Home()


def match(entry: Entry, known: Sequence[Known], home: Home = NOWHERE) -> Match:
    """By number, else by the child's own file, else by person; what is near is doubtful."""
    numbered = [child for child in known if agrees(entry.get(NUMBER), child)]
    if numbered:
        return _by_number(entry, numbered)
    if (by_file := [child for child in known if _same_file(entry, child)]) and len(by_file) == 1:
        return _by_file(entry, by_file[0])
    alike = [child for child in known if child.name == entry.get(NAME) and child.birth_date == entry.get(BIRTH)]
    if alike:
        return _by_person(entry, alike, home)
    return _near(entry, known)


def may_mean(entry: Entry, child: Known) -> bool:
    """Whether `match` could find the child for the row, its carers and school not yet known."""
    name = entry.get(NAME)
    if child.name == name or agrees(entry.get(NUMBER), child) or entry.get("child.child_no") == child.child_no:
        return True
    return _near_name(name, child.name) or entry.get("enrolment.student_no") is not None


def agrees(number: str | None, child: Known) -> bool:
    """Whether a number is the child's as far as it is shown: the birth date is what a mask hides."""
    shown = child.number
    if not number or not shown or len(shown) != len(number):
        return False
    if _MASKED not in shown:
        return number == shown
    seen = all(a == b for a, b in zip(number, shown, strict=True) if b != _MASKED)
    return seen and child.birth_date is not None and number[6:14] == child.birth_date.strftime("%Y%m%d")


def contradicts(number: str | None, child: Known) -> bool:
    """Whether the child is known to have another number."""
    return bool(number and child.number) and not agrees(number, child)


def _by_number(entry: Entry, numbered: Sequence[Known]) -> Match:
    if len(numbered) > 1:
        return Doubtful(doubt=Doubt.SEVERAL, candidates=tuple(numbered))
    if numbered[0].name != entry.get(NAME):
        return Doubtful(doubt=Doubt.OTHER_NAME, candidates=tuple(numbered))
    return Same(known=numbered[0])


def _same_file(entry: Entry, child: Known) -> bool:
    """The row names the child's own file, or the pupil's own number."""
    file, pupil = entry.get("child.child_no"), entry.get("enrolment.student_no")
    return (file is not None and file == child.child_no) or (pupil is not None and pupil == child.student_no)


def _by_file(entry: Entry, child: Known) -> Match:
    if child.name != entry.get(NAME):
        return Doubtful(doubt=Doubt.OTHER_NAME, candidates=(child,))
    if contradicts(entry.get(NUMBER), child):
        return Doubtful(doubt=_apart(entry, child), candidates=(child,))
    return Same(known=child)


def _by_person(entry: Entry, alike: Sequence[Known], home: Home) -> Match:
    others = [child for child in alike if contradicts(entry.get(NUMBER), child)]
    if len(alike) > 1:
        confirmed = [child for child in alike if _carer(entry, child) is True and child not in others]
        if len(confirmed) == 1:
            return Same(known=confirmed[0])
        return Doubtful(doubt=Doubt.SEVERAL, candidates=tuple(alike))
    child = alike[0]
    if others:
        return Doubtful(doubt=_apart(entry, child), candidates=(child,))
    carer, place = _carer(entry, child), home.alone or _place(entry, child, home)
    if carer is False:
        return Doubtful(doubt=Doubt.OTHER_CARER, candidates=(child,))
    if place is False:
        return Doubtful(doubt=Doubt.OTHER_PLACE, candidates=(child,))
    if carer or place:
        return Same(known=child)
    return Doubtful(doubt=Doubt.UNCONFIRMED, candidates=(child,))


def _apart(entry: Entry, child: Known) -> Doubt:
    return Doubt.NEAR_NUMBER if _near_text(entry.get(NUMBER), child.number) else Doubt.OTHER_NUMBER


def _carer(entry: Entry, child: Known) -> bool | None:
    """Whether they have a carer in common; None where one side names none."""
    named = frozenset(carers(entry))
    if not named or not child.carers:
        return None
    return bool(named & child.carers)


def _place(entry: Entry, child: Known, home: Home) -> bool | None:
    """Whether one place holds the other; None where one side names none."""
    here = entry.get("child.residence_division") or home.division
    if here is None or child.division is None:
        return None
    a, b = here.rstrip("0"), child.division.rstrip("0")
    return a.startswith(b) or b.startswith(a)


def _near(entry: Entry, known: Iterable[Known]) -> Match:
    """Someone who may have been written down wrongly: only where a carer agrees, and no number speaks against it."""
    name, birth = entry.get(NAME), entry.get(BIRTH)
    close: list[tuple[Doubt, Known]] = []
    for child in known:
        nearly = birth == child.birth_date or _near_day(birth, child.birth_date)
        if child.name == name and nearly and _near_text(entry.get(NUMBER), child.number):
            close.append((Doubt.NEAR_NUMBER, child))
        elif _carer(entry, child) is not True or contradicts(entry.get(NUMBER), child):
            continue
        elif child.name == name and _near_day(birth, child.birth_date):
            close.append((Doubt.NEAR_BIRTH, child))
        elif birth is not None and child.birth_date == birth and _near_name(name, child.name):
            close.append((Doubt.NEAR_NAME, child))
    if not close:
        return New()
    return Doubtful(doubt=close[0][0], candidates=tuple(child for _, child in close))


def _near_text(number: str | None, shown: str | None) -> bool:
    """One sign apart, or two neighbours swapped, as far as both are shown."""
    if not number or not shown or len(number) != len(shown):
        return False
    differing = [i for i, (a, b) in enumerate(zip(number, shown, strict=True)) if a != b and b != _MASKED]
    if len(differing) == 1:
        return True
    if len(differing) != 2 or differing[1] != differing[0] + 1:
        return False
    i, j = differing
    return number[i] == shown[j] and number[j] == shown[i]


def _near_day(one: date | None, other: date | None) -> bool:
    """One digit apart, or day and month swapped."""
    if one is None or other is None:
        return False
    a, b = one.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    return sum(x != y for x, y in zip(a, b, strict=True)) == 1 or (one.year, one.month, one.day) == (
        other.year, other.day, other.month,
    )  # fmt: skip


def _near_name(one: str | None, other: str | None) -> bool:
    """One character apart, in a name of the same length and surname."""
    if not one or not other or len(one) != len(other) or one[0] != other[0]:
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1
