"""Root fields by which the hub speaks of itself: viewer, catalogue, explain, code lists."""

from __future__ import annotations

import strawberry

from hub.query.catalogue import CatalogueEntry, catalogue
from hub.query.explanation import Explanation, explanation
from hub.query.labels import Label, label
from hub.query.viewer import Viewer, viewer
from schema.codes import CODE_LISTS


@strawberry.type(description="一个代码 / One code")
class CodeEntry:
    code: str
    label: Label


@strawberry.type(description="代码表，可随标准增补 / A code list; it may grow with its standard")
class CodeTable:
    name: str
    label: Label
    source: str = strawberry.field(description="所依标准 / The standard it follows, if any")
    codes: list[CodeEntry]


def _code_table(name: str) -> CodeTable:
    found = CODE_LISTS[name]
    codes = [CodeEntry(code=code, label=label(named)) for code, named in found.codes.items()]
    return CodeTable(name=found.name, label=label(found.label), source=found.source, codes=codes)


def code_list(name: str) -> CodeTable | None:
    return _code_table(name) if name in CODE_LISTS else None


def code_lists() -> list[CodeTable]:
    return [_code_table(name) for name in CODE_LISTS]


@strawberry.type
class Questions:
    viewer: Viewer = strawberry.field(
        resolver=viewer, description="我是谁，我能看什么、做什么 / Who I am, and what I may read and do"
    )
    catalogue: list[CatalogueEntry] = strawberry.field(
        resolver=catalogue,
        description="共享目录：每类数据由谁负责、如何共享、你是否持有 / The catalogue of shared data",
    )
    explain: Explanation | None = strawberry.field(
        resolver=explanation, description="我为什么能、或不能对某字段做某事 / Why I may, or may not"
    )
    code_list: CodeTable | None = strawberry.field(resolver=code_list, description="一个代码表 / One code list")
    code_lists: list[CodeTable] = strawberry.field(resolver=code_lists, description="全部代码表 / All code lists")
