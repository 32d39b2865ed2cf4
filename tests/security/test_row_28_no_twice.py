"""Row 28: a double click saves once; of two tabs the second is told, and keeps what was typed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

SAME = "28282828-2828-2828-2828-282828282828"


def test_row_28_twenty_equal_forms_at_once_save_one_referral_and_all_end_on_its_page(product):
    owner = product.sign_in()
    owner.fetch_token("/")
    source = product.sql("SELECT min(id) FROM source WHERE practice_id = 1")[0][0]
    form = {
        "form_key": SAME, "source_id": source, "received_on": date.today().isoformat(), "method": "fax",  # noqa: DTZ011
        "client_class": "", "service": "Exercise", "client_name": "Twenty Times",
    }  # fmt: skip
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: owner.post("/referrals/new", form), range(20)))
    assert {answer.status for answer in answers} == {303}
    assert len({answer.header("Location") for answer in answers}) == 1
    assert product.sql("SELECT count(*) FROM referral WHERE form_key = :key", key=SAME) == [(1,)]


def test_row_28_the_second_of_two_tabs_gets_both_and_loses_no_text(product):
    owner = product.sign_in()
    assert owner.post("/clients", {"code": "C-0280", "name": "Two Tabs", "client_class": ""}).status == 303
    sheet = "/clients/C-0280/record/plan"
    assert owner.post(sheet, {"base": "0", "frequency": "two a week"}).status == 303
    second = owner.post(sheet, {"base": "0", "frequency": "typed in the other tab"})
    assert second.status == 409
    assert "Somebody saved this page meanwhile" in second.text
    assert "typed in the other tab" in second.text
    assert "two a week" in owner.get(sheet).text
