"""Renders the registry as `schema/DICTIONARY.md`: classes, entities with every field and relation, code lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from schema.classes import CLASSES, DataClass
from schema.codes import CODE_LISTS, CodeList
from schema.entities import Entity, camel
from schema.meaning import Anchor, Field, Relation
from schema.registry import ENTITIES
from schema.treatment import treatment

PATH = Path(__file__).with_name("DICTIONARY.md")

_MODES = ("masked", "pseudo", "flag", "meta")
_ANCHORS: Mapping[Anchor, str] = {
    Anchor.CHILD: "儿童 / child",
    Anchor.FAMILY: "家庭 / household",
    Anchor.DIVISION: "区划 / division",
    Anchor.UNIT: "单位 / unit",
    Anchor.PUBLIC: "公共 / public",
}
_HEAD = """# 数据字典 / Data dictionary

Made from `schema/` by `hub dictionary`; a test compares the two. 本文件由 `schema/` 生成。

- *Class* (数据类别): what the policies speak of; a *facet* is a part of it that a rule may name, as in `D08/carer`.
- *Level* (敏感级别): 0 public, 1 internal, 2 person without direct identifiers, 3 identified, 4 restricted, 5 sealed.
  A value of level 5 is never in a list, filter, order, count or export.
- *Owner* (数源单位): the unit types that may write the value; all others ask for a correction (校核).
- *Modes* (模式), beside `full`: those that show the value itself, or in brackets what they show of it; a mode that is
  not named shows nothing. Mode `aggregate` never shows a row.
"""


def render_dictionary() -> str:
    """The whole dictionary as Markdown."""
    sections = [
        _HEAD,
        "## 数据类别 / Classes\n",
        _table(("Class", "Name", "中文", "Level", "Owner"), map(_class_row, CLASSES.values())),
        "## 实体 / Entities\n",
        _table(("Entity", "中文", "Query", "Class", "Scope", "History"), map(_entity_row, ENTITIES.values())),
        *(_entity(entity) for entity in ENTITIES.values()),
        "## 代码表 / Code lists\n",
        *(_code_list(codes) for codes in CODE_LISTS.values()),
    ]
    return "\n".join(sections)


def _class_row(data_class: DataClass) -> tuple[str, ...]:
    level = str(int(data_class.level))
    return data_class.code, data_class.name, data_class.label.zh, level, " ".join(data_class.owner)


def _entity_row(entity: Entity) -> tuple[str, ...]:
    about = entity.about
    link = f"[{entity.name}](#{entity.name.lower()})"
    query = f"`{about.single}` `{about.plural}`"
    return link, about.label.zh, query, about.key_class, _ANCHORS[about.anchor], "yes" if about.history else ""


def _entity(entity: Entity) -> str:
    about = entity.about
    parts = [f"### {entity.name}\n", f"{about.label.zh} / {about.label.en}. {_first_line(entity)}\n"]
    parts.append(f"Table `{entity.table.name}`. Key class {about.key_class}.{_found_by(entity)}\n")
    heads = ("Field", "中文", "English", "Kind", "Class", "Level", "Owner", "Modes", "Source")
    parts.append(_table(heads, map(_field_row, entity.fields.values())))
    if entity.relations:
        parts.append(_table(("Relation", "中文", "English", "To"), map(_relation_row, entity.relations.values())))
    return "\n".join(parts)


def _first_line(entity: Entity) -> str:
    return (entity.mapped.__doc__ or "").strip().splitlines()[0]


def _found_by(entity: Entity) -> str:
    key = entity.about.natural_key
    return f" Also found by `{camel(key)}`." if key else ""


def _field_row(field: Field) -> tuple[str, ...]:
    kind = f"{field.kind} [{field.codes}](#{field.codes})" if field.codes else str(field.kind)
    owner = " ".join(field.owner)
    return (
        f"`{camel(field.name)}`", field.label.zh, field.label.en, kind, field.group, str(int(field.level)), owner,
        " ".join(_modes(field)), field.source,
    )  # fmt: skip


def _modes(field: Field) -> Iterator[str]:
    for mode in _MODES:
        shown = treatment(field, mode)
        if shown == "plain":
            yield mode
        elif shown is not None:
            yield f"{mode}({shown})"


def _relation_row(relation: Relation) -> tuple[str, ...]:
    target = f"[{relation.target}](#{relation.target.lower()})"
    to = f"{target}, many" if relation.many else target
    return f"`{camel(relation.name)}`", relation.label.zh, relation.label.en, to


def _code_list(codes: CodeList) -> str:
    source = f" ({codes.source})" if codes.source else ""
    rows = ((code, label.zh, label.en) for code, label in codes.codes.items())
    table = _table(("Code", "中文", "English"), rows)
    return f"### {codes.name}\n\n{codes.label.zh} / {codes.label.en}{source}\n\n{table}"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (heads, ("---",) * len(heads), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
