"""What people write for a code → the code: its label, the code itself, or a word of `data/words.txt`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from hub.roster.faults import Unfit
from hub.roster.text import compact
from schema.codes import CODE_LISTS

YES = frozenset(
    {"是", "有", "√", "✓", "✔", "☑", "v", "y", "yes", "true", "1", "对", "已", "需要", "住校", "寄宿", "住读", "寄宿生"}
)
NO = frozenset(
    {"否", "无", "×", "✗", "✘", "☒", "x", "n", "no", "false", "0", "没有", "不是", "未", "不", "走读", "通学", "走读生"}
)
APART = re.compile(r"[、,，;；/|+\s]+")
#: Said after a label where the label itself is without it: 汉 for 汉族, 男 for 男性.
_ENDINGS = ("族", "性", "级")


class WordsInvalid(Exception):
    """`data/words.txt` names an unknown list or code, or gives one word two codes."""


@cache
def words_of(code_list: str) -> Mapping[str, str]:
    """Every word of a list, as it is compared, with its code."""
    found: dict[str, str] = {}
    for code, label in CODE_LISTS[code_list].codes.items():
        for word in (code, label.zh, label.en, *_shortened(label.zh)):
            found.setdefault(_plain(word), code)
    return {**found, **_extra().get(code_list, {})}


def _shortened(label: str) -> list[str]:
    base = re.sub(r"[(（].*?[)）]", "", label)
    return [base, *(base.removesuffix(ending) for ending in _ENDINGS if len(base) > len(ending))]


def _plain(word: str) -> str:
    return re.sub(r"[()（）.。\s]", "", compact(word)).lower()


@cache
def _extra() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    name = ""
    for line in (files("hub.roster") / "data" / "words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[] ")
            current = found[name] = {}
        elif line and not line.startswith("#"):
            code, _, words = (part.strip() for part in line.partition("|"))
            if code not in CODE_LISTS[name].codes:
                raise WordsInvalid(f"{name}: {code}")
            for word in words.split():
                if current.setdefault(_plain(word), code) != code:
                    raise WordsInvalid(f"{name}: {word} twice")
    return found


def code_of(code_list: str, text: str) -> str:
    """Raises Unfit where no code is meant; a form such as `61 祖父` says both."""
    plain = _plain(text)
    known = words_of(code_list)
    if plain in known:
        return known[plain]
    both = re.fullmatch(r"([0-9a-z]{1,3})[-:：、.]?(\D.*)", plain)
    if both and known.get(both[1]) is not None and known.get(both[1]) == known.get(both[2]):
        return known[both[1]]
    raise Unfit("UNKNOWN_CODE")


def codes_of(code_list: str, text: str) -> list[str]:
    """A list of codes, whatever parts them."""
    if _plain(text) in words_of(code_list):
        return [code_of(code_list, text)]
    return sorted({code_of(code_list, part) for part in APART.split(text) if part})


def truth_of(text: str) -> bool:
    plain = _plain(text)
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise Unfit("YES_NO")


_CHINESE = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
_GRADE = re.compile(
    r"(?P<stage>小学|小|初中|初|高中|高|职高|中职)?(?P<n>[1-9一二三四五六七八九])(?:年级|年|级)?(?:.*班)?"
)
_STAGES = {"小": "primary", "小学": "primary", "初": "junior", "初中": "junior", "高": "senior", "高中": "senior"}
_KINDERGARTEN = {"小班": 1, "中班": 2, "大班": 3}


def grade_of(text: str) -> tuple[str | None, int]:
    """The stage a grade tells, if any, and the year within it: 初二 and 八年级 are both the second of junior."""
    plain = _plain(text)
    if plain in _KINDERGARTEN:
        return "kindergarten", _KINDERGARTEN[plain]
    found = _GRADE.fullmatch(plain)
    if found is None:
        raise Unfit("WHOLE_NUMBER")
    number = _CHINESE.get(found["n"]) or int(found["n"])
    if found["stage"]:
        return _STAGES.get(found["stage"], "vocational"), number
    if "年级" not in plain:
        return None, number
    return ("primary", number) if number <= 6 else ("junior", number - 6)
