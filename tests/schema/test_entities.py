"""What a mapped class must declare before it is an entity, and what is derived from it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, registry

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, CaseBound, Entity, Identified, Recorded, camel, read_entity
from schema.meaning import Anchor, Kind, MeaningError, column, refers
from schema.registry import ENTITIES, METADATA

WORDS = Columns(data_class="D34", owner="CA")
ABOUT = About(
    label=Label(zh="井", en="Well"),
    key_class="D34",
    anchor=Anchor.DIVISION,
    id_tag="well",
    single="well",
    plural="wells",
    history=False,
)


def declare(about: About = ABOUT, **columns: Any) -> Entity:
    """An entity with these columns, mapped apart from the domain."""

    class Apart(Base):
        __abstract__ = True
        metadata = sa.MetaData()
        _sa_registry = registry(metadata=metadata)

    body = {"__tablename__": "well", "about": about, "__annotations__": dict.fromkeys(columns, Mapped[Any]), **columns}
    return read_entity(type("Well", (Identified, Apart), body))


def test_complete_class_is_an_entity() -> None:
    well = declare(depth=WORDS.number("深度", "Depth"))
    assert list(well.fields) == ["id", "depth"]
    assert well.history is None
    assert well.fields["depth"].entity == "Well"


def test_column_without_class_level_owner_is_refused() -> None:
    with pytest.raises(MeaningError, match=r"without class, level, owner and label: Well\.depth"):
        declare(depth=mapped_column(sa.Integer))


@pytest.mark.parametrize(
    ("depth", "fault"),
    [
        pytest.param(lambda: column(Kind.INT, "D34", "深度", "Depth", owner=()), "owner", id="no owner"),
        pytest.param(lambda: column(Kind.INT, "D34", "", "Depth", owner="CA"), "both labels", id="no Chinese label"),
        pytest.param(lambda: column(Kind.INT, "D34", "深度", "", owner="CA"), "both labels", id="no English label"),
        pytest.param(
            lambda: column(Kind.CODE, "D34", "深度", "Depth", owner="CA"), "code list", id="code without list"
        ),
        pytest.param(
            lambda: column(Kind.INT, "D34", "深度", "Depth", owner="CA", codes="sex"),
            "code list",
            id="list without code",
        ),
    ],
)
def test_incomplete_column_is_refused(depth: Callable[[], Any], fault: str) -> None:
    with pytest.raises(MeaningError, match=fault):
        declare(depth=depth())


def test_unknown_key_class_is_refused() -> None:
    with pytest.raises(MeaningError, match="D99"):
        declare(replace(ABOUT, key_class="D99"))


def test_former_states_without_their_time_are_refused() -> None:
    with pytest.raises(MeaningError, match="Well keeps former states"):
        declare(replace(ABOUT, history=True))


def test_structural_column_is_no_field() -> None:
    well = declare(village=WORDS.text("村", "Village", structural=True))
    assert "village" in well.table.c
    assert "village" not in well.fields


def test_to_one_relation_knows_the_field_it_follows() -> None:
    place = refers("place", "AdminDivision", "区划", "Division", on=("division", "code"))
    well = declare(replace(ABOUT, relations=(place,)), division=WORDS.division("区划", "Division"))
    assert well.relations["place"].via == "division"


def test_to_many_relation_follows_no_field() -> None:
    many = {(e.name, r.name) for e in ENTITIES.values() for r in e.relations.values() if r.many and r.via}
    assert many == set()


def test_relation_by_a_structural_link_follows_no_field() -> None:
    assert ENTITIES["Enrolment"].relations["child"].via is None
    assert ENTITIES["Placement"].relations["facility"].via == "facility_id"


def test_child_and_case_relations_come_with_the_row() -> None:
    expected = {"child": ("Child", "child_id"), "case": ("ProtectionCase", "case_id")}
    for entity in (e for e in ENTITIES.values() if issubclass(e.mapped, CaseBound)):
        found = {name: (entity.relations[name].target, entity.relations[name].on[1][0]) for name in expected}
        assert found == expected, entity.name
        assert entity.about.case_column == "case_id", entity.name


def test_child_bound_rows_are_keyed_by_county() -> None:
    for entity in (e for e in ENTITIES.values() if e.child_bound):
        assert [c.name for c in entity.table.primary_key] == ["county", "id"], entity.name


def test_links_of_child_bound_rows_stay_in_the_county() -> None:
    for entity in (e for e in ENTITIES.values() if e.child_bound):
        for key in entity.table.foreign_key_constraints:
            bound = key.referred_table.name in {e.table.name for e in ENTITIES.values() if e.child_bound}
            assert (key.column_keys[0] == "county") == bound, f"{entity.name}: {key.name}"


def test_every_foreign_key_has_an_index_that_starts_with_it() -> None:
    for table in METADATA.tables.values():
        starts = [[c.name for c in i.columns] for i in table.indexes if isinstance(i, sa.Index)]
        starts += [[c.name for c in k.columns] for k in table.constraints if isinstance(k, sa.UniqueConstraint)]
        for key in table.foreign_key_constraints:
            assert any(start[: len(key.column_keys)] == key.column_keys for start in starts), key.name


def test_names_fit_postgresql() -> None:
    tables = METADATA.tables.values()
    names = [str(i.name) for t in tables for i in t.indexes] + [str(c.name) for t in tables for c in t.constraints]
    assert [name for name in names if len(name) > 63] == []
    assert len(names) == len(set(names))


def test_former_rows_have_the_same_columns_and_their_end() -> None:
    for entity in (e for e in ENTITIES.values() if e.history is not None):
        assert entity.history is not None
        assert [c.name for c in entity.history.c] == [*(c.name for c in entity.table.c), "superseded_at"]


def test_only_recorded_entities_keep_history() -> None:
    assert all(issubclass(e.mapped, Recorded) for e in ENTITIES.values() if e.history is not None)


def test_who_supplied_a_report_is_sealed() -> None:
    report = ENTITIES["ConcernReport"]
    assert {report.fields[n].data_class for n in ("source_unit", "source_system", "reporter_unit")} == {"D23"}


def test_children_s_rows_say_when_they_were_recorded() -> None:
    bound = [e for e in ENTITIES.values() if e.child_bound]
    assert all("recorded_at" in e.fields and "recorded_by" not in e.fields for e in bound)


@pytest.mark.parametrize(("name", "expected"), [("citizen_id_no", "citizenIdNo"), ("age", "age")])
def test_camel_case(name: str, expected: str) -> None:
    assert camel(name) == expected


def test_age_is_counted_in_whole_years() -> None:
    child = ENTITIES["Child"]
    age = child.fields["age"].computed
    assert age is not None
    sql = str(sa.select(age(child.table)).compile(compile_kwargs={"render_postcompile": True}))
    assert "EXTRACT(year FROM age(" in sql
