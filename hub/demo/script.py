"""The words of a story: who does what in a case, one act after another; played live and run by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schema.classes import Label

#: The parts that units play in stories, by the type of unit that plays them.
PARTS: Mapping[str, tuple[str, Label]] = {
    "school": ("SC", Label(zh="学校", en="School")),
    "village": ("VC", Label(zh="村委会", en="Village committee")),
    "station": ("PS", Label(zh="派出所", en="Police station")),
    "township": ("TW", Label(zh="乡镇", en="Township")),
    "civil": ("CA", Label(zh="民政局", en="Civil affairs")),
    "hospital": ("MI", Label(zh="医院", en="Hospital")),
    "shelter": ("RS", Label(zh="救助站", en="Rescue station")),
    "home": ("WI", Label(zh="福利院", en="Welfare home")),
    "social": ("SW", Label(zh="社工机构", en="Social workers")),
    "education": ("ED", Label(zh="教育局", en="Education")),
    "labour": ("HR", Label(zh="人社局", en="Labour")),
    "prosecutor": ("PR", Label(zh="检察院", en="Procuratorate")),
    "court": ("CT", Label(zh="法院", en="Court")),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The unit that plays a part."""

    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """The id of a row, by the name under which it became known."""

    name: str


@dataclass(frozen=True, slots=True)
class InDays:
    """A day so many days after the one on which the story is played."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act."""

    by: str
    act: str  # the mutation
    says: Label  # what happens, in a sentence
    on: str | None = None  # the row it is about, by the name it is known under
    makes: str | None = None  # the name under which the row that it answers becomes known
    role: str = "officer"
    values: Mapping[str, Any] = field(default_factory=dict)  # of its input, Part, Known and InDays among them
    rule: str | None = None  # whose obligation it shows to be met


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Acts in their order. Whoever plays it knows the child, and what `knows` names, beforehand."""

    name: str
    label: Label
    source: str
    steps: tuple[Step, ...]
    knows: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Who takes part, in the order in which they come in."""
        named = (each for step in self.steps for each in (step.by, *_named(step.values)))
        return tuple(dict.fromkeys(named))


def _named(values: Mapping[str, Any]) -> list[str]:
    listed = [item for value in values.values() for item in (value if isinstance(value, list) else [value])]
    return [item.name for item in listed if isinstance(item, Part)]


def step(by: str, act: str, zh: str, en: str, /, *on: str, makes: str | None = None, **values: Any) -> Step:
    """A step in a line or two; the row it is about follows the words."""
    return Step(
        by=by, act=act, says=Label(zh=zh, en=en), on=next(iter(on), None), makes=makes,
        role=values.pop("as_role", "officer"), rule=values.pop("rule", None), values=values,
    )  # fmt: skip


def acknowledged(*parts: str) -> Step:
    """Each of them acknowledges all that it was told and has not acknowledged."""
    names = [PARTS[part][1] for part in parts]
    says = Label(
        zh=f"{'、'.join(name.zh for name in names)}签收全部通知",
        en=f"{', '.join(name.en for name in names)}: all acknowledged",
    )
    return Step(by=parts[0], act="acknowledgeNotices", says=says, values={"with": [Part(part) for part in parts]})
