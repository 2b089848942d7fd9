"""What a caller may write of an entity, before any row is looked at: the rights behind each value, or the refusals.

A value needs the action on its class: `create` for a new row; `update`, or for its owner also `verify`, for a row that
stands. A row is made by those who keep some value of it. Whom a value belongs to is asked of the row, in `decision`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hub.identity.identity import Identity, Purpose
from hub.ledger.acts import Act, Verb
from hub.ledger.inputs import Input, inputs_of
from hub.policy.grant import Grant, Refusal, Right
from hub.policy.words import PURPOSES
from hub.query.planning import id_field, opened, purpose_given, seen_by
from schema.entities import Entity

Made = TypeVar("Made")

#: Of each verb, the actions that carry it; the second list is for the owner of a value alone.
ACTIONS: dict[Verb, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Verb.CREATE: (("create",), ()),
    Verb.UPDATE: (("update",), ("verify",)),
    Verb.END: (("update",), ()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds which rights, for a purpose; without one, for any."""

    grant: Grant
    purpose: Purpose | None = None

    @property
    def unit_type(self) -> str:
        return self.grant.subject.unit_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer(Holder):
    """Who writes, for what, and what that allows."""

    identity: Identity
    purpose: Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A value that the caller may not write."""

    path: tuple[str, ...]
    data_class: str
    field: str  # Child.citizen_id_no
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Rights of which one has to reach the row, and the values that ask for it."""

    rights: tuple[Right, ...]
    group: str
    action: str
    columns: tuple[str, ...]


@dataclass(slots=True)
class Permission:
    """The needs of one act, and what was refused already."""

    needs: list[Need] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(rule for need in self.needs for right in need.rights for rule in right.rules)


class _Kept(Generic[Made]):
    """What callers with equal rights and kinds of purpose share; all of it is dropped when there is too much."""

    def __init__(self, most: int = 16_384) -> None:
        self._most = most
        self._made: dict[object, Made] = {}

    def of(self, holder: Holder, more: Hashable, make: Callable[[], Made]) -> Made:
        stated = holder.purpose
        kinds = None if stated is None else tuple(purpose_given(name, stated) for name in PURPOSES)
        key = (holder.grant.digest_key, holder.unit_type, kinds, more)
        if key not in self._made:
            if len(self._made) >= self._most:
                self._made.clear()
            self._made[key] = make()
        return self._made[key]


_SEEN: _Kept[tuple[Right, ...]] = _Kept()
_PERMITTED: _Kept[Permission] = _Kept()


def seen(writer: Writer, entity: Entity) -> tuple[Right, ...]:
    """The rights by which the writer sees rows of an entity."""
    return _SEEN.of(writer, entity.name, lambda: seen_by(writer.grant, writer.purpose, entity))


def keeps(unit_type: str, entity: Entity) -> bool:
    """Whether some value of the entity is the unit's to keep."""
    return any(unit_type in item.owners for item in inputs_of(entity.name).values())


def rights_of(writer: Holder, entity: Entity, item: Input, verb: Verb) -> tuple[Right, ...]:
    """The rights to write one value; only those in full, for nobody writes what it may not see whole."""
    for_all, for_owner = ACTIONS[verb]
    actions = (*for_all, *(for_owner if writer.unit_type in item.owners else ()))
    # What links a row to its parent is of the row's own class, whatever else it is filed under.
    return full_rights(writer, entity, item.field.group, actions)


def full_rights(writer: Holder, entity: Entity, group: str, actions: Iterable[str]) -> tuple[Right, ...]:
    found = (opened(writer.grant, writer.purpose, entity, (group, action)) for action in actions)
    return tuple(right for rights in found for right in rights if right.mode == "full")


def permitted(writer: Holder, act: Act, columns: Iterable[str]) -> Permission:
    """The rights that writing these columns needs; what no right covers is refused here, whatever the row."""
    names = tuple(columns)
    found = _PERMITTED.of(writer, (act.entity.name, act.verb, names), lambda: _permission(writer, act, names))
    # The words of a refusal are those of the policies in force, whoever else had the same rights before.
    return _permission(writer, act, names) if found.refused else found


def _permission(writer: Holder, act: Act, columns: Iterable[str]) -> Permission:
    entity, inputs, found = act.entity, inputs_of(act.entity.name), Permission()
    asked: dict[tuple[tuple[Right, ...], str], list[str]] = {}
    for column in columns:
        item = inputs[column]
        rights = rights_of(writer, entity, item, act.verb)
        if rights:
            asked.setdefault((rights, item.field.group), []).append(column)
        else:
            found.refused.append(_refused(writer, entity, item, act.verb))
    if act.verb is Verb.CREATE:
        group = id_field(entity).group
        rights = full_rights(writer, entity, group, ("create",)) if keeps(writer.unit_type, entity) else ()
        if not rights:
            found.refused.insert(0, _row_refused(writer, entity, group))
        else:
            asked.setdefault((rights, group), [])
    found.needs = [
        Need(rights=rights, group=group, action=ACTIONS[act.verb][0][0], columns=tuple(names))
        for (rights, group), names in asked.items()
    ]
    return found


def _refused(writer: Holder, entity: Entity, item: Input, verb: Verb) -> Refused:
    refusal = writer.grant.refusal(item.field.group, ACTIONS[verb][0][0], ())
    name = f"{item.field.entity}.{item.column}"
    return Refused(path=("input", item.name), data_class=item.field.data_class, field=name, refusal=refusal)


def _row_refused(writer: Holder, entity: Entity, group: str) -> Refused:
    refusal = writer.grant.refusal(group, "create", ())
    return Refused(path=(), data_class=entity.about.key_class, field=entity.name, refusal=refusal)


def writable(writer: Holder, entity: Entity, verb: Verb) -> Iterator[Input]:
    """The inputs that some right opens: what the caller is shown. A link goes with the row it belongs to."""
    for item in inputs_of(entity.name).values():
        if (verb is Verb.CREATE or not item.once) and rights_of(writer, entity, item, verb):
            yield item


def may(writer: Holder, entity: Entity, verb: Verb) -> bool:
    """Whether the caller could do such a thing to any row at all."""
    inputs = inputs_of(entity.name)
    open_to = {item.column for item in writable(writer, entity, verb)}
    if verb is Verb.CREATE:
        needed = {item.column for item in inputs.values() if item.required}
        probe = Act(verb=verb, entity=entity, values={})
        return bool(inputs) and needed <= open_to and not permitted(writer, probe, ()).refused
    if verb is Verb.END:
        return bool(entity.end) and entity.end[0] in open_to
    return bool(open_to)
