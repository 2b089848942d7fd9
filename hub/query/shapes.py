"""Makes Strawberry types and fields out of names, annotations and labels, as the registry supplies them."""

from __future__ import annotations

import dataclasses
import keyword
import types
from collections.abc import Callable, Iterable, Mapping
from enum import EnumMeta, StrEnum
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from schema.classes import Label

#: Types by GraphQL name; an annotation given as text is resolved in it, so that types may name each other.
Namespace = dict[str, Any]

#: Default of an input field that must be given.
REQUIRED = dataclasses.MISSING


def both(label: Label) -> str:
    return f"{label.zh} / {label.en}"


def python_name(name: str) -> str:
    """`in`, `and`, `from` … are no Python names; GraphQL keeps them."""
    return f"{name}_" if keyword.iskeyword(name) else name


def optional(kind: Any) -> StrawberryAnnotation:
    """The annotation `kind | None`, resolved already: thousands of fields need no evaluation of text."""
    return StrawberryAnnotation(StrawberryOptional(kind))


def optional_list(kind: Any) -> StrawberryAnnotation:
    return StrawberryAnnotation(StrawberryOptional(StrawberryList(kind)))


def _annotation(annotation: object, namespace: Namespace) -> StrawberryAnnotation:
    if isinstance(annotation, StrawberryAnnotation):
        return annotation
    return StrawberryAnnotation(annotation, namespace=namespace)


def output(
    name: str,
    annotation: object,
    description: str,
    namespace: Namespace,
    *,
    arguments: Iterable[StrawberryArgument] = (),
    resolver: Callable[..., Any] | None = None,
) -> StrawberryField:
    made = StrawberryField(
        python_name=python_name(name),
        graphql_name=name,
        type_annotation=_annotation(annotation, namespace),
        description=description,
        base_resolver=StrawberryResolver(resolver) if resolver else None,
    )
    made.arguments = list(arguments)
    return made


def input_field(
    name: str, annotation: object, description: str, namespace: Namespace, *, default: object = strawberry.UNSET
) -> StrawberryField:
    return StrawberryField(
        python_name=python_name(name),
        graphql_name=name,
        type_annotation=_annotation(annotation, namespace),
        description=description,
        default=default,
    )


def argument(
    name: str, annotation: object, description: str, namespace: Namespace, *, default: object = strawberry.UNSET
) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=python_name(name),
        graphql_name=name,
        type_annotation=_annotation(annotation, namespace),
        description=description,
        default=default,
    )


def make_type(
    name: str,
    fields: Iterable[StrawberryField],
    description: str,
    *,
    bases: tuple[type, ...] = (),
    is_input: bool = False,
) -> type:
    members: dict[str, Any] = {field.python_name: field for field in fields}
    annotations = {key: field.type_annotation for key, field in members.items()}
    made = types.new_class(name, bases, {}, lambda body: body.update(members | {"__annotations__": {}}))
    made = strawberry.type(made, name=name, is_input=is_input, description=description)
    # The dataclass machinery has replaced each annotation by its text, which only our namespace can resolve.
    for key, annotation in annotations.items():
        members[key].type_annotation = annotation
    return made


def make_enum(name: str, members: Mapping[str, tuple[str, str]], description: str) -> EnumMeta:
    """An enumeration out of names with their values and descriptions; its members are strings."""
    body = EnumMeta.__prepare__(name, (StrEnum,))
    for key, (value, _) in members.items():
        body[key] = value
    made = strawberry.enum(EnumMeta(name, (StrEnum,), body), name=name, description=description)
    if has_enum_definition(made):
        for entry in made.__strawberry_definition__.values:
            entry.description = members[entry.name][1]
    return made
