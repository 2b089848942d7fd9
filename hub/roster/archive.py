"""What kind of file this is, and whether it may be opened: refuses locked, macro-carrying, broken and bloated ones."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MOST_PARTS = 2_000
MOST_UNPACKED = 512 * 1024 * 1024
MOST_MERGED = 200_000
MOST_REMARKS = 10_000
#: Cells of the smallest rectangle that holds all of a sheet's: a reader lays out the whole of it.
MOST_CELLS = 20_000_000
_CHUNK = 1 << 20

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Names in an OLE file's directory: a locked workbook of the newer kind, and macros of the older.
_LOCKED, _MACROS = "EncryptedPackage".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")
_RICH = {b"{\\rtf": "not_a_table", b"%PDF": "not_a_table", b"\x89PNG": "not_a_table", b"\xff\xd8\xff": "not_a_table"}
_MARKUP = re.compile(rb"\s*<(!DOCTYPE html|html|table|\?xml|div)", re.IGNORECASE)


class Kind(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


class Unreadable(Exception):
    """The file cannot be read; `reason` is a word of `hub.roster.workbook.REASONS`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """What the library that reads cells does not tell of a sheet."""

    hidden_rows: tuple[int, ...] = ()
    valueless: tuple[str, ...] = ()  # cells that show an error, or a formula that was never calculated


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    date1904: bool = False
    sheets: tuple[SheetPart, ...] = field(default=())

    def of(self, place: int) -> SheetPart:
        return self.sheets[place] if place < len(self.sheets) else SheetPart()


def kind_of(path: Path) -> Kind:
    """By what the file holds, whatever it is called: a renamed file is common, and a wrong name is no fault."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_ZIP):
        return Kind.XLSX
    if head.startswith(_OLE):
        _check_ole(path)
        return Kind.XLS
    if not head.strip():
        raise Unreadable("empty")
    if any(head.startswith(start) for start in _RICH) or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable("not_a_table")
    return Kind.CSV


def _check_ole(path: Path) -> None:
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            if _LOCKED in tail + chunk:
                raise Unreadable("encrypted")
            if _MACROS in tail + chunk:
                raise Unreadable("macros")
            tail = chunk[-64:]


def describe(path: Path) -> Parts:
    """Checks an xlsx file's parts and reads of them what is needed beside the cells."""
    try:
        with zipfile.ZipFile(path) as book:
            _check_parts(book)
            workbook = _read(book, "xl/workbook.xml")
            sheets = tuple(_sheet(book, name) for name in _sheet_names(book, workbook))
            return Parts(date1904=_DATE1904.search(workbook) is not None, sheets=sheets)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError):
        raise Unreadable("broken") from None


def _check_parts(book: zipfile.ZipFile) -> None:
    parts = book.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("too_large")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("encrypted")
    if any("vbaproject" in name.lower() or name.startswith("xl/macrosheets/") for name in names):
        raise Unreadable("macros")
    if "xl/workbook.xml" not in names:
        raise Unreadable("binary" if "xl/workbook.bin" in names else "not_a_table")


_DATE1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=[\"']([^\"']*)[\"']")


def _read(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as part:
        return part.read(16 * _CHUNK)


def _sheet_names(book: zipfile.ZipFile, workbook: bytes) -> Iterator[str]:
    """The parts of the sheets in the workbook's order."""
    links = {}
    for found in _LINK.finditer(_read(book, "xl/_rels/workbook.xml.rels")):
        words = {key: value.decode() for key, value in _ATTRIBUTE.findall(found[1])}
        links[words.get(b"Id")] = words.get(b"Target", "")
    for found in re.finditer(rb"<(?:\w+:)?sheet\b([^>]*)>", workbook):
        identity = re.search(rb"\b\w+:id=[\"']([^\"']+)[\"']", found[1])
        target = links.get(identity[1].decode() if identity else None, "")
        yield target.lstrip("/") if target.startswith("/") else f"xl/{target}"


_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb"\br=[\"']([0-9]{1,7})[\"']")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_FAR = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{2,3})[0-9]+[\"']")
_CELL = re.compile(rb"\br=[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
#: A cell that shows an error; a cell with a formula and no result kept with it.
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*?\bt=[\"']e[\"'][^>]*)>")
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)><(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<v></v>)?</(?:\w+:)?c>"
)


def _sheet(book: zipfile.ZipFile, name: str) -> SheetPart:
    if name not in book.namelist():
        return SheetPart()
    scan, rest = _Scan(), b""
    with book.open(name) as part:
        while chunk := part.read(_CHUNK):
            if b"\x00" in chunk:
                raise Unreadable("broken")  # not UTF-8: nothing of what follows would be seen here
            text = rest + chunk
            cut = max(text.rfind(b"<row"), text.rfind(b":row"), 0)
            if len(text) - cut > 32 * _CHUNK:
                raise Unreadable("broken")
            scan.see(text[:cut])
            rest = text[cut:]
    scan.see(rest)
    return SheetPart(hidden_rows=tuple(scan.hidden), valueless=tuple(scan.valueless))


class _Scan:
    """One pass over a sheet's XML, whole rows at a time."""

    def __init__(self) -> None:
        self.hidden: list[int] = []
        self.valueless: list[str] = []
        self._row, self._width = 0, 26

    def see(self, text: bytes) -> None:
        for found in _ROW.finditer(text):
            place = _NUMBER.search(found[1])
            self._row = int(place[1]) if place else self._row + 1
            if _HIDDEN.search(found[1]) and len(self.hidden) < MOST_REMARKS:
                self.hidden.append(self._row)
        self._width = max([self._width, *(_column(found[1]) for found in _FAR.finditer(text))])
        if self._width * self._row > MOST_CELLS:
            raise Unreadable("too_large")
        for pattern in (_ERROR, _UNCALCULATED):
            for found in pattern.finditer(text):
                place = _CELL.search(found[1])
                if place and len(self.valueless) < MOST_REMARKS:
                    self.valueless.append(place[1].decode())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


#: How the older format begins its workbook, at the start of a sector; and the record that says how days are counted.
_GLOBALS, _SECTOR, _DATE_MODE, _END = bytes.fromhex("0908100000060500"), 512, 0x22, 0x0A


def counts_from_1904(path: Path) -> bool:
    """Whether a workbook of the older format (.xls) counts its days from 1904, as those of old Macintoshes do."""
    content = path.read_bytes()
    start = content.find(_GLOBALS)
    while start >= 0 and start % _SECTOR:
        start = content.find(_GLOBALS, start + 1)
    while 0 <= start <= len(content) - 6:
        kind, length = int.from_bytes(content[start : start + 2], "little"), content[start + 2 : start + 4]
        if kind in (_DATE_MODE, _END):
            return kind == _DATE_MODE and content[start + 4 : start + 6] == b"\x01\x00"
        start += 4 + int.from_bytes(length, "little")
    return False
