"""The hub's whole GraphQL interface: the registry's root fields, and the questions about the hub beside them."""

from __future__ import annotations

from functools import cache, partial

from graphql import GraphQLSchema

from hub.commands.correction_fields import CORRECTION_FIELDS
from hub.commands.fields import COMMAND_FIELDS
from hub.knowledge import questions as knowledge
from hub.knowledge.acknowledging import NOTICE_FIELDS
from hub.knowledge.fields import OBLIGATION_FIELDS
from hub.ledger.deed_field import DeedFields
from hub.ledger.files import FILE_FIELDS
from hub.ledger.types import declare_mutations
from hub.live.feeds import declare_subscriptions
from hub.query import account, meta
from hub.query.graphql import build_schema, core_of, print_sdl
from hub.statistics import questions as statistics
from schema.registry import ENTITIES

QUESTIONS: tuple[type, ...] = (meta.Questions, statistics.Questions, account.Questions, knowledge.Questions)

#: Root fields of the mutations beside those that keep single rows.
DEEDS: DeedFields = {
    **FILE_FIELDS,
    **COMMAND_FIELDS,
    **CORRECTION_FIELDS,
    **NOTICE_FIELDS,
    **OBLIGATION_FIELDS,
}

#: Root field → the class and action without which it is in nobody's view.
NEEDS = {**statistics.NEEDS, **account.NEEDS, **knowledge.NEEDS}

#: Root field → what it costs, where it reads more than a few rows; as for the registry's own, about microseconds.
PRICES = {**statistics.PRICES, **account.PRICES, **knowledge.PRICES}


@cache
def interface() -> GraphQLSchema:
    """The schema, built once in a process: it takes a second or two."""
    return core_of(build_schema(ENTITIES, QUESTIONS, partial(declare_mutations, DEEDS), declare_subscriptions))


def full_sdl() -> str:
    """What `schema/schema.graphql` holds."""
    return print_sdl(interface())
