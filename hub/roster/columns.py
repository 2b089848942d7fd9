"""What a roster's columns may mean: fields of the registry under the names that offices use (`data/columns.txt`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeVar

from schema.meaning import Field
from schema.registry import ENTITIES

#: Said in a header beside the name: unit, form, remark; and whatever is no sign of a word.
_ASIDE = re.compile(r"[(（\[【<《〈].*?[)）\]】>》〉]")
_NO_WORD = re.compile(r"[^\w]|_")
NOT_IMPORTED, HUB = "none", "hub"
Key = TypeVar("Key")
Meaning = TypeVar("Meaning")


class ColumnsInvalid(Exception):
    """`data/columns.txt` names an unknown entity or field, or gives one word two meanings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a column means: a field of one part of the row."""

    part: (
        str  # child, father, mother, guardian, carer, care, family, enrolment, hukou; none and hub for what is no field
    )
    name: str
    entity: str = ""
    field: Field | None = None
    note: str = ""  # why it is not imported

    @property
    def key(self) -> str:
        """As mapping files write it."""
        return f"{self.part}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    targets: dict[str, Target]  # by key
    parts: dict[str, str]  # word → part
    leaves: dict[tuple[str, str], Target]  # (part, word) → what it means under that part
    whole: dict[str, Target]  # a header by itself
    labels: dict[str, str]  # part → its Chinese name


def plain(header: str) -> str:
    """A header as it is compared: one width, without spaces and punctuation."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", header)).lower()


def plain_forms(header: str) -> tuple[str, ...]:
    """A header's forms, the one without its asides last: `身份证号（18位）` is also `身份证号`."""
    forms = (plain(header), plain(_ASIDE.sub("", header)))
    return tuple(dict.fromkeys(form for form in forms if form))


@cache
def _words() -> frozenset[str]:
    known = vocabulary()
    return frozenset(known.whole) | frozenset(word for _, word in known.leaves)


@lru_cache(4096)
def is_word(text: str) -> bool:
    """Whether a cell says what a column is called."""
    return any(form in _words() for form in plain_forms(text))


@dataclass(slots=True)
class _Section:
    part: str
    entities: tuple[str, ...]
    words: tuple[str, ...]
    lines: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]


_HEAD = re.compile(r"\[(\w+)\] ([^|]+) \| (.+)")


def _sections(text: str) -> Iterator[_Section]:
    found: dict[str, _Section] = {}
    current = _Section("", (), (), {})
    for line in (line.strip() for line in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if head := _HEAD.fullmatch(line):
            current = found[head[1]] = _Section(head[1], tuple(head[2].split()), tuple(head[3].split()), {})
        elif line.startswith("@"):
            current.lines |= found[line[1:]].lines
        else:
            name, words, *whole = (part.strip() for part in line.split("|"))
            current.lines[name] = (tuple(words.split()), tuple(" ".join(whole).split()))
    return iter(found.values())


def _target(section: _Section, name: str) -> Target:
    name, _, column = name.partition("=")
    for entity in section.entities:
        field = ENTITIES[entity].fields.get(column or name)
        if field is not None:
            return Target(part=section.part, name=column or name, entity=entity, field=field)
    raise ColumnsInvalid(f"{section.part}: no field {name}")


@cache
def vocabulary() -> Vocabulary:
    """The words as shipped; raises ColumnsInvalid where they contradict each other or the registry."""
    return read_vocabulary((files("hub.roster") / "data" / "columns.txt").read_text("utf-8"))


def read_vocabulary(text: str) -> Vocabulary:
    made = Vocabulary(targets={}, parts={}, leaves={}, whole={}, labels={})
    for section in _sections(text):
        if section.part in (NOT_IMPORTED, HUB):
            _add_known(made, section)
            continue
        _put(made.labels, [section.part], section.words[0])
        _put(made.parts, map(plain, section.words), section.part)
        for name, (leaves, whole) in section.lines.items():
            target = _target(section, name)
            _put(made.targets, [target.key], target)
            _put(made.leaves, ((section.part, plain(word)) for word in leaves), target)
            _put(made.whole, map(plain, whole), target)
            _put(made.whole, (plain(part + leaf) for part in section.words for leaf in leaves), target)
    return made


def _add_known(made: Vocabulary, section: _Section) -> None:
    for name, (words, notes) in section.lines.items():
        target = Target(part=section.part, name=name, note=" ".join(notes))
        _put(made.targets, [target.key], target)
        _put(made.whole, map(plain, words), target)


def _put(known: dict[Key, Meaning], keys: Iterable[Key], value: Meaning) -> None:
    for key in keys:
        if known.setdefault(key, value) != value:
            raise ColumnsInvalid(f"{key}: two meanings")
