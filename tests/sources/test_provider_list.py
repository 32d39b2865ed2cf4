"""Lists of providers of all kinds are read, and broken ones are refused in one sentence."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm.sources.provider_list import (
    FIELDS,
    ProviderRow,
    UnreadableList,
    inspect_columns,
    office_key,
    office_name,
    read_provider_list,
)

LISTS = Path(__file__).parent / "lists"


def read(name: str):
    return read_provider_list((LISTS / name).read_bytes())


def one_row(header: str, row: str) -> ProviderRow:
    found = read_provider_list(f"{header}\n{row}\n".encode())
    assert found.refused == ()
    return found.rows[0]


def refusal(header: str, row: str) -> tuple[int, str]:
    (refused,) = read_provider_list(f"{header}\n{row}\n".encode()).refused
    return refused.line, refused.field


def test_a_registry_list_needs_no_correction():
    found = read("registry.csv")
    assert (found.encoding, found.delimiter, found.header_row) == ("UTF-8", ",", 1)
    assert found.rows[0] == ProviderRow(
        line=2, last_name="McAllistair", first_name="Helen", middle_name="M", credential="MD",
        credentials_text="MD", specialty="Orthopedic surgery", npi="1555000011", phone="(617) 555-0101",
        fax="(617) 555-0102", street="100 Harbor View Rd Ste 200", city="Boston", state="MA", zip="02134",
    )  # fmt: skip
    assert [(row.last_name, row.suffix, row.credential, row.credentials_text) for row in found.rows[1:]] == [
        ("O'Halloran", "Jr.", "MD", "MD, PhD"),
        ("de la Fuentez", "", "DO", "DO"),
        ("van der Hoevel", "", "DPT", "PT, DPT, OCS"),
        ("MacDonald-Macias", "", "NP", "FNP-BC"),
        ("D'Amico", "", "PA", "PA-C"),
        ("Thornwell", "III", "DPM", "DPM"),
        ("Zzyzxmore", "", "DC", ""),
        ("Quillfeather", "", "CM", "RN, CCM"),
        ("Quillfeather", "", "CM", "RN, CCM"),
        ("Brightwater", "II", "MD", "MD, FACC"),
    ]


def test_an_organization_a_nameless_row_and_a_mistyped_npi_are_refused_with_row_and_field():
    found = read("registry.csv")
    assert [(refused.line, refused.field) for refused in found.refused] == [(13, "name"), (14, "name"), (15, "npi")]
    assert "organization" in found.refused[0].reason


def test_zip_codes_get_their_zeros_back():
    assert [row.zip for row in read("registry.csv").rows[:5]] == ["02134", "02134", "05478", "05478", "07102-1234"]


def test_one_address_in_two_spellings_is_one_office():
    rows = read("registry.csv").rows
    assert office_key(rows[0]) == office_key(rows[1])
    assert office_key(rows[4]) == office_key(rows[5])
    assert len({office_key(row) for row in rows}) == 6
    assert office_name(rows[0]) == "100 Harbor View Rd, Suite 200, Boston"


def test_several_rows_of_one_npi_are_all_kept():
    rows = [row for row in read("registry.csv").rows if row.last_name == "Quillfeather"]
    assert [(row.line, row.phone) for row in rows] == [(10, "(214) 555-0110"), (11, "(214) 555-0111")]
    assert rows[0].npi == rows[1].npi


def test_a_table_made_by_hand_is_read():
    found = read("hand_made.csv")
    assert found.header_row == 3
    first, second, third, fourth = found.rows
    assert first == ProviderRow(
        line=4, last_name="Oakenshield", first_name="Wilma", credential="MD", credentials_text="MD",
        specialty="Orthopedic surgery", phone="(512) 555-0120 ext. 4", fax="(512) 555-0121",
        email="Wilma@oakenshield.example.com", office_name="Oakenshield Ortho", street="12 Elm Street, Suite 4",
        city="Austin", state="TX", zip="78701",
    )  # fmt: skip
    assert (second.credential, second.email, second.state, second.zip) == ("PT", "", "TX", "78702-0001")
    assert (third.city, third.state, third.email) == ("Austin", "TX", "=hazel@pennyworth.example.com")
    assert office_key(first) == office_key(fourth)
    assert [(refused.line, refused.field) for refused in found.refused] == [(7, "name"), (8, "phone"), (9, "email")]


def test_windows_1252_with_semicolons_is_read_and_said():
    found = read("semicolon_windows_1252.csv")
    assert (found.encoding, found.delimiter) == ("Windows-1252", ";")
    assert [(row.last_name, row.first_name) for row in found.rows] == [("Muñiz-Ibarrola", "José"), ("D’Aubrey", "Zoë")]
    assert "Windows-1252" in found.notes[0]


def test_utf_16_with_tabs_is_read():
    found = read("tabs_utf_16.csv")
    assert (found.encoding, found.delimiter, found.rows[0].last_name) == ("UTF-16", "\t", "Łukowska")


def test_whole_names_are_taken_apart():
    rows = read("whole_names.csv").rows
    assert [(row.last_name, row.first_name, row.middle_name, row.suffix, row.credentials_text) for row in rows] == [
        ("Oxenbridge", "Tamsin", "R", "", ""),
        ("Oxenbridge", "Tamsin", "", "", "MD"),
        ("Oxenbridge", "", "", "", "MD, PhD"),
        ("Oxenbridge", "Tamsin", "", "", "MD, PhD"),
        ("Oxenbridge", "Basil", "", "Jr.", "DO, FACS"),
        ("von Altenmark", "Greta", "", "", "PT"),
    ]


def test_columns_are_shown_with_up_to_three_sample_values():
    shape = inspect_columns(b"Last name,Notes\nPlum,a\nPear,a\nFig,b\nSloe,c\nLime,d\n")
    assert shape.columns[0].samples == ("Plum", "Pear", "Fig")
    assert (shape.columns[1].field, shape.columns[1].samples) == ("", ("a", "b", "c"))


def test_a_column_can_be_chosen_by_hand_and_wins_over_its_header():
    raw = b"Who,Phone,Where\nAda Plum,512-555-0150,(512) 555-0151\n"
    assert "Who" in inspect_columns(raw).missing
    found = read_provider_list(raw, {0: "name", 1: "", 2: "phone"})
    assert [column.field for column in found.columns] == ["name", "", "phone"]
    assert (found.rows[0].last_name, found.rows[0].phone) == ("Plum", "(512) 555-0151")


def test_a_field_chosen_by_hand_is_taken_from_the_column_that_had_it():
    found = read_provider_list(b"Last name,First name,Alias\nPlum,Ada,Pear\n", {2: "last_name"})
    assert [column.field for column in found.columns] == ["", "first_name", "last_name"]


@pytest.mark.parametrize("mapping", [{9: "phone"}, {0: "colour"}, {0: "name", 1: "name"}])
def test_an_impossible_choice_of_columns_is_refused(mapping):
    with pytest.raises(UnreadableList) as caught:
        read_provider_list(b"Name,Phone\nAda Plum,\n", mapping)
    assert caught.value.field == "mapping"


@pytest.mark.parametrize(
    ("header", "row", "line_and_field"),
    [
        pytest.param("Name,NPI", "Ada Plum,1234567890", (2, "npi"), id="check digit"),
        pytest.param("Name,NPI", "Ada Plum,1.23457E+09", (2, "npi"), id="rounded by a spreadsheet"),
        pytest.param("Name,E-mail", "Ada Plum,nowhere", (2, "email"), id="email"),
        pytest.param("Name,Fax", "Ada Plum,call first", (2, "fax"), id="fax"),
        pytest.param("Name,Zip", "Ada Plum,12", (2, "zip"), id="ZIP"),
        pytest.param("Name,State", "Ada Plum,Bavaria", (2, "state"), id="state"),
        pytest.param("Name,City", f"Ada Plum,{'x' * 81}", (2, "city"), id="long city"),
        pytest.param("Name,City", f"{'x' * 90},Rye", (2, "last_name"), id="long last name in a whole name"),
        pytest.param("Name,City", "Ada Plum,Rye,NY", (2, "row"), id="more cells than headers"),
        pytest.param("Name,City", "Name,City", (2, "row"), id="headers again"),
        pytest.param("Name,City", ",Rye", (2, "name"), id="no name"),
        pytest.param("Name,Type,Entity Type", "Ada Plum,x,Organization", (2, "name"), id="said to be an organization"),
        pytest.param("Name,Phone", "Rye Rehab Associates,512-555-0152", (2, "name"), id="named like an organization"),
    ],
)
def test_a_bad_row_is_refused_with_its_field(header, row, line_and_field):
    assert refusal(header, row) == line_and_field


@pytest.mark.parametrize("name", ["Helen Center", "Dr. Paul Ray Group", "John Ray Partners MD"])
def test_a_person_with_the_name_of_an_organization_is_read(name):
    assert one_row("Name", name).last_name in ("Center", "Group", "Partners")


def test_a_bad_row_does_not_stop_the_others():
    found = read_provider_list(b"Name,NPI\nAda Plum,1\n\nBo Pear,\n")
    assert [(row.line, row.last_name) for row in found.rows] == [(4, "Pear")]
    assert [refused.line for refused in found.refused] == [2]


def test_rows_are_numbered_as_a_spreadsheet_does_even_with_line_ends_in_cells():
    found = read_provider_list(b'Name,Address\nAda Plum,"1 Elm St\r\nRye, NY 10580"\nBo Pear,\n')
    assert [row.line for row in found.rows] == [2, 3]
    assert (found.rows[0].street, found.rows[0].city, found.rows[0].zip) == ("1 Elm St", "Rye", "10580")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(newline):
    raw = newline.join(["sep=;", "Last name;First name", "Plum;Ada", ""]).encode("utf-8-sig")
    assert [row.first_name for row in read_provider_list(raw).rows] == ["Ada"]


def test_the_quote_that_disarms_a_formula_is_taken_off_again():
    assert one_row("Last name,Practice", "'=Plum,'-Rye-").last_name == "=Plum"
    assert one_row("Last name,Practice", "'t Hooft,'-Rye-").last_name == "'t Hooft"


def test_a_telephone_behind_an_apostrophe_and_plus_is_read():
    assert one_row("Last name,Phone", "Plum,'+1 512 555 0153").phone == "(512) 555-0153"


def test_an_address_abroad_keeps_its_postal_code():
    row = one_row("Last name,State,Zip,Country", "Plum,ON,K1A 0B1,Canada")
    assert (row.state, row.zip) == ("ON", "K1A 0B1")


def test_blank_words_count_as_empty_but_not_as_names():
    row = one_row("Last name,First name,Phone,E-mail,Fax", "Na,Null,N/A,none,-")
    assert (row.last_name, row.first_name, row.phone, row.email, row.fax) == ("Na", "Null", "", "", "")


def test_a_name_column_beside_a_surname_column_holds_the_first_name():
    row = one_row("Name,Surname", "Ada,Plum")
    assert (row.first_name, row.last_name) == ("Ada", "Plum")


BROKEN = [
    pytest.param(b"", "file", "empty", id="nothing"),
    pytest.param(b" \r\n \r\n", "file", "empty", id="only blanks"),
    pytest.param(b"PK\x03\x04abc", "file", "Excel", id="a workbook"),
    pytest.param(b"%PDF-1.7", "file", "PDF", id="a PDF"),
    pytest.param(bytes(range(256)), "file", "binary", id="binary"),
    pytest.param("Name,Phone\nPlum,\n".encode("utf-16-le"), "file", "binary", id="UTF-16 without a mark"),
    pytest.param("名前,電話\n山田,\n".encode("shift_jis"), "encoding", "encoding", id="Shift JIS"),
    pytest.param(b"\xff\xfeN\x00a\x00\x00", "encoding", "encoding", id="half a character"),
    pytest.param(b'Name,City\n"Plum,Rye\n', "file", "Row 2", id="open quotation mark"),
    pytest.param(b"Name,City\nPlum," + b"x" * 10_241, "file", "10 kB", id="a cell of 10 kB"),
    pytest.param(b"Name,City\nPlum," + b"x" * 200_000, "file", "10 kB", id="a cell of 200 kB"),
    pytest.param(",".join(["Name"] * 101).encode(), "file", "101 columns", id="101 columns"),
    pytest.param(b"Name\n" + b"Plum\n" * 20_001, "file", "20,000 rows", id="20,001 rows"),
    pytest.param(b"Name\n" + b"x" * (5 * 1024 * 1024), "file", "5 MB", id="more than 5 MB"),
    pytest.param(b"Plum,Ada,512-555-0154\n", "header", "headers", id="no header"),
    pytest.param(b"Phone,City\n512-555-0154,Rye\n", "header", "name", id="no column with names"),
]


@pytest.mark.parametrize(("raw", "field", "word"), BROKEN)
def test_a_broken_file_gets_one_clear_sentence(raw, field, word):
    with pytest.raises(UnreadableList) as caught:
        read_provider_list(raw)
    assert caught.value.field == field
    assert word in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 320


@pytest.mark.parametrize("name", ["open_quote.csv", "no_header.csv", "binary.csv"])
def test_a_broken_list_from_disk_is_refused(name):
    with pytest.raises(UnreadableList):
        read(name)


def test_twenty_thousand_rows_are_within_the_limit_and_take_little_memory():
    raw = b"Last name,First name,City,Phone\n" + b"".join(
        b"PLUM%s,ADA,RYE,512555%04d\n" % (b"abcdefghij"[row % 10 : row % 10 + 1], row % 10_000) for row in range(20_000)
    )
    tracemalloc.start()
    try:
        found = read_provider_list(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(found.rows), found.refused) == (20_000, ())
    assert peak < 100_000_000


def test_every_field_has_a_label():
    assert all(FIELDS.values())
    assert {"name", "last_name", "first_name", "npi", "phone", "office_name", "zip"} <= set(FIELDS)


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00\x00")
@example(b'Name\n"a"b')
def test_any_bytes_are_a_list_or_unreadable(raw):
    try:
        read_provider_list(raw)
    except UnreadableList as error:
        assert error.message


CELL = st.text(max_size=20)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=8), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_any_cells_under_known_headers_are_rows_refused_or_unreadable(table, delimiter):
    headers = ["Name", "Last name", "NPI", "Phone", "E-mail", "Address", "City/State/Zip", "Zip"]
    text = "\n".join(delimiter.join(cells) for cells in [headers, *table])
    try:
        found = read_provider_list(text.encode("utf-8"))
    except UnreadableList as error:
        assert error.message
    else:
        assert all(row.last_name for row in found.rows)
        assert all(refused.field in FIELDS or refused.field == "row" for refused in found.refused)
