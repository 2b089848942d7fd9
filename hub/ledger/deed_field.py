"""A root field of the mutations that does a deed: its arguments, what it answers with, and who may use it at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from hub.ledger.deed import Deed
from hub.ledger.permission import Holder, full_rights
from hub.query.plan import payload_name
from hub.query.shapes import Namespace, argument, both, input_field, make_type, optional, output
from schema.classes import Label
from schema.entities import Entity

#: Among the values given to a deed: members of the input that are none, or of another type, with the fault's code.
UNFIT = "@unfit"
#: Name, annotation, words.
Parameter = tuple[str, StrawberryAnnotation, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedField:
    """Such a field. `needs` are field groups and actions on `about`, all of which its caller must hold."""

    name: str
    label: Label
    entity: Entity  # a row of which is answered
    about: Entity  # the row that the rights are asked of
    needs: tuple[tuple[str, str], ...]
    arguments: tuple[Parameter, ...]
    deed: Callable[[Mapping[str, Any]], Deed]
    members: tuple[Parameter, ...] = ()  # of its input object
    writes: tuple[str, ...] = ()  # what its arguments give, as Entity.column

    @property
    def input_type(self) -> str | None:
        """The type of its input: `AcceptReportInput`."""
        return f"{self.name[0].upper()}{self.name[1:]}Input" if self.members else None

    def is_open(self, holder: Holder) -> bool:
        """Whether a grant holds what it needs, on some row."""
        return all(full_rights(holder, self.about, group, (action,)) for group, action in self.needs)


DeedFields = Mapping[str, DeedField]


def declare_deeds(fields: DeedFields, namespace: Namespace) -> Iterator[StrawberryField]:
    """Their fields, once the payloads of the entities are declared."""
    for field in fields.values():
        name = payload_name(field.entity)
        if name not in namespace:
            label = field.entity.about.label
            payload = output(field.entity.about.single, optional(namespace[field.entity.name]), both(label), namespace)
            title = f"写入后的{label.zh}，按你可见的内容 / {label.en} as written, as you may see it"
            namespace[name] = make_type(name, [payload], title)
        arguments = list(_arguments(field, namespace))
        yield output(field.name, optional(namespace[name]), both(field.label), namespace, arguments=arguments)


def _arguments(field: DeedField, namespace: Namespace) -> Iterator[StrawberryArgument]:
    for name, annotation, title in field.arguments:
        yield argument(name, annotation, title, namespace)
    if field.input_type is not None:
        members = [input_field(*member, namespace) for member in field.members]
        made = make_type(field.input_type, members, both(field.label), is_input=True)
        namespace[field.input_type] = made
        yield argument("input", StrawberryAnnotation(made), "所报内容 / What is written", namespace)
    yield argument(
        "idempotencyKey", optional(str), "幂等键：重发时不重复写入 / Sent again, it writes nothing twice", namespace
    )
