"""What each mode shows of a field."""

import pytest

from schema.meaning import Field, Mask, Pseudo
from schema.registry import ENTITIES
from schema.treatment import discloses, treatment

CHILD = ENTITIES["Child"].fields
CASE = ENTITIES["ProtectionCase"].fields
MODES = ("full", "masked", "pseudo", "flag", "meta", "aggregate")


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        pytest.param(CHILD["name"], ("plain", Mask.NAME, None, None, None, None), id="name"),
        pytest.param(CHILD["child_no"], ("plain", None, Pseudo.HASH, None, None, None), id="number"),
        pytest.param(CHILD["birth_date"], ("plain", None, Pseudo.YEAR, None, None, None), id="date"),
        pytest.param(CHILD["sex"], ("plain", "plain", "plain", "plain", None, None), id="code"),
        pytest.param(CHILD["residence_division"], ("plain", "plain", Pseudo.COUNTY, None, None, None), id="division"),
        pytest.param(CHILD["id"], ("plain", "plain", Pseudo.HASH, None, "plain", None), id="id"),
        pytest.param(CASE["stage"], ("plain", "plain", "plain", "plain", "plain", None), id="state of a process"),
        pytest.param(CASE["opened_on"], ("plain", None, None, None, "plain", None), id="time of a process"),
    ],
)
def test_mode_shows(field: Field, shown: tuple[str | None, ...]) -> None:
    assert tuple(treatment(field, mode) for mode in MODES) == shown


def test_aggregate_and_unknown_modes_disclose_nothing() -> None:
    assert not any(discloses(field, mode) for field in CHILD.values() for mode in ("aggregate", "whatever"))
