"""Acts in any order, by any unit: whatever is done, the invariants of a case hold after each of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hub import errors
from hub.commands.catalogue import COMMANDS
from tests.commands import invariants
from tests.commands.drawing import acts
from tests.commands.memory import DIRECTORY, Memory
from tests.generated import examples

_REPORT, _ACCEPT = COMMANDS["reportConcern"], COMMANDS["acceptReport"]


class Acts(RuleBasedStateMachine):
    """One child's case, from its report on."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        self._try(_REPORT.name, "SC@430621104-01", None, {"child": self.memory.tables["Child"][0]["id"],
                  "situation_types": ["other_harm"], "reporter_identity": invariants.SEALED_WORDS[0]})  # fmt: skip
        self._try(_ACCEPT.name, "PS@430621104-01", self.memory.tables["ConcernReport"][0]["id"], {})

    def _try(self, name: str, unit: str, row: str | None, values: dict[str, object]) -> str | None:
        """Does an act, or gives the code of its refusal."""
        kind, memory = COMMANDS[name], self.memory
        state, given = memory.state(kind, row, values.get("child"), unit), memory.given(unit, values)  # type: ignore[arg-type]
        before = {name: [dict(row) for row in memory.tables[name]] for name in invariants.SETTLING}
        try:
            outcome = kind.decide(state, given)
        except errors.HubError as refused:
            assert not any(word in f"{refused.message}{refused.message_zh}" for word in invariants.SEALED_WORDS)
            return refused.code
        if name == "closeCase":
            assert not state.waiting
        memory.apply(state, given, outcome)
        self._agrees(name, before)
        return None

    def _agrees(self, name: str, before: dict[str, list[dict[str, object]]]) -> None:
        former = {case["id"]: case for case in before["ProtectionCase"]}
        for case in self.memory.tables["ProtectionCase"]:
            assert invariants.lawful(former.get(case["id"]), case), (name, former.get(case["id"]), case)
        assert not [*invariants.reopened(before, self.memory.tables)], name

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        drawn = data.draw(acts(self.memory.tables, self.memory.today, self.memory.at))
        refused = self._try(drawn.kind.name, drawn.unit, drawn.row, dict(drawn.values))
        event(f"{drawn.kind.name}: {refused or 'done'}")

    @rule(unit=st.sampled_from([row.code for row in DIRECTORY.rows()]))
    def acknowledge(self, unit: str) -> None:
        self.memory.acknowledge(unit)

    @rule()
    def all_acknowledge(self) -> None:
        for row in DIRECTORY.rows():
            self.memory.acknowledge(row.code)

    @rule(hours=st.integers(1, 200))
    def wait(self, hours: int) -> None:
        self.memory.at += timedelta(hours=hours)

    @invariant()
    def holds(self) -> None:
        assert not [*invariants.faults(self.memory.tables, self.memory.today.isoformat())]

    def teardown(self) -> None:
        """Rows are only added and added to, so that what was written under seal is looked for once."""
        assert not [*invariants.unsealed(self.memory.tables)]

    @invariant()
    def what_is_owed_holds(self) -> None:
        owed = self.memory.owed.values()
        keys = [each.subject_key for each in owed if each.subject_key is not None]
        assert len(set(keys)) == len(keys)
        for each in owed:
            assert (each.status == "fulfilled") == (each.evidence is not None) == (each.fulfilled_at is not None)


def test_the_unit_that_leads_by_now_is_not_left_out() -> None:
    """Found by a sequence: a township that leads the assessment joined as co-lead."""
    acts = Acts()
    case = acts.memory.tables["ProtectionCase"][0]["id"]
    assert acts._try("openAssessment", "TW@430621104", case, {}) is None
    named: dict[str, object] = {"accounts": ["甲"], "unit": "TW@430621104"}
    assert acts._try("nameAccused", "PS@430621104-01", case, named) == "NOT_FOR_YOU"


TestActs = Acts.TestCase
TestActs.settings = settings(examples(200, 10_000), stateful_step_count=30)
