"""Texts as people type and programs damage them → texts as they are kept. What is a person's name stays as written."""

from __future__ import annotations

import re
import unicodedata

from hub.roster.faults import Unfit

#: Invisible signs that come along from web pages, WPS and byte order marks.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ufe0e\ufe0f]")
_SPACES = re.compile(r"[\s\u3000]+")
#: The dots between the parts of a name as different keyboards make them; the registers use U+00B7.
_DOTS = str.maketrans(dict.fromkeys("・•‧∙⋅●．｡․⸱", "·"))
_ASCII_DOT_IN_NAME = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\.(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
#: What stands where a program could not show a sign.
_LOST = frozenset("\ufffd□")
#: Said where nothing is known.
_NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "没有",
        "不详",
        "未知",
        "未填",
        "n/a",
        "na",
        "null",
        "none",
        "空",
    }
)
#: Full-width digits and letters; Chinese punctuation stays what it is.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()} | {0x3000: 0x20}


def tidied(text: str) -> str:
    """Without the apostrophe that marks text, invisible signs, outer spaces; full-width digits and letters plain."""
    text = _INVISIBLE.sub("", text).translate(_WIDE)
    text = _SPACES.sub(" ", text).strip()
    return text[1:].strip() if text[:1] in "'‘’`" else text


def is_nothing(text: str) -> bool:
    return text.lower() in _NOTHING


def compact(text: str) -> str:
    """For numbers and codes: NFKC, without any space."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", tidied(text)))


def name_of(text: str) -> str:
    """A person's name. No NFKC here: it would turn characters that registers tell apart into each other."""
    text = _ASCII_DOT_IN_NAME.sub("·", tidied(text).translate(_DOTS))
    if any("\u3400" <= sign <= "\u9fff" or sign >= "\U00020000" for sign in text):
        text = text.replace(" ", "")
    checked(text)
    if len(text) > 64:
        raise Unfit("TOO_LONG")
    if any(sign.isdigit() for sign in text):
        raise Unfit("CHARACTERS")
    return text


def checked(text: str) -> str:
    """The text itself; raises Unfit where it holds what no text of the ledger may."""
    if any(sign in _LOST or unicodedata.category(sign) in ("Cc", "Cs", "Co") for sign in text):
        raise Unfit("CHARACTERS")
    return text


_LANDLINE = re.compile(r"(?:\(?0[0-9]{2,3}\)?-?)?[2-9][0-9]{6,7}(?:-[0-9]{1,6})?")
_MOBILE = re.compile(r"(?:\+?86-?)?(1[3-9][0-9]{9})")


def phone_of(text: str) -> str:
    """One telephone number, its grouping removed."""
    plain = compact(text)
    mobile = _MOBILE.fullmatch(re.sub(r"[-.·]", "", plain))
    if mobile:
        return mobile[1]
    if _LANDLINE.fullmatch(plain):
        return plain
    raise Unfit("PHONE")
