"""Pages to bytes: puts the parts of a connection together in the order asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from hub import errors
from hub.query.pipeline import Row
from hub.query.plan import Connection, Constant, Count, Edges, Nodes, PageInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    more: bool
    cursors: Mapping[str, str]
    count: int
    seals: Sequence[str] = ()
    rows: Sequence[Row] = ()


def braced(parts: Iterable[tuple[str, bytes]]) -> bytes:
    return b"{" + b",".join(orjson.dumps(key) + b":" + value for key, value in parts) + b"}"


def counts(read: Connection) -> bool:
    return any(isinstance(part, Count) for part in read.parts)


def aggregated_part(part: Any, page: Page, nodes: Callable[[], bytes], read: Connection) -> bytes:
    if isinstance(part, Constant):
        return orjson.dumps(part.value)
    if isinstance(part, Nodes):
        return nodes()
    if isinstance(part, PageInfo):
        return orjson.dumps({key: _page_info(name, page, read) for key, name in part.parts})
    if isinstance(part, Count):
        exact = page.count <= part.limit
        shown = {"value": min(page.count, part.limit), "isExact": exact, "__typename": "Count"}
        return orjson.dumps({key: shown[name] for key, name in part.parts})
    raise errors.InternalError(reference="part")


def _page_info(name: str, page: Page, read: Connection) -> object:
    known = {"hasNextPage": page.more, "hasPreviousPage": read.after is not None, "__typename": "PageInfo"}
    return known[name] if name in known else page.cursors.get(name)


def listed_part(part: Any, page: Page, nodes: Mapping[str, int], edges: Any, read: Connection) -> bytes:
    if isinstance(part, Nodes):
        column = nodes[part.key]
        return b"[" + b",".join(row[column] or b"null" for row in page.rows) + b"]"
    if not isinstance(part, Edges):
        return aggregated_part(part, page, lambda: b"", read)
    columns = {key: next(edges) for key, name, _ in part.parts if name == "node"}
    listed = []
    for row, seal in zip(page.rows, page.seals, strict=True):
        known = {"cursor": orjson.dumps(seal), "__typename": orjson.dumps(f"{read.entity.name}Edge")}
        listed.append(
            braced(
                (key, (row[columns[key]] or b"null") if name == "node" else known[name]) for key, name, _ in part.parts
            )
        )
    return b"[" + b",".join(listed) + b"]"
