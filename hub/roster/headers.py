"""Finds the row of headers below titles, joins headers of several rows, and guesses what each column means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.roster.columns import NOT_IMPORTED, Target, plain, plain_forms, vocabulary
from hub.roster.workbook import Merged, Row

#: How far down a table may begin, and of how many rows its headers may be.
DEEPEST, MOST_ROWS = 40, 3
#: People of whom a bare header such as `联系电话` may speak, when their own column stands to its left.
PERSONS = ("father", "mother", "guardian", "carer")
_ESSENTIALS = frozenset({"child.name", "child.sex", "child.birth_date", "child.citizen_id_no", "child.ethnicity"})
_BARE_ORDER = ("child", "enrolment", "hukou", "family", "care")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    place: int  # from 0
    header: str  # as read, the headers above it before it: `父亲/姓名`
    target: Target | None = None  # None: not known, not imported

    @property
    def is_imported(self) -> bool:
        return self.target is not None and self.target.part != NOT_IMPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    first: int  # the rows it takes, as the spreadsheet numbers them
    last: int
    columns: tuple[Column, ...]

    def place_of(self, key: str) -> int | None:
        return next((one.place for one in self.columns if one.target is not None and one.target.key == key), None)

    @property
    def known(self) -> int:
        return sum(1 for column in self.columns if column.target is not None)


def find_header(rows: Sequence[Row], merged: Iterable[Merged] = ()) -> Header | None:
    """The rows that read most like headers and name a child; None where none do."""
    filled = _filled(rows[:DEEPEST], tuple(merged))
    best: Header | None = None
    for last in range(len(filled)):
        for count in range(1, min(MOST_ROWS, last + 1) + 1):
            window = filled[last - count + 1 : last + 1]
            found = read_header(window)
            if _names_a_child(found) and (best is None or _rank(found) > _rank(best)):
                best = found
    return best


def _rank(header: Header) -> tuple[int, int]:
    """More known columns first, then fewer rows: what a second row adds nothing to is not part of the header."""
    return header.known, header.first - header.last


def _names_a_child(header: Header) -> bool:
    keys = {column.target.key for column in header.columns if column.target is not None and column.is_imported}
    named = keys & {"child.name", "child.citizen_id_no", "child.child_no", "enrolment.student_no"}
    return ("child.name" in keys and len(keys) >= 2) or (len(named) >= 1 and len(keys) >= 3)


def read_header(window: Sequence[Row]) -> Header:
    """What these rows say when read as headers."""
    width = max(len(row.cells) for row in window)
    paths = [_path(window, place) for place in range(width)]
    return Header(first=window[0].number, last=window[-1].number, columns=tuple(_guess(_numbered(paths))))


def _filled(rows: Sequence[Row], merged: Sequence[Merged]) -> list[Row]:
    """The rows with merged blocks written into each of their cells."""
    values = {row.number: row for row in rows}
    made = []
    for row in rows:
        cells = list(row.cells)
        for block in (block for block in merged if block.top <= row.number <= block.bottom):
            top = values.get(block.top)
            cells += [None] * (block.right + 1 - len(cells))
            cells[block.left : block.right + 1] = [top.cell(block.left) if top else None] * (
                block.right + 1 - block.left
            )
        made.append(Row(number=row.number, cells=tuple(cells)))
    return made


def _path(window: Sequence[Row], place: int) -> tuple[str, ...]:
    """A column's headers from top to bottom. A head over several columns holds for those to its right, too."""
    found: list[str] = []
    for depth, row in enumerate(window):
        text = _text(row.cell(place))
        if not text and any(_text(below.cell(place)) for below in window[depth + 1 :]):
            text = next((_text(row.cell(left)) for left in range(place - 1, -1, -1) if _text(row.cell(left))), "")
        if text and text not in found and not _is_title(row, text):
            found.append(text)
    return tuple(found)


def _is_title(row: Row, text: str) -> bool:
    """One text over most of the width is no header but the table's title."""
    same = sum(1 for cell in row.cells if _text(cell) == text)
    return same > 4 and same * 2 > len(row.cells)


def _text(cell: object) -> str:
    return "".join(cell.split()) if isinstance(cell, str) else ""


def _numbered(paths: Iterable[tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """Each column's header as one text, a repeated one with its number: `联系电话#2`."""
    seen: dict[str, int] = {}
    named = []
    for path in paths:
        text = "/".join(path)
        seen[text] = seen.get(text, 0) + 1
        named.append((text if seen[text] == 1 or not text else f"{text}#{seen[text]}", path))
    return named


def _guess(named: Sequence[tuple[str, tuple[str, ...]]]) -> Iterable[Column]:
    used: set[str] = set()
    person: str | None = None
    bare = [plain(path[0]) for _, path in named if len(path) == 1]
    for place, (header, path) in enumerate(named):
        if not path:
            continue
        # The only column of birth dates is the child's, wherever it stands; the only telephone is whose name precedes.
        alone = len(path) == 1 and bare.count(plain(path[0])) == 1
        meanings = list(_meanings(path, person))
        if alone:
            meanings.sort(key=lambda found: found.key not in _ESSENTIALS)
        target = next((found for found in meanings if found.key not in used), None)
        if target is not None and target.part != NOT_IMPORTED:
            used.add(target.key)
            person = target.part if target.part in PERSONS else person
        yield Column(place=place, header=header, target=target)


def _meanings(path: Sequence[str], person: str | None) -> Iterable[Target]:
    """What a header may mean, the likeliest first."""
    words = vocabulary()
    leaf, heads = path[-1], path[:-1]
    for head in reversed(heads):
        for part in (words.parts.get(form) for form in plain_forms(head)):
            yield from (words.leaves[part, form] for form in plain_forms(leaf) if part and (part, form) in words.leaves)
        yield from (words.whole[form] for form in (plain(head + leaf),) if form in words.whole)
    forms = plain_forms(leaf)
    if person is not None:
        yield from (words.leaves[person, form] for form in forms if (person, form) in words.leaves)
    yield from (words.whole[form] for form in forms if form in words.whole)
    for part in _BARE_ORDER:
        yield from (words.leaves[part, form] for form in forms if (part, form) in words.leaves)
