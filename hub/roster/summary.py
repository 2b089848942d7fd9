"""What an import came to, for the terminal, the report and the answer over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.roster.columns import vocabulary
from hub.roster.faults import ADVICE, Advice
from hub.roster.headers import Column
from hub.roster.importing import RESULTS, Judged, Result
from hub.roster.permits import USES, Permits, Use
from hub.roster.roster import Seen
from hub.roster.tables import Left
from schema.classes import Label

LEFT: dict[Left, Label] = {
    Left.BLANK: Label(zh="空行", en="blank rows"),
    Left.TOTAL: Label(zh="合计行", en="rows of totals"),
    Left.NOTE: Label(zh="说明行", en="rows of notes"),
    Left.HEADER: Label(zh="重复的表头", en="repeated headers"),
}


@dataclass(slots=True, kw_only=True)
class Summary:
    """Counts as they grow. No value of the file is in it, headers excepted."""

    seen: Seen
    permits: Permits
    written: bool
    results: Counter[Result] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, judged: Iterable[Judged]) -> None:
        for row in judged:
            self.results[row.result] += 1
            self.faults.update(fault.code for fault in row.entry.faults)

    def advised(self) -> Iterator[tuple[str, int, Advice]]:
        for code, count in self.faults.most_common():
            yield code, count, ADVICE[code]

    @property
    def needs_attention(self) -> bool:
        return bool(self.faults)

    def columns(self) -> Iterator[tuple[str, Column, Use]]:
        """Every column of every sheet with its use; a column that the unit may not write is told here, once."""
        for sheet, header in self.seen.headers.items():
            for column in header.columns:
                yield sheet, column, self.permits.use_of(column, header)

    def passed_over(self) -> Iterator[tuple[Label, str]]:
        for left, count in sorted(self.seen.left.items()):
            yield LEFT[left], str(count)
        if self.seen.hidden_sheets:
            yield Label(zh="隐藏的工作表（未读）", en="hidden sheets, not read"), "、".join(self.seen.hidden_sheets)
        if self.seen.tableless:
            yield Label(zh="没有表头的工作表（未读）", en="sheets without headers"), "、".join(self.seen.tableless)
        if self.seen.hidden_rows:
            yield Label(zh="隐藏的行（已读，请留意）", en="hidden rows, read"), str(self.seen.hidden_rows)

    def lines_zh(self) -> Iterator[tuple[str, str]]:
        yield "导入方式", "已写入台账" if self.written else "试运行，未写入台账"
        for result, label in RESULTS.items():
            yield label.zh, f"{self.results[result]} 行"
        for code, count in self.faults.most_common():
            yield ADVICE[code].reason.zh, f"{count} 处。{ADVICE[code].todo.zh}。"
        for label, said in self.passed_over():
            yield label.zh, said
        for sheet, column, use in self.columns():
            yield f"列 {sheet}/{column.header}".replace(" /", " "), f"{meaning(column)} · {USES[use].zh}"

    def as_json(self) -> dict[str, Any]:
        return {
            "written": self.written,
            "rows": self.seen.rows,
            "results": {result.value: self.results[result] for result in Result},
            "faults": [
                {"code": code, "count": count, "zh": ADVICE[code].reason.zh, "en": ADVICE[code].reason.en}
                for code, count in self.faults.most_common()
            ],
            "columns": [
                {
                    "sheet": sheet,
                    "header": column.header,
                    "field": column.target.key if column.target else None,
                    "use": use.value,
                    "zh": USES[use].zh,
                    "en": USES[use].en,
                }
                for sheet, column, use in self.columns()
            ],
            "passedOver": [{"zh": label.zh, "en": label.en, "what": said} for label, said in self.passed_over()],
        }


def meaning(column: Column) -> str:
    """The field in Chinese: `儿童·姓名`."""
    target = column.target
    if target is None:
        return "—"
    if target.field is None:
        return target.note
    return f"{vocabulary().labels[target.part]}·{target.field.label.zh}"
