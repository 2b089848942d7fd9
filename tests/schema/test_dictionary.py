"""The committed dictionary, and what it must show."""

from schema.classes import CLASSES
from schema.codes import CODE_LISTS
from schema.dictionary import PATH, render_dictionary
from schema.entities import camel
from schema.registry import ENTITIES


def test_committed_dictionary_is_current() -> None:
    assert PATH.read_text(encoding="utf-8") == render_dictionary(), (
        "run `hub dictionary` and commit schema/DICTIONARY.md"
    )


def test_every_class_entity_field_relation_and_list_is_shown() -> None:
    lines = set(render_dictionary().splitlines())
    assert {f"### {name}" for name in (*ENTITIES, *CODE_LISTS)} <= lines
    firsts = {line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")}
    names = {camel(name) for entity in ENTITIES.values() for name in (*entity.fields, *entity.relations)}
    assert {*CLASSES, *(f"`{name}`" for name in names)} <= firsts


def test_structural_columns_are_not_shown() -> None:
    assert "`accusedPersons`" not in render_dictionary()


def test_masked_and_sealed_values_say_so() -> None:
    text = render_dictionary()
    assert (
        "| `citizenIdNo` | 公民身份号码 | Citizen identity number | text | D02 | 4 | PS | masked(id_number) |" in text
    )
    assert "| `reporterIdentity` | 报告人 | Reporter | text | D23 | 5 | PS |  |" in text
