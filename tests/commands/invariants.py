"""What holds of a case after whatever acts: the invariants of the domain, over rows in memory or in a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from schema.classes import CLASSES, Level

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

#: From which stages an act may lead to a stage; written from the model, not from the acts.
STAGES: Mapping[str, frozenset[str]] = {
    "accepted": frozenset(),
    "emergency": frozenset({"accepted", "follow_up"}),
    "assessment": frozenset({"accepted", "emergency", "follow_up"}),
    "plan": frozenset({"assessment"}),
    "intervention": frozenset({"accepted", "emergency", "assessment", "plan", "follow_up"}),
    "judicial": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "follow_up"}),
    "follow_up": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "judicial", "closed"}),
    "closed": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "judicial", "follow_up"}),
}
#: What was given in sealed fields, and may stand nowhere else.
SEALED_WORDS = ("封条甲", "封条乙")
_SEALED_COLUMNS = frozenset({"reporter_identity", "hidden_address", "handover_by", "received_by"})
_FINAL = {"DropoutCase": ("returned",), "ServicePlanItem": ("done", "not_done"), "Petition": ("ruled", "withdrawn")}
#: What is compared with how it stood before an act.
SETTLING = ("ProtectionCase", *_FINAL)


def faults(tables: Tables, today: str) -> Iterator[str]:
    """Everything that does not hold."""
    yield from _guardianship(tables)
    yield from _cases(tables, today)
    yield from _knowledge(tables)
    yield from _periods(tables)


def _guardianship(tables: Tables) -> Iterator[str]:
    """One arrangement at a time."""
    by_child: dict[str, list[Row]] = {}
    for row in tables["GuardianshipArrangement"]:
        by_child.setdefault(row["child_id"], []).append(row)
    for rows in by_child.values():
        for one, other in combinations(rows, 2):
            first, second = sorted((one, other), key=lambda row: (row["valid_from"], row["id"]))
            if first["valid_to"] is None or first["valid_to"] > second["valid_from"]:
                if second["valid_to"] is None or second["valid_to"] > second["valid_from"]:
                    yield f"two arrangements at a time: {first['type']}, {second['type']}"


def _cases(tables: Tables, today: str) -> Iterator[str]:
    for case in tables["ProtectionCase"]:
        parties = [p for p in tables["CaseParty"] if p["case_id"] == case["id"]]
        standing = [p for p in parties if p["since"] <= today and (p["until"] is None or p["until"] > today)]
        units = Counter(party["unit"] for party in standing)
        if (case["stage"] == "closed") != (case["closed_on"] is not None):
            yield f"stage {case['stage']} and closed on {case['closed_on']}"
        if (case["close_reason"] is None) != (case["closed_on"] is None):
            yield "closed without a reason, or a reason without closing"
        if case["stage"] not in STAGES:
            yield f"no such stage: {case['stage']}"
        if case["lead_unit"] not in units:
            yield f"led by {case['lead_unit']}, which takes no part"
        yield from (f"{unit} takes part twice" for unit, times in units.items() if times > 1)
        placed = [p for p in tables["Placement"] if p["case_id"] == case["id"] and p["valid_to"] is None]
        if len(placed) > 1:
            yield "placed in two places"
        if len([a for a in tables["Assessment"] if a["case_id"] == case["id"] and a["completed_on"] is None]) > 1:
            yield "two assessments at a time"
        if len([r for r in tables["ConcernReport"] if r["case_id"] == case["id"]]) != 1:
            yield "a case without the one report that opened it"
    for report in tables["ConcernReport"]:
        if (report["case_id"] is None) != (report["accepted_at"] is None):
            yield f"report {report['status']}, case {report['case_id']}, accepted at {report['accepted_at']}"


def _knowledge(tables: Tables) -> Iterator[str]:
    """Every step lists who must know, each stands on the board, and none is told twice or of itself."""
    told: dict[str, list[str]] = {}
    for row in tables["CaseKnowledge"]:
        told.setdefault(row["event_id"], []).append(row["unit"])
    for event in tables["CaseEvent"]:
        if event["must_know_units"] is None or sorted(event["must_know_units"]) != sorted(told.get(event["id"], [])):
            yield f"{event['type']}: {event['must_know_units']} must know, {told.get(event['id'])} are told"
        if event["by_unit"] in (event["must_know_units"] or ()):
            yield f"{event['type']}: {event['by_unit']} is told of its own act"
        if event["data_class"] is not None and CLASSES[event["data_class"]].level is Level.L5:
            yield f"{event['type']}: a sealed step stands in the time line"
    notices = {(row["event_id"], row["unit"]) for row in tables["Notice"]}
    for row in tables["CaseKnowledge"]:
        if (row["event_id"], row["unit"]) not in notices:
            yield f"{row['unit']} is on the board and has no notice"


def _periods(tables: Tables) -> Iterator[str]:
    for name, start, end in (
        ("Placement", "valid_from", "valid_to"), ("GuardianshipArrangement", "valid_from", "valid_to"),
        ("EmergencyMeasure", "started_at", "ended_at"), ("CaseParty", "since", "until"),
        ("Petition", "effective_on", "expires_on"), ("DropoutCase", "detected_on", "returned_on"),
    ):  # fmt: skip
        for row in tables[name]:
            if row[start] is not None and row[end] is not None and row[end] < row[start]:
                yield f"{name} ends on {row[end]} before it begins on {row[start]}"


def unsealed(tables: Tables) -> Iterator[str]:
    """What was given under seal stands in its own column alone."""
    for name, rows in tables.items():
        for row in rows:
            if not any(word in str(row) for word in SEALED_WORDS):
                continue
            for column, value in row.items():
                if column not in _SEALED_COLUMNS and any(word in str(value) for word in SEALED_WORDS):
                    yield f"{name}.{column} holds what is sealed"


def lawful(before: Row | None, after: Row) -> bool:
    """Whether a case may go from one state to the other by one act."""
    if before is None:
        return bool(after["stage"] == "accepted")
    if before["stage"] == after["stage"]:
        return True
    return before["stage"] in STAGES[after["stage"]]


def reopened(before: Tables, after: Tables) -> Iterator[str]:
    """What is settled stays as it was settled."""
    now = {(name, row["id"]): row for name in _FINAL for row in after[name]}
    for name, final in _FINAL.items():
        for row in before[name]:
            if row["status"] in final and now[name, row["id"]]["status"] != row["status"]:
                yield f"{name} was {row['status']} and is {now[name, row['id']]['status']}"
