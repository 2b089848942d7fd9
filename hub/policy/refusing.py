"""From a right that is not there, or does not reach, to a refusal: code, rule or missing duty, holders, next step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from hub.policy import words
from hub.policy.casbin_model import with_implied
from hub.policy.objects import Objects
from hub.policy.rights import Refusal, Right
from hub.policy.rules import Entry, Line
from schema.classes import CLASSES, Label

Holders = Mapping[tuple[str, str], tuple[tuple[str, str], ...]]  # (object, action) → (unit type, duty)

#: Rights in case of need or of the child itself make no unit a holder whom others may ask.
_EXCEPTIONAL = frozenset({"lease", "unlocked"})

_ROW_CODES = {"case": "NOT_ON_CASE", "assigned": "NOT_ASSIGNED", "self": "NEEDS_PURPOSE"}

_ROW_STEPS = {
    "OUT_OF_DIVISION": Label(
        zh="只能查看本单位职责范围内的对象（{reach}）。跨区域或超出范围的，请所在地同类单位协查，或由民政部门转办。",
        en="Only what is {reach}. For others ask the unit of your kind in charge there, or civil affairs.",
    ),
    "NOT_ON_CASE": Label(
        zh="只能查看本单位参与的案件。确需参与的，请案件牵头单位将本单位列入。",
        en="Only cases your unit takes part in. Ask the lead unit of the case to add your unit.",
    ),
    "NOT_ASSIGNED": Label(
        zh="只能查看分派给本单位的对象（{reach}）。请民政部门或乡镇分派任务、结对，或由本人提出申请。",
        en="Only what is {reach}. Have civil affairs or the township assign the child, or the family apply.",
    ),
    "NEEDS_PURPOSE": Label(
        zh="请在请求中写明{purpose}（Hub-Case、Hub-Task、Hub-Application）。",
        en="State {purpose} with the request (Hub-Case, Hub-Task, Hub-Application).",
    ),
    "NEEDS_LEASE": Label(
        zh="须先取得{reach}的授权：写明理由，限时有效，事后复核。",
        en="Needs a lease, {reach}: give the reason; it is limited in time and reviewed afterwards.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """What one caller's refusals are made from."""

    unit_type: str
    roles: frozenset[str]
    duty: str | None
    lines: tuple[Line, ...]  # every line of the subject, whatever its role and duty
    objects: Objects
    holders: Holders

    def refuse(
        self,
        group: str,
        action: str,
        held: tuple[Right, ...],
        applying: tuple[Right, ...],
        *,
        stated: Collection[str] = (),
    ) -> Refusal:
        """`held` are the rights there are; `applying` those left for the field in question on this request."""
        if applying:
            return _row_refusal(applying)
        lacking = tuple(right for right in held if right.reach.purpose not in (words.NONE, *stated))
        if lacking:
            return _row_refusal(lacking, code="NEEDS_PURPOSE")
        if any(self.objects.sealed(name) for name in self.objects.opened_by[group]):
            return self._never(group, action)
        return self._no_duty(group, action, held)

    def _never(self, group: str, action: str) -> Refusal:
        """The same for every row, so that it tells nothing of whether there is one."""
        denied = self._denied_by(group, action)
        return Refusal(
            code="NEVER",
            rule=denied.id if denied else None,
            duty=None,
            next_step=Label(
                zh="该类信息依法封存，不予共享。仅承办人在本人承办的案件中，按法定程序查看。",
                en="Sealed by law and not shared. Only the handling officer of a case sees it, by lawful procedure.",
            ),
            holders=(),
        )

    def _no_duty(self, group: str, action: str, held: tuple[Right, ...]) -> Refusal:
        holders = self._holders(group, action)
        denied = self._denied_by(group, action)
        nearest = None if denied or held else self._nearest(group, action)
        missing = nearest.duty if nearest else next((duty for _, duty in holders), None)
        return Refusal(
            code="NO_DUTY",
            rule=denied.id if denied else next((rule for right in held for rule in right.rules), None),
            duty=None if denied else missing,
            next_step=self._step(group, action, nearest, denied),
            holders=tuple(dict.fromkeys(unit for unit, _ in holders)),
        )

    def _step(self, group: str, action: str, nearest: Line | None, denied: Entry | None) -> Label:
        about = CLASSES[group.partition("/")[0]]
        if nearest and nearest.duty != self.duty and nearest.role in with_implied(self.roles):
            return Label(
                zh=f"该信息依据职责 {nearest.duty} 提供：请在 Hub-Duty 中写明该职责后重试。",
                en=f"It is open under duty {nearest.duty}: state that duty in Hub-Duty and ask again.",
            )
        if nearest:
            role = words.ROLES[nearest.role]
            return Label(zh=f"本单位由{role.zh}办理，请其查询。", en=f"In your unit the {role.en} does this.")
        unit = self._whom_to_ask(group, action)
        if denied:
            return Label(
                zh=f"规则 {denied.id} 不予提供“{about.label.zh}”。确需调整的，提请联席会议研究，以纪要为准。",
                en=f"Rule {denied.id} denies {about.label.en}. Only a minute of the joint conference changes it.",
            )
        if action not in words.READS:
            return Label(
                zh=f"该事项由{unit.zh}办理；发现数据有误的，提出校核申请。",
                en=f"This is for: {unit.en}. Where a value is wrong, file a correction request.",
            )
        return Label(
            zh=f"本单位职责不含“{about.label.zh}”的该项内容。确需使用的，向{unit.zh}提出数据共享申请，写明职责依据和用途。",
            en=f"No duty of yours includes this of {about.label.en}. File a share request to: {unit.en}, "
            "with the clause of your duty and the purpose.",
        )

    def _whom_to_ask(self, group: str, action: str) -> Label:
        """The owner of the class, else a unit that holds the right."""
        owners = [owner for owner in CLASSES[group.partition("/")[0]].owner if owner in words.UNIT_TYPES]
        units = [*(o for o in owners if o != self.unit_type), *(unit for unit, _ in self._holders(group, action)), "JC"]
        return words.UNIT_TYPES[units[0]].label

    def denied(self, name: str, action: str) -> str | None:
        """The entry that denies a class or a part of one, whatever else allows it."""
        found = (self._denied_by(group, action) for group in self.objects.groups_of(name))
        return next((entry.id for entry in found if entry is not None), None)

    def _denied_by(self, group: str, action: str) -> Entry | None:
        return next(
            (line.entry for line in self.lines if not line.entry.allows and self._names(line, group, action)), None
        )

    def _nearest(self, group: str, action: str) -> Line | None:
        """A right of the same unit that only another role or stated duty holds."""
        found = [
            line
            for line in self.lines
            if line.entry.allows and line.mode != "aggregate" and line.role != "service"
            and line.role not in words.ADMINISTRATORS and self._names(line, group, action)
        ]  # fmt: skip
        held = with_implied(self.roles)
        return next((line for line in found if line.role in held), next(iter(found), None))

    def _names(self, line: Line, group: str, action: str) -> bool:
        names = self.objects.opened_by[group]
        opened = line.entry.objects
        if not line.entry.allows:
            opened = tuple(name for denied in opened for name in self.objects.closed_by(denied))
        return any(name in opened for name in names) and (line.act == words.ANY or action in line.actions)

    def _holders(self, group: str, action: str) -> tuple[tuple[str, str], ...]:
        owners = CLASSES[group.partition("/")[0]].owner
        found = {pair for name in self.objects.opened_by[group] for pair in self.holders.get((name, action), ())}
        others = [pair for pair in found if pair[0] != self.unit_type]
        return tuple(sorted(others, key=lambda pair: (pair[0] not in owners, pair)))


