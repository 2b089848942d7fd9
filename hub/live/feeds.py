"""What may be followed: a unit's inbox, what it owes and is owed, and one case; and whom a change concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from strawberry.types.field import StrawberryField

from hub.live.changes import Change, Place, Sought
from hub.query.plan import Rows
from hub.query.scalars import DateTime
from hub.query.shapes import Namespace, argument, both, make_type, optional, output
from schema.classes import Label
from schema.registry import ENTITIES

#: Feed, and the unit or the case that is followed.
Key: TypeAlias = tuple[str, str]

STARTED, CHANGED, STEP = "started", "changed", "step"
_EVENT = ENTITIES["CaseEvent"].name


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One root field of the subscriptions."""

    name: str
    label: Label
    rows: Rows
    of_case: bool = False

    @property
    def main(self) -> str:
        """The field with the row that it is all about."""
        return next(iter(self.rows.fields))

    def key(self, unit: str, case: str | None) -> Key:
        return (self.name, case if self.of_case and case is not None else unit)

    def sought(self, key: Key) -> Sought:
        return Sought(case=key[1]) if self.of_case else Sought(entity=self.rows.main.name, unit=key[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is told to whoever follows one key; the rows are read when it is told, as each may then see them."""

    place: Place
    kind: str
    at: str
    rows: Mapping[str, str | None]  # by the field that answers with them


def _feed(name: str, type_: str, label: Label, entities: Mapping[str, str], *, of_case: bool = False) -> Feed:
    fields = {field: ENTITIES[entity] for field, entity in entities.items()}
    return Feed(name=name, label=label, rows=Rows(type=type_, fields=fields), of_case=of_case)


FEEDS: Mapping[str, Feed] = {
    feed.name: feed
    for feed in (
        _feed(
            "inbox", "InboxUpdate", Label(zh="本单位收件箱：新通知及其状态", en="Notices to your unit, as they come"),
            {"notice": "Notice"},
        ),
        _feed(
            "case", "CaseUpdate", Label(zh="一个案件：步骤、阶段与共知板", en="One case: its steps, stage and board"),
            {"case": "ProtectionCase", "event": "CaseEvent"}, of_case=True,
        ),
        _feed(
            "obligations", "ObligationUpdate", Label(zh="本单位的义务与权利", en="What your unit owes and is owed"),
            {"obligation": "Obligation"},
        ),
    )
}  # fmt: skip
_OF_UNIT: Mapping[str, Feed] = {feed.rows.main.name: feed for feed in FEEDS.values() if not feed.of_case}
_CASE = next(feed for feed in FEEDS.values() if feed.of_case)

#: For the views: what a caller's own schema shows of the subscriptions.
FOLLOWS: Mapping[str, Rows] = {name: feed.rows for name, feed in FEEDS.items()}


def told_of(changes: Iterable[Change]) -> Iterator[tuple[Key, Happening]]:
    """Whom changes, in the order of the log, concern: each unit's in that order, each case's in that order."""
    cases: dict[tuple[int, str], list[Change]] = defaultdict(list)
    for change in changes:
        feed = _OF_UNIT.get(change.entity)
        if feed is not None:
            happening = Happening(place=change.place, kind=change.kind, at=change.at, rows={feed.main: change.row})
            for unit in change.units:
                yield (feed.name, unit), happening
        if change.case is not None:
            cases[change.place.xid, change.case].append(change)
    for (_, case), together in cases.items():
        for happening in _of_case(case, together):
            yield (_CASE.name, case), happening


def _of_case(case: str, together: list[Change]) -> Iterator[Happening]:
    """What one transaction did in a case: each step of the time line, else once that something changed."""
    steps = [change for change in together if change.entity == _EVENT and change.kind == "created"]
    last = together[-1]
    for step in steps[:-1]:
        yield Happening(place=step.place, kind=STEP, at=step.at, rows={"case": case, "event": step.row})
    if steps:
        yield Happening(place=last.place, kind=STEP, at=last.at, rows={"case": case, "event": steps[-1].row})
    else:
        yield Happening(place=last.place, kind=CHANGED, at=last.at, rows={"case": case, "event": None})


def declare_subscriptions(namespace: Namespace) -> Iterator[StrawberryField]:
    """The root fields with their types."""
    for feed in FEEDS.values():
        namespace[feed.rows.type] = _update_type(feed, namespace)
        arguments = (
            [argument("id", strawberry.ID, "案件编号 / Global id of the case", namespace)] if feed.of_case else []
        )
        arguments.append(argument("after", optional(str), "从此游标之后续接 / Go on behind this cursor", namespace))
        yield output(feed.name, f"{feed.rows.type} | None", both(feed.label), namespace, arguments=arguments)


def _update_type(feed: Feed, namespace: Namespace) -> type:
    fields = [
        output("cursor", str, "游标；断线后作为 after 传回，不漏不重 / Pass it as `after` to go on here", namespace),
        output("kind", str, "started created updated ended step changed", namespace),
        output("at", DateTime, "何时 / When", namespace),
    ]
    for name, entity in feed.rows.fields.items():
        fields.append(output(name, f"{entity.name} | None", both(entity.about.label), namespace))
    return make_type(feed.rows.type, fields, f"{feed.label.zh}，一次更新 / One update")
