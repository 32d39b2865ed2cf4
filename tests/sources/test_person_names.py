"""Names come out in ordinary capitals and in their parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sources.person_names import (
    PersonName,
    family_name,
    given_name,
    name_suffix,
    split_family_name,
    split_whole_name,
)


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("MARSH", "Marsh"),
        ("marsh", "Marsh"),
        ("LeBaron", "LeBaron"),
        ("MCALLISTAIR", "McAllistair"),
        ("MCKEE", "McKee"),
        ("MACDONALD", "MacDonald"),
        ("MACIAS", "Macias"),
        ("MACK", "Mack"),
        ("O'HALLORAN", "O'Halloran"),
        ("OCONNOR", "O'Connor"),
        ("OAKLEY", "Oakley"),
        ("D'AMICO", "D'Amico"),
        ("DAMICO", "D'Amico"),
        ("D’AUBREY", "D’Aubrey"),
        ("SMITH-JONES", "Smith-Jones"),
        ("DE LA CRUZ", "de la Cruz"),
        ("VAN DER BERG", "van der Berg"),
        ("VON HOLT", "von Holt"),
        ("DEL RIO", "del Rio"),
        ("LA ROSA", "La Rosa"),
        ("ST JOHN", "St. John"),
        ("VAN", "Van"),
        ("NG", "Ng"),
        ("MUÑIZ", "Muñiz"),
    ],
)
def test_a_last_name_is_written_in_ordinary_capitals(listed, written):
    assert family_name(listed) == written


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("HELEN", "Helen"),
        ("mary ann", "Mary Ann"),
        ("MARY-ANN", "Mary-Ann"),
        ("J.", "J"),
        ("m", "M"),
        ("JP", "JP"),
        ("AL", "Al"),
        ("LeAnn", "LeAnn"),
        ("MARIA DE LA LUZ", "Maria de la Luz"),
        ("J.R.", "J.R."),
    ],
)
def test_a_first_name_is_written_in_ordinary_capitals(listed, written):
    assert given_name(listed) == written


def test_only_a_middle_name_begins_with_a_small_particle():
    assert given_name("DEL CARMEN", middle=True) == "del Carmen"
    assert given_name("DEL CARMEN") == "Del Carmen"


@pytest.mark.parametrize(
    ("listed", "written"),
    [("JR", "Jr."), ("Sr.", "Sr."), ("iii", "III"), ("3RD", "III"), ("Junior", "Jr."), ("X", "X")],
)
def test_a_suffix_is_written_in_one_way(listed, written):
    assert name_suffix(listed) == written


@pytest.mark.parametrize(
    ("listed", "parts"),
    [
        ("SMITH JR", PersonName("Smith", suffix="Jr.")),
        ("Smith, III, MD", PersonName("Smith", suffix="III", credentials="MD")),
        ("DE LA CRUZ", PersonName("de la Cruz")),
        ("Marsh MD", PersonName("Marsh", credentials="MD")),
        ("Van Do", PersonName("Van Do")),
    ],
)
def test_a_last_name_column_may_hold_more(listed, parts):
    assert split_family_name(listed) == parts


@pytest.mark.parametrize(
    ("listed", "parts"),
    [
        ("Marsh, Helen M", PersonName("Marsh", "Helen", "M")),
        ("Dr. Helen Marsh, MD", PersonName("Marsh", "Helen", credentials="MD")),
        ("HELEN MARSH MD, PHD", PersonName("Marsh", "Helen", credentials="MD, PHD")),
        ("Smith, John A., Jr., MD", PersonName("Smith", "John", "A", "Jr.", "MD")),
        ("SMITH III, JOHN V", PersonName("Smith", "John", "V", "III")),
        ("Dr John Q. Public III, M.D., FACS", PersonName("Public", "John", "Q", "III", "M.D., FACS")),
        ("Maria de la Cruz PT DPT", PersonName("de la Cruz", "Maria", credentials="PT DPT")),
        ("LUDWIG VAN ALTENMARK", PersonName("van Altenmark", "Ludwig")),
        ("Marsh MD, Helen", PersonName("Marsh", "Helen", credentials="MD")),
        ("Smith, Dr. Jane", PersonName("Smith", "Jane")),
        ("Nguyen, Do", PersonName("Nguyen", "Do")),
        ("Thi Do", PersonName("Do", "Thi")),
        ("Ann Do, DO", PersonName("Do", "Ann", credentials="DO")),
        ("Helen Marsh, Physical Therapist", PersonName("Marsh", "Helen", credentials="Physical Therapist")),
        ("Robert (Bob) Plum", PersonName("Plum", "Robert")),
        ("Dr. Marsh", PersonName("Marsh")),
        ("", PersonName("")),
        (" , ", PersonName("")),
    ],
)
def test_a_whole_name_is_taken_apart(listed, parts):
    assert split_whole_name(listed) == parts


@given(st.text(max_size=60))
def test_any_text_can_be_taken_apart(value):
    name = split_whole_name(value)
    assert family_name(name.last) is not None
    assert split_family_name(value) is not None
