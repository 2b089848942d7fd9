"""What of an operation goes into its record, and what does not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import pytest

from hub import errors
from hub.audit.record import (
    AccessEntry,
    Withheld,
    child_key,
    children_of,
    entry_body,
    moment,
    month_key,
    search_keys,
    shape_of,
)
from hub.audit.tables import RECORD
from schema.registry import ENTITIES
from tests.audit.entries import SHAPE, child, entry


def body_of(recorded: AccessEntry) -> bytes:
    return entry_body(recorded, moment(recorded), children_of(recorded))


def test_body_has_the_tables_columns_in_order() -> None:
    body = orjson.loads(body_of(entry(child(1))))
    columns = [column.name for column in RECORD.columns]
    assert ["node", "seq", "previous", *body, "search_keys", "mac"] == columns


def test_time_is_recorded_in_utc_to_the_microsecond() -> None:
    beijing = datetime(2026, 3, 2, 16, 30, tzinfo=timezone(timedelta(hours=8)))
    assert orjson.loads(body_of(entry(at=beijing)))["at"] == "2026-03-02T08:30:00.000000+00:00"


def test_ids_of_children_are_written_once() -> None:
    body = orjson.loads(body_of(entry(child(1), child(2))))
    assert (body["roots"], body["children"]) == ({"children": None}, f"{child(1)} {child(2)}")


def test_ids_of_other_rows_stand_under_their_root_field() -> None:
    body = orjson.loads(body_of(entry(roots=[("cases", b'["case_430621_1"]')])))
    assert (body["roots"], body["children"]) == ({"cases": ["case_430621_1"]}, None)


def test_child_met_in_two_root_fields_counts_once() -> None:
    twice = entry(children=[orjson.dumps([child(1), child(2)]), orjson.dumps([child(2)])])
    assert children_of(twice) == [child(1), child(2)]


def test_names_chosen_by_the_caller_lose_their_numbers() -> None:
    number = "430621201001011234"
    shape = shape_of(document=f"{{a{number}:child{{id}}}}", fields=[], rules=[], policy_version=1)
    recorded = entry(shape=shape, operation_name=f"Q{number}", roots=[(f"a{number}", b"[]")])
    assert number not in body_of(recorded).decode() + shape.document


def test_shape_is_named_by_its_content() -> None:
    same = shape_of(
        document=SHAPE.document, fields=["Child.citizen_id_no", "Child.name"], rules=["P05"], policy_version=3
    )
    other = shape_of(document=SHAPE.document, fields=SHAPE.fields, rules=SHAPE.rules, policy_version=4)
    assert (same, other.hash == SHAPE.hash) == (SHAPE, False)


def test_classes_follow_from_the_fields() -> None:
    assert SHAPE.classes == ("D01", "D02")


def test_class_of_a_code_used_as_id_is_the_key_class() -> None:
    assert shape_of(document="", fields=["Organisation.id"], rules=[], policy_version=1).classes == (
        ENTITIES["Organisation"].about.key_class,
    )


def test_refusals_are_counted_by_field() -> None:
    withheld = Withheld(code="NO_DUTY", data_class="D02", field="Child.citizen_id_no", rows=3)
    assert orjson.loads(body_of(entry(withheld=[withheld])))["refusals"] == [
        {"code": "NO_DUTY", "data_class": "D02", "field": "Child.citizen_id_no", "rule": None, "rows": 3}
    ]


@pytest.mark.parametrize(
    "given",
    [{"error": "a\x00b"}, {"error": "\ud800"}, {"operation_name": "x", "error": "y" * 5_000_000}],
    ids=["nul", "surrogate", "too large"],
)
def test_entry_that_the_table_cannot_hold_fails_alone(given: dict[str, Any]) -> None:
    with pytest.raises(errors.RecordError):
        body_of(entry(**given))


def test_keys_fit_the_index() -> None:
    keys = [child_key(child(number)) for number in range(500)]
    assert len(set(keys)) == 500 and all(-(2**31) <= key < 2**31 for key in keys)


def test_few_children_are_found_one_by_one() -> None:
    assert search_keys([child(1), child(2)], "2026-03") == [child_key(child(1)), child_key(child(2))]


def test_many_children_are_found_by_county_and_month() -> None:
    many = [child(number) for number in range(30)] + ["child_430602_01J00000000000000000000000"]
    assert search_keys(many, "2026-03") == [month_key(many[-1], "2026-03"), month_key(many[0], "2026-03")]


def test_no_children_have_no_keys() -> None:
    assert search_keys([], "2026-03") is None
