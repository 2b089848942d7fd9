"""Numbers of persons, organisations, divisions and units, and the faults that are told of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema import validators
from schema.validators import FAULT_LABELS, Fault

TODAY = date(2026, 9, 1)
SAMPLES = ("11010519491231002X", "440524188001010014")
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def faults_of(number: str) -> tuple[Fault, ...]:
    return validators.citizen_id_faults(number, today=TODAY)


@st.composite
def citizen_ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    first = f"430621{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first + validators.citizen_id_check(first)


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    body = draw(st.text(CREDIT_ALPHABET, min_size=9, max_size=9))
    first = f"{draw(st.sampled_from('159N'))}1{draw(st.integers(110000, 659999))}{body}"
    return first + validators.credit_code_check(first)


def test_standard_s_first_sample_is_sound() -> None:
    assert faults_of(SAMPLES[0]) == ()


def test_standard_s_second_sample_has_only_its_age_against_it() -> None:
    assert validators.citizen_id_check(SAMPLES[1][:17]) == SAMPLES[1][17]
    assert faults_of(SAMPLES[1]) == (Fault.BIRTH_DATE,)


@given(citizen_ids())
def test_made_numbers_are_sound(number: str) -> None:
    assert faults_of(number) == ()


@given(citizen_ids(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_changed_character_is_caught(number: str, place: int, sign: str) -> None:
    changed = number[:place] + sign + number[place + 1 :]
    assert (faults_of(changed) == ()) == (changed == number)


@given(citizen_ids(), st.integers(0, 16))
def test_any_two_neighbours_swapped_are_caught(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (faults_of(swapped) == ()) == (swapped == number)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("", (Fault.LENGTH,), id="empty"),
        pytest.param("110105491231002", (Fault.LENGTH,), id="15 digits of the former standard"),
        pytest.param("11010519491231002x", (Fault.CHARACTERS,), id="small x"),
        pytest.param("1101051949123100２X", (Fault.CHARACTERS,), id="full-width digit"),
        pytest.param("11010519491231002X ", (Fault.LENGTH,), id="blank at the end"),
        pytest.param("11010519490231002X", (Fault.BIRTH_DATE, Fault.CHECK_CHARACTER), id="31 February"),
        pytest.param("110105194912310021", (Fault.CHECK_CHARACTER,), id="wrong check character"),
        pytest.param("00010519491231002X", (Fault.REGION, Fault.CHECK_CHARACTER), id="no province"),
    ],
)
def test_faults(number: str, expected: tuple[Fault, ...]) -> None:
    assert faults_of(number) == expected


def test_birth_after_today_is_impossible() -> None:
    first = f"430621{TODAY + timedelta(days=1):%Y%m%d}001"
    assert faults_of(first + validators.citizen_id_check(first)) == (Fault.BIRTH_DATE,)


def test_sequence_000_is_impossible() -> None:
    first = "43062120150101000"
    assert faults_of(first + validators.citizen_id_check(first)) == (Fault.SEQUENCE,)


def test_region_is_looked_up_where_regions_are_known() -> None:
    known, unknown = {"110105"}, {"430621"}
    assert validators.citizen_id_faults(SAMPLES[0], today=TODAY, regions=known) == ()
    assert validators.citizen_id_faults(SAMPLES[0], today=TODAY, regions=unknown) == (Fault.REGION,)


def test_number_agrees_with_registered_birth_and_sex() -> None:
    born = date(1949, 12, 31)
    assert validators.citizen_id_conflicts(SAMPLES[0], birth_date=born, sex="2") == ()
    assert validators.citizen_id_conflicts(SAMPLES[0], birth_date=born, sex="9") == ()
    assert validators.citizen_id_conflicts("无证", birth_date=born, sex="1") == ()
    assert validators.citizen_id_conflicts(SAMPLES[0], birth_date=date(1950, 1, 1), sex="1") == (
        Fault.OTHER_BIRTH_DATE,
        Fault.OTHER_SEX,
    )


def test_no_fault_quotes_the_value() -> None:
    texts = [text for label in FAULT_LABELS.values() for text in (label.zh, label.en)]
    assert not any(sign.isdigit() for text in texts for sign in text)
    assert set(FAULT_LABELS) == set(Fault)


@given(credit_codes())
def test_made_credit_codes_are_sound(code: str) -> None:
    assert validators.credit_code_faults(code) == ()


@given(credit_codes(), st.integers(8, 17), st.sampled_from(CREDIT_ALPHABET))
def test_any_changed_sign_of_a_credit_code_is_caught(code: str, place: int, sign: str) -> None:
    changed = code[:place] + sign + code[place + 1 :]
    assert (validators.credit_code_faults(changed) == ()) == (changed == code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("91350100M000100Y4", (Fault.LENGTH,), id="too short"),
        pytest.param("91350100M000100I43", (Fault.CHARACTERS,), id="a letter that is not used"),
        pytest.param("91350100M000100Y43", (), id="sound"),
        pytest.param("91350100M000100Y44", (Fault.CHECK_CHARACTER,), id="wrong check character"),
        pytest.param("B1350100M000100Y43", (Fault.REGISTRAR, Fault.CHECK_CHARACTER), id="unknown registrar"),
    ],
)
def test_credit_code_faults(code: str, expected: tuple[Fault, ...]) -> None:
    assert validators.credit_code_faults(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("430621104201", (), id="village"),
        pytest.param("430600000000", (), id="prefecture"),
        pytest.param("430000000000", (), id="province"),
        pytest.param("430621", (Fault.LENGTH,), id="short"),
        pytest.param("43062110420A", (Fault.CHARACTERS,), id="letter"),
        pytest.param("990621104201", (Fault.REGION,), id="no province"),
        pytest.param("430621000201", (Fault.GAP,), id="village without township"),
        pytest.param("430000104000", (Fault.GAP,), id="township without county"),
        pytest.param("000000000000", (Fault.REGION,), id="zeros"),
    ],
)
def test_division_code_faults(code: str, expected: tuple[Fault, ...]) -> None:
    assert validators.division_code_faults(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("CA@430600", (), id="prefecture"),
        pytest.param("TW@430621104", (), id="township"),
        pytest.param("VC@430621104201", (), id="village"),
        pytest.param("SC@430621104-01", (), id="one of several"),
        pytest.param("XX@430621", (Fault.UNIT_TYPE,), id="unknown type"),
        pytest.param("ED@990621", (Fault.REGION,), id="unknown province"),
        pytest.param("ED@4306", (Fault.CHARACTERS,), id="short division"),
        pytest.param("ed@430621", (Fault.CHARACTERS,), id="small letters"),
        pytest.param("ED@430621 ", (Fault.CHARACTERS,), id="blank"),
        pytest.param("ED@430621\n", (Fault.CHARACTERS,), id="line end"),
    ],
)
def test_unit_code_faults(code: str, expected: tuple[Fault, ...]) -> None:
    assert validators.unit_code_faults(code) == expected
