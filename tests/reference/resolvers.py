"""What each field of the schema answers: resolvers for the library's executor, all of one walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schema.classes import Level
from schema.entities import Entity, camel
from schema.meaning import Anchor, Field, Pseudo, Relation
from schema.registry import ENTITIES
from tests.reference import looks
from tests.reference.choosing import check_filter, gate_of, matches, order_of, ordered
from tests.reference.facts import Row, Vector
from tests.reference.walk import Info, Page, Path, Steps, Thing, Walk, words_of


def put(data: Any, steps: Steps, value: object) -> None:
    inner: Any = data
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value


def names_withheld(_: Thing, info: Info) -> list[str]:
    """Filled in when the walk is over and everything withheld beside it is known."""
    info.context.lists_of_names.append(tuple(info.path.as_list()))
    return []


def names_doubted(thing: Thing, info: Info) -> list[str]:
    """Filled in when the walk is over; of the row's doubted fields those count that are shown beside it."""
    row, doubts = thing.row, set[str]()
    if row is not None and "county" in row and "id" in row:
        doubts = {
            camel(claim["field_name"])
            for claim in info.context.facts.tables["correction_request"]
            if (claim["county"], claim["row_id"]) == (row["county"], row["id"])
            and claim["status"] in ("requested", "disputed")
        }
    info.context.lists_of_doubts.append((tuple(info.path.as_list()), doubts))
    return []


def _action(info: Info) -> str:
    return str(info.context.actions[str(info.path.as_list()[0])])


def of_mapping(key: str) -> Callable[..., Any]:
    return lambda source, _info: source[key]


def field_of(declared: Field) -> Callable[..., Any]:
    def resolve(thing: Thing, info: Info) -> Any:
        walk, action = info.context, _action(info)
        rights = [v for v in walk.rights(declared.group, thing.entity, action) if looks.shows(declared, v.mode)]
        if not rights:
            return walk.withhold(info, declared.group, action)
        if thing.row is None:
            return None
        for right in rights:
            if walk.facts.holds(right, thing.entity, thing.row, thing.child):
                walk.shown.setdefault(tuple(info.path.as_list()[:-1]), set()).add(camel(declared.name))
                value = walk.value(thing.entity, declared, thing.row)
                return looks.look(declared, value, right.mode, walk.salt)
        return walk.withhold_here(info, rights, declared.data_class)

    return resolve


def identifier(entity: Entity) -> Callable[..., Any]:
    """Every row seen shows its id; its pseudonym where nothing more than pseudonyms may be seen of the row."""

    def resolve(thing: Thing, info: Info) -> str:
        if thing.row is None:
            return "first walk"
        if "id" not in entity.fields:
            return f"{entity.about.id_tag}_{thing.row[entity.key]}"
        walk, value = info.context, str(thing.row["id"])
        more = [v for v in walk.visible(entity, _action(info)) if v.mode != "pseudo"]
        return value if walk.holds(more, thing) else looks.pseudonym(Pseudo.HASH, value, walk.salt)

    return resolve


def relation_of(entity: Entity, relation: Relation) -> Callable[..., Any]:
    target = ENTITIES[relation.target]

    def resolve(thing: Thing, info: Info, **arguments: Any) -> Any:
        walk, action = info.context, _action(info)
        visible, gate = walk.visible(target, action), gate_of(walk, entity, relation, action)
        if not visible:
            return walk.withhold(info, key_group(target), action)
        if gate == []:
            return walk.withhold(info, entity.fields[relation.via or ""].group, action)
        if thing.row is None:
            if relation.many:
                check_list(walk, target, arguments, action, words_of(info))
            met = Thing(target, None, None)
            return [met] if relation.many else met
        if gate is not None and not walk.holds(gate, thing):
            return walk.withhold_here(info, gate, entity.fields[relation.via or ""].data_class)
        if beyond(walk, thing, target, visible):
            return walk.withhold_here(info, visible, target.about.key_class)
        things = walk.related(relation, thing, action)
        if not relation.many:
            return things[0] if things else None
        things = [t for t in things if matches(walk, t, arguments.get("filter") or {}, action)]
        things = ordered(walk, things, order_of(target, arguments.get("orderBy"), walk, action, relation), action)
        return things[: page_size(arguments)]

    return resolve


def beyond(walk: Walk, thing: Thing, target: Entity, visible: Sequence[Vector]) -> bool:
    """Whether the child is beyond every right on the target, so that not even emptiness may be told."""
    of_a_child = thing.child is not None or thing.entity.about.anchor is Anchor.CHILD
    if not of_a_child or target.about.anchor not in (Anchor.CHILD, Anchor.FAMILY):
        return False
    if not all(walk.facts.hangs_on_the_child(v, target) for v in visible):
        return False
    return not any(walk.facts.holds(v, target, {}, thing.child) for v in visible)


