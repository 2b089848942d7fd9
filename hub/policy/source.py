"""Reads YAML into checked values, each with its file and line; every fault is gathered, none stops the reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from hub import errors
from schema.classes import Label

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*|\*")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PolicyFaults(errors.PolicyInvalid):
    """The policies hold {count} fault(s): {shown}"""

    zh = "策略有 {count} 处错误：{shown}"

    def __init__(self, faults: Collection[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(count=len(self.faults), shown="\n".join(map(str, self.faults)))


@dataclass(slots=True)
class Faults:
    """Gathers what is wrong."""

    found: list[Fault] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        self.found.append(Fault(file=place.file, line=place.line, message=message))

    def raise_any(self) -> None:
        if self.found:
            raise PolicyFaults(self.found)


def wrong_word(text: str) -> str | None:
    """Why a text cannot be a word of the policies: what looks right to the eye may be another character."""
    if not text.strip():
        return "a word is blank"
    for character in text:
        if not character.isascii():
            name = unicodedata.name(character, "unnamed")
            return f"{text!r} holds U+{ord(character):04X} {name}, which is no plain letter"
    if not _WORD.fullmatch(text):
        return f"{text!r} holds a comma, blank or other sign that no word has"
    return None


@dataclass(slots=True)
class Item:
    """A YAML mapping being read; what nobody asked for is a fault at the end."""

    node: yaml.MappingNode
    file: str
    faults: Faults
    values: dict[str, yaml.Node] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.faults.add(self.place_of(key), "a field's name is to be a word")
                continue
            if key.value in self.values:
                self.faults.add(self.place_of(key), f"{key.value!r} is given twice")
            self.values[key.value] = value

    @property
    def place(self) -> Place:
        return self.place_of(self.node)

    def place_of(self, node: yaml.Node) -> Place:
        return Place(file=self.file, line=node.start_mark.line + 1)

    def at(self, key: str) -> Place:
        return self.place_of(self.values.get(key, self.node))

    def wrong(self, key: str, message: str) -> None:
        self.faults.add(self.at(key), message)

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.values

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not blank; without a default it must be there."""
        if not self.has(key):
            if default is None:
                self.wrong(key, f"{key!r} is missing")
            return default or ""
        node = self.values[key]
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.wrong(key, f"{key!r} is to be a text")
            return default or ""
        return str(node.value).strip()

    def word(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """One word; without a default it must be there."""
        if not self.has(key):
            if default is None:
                self.wrong(key, f"{key!r} is missing")
            return default or ""
        node = self.values[key]
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(key, f"{key!r} is to be one word")
            return default or ""
        return next(self._known(key, [(node.value, self.at(key))], known), default or "")

    def words(self, key: str, known: Collection[str], default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of words, or several in one text; without a default there must be one at least."""
        if not self.has(key):
            if default is None:
                self.wrong(key, f"{key!r} is missing")
            return default or ()
        given = list(self._texts(key, self.values[key]))
        if not given and default is None:
            self.wrong(key, f"{key!r} is empty")
        if len({text for text, _ in given}) < len(given):
            self.wrong(key, f"{key!r} names a word twice")
        return tuple(dict.fromkeys(self._known(key, given, known)))

    def free_words(self, key: str) -> tuple[str, ...]:
        """A list of words whose meaning is checked later."""
        given = self._texts(key, self.values[key]) if self.has(key) else iter(())
        return tuple(text for text, place in given if self._is_word(text, place))

    def label(self, key: str) -> Label:
        """A mapping of the two languages."""
        if not self.has(key) or not isinstance(self.values[key], yaml.MappingNode):
            self.wrong(key, f"{key!r} is to hold zh and en")
            return Label(zh="", en="")
        both = self.child(key)
        label = Label(zh=both.text("zh"), en=both.text("en"))
        both.finish()
        return label

    def day(self, key: str) -> date | None:
        if not self.has(key):
            return None
        text = self.text(key)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(key, f"{key!r} is to be a date such as 2016-09-01")
            return None

    def flag(self, key: str, default: bool = False) -> bool:
        if not self.has(key):
            return default
        text = self.text(key)
        if text not in ("true", "false"):
            self.wrong(key, f"{key!r} is to be true or false")
        return text == "true"

    def number(self, key: str) -> int | None:
        if not self.has(key):
            return None
        text = self.text(key)
        if not re.fullmatch(r"[0-9]{1,6}", text):
            self.wrong(key, f"{key!r} is to be a whole number")
            return None
        return int(text)

    def holds_mapping(self, key: str) -> bool:
        return isinstance(self.values.get(key), yaml.MappingNode)

    def child(self, key: str) -> Item:
        node = self.values[key]
        if not isinstance(node, yaml.MappingNode):
            self.wrong(key, f"{key!r} is to be a mapping")
            node = yaml.MappingNode("tag:yaml.org,2002:map", [], self.node.start_mark, self.node.end_mark)
        return Item(node, self.file, self.faults)

    def children(self, key: str) -> list[Item]:
        """A list of mappings."""
        if not self.has(key):
            self.wrong(key, f"{key!r} is missing")
            return []
        return list(_items(self.values[key], self.file, self.faults))

    def finish(self) -> None:
        for key in self.values.keys() - self.asked:
            self.wrong(key, f"{key!r} is no field of this")

    def _texts(self, key: str, node: yaml.Node) -> Iterator[tuple[str, Place]]:
        if isinstance(node, yaml.SequenceNode):
            for part in node.value:
                if isinstance(part, yaml.ScalarNode):
                    yield part.value, self.place_of(part)
                else:
                    self.faults.add(self.place_of(part), f"{key!r} is to hold words")
        elif isinstance(node, yaml.ScalarNode):
            for text in node.value.split(" ") if node.value else ():
                yield text, self.place_of(node)
        else:
            self.wrong(key, f"{key!r} is to be a list of words")

    def _is_word(self, text: str, place: Place) -> bool:
        reason = wrong_word(text)
        if reason:
            self.faults.add(place, reason)
        return reason is None

    def _known(self, key: str, given: list[tuple[str, Place]], known: Collection[str]) -> Iterator[str]:
        for text, place in given:
            if not self._is_word(text, place):
                continue
            if text not in known:
                self.faults.add(place, f"unknown word {text!r} in {key!r}")
                continue
            yield text


def _items(node: yaml.Node, file: str, faults: Faults) -> Iterator[Item]:
    place = Place(file=file, line=node.start_mark.line + 1)
    if not isinstance(node, yaml.SequenceNode):
        faults.add(place, "a list is expected here")
        return
    for part in node.value:
        if isinstance(part, yaml.MappingNode):
            yield Item(part, file, faults)
        else:
            faults.add(Place(file=file, line=part.start_mark.line + 1), "a mapping is expected here")


def read_items(root: Path, path: Path, faults: Faults) -> list[Item]:
    """The mappings of one file; what cannot be read as YAML is a fault with its line."""
    file = path.relative_to(root).as_posix()
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        faults.add(Place(file=file, line=mark.line + 1 if mark else 1), f"not YAML: {error.problem}")
        return []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        faults.add(Place(file=file, line=1), f"cannot be read: {error}")
        return []
    if node is None:
        faults.add(Place(file=file, line=1), "the file is empty")
        return []
    return list(_items(node, file, faults))
