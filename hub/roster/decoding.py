"""The encoding and the delimiter of a CSV file: UTF-8 where it is that, else GB18030; never a lossy guess."""

from __future__ import annotations

import codecs
from collections import Counter
from pathlib import Path

from hub.roster.archive import Unreadable

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_GB18030_MARK = b"\x84\x31\x95\x33"
_CHUNK = 1 << 20
_DELIMITERS = ",\t;，"


def encoding_of(path: Path) -> str:
    """Valid UTF-8 is hardly ever anything else; what is not must be valid GB18030, or the file is refused."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if head.startswith(_GB18030_MARK):
        return "gb18030"
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise Unreadable("encoding")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(path: Path, encoding: str) -> str:
    """The sign that parts most lines alike, of those that Excel and WPS write."""
    with path.open(encoding=encoding, newline="") as file:
        lines = [line for _, line in zip(range(50), file, strict=False)]
    counts = {sign: Counter(line.count(sign) for line in lines if sign in line) for sign in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda sign: max((n for n in counts[sign].values()), default=0))
    return best if counts[best] else ","
