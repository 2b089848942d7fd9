"""What can be wrong with a cell or a row, in the clerk's words: the reason, and what to do; never the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from schema.classes import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    reason: Label
    todo: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong; `place` is the column, none for the row as a whole."""

    code: str
    place: int | None = None
    detail: Label | None = None  # what more there is to say, without the value
    key: str = ""  # the field it concerns, such as child.birth_date

    @property
    def advice(self) -> Advice:
        return ADVICE[self.code]

    @property
    def reason(self) -> Label:
        if self.detail is None:
            return self.advice.reason
        reason = self.advice.reason
        return Label(zh=f"{reason.zh}：{self.detail.zh}", en=f"{reason.en}: {self.detail.en}")


#: Told beside a row that is imported all the same, without the cell.
REMARKS = frozenset({"OTHERS_VALUE", "INCOMPLETE", "OTHER_PARENT", "OTHER_CARER", "RELATION"})


class Unfit(Exception):
    """A cell's value does not do."""

    def __init__(self, code: str, detail: Label | None = None) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def _read() -> Mapping[str, Advice]:
    found = {}
    for line in (files("hub.roster") / "data" / "faults.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            code, reason_zh, todo_zh, reason_en, todo_en = (part.strip() for part in line.split("|"))
            reason, todo = Label(zh=reason_zh, en=reason_en), Label(zh=todo_zh, en=todo_en)
            found[code] = Advice(reason=reason, todo=todo)
    return found


ADVICE: Mapping[str, Advice] = _read()
