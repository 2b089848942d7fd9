"""What the clients ask: each unit's own question from the demo, and every field of a unit's own schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from hub.demo.asking import STOPS, query_text
from hub.demo.story import CHILD_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    name: str  # of the file
    unit: str
    role: str
    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)


#: Each unit's own question; all of it is in the schema that the unit is shown.
OWN = tuple(
    Question(name=stop.query, unit=stop.unit, role=stop.role, document=query_text(stop.query)) for stop in STOPS
)
#: One question to all of them, of which every unit is refused another part.
SAME = tuple(
    Question(
        name=f"tour {stop.query}",
        unit=stop.unit,
        role=stop.role,
        document=query_text("tour"),
        variables={"child": CHILD_ID},
    )
    for stop in STOPS
)
#: A question of which part is withheld from the education bureau.
PARTLY_WITHHELD = "query Partly { children(first: 1) { nodes { id name residenceAddress withheld } } }"
WITHHELD_PATH = ["children", "nodes", "residenceAddress"]
NO_SUCH_FIELD = "query Wrong { children(first: 1) { nodes { nickname } } }"


def every_field(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Per list in the schema, an operation's name and the operation: a few rows with every plain value they have."""
    roots = schema.query_type.fields if schema.query_type else {}
    for plural, root in roots.items():
        page = get_named_type(root.type)
        if isinstance(page, GraphQLObjectType) and "pageInfo" in page.fields:
            row = get_named_type(page.fields["nodes"].type)
            if isinstance(row, GraphQLObjectType):
                plain = [name for name, member in row.fields.items() if is_leaf_type(get_named_type(member.type))]
                yield (
                    f"Every{row.name}",
                    f"query Every{row.name} {{ {plural}(first: 3) {{ nodes {{ {' '.join(plain)} }} }} }}",
                )


def comparable(value: object) -> object:
    """An answer without what clients add for their caches, and without cursors, which differ from answer to answer."""
    if isinstance(value, dict):
        return {
            name: item and "…" if name in ("cursor", "startCursor", "endCursor") else comparable(item)
            for name, item in value.items()
            if name != "__typename"
        }
    return [comparable(item) for item in value] if isinstance(value, list) else value
