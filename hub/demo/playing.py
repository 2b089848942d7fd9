"""Plays a story against a running hub: each act is one mutation, sent by the unit that plays the part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hub.demo.asking import Answer
from hub.demo.script import InDays, Known, Part, Step, Story
from hub.interface import DEEDS

#: Puts a document to the hub as a unit in a role.
Send = Callable[[str, str, str, Mapping[str, Any]], Answer]

#: What is asked of the row that is answered, where its id is not enough.
_SHOWN = {"ConcernReport": "id case { id }"}
_UNREAD = """query ($unit: String!) { notices(first: 500, filter: {unit: {eq: $unit},
  acknowledgedAt: {isNull: true}}) { nodes { id } } }"""
_OWED = """query ($rule: String!) { obligations(first: 1, orderBy: [{field: OPENED_AT, direction: DESC}],
  filter: {rule: {eq: $rule}, status: {eq: "open"}}) { nodes { id rowVersion } } }"""
_ACKNOWLEDGE = "mutation ($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }"
_FULFIL = """mutation ($id: ID!, $version: Int!, $evidence: String!) {
  fulfilObligation(id: $id, version: $version, evidence: $evidence) { obligation { id } } }"""


class Refused(Exception):
    """The hub refused a step of a story."""

    def __init__(self, step: Step, fault: Mapping[str, Any]) -> None:
        self.step, self.fault = step, fault
        super().__init__(f"{step.act}: {fault.get('extensions', {}).get('code')}: {fault.get('message')}")


def mutation(act: str, *, on: bool, shown: str = "id") -> str:
    """The document of an act of a case: `$target` is the row it is about, `$input` its values, `$key` its key."""
    deed = DEEDS[act]
    declared, passed = ["$key: String"], ["idempotencyKey: $key"]
    if on:
        declared.append("$target: ID!")
        passed.append(f"{deed.arguments[0][0]}: $target")
    if deed.input_type is not None:
        declared.append(f"$input: {deed.input_type}!")
        passed.append("input: $input")
    answered = f"{deed.entity.about.single} {{ {shown} }}"
    head = f"{act[0].upper()}{act[1:]}({', '.join(declared)})"
    return f"mutation {head} {{ {act}({', '.join(passed)}) {{ {answered} }} }}"


@dataclass(slots=True, kw_only=True)
class Play:
    """A story being played: who plays which part, and the ids of rows known so far."""

    story: Story
    cast: Mapping[str, str]
    send: Send
    today: date
    known: dict[str, str] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        """Each step, once it is done; raises Refused where the hub refuses one."""
        for step in self.story.steps:
            self.do(step)
            yield step

    def do(self, step: Step) -> None:
        if step.act == "acknowledgeNotices":
            self._acknowledge(step)
        elif step.act == "fulfilObligation":
            self._fulfil(step)
        else:
            self._act(step)

    def _act(self, step: Step) -> None:
        deed = DEEDS[step.act]
        document = mutation(step.act, on=step.on is not None, shown=_SHOWN.get(deed.entity.name, "id"))
        variables: dict[str, Any] = {} if step.on is None else {"target": self.known[step.on]}
        if deed.input_type is not None:
            variables["input"] = {name: self._value(value) for name, value in step.values.items()}
        row = self._sent(step, document, variables)[step.act][deed.entity.about.single] or {}
        if step.makes is not None:
            self.known[step.makes] = row["id"]
        if row.get("case"):
            self.known["case"] = row["case"]["id"]

    def _acknowledge(self, step: Step) -> None:
        for part in step.values["with"]:
            each = replace(step, by=part.name)
            unread = self._sent(each, _UNREAD, {"unit": self.cast[part.name]})["notices"]["nodes"]
            if unread:
                self._sent(each, _ACKNOWLEDGE, {"ids": [notice["id"] for notice in unread]})

    def _fulfil(self, step: Step) -> None:
        (owed,) = self._sent(step, _OWED, {"rule": step.rule})["obligations"]["nodes"]
        values = {name: self._value(value) for name, value in step.values.items()}
        self._sent(step, _FULFIL, {"id": owed["id"], "version": owed["rowVersion"], **values})

    def _sent(self, step: Step, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self.send(self.cast[step.by], step.role, document, variables)
        if answer.errors:
            raise Refused(step, answer.errors[0])
        return answer.data

    def _value(self, value: Any) -> Any:
        if isinstance(value, Part):
            return self.cast[value.name]
        if isinstance(value, Known):
            return self.known[value.name]
        if isinstance(value, InDays):
            return (self.today + timedelta(days=value.days)).isoformat()
        return [self._value(item) for item in value] if isinstance(value, list) else value
