"""The closed code lists: that they are read, complete where a standard says so, and refused where malformed."""

import pytest

from schema.classes import CLASSES, Label
from schema.codes import CODE_LISTS, CodeListError, label_of, read_code_lists
from schema.registry import ENTITIES


def test_list_is_read_with_labels_and_source() -> None:
    lists = read_code_lists(
        ["# note", "[size] 大小 | Size | GB 1", "", "s | 小 | Small", "[ink] 墨 | Ink | -", "b | 黑 | Black"]
    )
    assert lists["size"].label == Label(zh="大小", en="Size")
    assert lists["size"].source == "GB 1"
    assert lists["size"].codes == {"s": Label(zh="小", en="Small")}
    assert lists["ink"].source == ""


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        pytest.param(["s | 小 | Small"], 1, id="entry outside a list"),
        pytest.param(["[size] 大小 | Size | -", "s | 小"], 2, id="label missing"),
        pytest.param(["[size] 大小 | Size | -", "s | 小 | Small", "s | 小 | Small"], 3, id="code twice"),
        pytest.param(["[size] 大小 | Size | -", "[size] 大小 | Size | -"], 2, id="list twice"),
        pytest.param(["[size] 大小 | Size"], 1, id="source missing"),
    ],
)
def test_malformed_line_is_refused(lines: list[str], line: int) -> None:
    with pytest.raises(CodeListError, match=f"line {line}:"):
        read_code_lists(lines)


def test_every_list_is_used_and_none_is_empty() -> None:
    used = {field.codes for entity in ENTITIES.values() for field in entity.fields.values()}
    assert set(CODE_LISTS) - used == set()
    assert [code_list.name for code_list in CODE_LISTS.values() if not code_list.codes] == []


def test_ethnic_groups_are_the_56() -> None:
    assert [code for code in CODE_LISTS["ethnicity"].codes if code < "57"] == [f"{n:02d}" for n in range(1, 57)]


def test_standard_codes() -> None:
    assert list(CODE_LISTS["sex"].codes) == ["0", "1", "2", "9"]
    assert list(CODE_LISTS["marital_status"].codes) == ["10", "20", "21", "22", "23", "30", "40", "90"]
    assert list(CODE_LISTS["urban_rural_class"].codes) == ["111", "112", "121", "122", "123", "210", "220"]


def test_disabilities_are_health_states() -> None:
    assert set(CODE_LISTS["disability_category"].codes) <= set(CODE_LISTS["health_status"].codes)


def test_situations_are_the_seven_of_the_plan_and_the_nine_of_the_nation() -> None:
    assert len(CODE_LISTS["report_situation"].codes) == 7 + 9


def test_grounds_are_seven_and_five() -> None:
    grounds = list(CODE_LISTS["placement_ground"].codes)
    assert grounds == [*(f"92_{n}" for n in range(1, 8)), *(f"94_{n}" for n in range(1, 6))]


def test_units_are_27_members_and_8_actors() -> None:
    assert len(CODE_LISTS["unit_type"].codes) == 27 + 8


def test_owners_of_classes_are_unit_types() -> None:
    assert {owner for c in CLASSES.values() for owner in c.owner} <= {*CODE_LISTS["unit_type"].codes, "hub"}


def test_classes_are_a_list_too() -> None:
    assert label_of("data_class", "D08") == CLASSES["D08"].label


def test_unknown_code_has_no_label() -> None:
    assert label_of("sex", "3") is None
