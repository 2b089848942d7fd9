"""Columns of one class and owner, and what each may say differently."""

from typing import cast

import pytest
from sqlalchemy.orm import MappedColumn

from schema.classes import Level
from schema.columns import Columns
from schema.meaning import Field, Kind, MeaningError, Pseudo

WORDS = Columns(data_class="D07", owner="TW", facets="work_place")


def field_of(column: MappedColumn[object]) -> Field:
    return cast(Field, column.column.info["field"])


def test_column_takes_the_table_s_class_owner_and_facets() -> None:
    field = field_of(WORDS.text("行业", "Industry"))
    assert (field.kind, field.data_class, field.owner, field.level) == (Kind.TEXT, "D07", ("TW",), Level.L3)
    assert field.group == "D07/work_place"


def test_column_of_another_class_leaves_the_facets_behind() -> None:
    assert field_of(WORDS.text("电话", "Telephone", data_class="D05")).group == "D05"


def test_link_is_structural_and_ref_is_hashed() -> None:
    assert field_of(WORDS.link("child", "儿童", "Child")).structural
    assert field_of(WORDS.ref("child", "儿童", "Child")).pseudo is Pseudo.HASH


def test_comment_tells_both_labels_class_level_and_owner() -> None:
    assert WORDS.day("日期", "Day", owner=("PS", "CA")).column.comment == "日期 / Day [D07 L3 PS,CA]"


def test_sealed_value_is_no_filter_and_no_order() -> None:
    field = field_of(WORDS.text("原因", "Reason", level=Level.L5))
    assert not field.filterable
    assert not field.orderable


def test_unknown_class_is_refused() -> None:
    with pytest.raises(MeaningError, match="D99"):
        WORDS.text("姓名", "Name", data_class="D99")