def find_holders(entries: Iterable[Entry]) -> Holders:
    """Which types of units, under which duty, hold a right on the rows of an object."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for entry in entries:
        ordinary = entry.allows and entry.modes[0] not in ("aggregate", "pseudo") and entry.scope != "self"
        if ordinary and not entry.everyone and entry.condition not in _EXCEPTIONAL:
            for name in entry.objects:
                for action in entry.actions:
                    found.setdefault((name, action), set()).update((unit, entry.duties[unit]) for unit in entry.units)
    return {cell: tuple(sorted(pairs)) for cell, pairs in found.items()}


def reach_words(right: Right) -> Label:
    """Scope and condition of a right, in words."""
    scope = words.SCOPES[right.reach.scope]
    if right.reach.condition is None:
        return scope
    condition = words.condition_label(right.reach.condition)
    return Label(zh=f"{scope.zh}，{condition.zh}", en=f"{scope.en}, {condition.en}")


def _row_refusal(rights: tuple[Right, ...], code: str | None = None) -> Refusal:
    """Why a row is not reached, by the right that comes nearest: one that needs no lease, if there is one."""
    right = next((r for r in rights if r.reach.condition not in _EXCEPTIONAL), rights[0])
    code = code or _row_code(right)
    reach, purpose = reach_words(right), words.PURPOSES[right.reach.purpose]
    if right.reach.condition in _EXCEPTIONAL:
        reach = words.condition_label(str(right.reach.condition))
    step = _ROW_STEPS[code]
    return Refusal(
        code=code,
        rule=right.rules[0],
        duty=right.duties[0],
        next_step=Label(
            zh=step.zh.format(reach=reach.zh, purpose=purpose.zh), en=step.en.format(reach=reach.en, purpose=purpose.en)
        ),
        holders=(),
    )


def _row_code(right: Right) -> str:
    if right.reach.condition in _EXCEPTIONAL:
        return "NEEDS_LEASE"
    if right.reach.condition == "handling_officer":
        return "NOT_ASSIGNED" if right.reach.scope == "own" else "NOT_ON_CASE"
    return _ROW_CODES.get(right.reach.scope, "OUT_OF_DIVISION")
