"""`hub explain`: whether a kind of unit may do something with a class of data, and the sentence it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.markup import escape

from hub.cli.terminal import to_stdout
from hub.errors import PlanError, UnknownUnit
from hub.policy import words
from hub.policy.book import load_policies
from hub.policy.compile import compile_grant
from hub.policy.explain import Allowed, Explanation, Ground
from hub.policy.explain import explain as explained
from hub.policy.grant import Subject
from hub.settings import load_settings
from schema.classes import Label
from schema.entities import camel
from schema.registry import ENTITIES

app = typer.Typer(add_completion=False)

#: A unit's code tells its type, and by the length of its division its level.
_UNIT = re.compile(r"(?P<type>[A-Z]{2,3})@(?P<division>[0-9]{6}|[0-9]{9}|[0-9]{12})(-[0-9]+)?")


@app.command()
def explain(
    unit: Annotated[str, typer.Argument(help="单位代码 / unit code, such as ED@430621")],
    group: Annotated[
        str, typer.Argument(help="数据类、其部分或字段 / class, part of one, or field: D08/carer, Child.citizenIdNo")
    ],
    action: Annotated[str, typer.Argument(help="行为 / action")] = "read",
    role: Annotated[list[str], typer.Option(help="角色，可重复 / role; may be repeated")] = ["officer"],  # noqa: B006
    duty: Annotated[str | None, typer.Option(help="所述职责 / duty stated")] = None,
) -> None:
    """某单位可否对某类数据做某事，依据哪一条 / Whether a unit may do something with a class, and by which sentence."""
    book = load_policies(load_settings().policies)
    group = _group_of(group)
    if group not in book.objects.groups:
        raise PlanError(reason=group)
    if action not in words.ACTIONS:
        raise PlanError(reason=action)
    subject = subject_of(unit)
    explanation = explained(book, compile_grant(book, subject, role, duty), group, action)
    kind, level = words.UNIT_TYPES[subject.unit_type].label, words.LEVELS[subject.level]
    to_stdout.print(f"{subject.unit_type} {subject.level} {kind.zh}（{level.zh}）· {group} {action}")
    for line in _granted(explanation.allowed) if explanation.granted else _refused(explanation):
        to_stdout.print(line)
    raise typer.Exit(0 if explanation.granted else 1)


def _group_of(asked: str) -> str:
    """The part of a class that a field belongs to; anything else is taken as such a part."""
    entity, _, name = asked.partition(".")
    declared = ENTITIES[entity].fields.values() if entity in ENTITIES else ()
    return next((field.group for field in declared if name in (field.name, camel(field.name))), asked)


def subject_of(unit: str) -> Subject:
    """The type and level that a unit's code stands for."""
    found = _UNIT.fullmatch(unit)
    if found is None:
        raise UnknownUnit(unit=unit)
    division = found["division"]
    level = {9: "township", 12: "village"}.get(len(division))
    if level is None:
        level = "county" if division[4:] != "00" else "prefecture" if division[2:4] != "00" else "province"
    return Subject(unit_type=found["type"], level=level)


def _granted(allowed: Iterable[Allowed]) -> Iterable[str]:
    for right in allowed:
        yield f"[green]✓[/] {_both(right.sentence)}"
        for unless in right.unless:
            yield f"  除非 / unless: {_both(unless)}"
        for ground in right.grounds:
            yield from _ground(ground)


def _refused(explanation: Explanation) -> Iterable[str]:
    refusal = explanation.refusal
    if refusal is None:
        return
    yield f"[red]✗ {refusal.code}[/] {_both(explanation.about.label)}"
    yield f"  → {_both(refusal.next_step)}"
    if explanation.nearest is not None:
        yield from _ground(explanation.nearest)
    if explanation.missing is not None:
        yield f"  缺少职责 / missing duty: {explanation.missing.code} {_both(explanation.missing.says)}"
    if explanation.holders:
        yield f"  持有单位 / held by: {'、'.join(escape(label.zh) for label in explanation.holders)}"


def _ground(ground: Ground) -> Iterable[str]:
    yield f"  {ground.entry} {_both(ground.rule)}"
    yield f"    {ground.duty} [dim]{escape(ground.clause)}[/]：{_both(ground.duty_says)}"
    if ground.conflicts:
        yield f"    冲突 / conflicts: {' '.join(ground.conflicts)}"


def _both(label: Label) -> str:
    return f"{escape(label.zh)} [dim]{escape(label.en)}[/]"
