"""The GraphQL side of what is done to a whole file: `moveChild`, `mergeChildren`, `splitChild`."""

from __future__ import annotations

import strawberry
from strawberry.annotation import StrawberryAnnotation

from hub.ledger import merging, moving
from hub.ledger.deed_field import DeedField, DeedFields
from hub.ledger.inputs import subject
from hub.ledger.merging import Merge
from hub.ledger.moving import Move
from hub.ledger.splitting import Split
from hub.query.shapes import optional, optional_list
from schema.classes import Label

_ID, _VERSION = StrawberryAnnotation(strawberry.ID), StrawberryAnnotation(int)
_TEXT = StrawberryAnnotation(str)

FILE_FIELDS: DeedFields = {
    field.name: field
    for field in (
        DeedField(
            name="moveChild",
            label=Label(
                zh="儿童迁往另一区划，档案随迁；跨县时编号改变，原编号转向新编号",
                en="A child moves to another division, its file with it; in another county it has another id,"
                " to which the former one leads",
            ),
            entity=subject(),
            about=subject(),
            needs=(moving.NEED,),
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
            writes=("Child.residence_division", "Child.residence_address"),
        ),
        DeedField(
            name="mergeChildren",
            label=Label(
                zh="同一儿童的两份档案合并：保留前一份，不一致的值交其责任单位校核",
                en="Two files of one child become one: the first goes on, differing values are put to their owners",
            ),
            entity=subject(),
            about=subject(),
            needs=(merging.NEED,),
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
        DeedField(
            name="splitChild",
            label=Label(
                zh="撤销误合并：两份档案恢复原状；合并后新增的记录按指定归属",
                en="A wrong merge is undone: both files as they were, and what was added since as it is assigned",
            ),
            entity=subject(),
            about=subject(),
            needs=(merging.NEED,),
            arguments=(
                ("merged", _ID, "被并入的档案 / File that was merged"),
                ("assign", optional_list(strawberry.ID), "合并后新增、随其分出的记录 / Rows added since, of its own"),
            ),
            deed=lambda given: Split(merged=given["merged"], assigned=tuple(given.get("assign") or ())),
        ),
    )
}  # fmt: skip
