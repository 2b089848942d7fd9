"""The GraphQL side of writing: inputs, payloads and mutations of every entity, derived from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from hub.ledger.acts import Verb
from hub.ledger.deed_field import DeedFields, declare_deeds
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.permission import Holder, may, writable
from hub.policy.grant import Grant
from hub.query.plan import payload_name
from hub.query.scalars import Date
from hub.query.shapes import Namespace, argument, both, input_field, make_type, optional, output
from hub.query.types import ANNOTATIONS, describe
from schema.classes import Level
from schema.entities import Entity
from schema.registry import ENTITIES

_TITLES: Mapping[Verb, tuple[str, str]] = {
    Verb.CREATE: ("登记", "Record a new one"),
    Verb.UPDATE: ("更新；未写的项不变，写 null 的项清空", "Change it; what is left out stays, null clears"),
    Verb.END: ("终止", "Record that it has ended"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationField:
    """A root field of the mutations."""

    name: str  # createChild
    entity: Entity
    verb: Verb

    @property
    def input_type(self) -> str | None:
        """The type of its input: `CreateChildInput`; ending has arguments instead."""
        return None if self.verb is Verb.END else f"{self.verb.capitalize()}{self.entity.name}Input"


def mutation_fields() -> Iterator[MutationField]:
    for entity in ENTITIES.values():
        if not inputs_of(entity.name):
            continue
        for verb in Verb:
            if verb is not Verb.END or entity.end:
                single = entity.about.single
                yield MutationField(name=f"{verb}{single[0].upper()}{single[1:]}", entity=entity, verb=verb)


FIELDS: Mapping[str, MutationField] = {field.name: field for field in mutation_fields()}


@strawberry.input(description="数据从何而来，除登记单位外 / Where the values came from, beside the unit that writes")
class WriteSource:
    system: str | None = strawberry.field(default=strawberry.UNSET, description="来源系统 / Source system")
    record_id: str | None = strawberry.field(default=strawberry.UNSET, description="来源记录号 / Record id there")
    effective_from: Date | None = strawberry.field(default=strawberry.UNSET, description="生效日期 / Effective from")


def declare_mutations(deeds: DeedFields, namespace: Namespace) -> Iterable[StrawberryField]:
    """Every mutation; a caller's view keeps those it may use."""
    namespace["WriteSource"] = WriteSource
    for name in {field.entity.name for field in FIELDS.values()}:
        _declare(ENTITIES[name], namespace)
    return [*(_mutation(field, namespace) for field in FIELDS.values()), *declare_deeds(deeds, namespace)]


def inputs_for(field: MutationField) -> Iterator[Input]:
    """What the input of a mutation holds; what is given once is not changed later."""
    for item in inputs_of(field.entity.name).values():
        if field.verb is Verb.CREATE or not item.once:
            yield item


def _declare(entity: Entity, namespace: Namespace) -> None:
    label = entity.about.label
    payload = [output(entity.about.single, optional(namespace[entity.name]), f"{both(label)}", namespace)]
    title = f"写入后的{label.zh}，按你可见的内容 / {label.en} as written, as you may see it"
    namespace[payload_name(entity)] = make_type(payload_name(entity), payload, title)
    for field in (field for field in FIELDS.values() if field.entity is entity and field.input_type is not None):
        members = [
            input_field(item.name, ANNOTATIONS[item.field.kind], _described(item, field.verb), namespace)
            for item in inputs_for(field)
        ]
        zh, en = _TITLES[field.verb]
        name = field.input_type or ""
        namespace[name] = make_type(name, members, f"{label.zh}：{zh} / {label.en}: {en}", is_input=True)


def _described(item: Input, verb: Verb) -> str:
    needed = "（必填） / required: " if item.required and verb is Verb.CREATE else ""
    return needed + describe(item.field)


def _mutation(field: MutationField, namespace: Namespace) -> StrawberryField:
    zh, en = _TITLES[field.verb]
    label = field.entity.about.label
    payload = optional(namespace[payload_name(field.entity)])
    title = f"{label.zh}：{zh} / {label.en}: {en}"
    return output(field.name, payload, title, namespace, arguments=list(_arguments(field, namespace)))


def _arguments(field: MutationField, namespace: Namespace) -> Iterator[StrawberryArgument]:
    if field.verb is not Verb.CREATE:
        yield argument("id", StrawberryAnnotation(strawberry.ID), "全局编号 / Global id", namespace)
        yield argument("version", StrawberryAnnotation(int), "读到的行版本 / Row version that was read", namespace)
    if field.input_type is not None:
        made = StrawberryAnnotation(namespace[field.input_type])
        yield argument("input", made, "所报内容 / What is written", namespace)
    else:
        yield argument("on", StrawberryAnnotation(Date), "结束日期 / The day it ended", namespace)
        if len(field.entity.end) > 1:
            yield argument("reason", optional(str), "终止原因（代码） / Why, as a code", namespace)
    yield argument("source", optional(namespace["WriteSource"]), "数据从何而来 / Where it came from", namespace)
    yield argument(
        "idempotencyKey", optional(str), "幂等键：重发时不重复写入 / Sent again, it writes nothing twice", namespace
    )


class OpenWrites:
    """What of the mutations a grant may use, for its view."""

    def __init__(self, deeds: DeedFields) -> None:
        self._deeds = deeds

    def shown(self, grant: Grant) -> dict[str, frozenset[str]]:
        holder, kept = Holder(grant=grant), dict[str, frozenset[str]]()
        kept["Mutation"] = frozenset(field.name for field in FIELDS.values() if may(holder, field.entity, field.verb))
        done = frozenset(field.name for field in self._deeds.values() if field.is_open(holder))
        kept["Mutation"] |= done
        for deed in (deed for deed in self._deeds.values() if deed.input_type is not None):
            kept[deed.input_type or ""] = frozenset(name for name, *_ in deed.members if deed.name in done)
        for field in FIELDS.values():
            if field.input_type is not None:
                open_to = {item.name for item in writable(holder, field.entity, field.verb)}
                kept[field.input_type] = frozenset(open_to if field.name in kept["Mutation"] else ())
        return kept

    def sealed(self, grant: Grant) -> frozenset[tuple[str, str]]:
        holder, gone = Holder(grant=grant), set[tuple[str, str]]()
        for field in (field for field in FIELDS.values() if field.input_type is not None):
            hidden = {item.name for item in inputs_for(field) if item.field.level >= Level.L5}
            open_to = {item.name for item in writable(holder, field.entity, field.verb)} if hidden else set()
            gone |= {(field.input_type or "", name) for name in hidden - open_to}
        return frozenset(gone)