def key_group(entity: Entity) -> str:
    return entity.fields["id" if "id" in entity.fields else entity.key].group


def page_size(arguments: Mapping[str, Any]) -> int:
    first = arguments.get("first")
    return 20 if first is None else int(first)


def check_list(
    walk: Walk, target: Entity, arguments: Mapping[str, Any], action: str, path: Path, *, most: int = 100
) -> None:
    if not 0 <= page_size(arguments) <= most:
        walk.refuse("LIMIT_PAGE", ())
    check_filter(walk, target, arguments.get("filter") or {}, action, (*path, "filter"))
    for item in arguments.get("orderBy") or ():
        if not walk.comparable(target, str(item["field"]), action):
            walk.refuse("NOT_GRANTED", (*path, "orderBy", camel(str(item["field"]))))


def connection(entity: Entity) -> Callable[..., Any]:
    def resolve(_: object, info: Info, **arguments: Any) -> Page | None:
        walk, key = info.context, str(info.path.key)
        walk.actions[key] = "list"
        if not walk.visible(entity, "list"):
            walk.withhold(info, key_group(entity), "list")
            return None
        if not walk.answering:
            check_list(walk, entity, arguments, "list", (key,), most=1000)
            return Page(entity, [Thing(entity, None, None)], 0, 0, 0)
        as_of = arguments.get("asOf")
        things = walk.seen(entity, walk.rows(entity, as_of), "list", None, as_of)
        things = [t for t in things if matches(walk, t, arguments.get("filter") or {}, "list")]
        things = ordered(walk, things, order_of(entity, arguments.get("orderBy"), walk, "list"), "list")
        begins, first = walk.begins.get(key, 0), page_size(arguments)
        shown = things[begins : begins + first]
        walk.ids[key] = [str((t.row or {})[entity.key]) for t in shown]
        return Page(entity, shown, len(things), first, begins)

    return resolve


def count(page: Page, info: Info, limit: int | None = None) -> dict[str, object]:
    limit = 1000 if limit is None else limit
    if not 1 <= limit <= 100_000:
        info.context.refuse("LIMIT_PAGE", ())
    return {"value": min(page.matching, limit), "isExact": page.matching <= limit}


def single(entity: Entity) -> Callable[..., Any]:
    natural = entity.about.natural_key

    def resolve(_: object, info: Info, **arguments: Any) -> Thing | None:
        given = {n: v for n, v in arguments.items() if n != "asOf" and v is not None}
        return _one(entity, info, given, arguments.get("asOf"), natural)

    return resolve


def any_row(_: object, info: Info, **arguments: Any) -> Thing | None:
    tag = arguments["id"].partition("_")[0]
    entity = next((e for e in ENTITIES.values() if e.about.id_tag == tag), None)
    sealed = entity is not None and "id" in entity.fields and entity.fields["id"].level is Level.L5
    if entity is None or (sealed and not info.context.visible(entity, "read")):
        info.context.refuse("ARGUMENT_INVALID", ())  # a sealed kind is as unknown as no kind
        return None
    return _one(entity, info, {"id": arguments["id"]}, arguments.get("asOf"), None)


def _one(entity: Entity, info: Info, given: Mapping[str, str], as_of: Any, natural: str | None) -> Thing | None:
    walk, key = info.context, str(info.path.key)
    walk.actions[key] = "read"
    if not walk.visible(entity, "read"):
        walk.withhold(info, key_group(entity), "read")
        return None
    if len(given) != 1:
        walk.refuse("ARGUMENT_INVALID", ())
        return None
    ((name, wanted),) = given.items()
    column = "id" if name == "id" else str(natural)
    rights = walk.comparable(entity, column, "read")
    if not rights and column != "id":
        walk.refuse("NOT_GRANTED", (key, name))
    if not walk.answering:
        return Thing(entity, None, None)
    found = [
        thing
        for thing in walk.seen(entity, walk.rows(entity, as_of), "read", None, as_of)
        if _known_as(entity, thing.row or {}, column) == wanted and walk.holds(rights, thing)
    ]
    walk.ids[key] = [str((t.row or {})[entity.key]) for t in found]
    return found[0] if found else None


def _known_as(entity: Entity, row: Row, column: str) -> str:
    if column == "id" and "id" not in row:
        return f"{entity.about.id_tag}_{row[entity.key]}"
    return str(row[column])
