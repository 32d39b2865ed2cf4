"""Words that sources are found by, and the search over them."""

import builders
import pytest

from crm.db import writing
from crm.sources import service
from crm.sources.search import code_prefix, fold, range_of, terms_of, words_of


@pytest.mark.parametrize(
    ("texts", "terms"),
    [
        pytest.param(("Helen", "Marsh"), ["helen", "marsh"], id="lower case"),
        pytest.param(("Núñez-Ibáñez",), ["ibanez", "nunez"], id="accents fold and a hyphen parts"),
        pytest.param(("O’Brien", "O'Brien"), ["obrien"], id="an apostrophe joins, each word once"),
        pytest.param(("Łukasz Sørensen",), ["lukasz", "sorensen"], id="letters that do not decompose"),
        pytest.param((None, "", "1000000142"), ["1000000142"], id="nothing gives nothing"),
        pytest.param(("x" * 90,), ["x" * 40], id="a long word is cut"),
    ],
)
def test_texts_become_the_words_they_are_found_by(texts, terms):
    assert terms_of(*texts) == terms


def test_a_query_is_read_longest_word_first():
    assert words_of("St. Mary ortho") == ["ortho", "mary", "st"]
    assert words_of(" '; -- ") == []


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        pytest.param("mar", ("mar", "mas"), id="the next letter"),
        pytest.param("maz", ("maz", "mb"), id="after z comes the next of the letter before"),
        pytest.param("zz", ("zz", None), id="nothing comes after zz"),
        pytest.param("19", ("19", "1a"), id="digits come before letters"),
    ],
)
def test_a_prefix_is_a_range_of_terms(prefix, expected):
    assert range_of(prefix) == expected


@pytest.mark.parametrize(
    ("query", "prefix"),
    [("c-01", "C-01"), ("142", "C-142"), ("C0142", "C-0142"), ("marsh", ""), ("c-", "C-"), ("١٤٢", "")],
)
def test_a_query_may_mean_a_client(query, prefix):
    assert code_prefix(query) == prefix
    assert fold("ÀB") == "ab"


@pytest.fixture
def three(app):
    with app.app_context():
        office = None
        with writing():
            office = builders.office(name="Lakeside Orthopedics", city="Fairfield")
            marsh = builders.source(office=office, npi="1234567893")
            nunez = builders.source(first_name="Inés", last_name="Núñez", specialty="Podiatry")
            zed = builders.source(first_name="Zoe", last_name="Zzyzx", specialty="Neurology")
            builders.client(code="C-0142", source=marsh)
            service.index_sources([marsh, nunez, zed])
        return {"marsh": marsh.id, "nunez": nunez.id, "zed": zed.id}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param("mar", ["Marsh"], id="the beginning of a name"),
        pytest.param("MARSH hel", ["Marsh"], id="two words, any order and case"),
        pytest.param("fairf", ["Marsh"], id="the city of the office"),
        pytest.param("1234567893", ["Marsh"], id="the NPI"),
        pytest.param("nunez", ["Núñez"], id="without accents"),
        pytest.param("núñ", ["Núñez"], id="with accents"),
        pytest.param("zz", ["Zzyzx"], id="the end of the alphabet"),
        pytest.param("marsh podiatry", [], id="all words must fit"),
        pytest.param("arsh", [], id="the middle of a word does not count"),
    ],
)
def test_sources_are_found_by_the_beginnings_of_words(owner, three, query, shown):
    page = owner.get("/search", query_string={"q": query}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert [name for name in ("Marsh", "Núñez", "Zzyzx") if name in page.text] == shown


def test_a_client_is_found_by_code_only(owner, three):
    assert "C-0142" in owner.get("/search?q=142", headers={"HX-Request": "true"}).text
    assert "C-0142" in owner.get("/search?q=c-01").text


def test_a_picker_gets_sources_to_choose(owner, three):
    page = owner.get("/search?for=source&q=mar", headers={"HX-Request": "true"}).text
    assert f'data-value="{three["marsh"]}"' in page
    assert "Dr. Helen Marsh, MD" in page
    assert "Nobody is found" in owner.get("/search?for=source&q=xyzzy", headers={"HX-Request": "true"}).text


def test_search_without_a_script_is_a_page(owner, three):
    assert "Dr. Helen Marsh, MD" in owner.get("/search?q=marsh").text
    assert "Pipeline" in owner.get("/search?q=pipe").text


def test_a_new_name_is_found_at_once_and_the_old_one_no_more(app, owner, three):
    form = {
        "first_name": "Helen",
        "last_name": "Stone",
        "credentials": "MD",
        "channel": "fax",
        "grade": "",
        "report_days": "30",
    }
    assert owner.post(f"/sources/{three['marsh']}/edit", data=form).status_code == 303
    assert "Stone" in owner.get("/search?q=stone").text
    assert "Stone" not in owner.get("/search?q=marsh", headers={"HX-Request": "true"}).text
