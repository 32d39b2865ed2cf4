"""Addresses in ordinary capitals, and two spellings of one office."""

import pytest

from crm.sources.addresses import (
    Place,
    city_name,
    office_key,
    office_name,
    organisation_name,
    split_place,
    state_code,
    street_line,
    zip_code,
)


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("5033 SWAMP RD STE 502", "5033 Swamp Rd Ste 502"),
        ("111 S 11TH ST # 8490", "111 S 11th St # 8490"),
        ("1 FM 1960 RD", "1 FM 1960 Rd"),
        ("6606 LBJ FWY SUITE 200", "6606 LBJ Fwy Ste 200"),
        ("9 NW MCKINLEY AVE STE B STE B", "9 NW McKinley Ave Ste B"),
        ("6TH AND SPRUCE STS", "6th and Spruce Sts"),
        ("8950 N KENDALL DR STE 504W", "8950 N Kendall Dr Ste 504W"),
        ("ST LUKE'S PAVILION", "St Luke's Pavilion"),
        ("12 eLm Street", "12 eLm Street"),
    ],
)
def test_a_street_is_written_in_ordinary_capitals(listed, written):
    assert street_line(listed) == written


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("ST PETERSBURG", "St. Petersburg"),
        ("MC DONALD", "McDonald"),
        ("KING OF PRUSSIA", "King of Prussia"),
        ("WILKES-BARRE", "Wilkes-Barre"),
        ("COEUR D'ALENE", "Coeur D'Alene"),
    ],
)
def test_a_town_is_written_in_ordinary_capitals(listed, written):
    assert city_name(listed) == written


def test_a_practice_is_written_in_ordinary_capitals():
    assert organisation_name("HARBOR VIEW REHAB LLC") == "Harbor View Rehab LLC"


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("02134", "02134"),
        ("2134", "02134"),
        ("601", "00601"),
        ("021341234", "02134-1234"),
        ("21341234", "02134-1234"),
        ("2134-1234", "02134-1234"),
        ("02134-0000", "02134"),
        ("2134.0", "02134"),
        (" 02134 1234", "02134-1234"),
    ],
)
def test_a_zip_code_gets_its_zeros_back(listed, written):
    assert zip_code(listed) == written


@pytest.mark.parametrize("listed", ["12", "abc", "1234567890", "00000", "٠٢١٣٤"])
def test_what_is_no_zip_code_is_refused(listed):
    with pytest.raises(ValueError, match="ZIP"):
        zip_code(listed)


@pytest.mark.parametrize(("listed", "code"), [("tx", "TX"), ("Texas", "TX"), ("N.Y.", "NY"), ("new  jersey", "NJ")])
def test_a_state_is_two_letters(listed, code):
    assert state_code(listed) == code


def test_what_is_no_state_is_refused():
    with pytest.raises(ValueError, match="state"):
        state_code("Bavaria")


@pytest.mark.parametrize(
    ("listed", "place"),
    [
        ("12 Main St, Suite 4, New York, NY 10001", Place("12 Main St, Suite 4", "New York", "NY", "10001")),
        ("1 Main St., Suite 2, Boston MA 02134", Place("1 Main St., Suite 2", "Boston", "MA", "02134")),
        ("Tampa FL 33601", Place("", "Tampa", "FL", "33601")),
        ("Albany, New York 12201-1234", Place("", "Albany", "NY", "12201-1234")),
        ("Boston MA 2134, USA", Place("", "Boston", "MA", "2134")),
        ("Austin Texas 78702", Place("", "Austin", "TX", "78702")),
        ("12 Main St Tampa", None),
    ],
)
def test_a_place_in_one_column_is_taken_apart(listed, place):
    assert split_place(listed) == place


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            ("", "12 Elm Street, Suite 4", "Austin", "78701"),
            ("", "12 ELM ST STE 4", "austin", "78701-0001"),
            id="words and abbreviations",
        ),
        pytest.param(
            ("", "12 Elm St #4", "Austin", "78701"),
            ("", "12 Elm St. Ste # 4", "Austin", "78701"),
            id="signs for a suite",
        ),
        pytest.param(
            ("Elm Ortho, LLC", "12 Elm St", "Austin", "78701"),
            ("ELM ORTHO", "12 Elm Street", "Austin", "78701"),
            id="business form",
        ),
        pytest.param(
            ("", "6 St Marys Ln", "St. Albans", ""),
            ("", "6 Saint Mary's Lane", "St Albans", ""),
            id="saints, without a ZIP",
        ),
    ],
)
def test_two_spellings_of_one_address_are_one_office(one, other):
    assert office_key(*one) == office_key(*other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            ("", "12 Elm St Ste 4", "Austin", "78701"), ("", "12 Elm St Ste 5", "Austin", "78701"), id="suites"
        ),
        pytest.param(("", "12 N Elm St", "Austin", "78701"), ("", "12 S Elm St", "Austin", "78701"), id="directions"),
        pytest.param(("A", "12 Elm St", "Austin", "78701"), ("B", "12 Elm St", "Austin", "78701"), id="names"),
        pytest.param(("", "12 Elm St", "Austin", "78701"), ("", "12 Elm St", "Dallas", "75201"), id="towns"),
    ],
)
def test_different_offices_stay_apart(one, other):
    assert office_key(*one) != office_key(*other)


def test_an_office_without_a_name_is_named_after_its_address():
    assert office_name("", "5033 Swamp Rd Ste 502", "Fountainville") == "5033 Swamp Rd, Suite 502, Fountainville"
    assert office_name("Elm Ortho", "12 Elm St", "Austin") == "Elm Ortho"
    assert office_name("", "", "Austin") == ""


def test_without_address_and_name_there_is_no_office():
    assert office_key("", "", "Austin", "78701") == ""
    assert office_key("Elm Ortho", "", "Austin", "") == "elm ortho|austin"
