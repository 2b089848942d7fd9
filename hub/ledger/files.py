"""The GraphQL side of what is done to a whole file: `moveChild`, `mergeChildren`, `splitChild`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from hub.ledger import merging, moving
from hub.ledger.deed import Deed
from hub.ledger.inputs import subject
from hub.ledger.merging import Merge
from hub.ledger.moving import Move
from hub.ledger.permission import Holder, full_rights
from hub.ledger.splitting import Split
from hub.query.answer import payload_name
from hub.query.shapes import Namespace, argument, optional, optional_list, output
from schema.entities import Entity

_ID, _VERSION = StrawberryAnnotation(strawberry.ID), StrawberryAnnotation(int)
_TEXT = StrawberryAnnotation(str)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField:
    """A root field of the mutations that writes a whole file."""

    name: str
    zh: str
    en: str
    need: tuple[str, str]  # field group and action
    arguments: tuple[tuple[str, StrawberryAnnotation, str], ...]
    deed: Callable[[Mapping[str, Any]], Deed]
    columns: tuple[str, ...] = ()  # of the child that the arguments give

    @property
    def entity(self) -> Entity:
        return subject()


FILE_FIELDS: Mapping[str, FileField] = {
    field.name: field
    for field in (
        FileField(
            name="moveChild",
            zh="儿童迁往另一区划，档案随迁；跨县时编号改变，原编号转向新编号",
            en="A child moves to another division, its file with it; in another county it has another id,"
            " to which the former one leads",
            need=moving.NEED,
            arguments=(
                ("id", _ID, "全局编号 / Global id"),
                ("version", _VERSION, "读到的行版本 / Row version that was read"),
                ("residenceDivision", _TEXT, "迁入的村（居） / Village it moves to"),
                ("residenceAddress", optional(str), "新址 / Address there"),
            ),
            deed=lambda given: Move(
                child=given["id"], version=given["version"], place=given["residenceDivision"],
                address=given.get("residenceAddress"),
            ),
            columns=("residence_division", "residence_address"),
        ),
        FileField(
            name="mergeChildren",
            zh="同一儿童的两份档案合并：保留前一份，不一致的值交其责任单位校核",
            en="Two files of one child become one: the first goes on, differing values are put to their owners",
            need=merging.NEED,
            arguments=(
                ("survivor", _ID, "保留的档案 / File that goes on"),
                ("survivorVersion", _VERSION, "读到的行版本 / Row version that was read"),
                ("merged", _ID, "并入的档案 / File that is merged into it"),
                ("mergedVersion", _VERSION, "读到的行版本 / Row version that was read"),
            ),
            deed=lambda given: Merge(
                survivor=given["survivor"], survivor_version=given["survivorVersion"], merged=given["merged"],
                merged_version=given["mergedVersion"],
            ),
        ),
        FileField(
            name="splitChild",
            zh="撤销误合并：两份档案恢复原状；合并后新增的记录按指定归属",
            en="A wrong merge is undone: both files as they were, and what was added since as it is assigned",
            need=merging.NEED,
            arguments=(
                ("merged", _ID, "被并入的档案 / File that was merged"),
                ("assign", optional_list(strawberry.ID), "合并后新增、随其分出的记录 / Rows added since, of its own"),
            ),
            deed=lambda given: Split(merged=given["merged"], assigned=tuple(given.get("assign") or ())),
        ),
    )
}  # fmt: skip


def declare_files(namespace: Namespace) -> Iterable[StrawberryField]:
    """Their fields, once the payloads are declared."""
    for field in FILE_FIELDS.values():
        payload = optional(namespace[payload_name(field.entity)])
        listed = list(_arguments(field, namespace))
        yield output(field.name, payload, f"{field.zh} / {field.en}", namespace, arguments=listed)


def _arguments(field: FileField, namespace: Namespace) -> Iterator[StrawberryArgument]:
    for name, annotation, title in field.arguments:
        yield argument(name, annotation, title, namespace)
    yield argument(
        "idempotencyKey", optional(str), "幂等键：重发时不重复写入 / Sent again, it writes nothing twice", namespace
    )


def open_files(holder: Holder) -> frozenset[str]:
    """Those that a grant may use at all."""
    return frozenset(
        field.name
        for field in FILE_FIELDS.values()
        if full_rights(holder, field.entity, field.need[0], (field.need[1],))
    )
