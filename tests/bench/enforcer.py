"""Casbin as its textbook has it: who may read which field, by unit type and data class, one decision per field."""

from __future__ import annotations

import casbin

from hub.policy.book import PolicyBook
from schema.entities import camel
from schema.registry import ENTITIES
from tests.bench import queries

MODEL = """
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _
g2 = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.act == p.act && g(r.sub, p.sub) && g2(r.obj, p.obj)
"""


def build_enforcer(book: PolicyBook) -> casbin.Enforcer:
    """The hub's own rules, as far as this model can say them: no modes, no scopes, no conditions."""
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    enforcer.add_policies(sorted(_lines(book)))
    unit_type = queries.UNIT.partition("@")[0]
    for group in (unit_type, f"{unit_type}/county", "any"):
        enforcer.add_grouping_policy(queries.UNIT, group)
    for entity in ENTITIES.values():
        for field in entity.fields.values():
            enforcer.add_named_grouping_policy("g2", f"{entity.name}.{camel(field.name)}", field.data_class)
        for relation in entity.relations.values():
            target = ENTITIES[relation.target].about.key_class
            enforcer.add_named_grouping_policy("g2", f"{entity.name}.{camel(relation.name)}", target)
    return enforcer


def _lines(book: PolicyBook) -> set[tuple[str, str, str]]:
    return {
        (subject, name.partition("/")[0], "read")
        for subject, lines in book.index.items()
        for line in lines
        if line.entry.allows and "read" in line.actions
        for name in line.entry.objects
    }
