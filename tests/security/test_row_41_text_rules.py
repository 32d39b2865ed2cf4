"""Row 41: what is typed, told to a command or read from a list comes out as the same clean words, and quickly."""

import csv
import time
import unicodedata

import pytest

NAMES = {
    "Mun\u0303iz": "Mu\u00f1iz",
    "Mar\u202esh": "Marsh",
    "Mar\u2066sh\u2069": "Marsh",
    "Mar\u200bsh": "Marsh",
    "\ufeffMarsh": "Marsh",
    "Mar\x07sh": "Marsh",
    "Mar\x1bsh": "Marsh",
    "Mar\x9fsh": "Marsh",
    "De\u00a0Vries": "De Vries",
    "De\u2028Vries": "De Vries",
    "De\x0bVries": "De Vries",
    "De \t Vries": "De Vries",
    "\u1112\u1161\u11ab": "\ud55c",
}
HUGE = {
    "combining marks": "a" + "\u0301\u0323" * 250_000,
    "one letter": "x" * 500_000,
    "white space": "a" + " \t" * 250_000 + "b",
    "direction marks": "\u202e" * 500_000,
    "lines": "\r\n" * 250_000,
    "jamo": "\u1112\u1161\u11ab" * 160_000,
}


def stored(product, first: str) -> str:
    return str(product.sql("SELECT last_name FROM source WHERE first_name = :first", first=first)[0][0])


def test_row_41_three_doors_store_the_same_name(product, tmp_path):
    owner = product.sign_in()
    typed, told, expected = [], [], list(NAMES.values())
    table = tmp_path / "list.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Last name", "First name"])
        writer.writerows([name, f"Told{chr(65 + number)}"] for number, name in enumerate(NAMES))
    code, said = product.flask("import", "sources", str(table), "--practice", "1")
    assert code == 0, said
    for number, name in enumerate(NAMES):
        first = f"Typed{chr(65 + number)}"
        made = owner.post("/sources/new", {"name": f"{first} Placeholder", "grade": "", "channel": "fax"})
        place = made.header("Location") or made.header("HX-Redirect") or ""
        form = {"first_name": first, "last_name": name, "grade": "", "channel": "fax", "report_days": "30"}
        assert owner.post(f"{place}/edit", form).status == 303, name
        typed.append(stored(product, first))
        told.append(stored(product, f"Told{chr(65 + number)}"))
    assert typed == expected
    assert told == expected
    assert all(unicodedata.is_normalized("NFC", name) for name in typed)


def test_row_41_a_lone_surrogate_and_a_nul_reach_no_door(product):
    owner = product.sign_in()
    owner.fetch_token("/practice")
    body = f"csrf_token={owner.token}&name=Sur%ED%A0%80ro%00gate Lone&grade=&channel=fax"
    answer = owner.ask("POST", "/sources/new", body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status in {303, 422}
    assert all("\x00" not in str(row) for row in product.sql("SELECT first_name, last_name FROM source"))
    for query in ("q=%ED%A0%80", "q=a%00b", "q=%00", "name=%00%ED%A0%80"):
        for path in ("/search", "/sources", "/sources/new", "/clients"):
            assert owner.get(f"{path}?{query}").status == (400 if "%00" in query else 200), (path, query)


@pytest.mark.parametrize("what", HUGE)
@pytest.mark.parametrize(("path", "field"), [("/sources/new", "name"), ("/documents/templates/thank-you", "words"),
                                             ("/quick-add", "line"), ("/practice", "practice_name")])  # fmt: skip
def test_row_41_half_a_million_characters_are_answered_like_a_few(product, what, path, field):
    owner = product.sign_in()
    owner.fetch_token("/practice")

    def took(value: str) -> float:
        began = time.process_time(), time.monotonic()
        answer = owner.post(path, {field: value, "severity": "warn"})
        assert answer.status in {303, 400, 413, 422}, answer.status
        return time.monotonic() - began[1]

    took("a")
    assert took(HUGE[what]) < took("a") + 4  # quadratic work on this takes minutes
