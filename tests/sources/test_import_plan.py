"""Who a row speaks of: matching by NPI, by name and place, and what a later row may say."""

import pytest

from crm.sources.import_plan import NAMED, Counts, Known, plan
from crm.sources.provider_rows import ProviderRow, office_key


def row(line: int = 2, **values: str) -> ProviderRow:
    return ProviderRow(**{"line": line, "last_name": "Marsh", "first_name": "Helen", "street": "1 Main St",
                          "city": "Boston", "state": "MA", "zip": "02134", **values})  # fmt: skip


def known(**values: str) -> Known:
    said = dict.fromkeys(NAMED, "") | {"last_name": "Marsh", "first_name": "Helen", "credential": "OTHER"} | values
    return Known(7, said, 3, office_key(row()), "02134", True, False)


@pytest.mark.parametrize(
    ("rows", "on_file", "counts"),
    [
        pytest.param([row(npi="1555000011")], [], Counts(new=1), id="nobody is on file"),
        pytest.param([row(npi="1555000011")], [known(npi="1555000011")], Counts(same=1), id="known by NPI"),
        pytest.param([row(npi="1555000011", phone="(617) 555-0101")], [known(npi="1555000011")], Counts(updated=1),
                     id="a new phone number"),
        pytest.param([row()], [known(npi="1555000011")], Counts(same=1), id="without NPI by name and office"),
        pytest.param([row(street="9 Elm St")], [known()], Counts(updated=1), id="without NPI by name and ZIP"),
        pytest.param([row(street="9 Elm St", zip="05478")], [known()], Counts(new=1), id="a namesake elsewhere"),
        pytest.param([row(middle_name="Q")], [known(middle_name="Ann")], Counts(new=1), id="another middle name"),
        pytest.param([row(middle_name="A")], [known(middle_name="Ann")], Counts(updated=1), id="its initial"),
        pytest.param([row(npi="1555000011")], [known()], Counts(updated=1), id="the list knows the NPI"),
        pytest.param([row(npi="1555000029")], [known(npi="1555000011")], Counts(new=1), id="another NPI"),
        pytest.param([row(2, npi="1555000011"), row(3, npi="1555000011")], [], Counts(new=1, same=1),
                     id="a second row that says nothing else"),
        pytest.param([row(2, npi="1555000011"), row(3, npi="1555000011", street="9 Elm St")], [],
                     Counts(new=1, updated=1), id="a second row with another office"),
        pytest.param([row(2), row(3, npi="1555000011")], [], Counts(new=1, updated=0, same=1),
                     id="a row without NPI belongs to the one that has it"),
    ],
)  # fmt: skip
def test_each_row_counts_once(rows, on_file, counts):
    assert plan(rows, on_file).counts == counts


def test_an_empty_value_never_erases_one_on_file():
    found = plan([row(npi="1555000011", specialty="")], [known(npi="1555000011", specialty="Cardiology", fax="1")])
    assert not found.people[0].is_changed


def test_a_later_row_wins():
    rows = [row(2, npi="1555000011", phone="1"), row(3, npi="1555000011", phone="2")]
    assert plan(rows, []).people[0].values["phone"] == "2"


def test_an_office_typed_in_without_an_address_is_kept():
    typed = Known(7, known(npi="1555000011").values, 3, "marsh family medicine", "", False, True)
    assert not plan([row(npi="1555000011")], [typed]).people[0].moves
