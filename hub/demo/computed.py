"""What the hub computes of a township's made-up children, added to their rows by the hub's own rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hub.demo.chance import chance, moment
from hub.demo.facts import SEED
from hub.demo.records import told_by
from hub.demo.rows import Batch, Row
from hub.demo.scene import Scene
from hub.derived.completeness import completeness
from hub.derived.facts import ChildFacts
from hub.derived.findings import findings
from hub.derived.keeping import HUB
from hub.derived.reading import File, facts_of

Grouped = defaultdict[str, list[Row]]


def add_computed(scene: Scene) -> None:
    """Completeness and open findings of the anchor day. The register of left-behind children is the plan's: a status
    that the facts do not bear out would be a fault of the city, and a test compares them.
    """
    scores: dict[str, int] = {}
    luck = chance(SEED, "computed", scene.township.code)
    for child, facts in _facts(scene):
        scores[child["id"]] = completeness(facts, scene.anchor)
        for each in sorted(findings(facts, scene.anchor)):
            at = moment(scene.anchor, 0)
            scene.batch.add(
                "guardianship_finding",
                {
                    **told_by(scene.township.unit, at), "county": child["county"], "child_id": child["id"],
                    "id": luck.row_id("finding", child["county"], at), "kind": each.kind, "since": each.since,
                    "found_on": scene.anchor, "recorded_by": HUB,
                },
            )  # fmt: skip
    for table in ("child", "child_history"):
        for row in scene.batch.tables.get(table, ()):
            row["file_completeness"] = scores[row["id"]]


def _facts(scene: Scene) -> Iterator[tuple[Row, ChildFacts]]:
    batch, classes = scene.batch, {village.code: village.urban_class for village in scene.township.villages}
    members, spells = _by(batch, "family_member", "family_id"), _by(batch, "migration_spell", "parent_id")
    families = {row["id"]: row for row in batch.tables.get("family", ())}
    mine = {
        table: _by(batch, table, "child_id")
        for table in ("guardianship_arrangement", "entrustment_confirmation", "visit", "enrolment", "hukou_record",
                      "assistance", "aid_application")
    }  # fmt: skip
    for child in batch.tables.get("child", ()):
        household = members[child["family_id"]]
        rows = {table: found[child["id"]] for table, found in mine.items()}
        yield (
            child,
            facts_of(
                File(
                    child=child,
                    hukou_class=classes.get(child["hukou_division"]),
                    family=families[child["family_id"]],
                    members=household,
                    spells=[spell for member in household for spell in spells[member["id"]]],
                    arrangements=rows["guardianship_arrangement"],
                    confirmations=rows["entrustment_confirmation"],
                    visits=rows["visit"],
                    enrolments=rows["enrolment"],
                    hukou=rows["hukou_record"],
                    assisted=bool(rows["assistance"] or rows["aid_application"]),
                )
            ),
        )


def _by(batch: Batch, table: str, column: str) -> Grouped:
    found: Grouped = defaultdict(list)
    for row in batch.tables.get(table, ()):
        found[row[column]].append(row)
    return found
