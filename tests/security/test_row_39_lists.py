"""Rows 39 and 40: a list comes in whole or not at all, and nothing sent is kept or served by its own name."""

import io
import os
import re
import signal
import zipfile
from datetime import timedelta

import builders
import pytest
import strace
from dbhash import dbhash

from crm.sources.provider_file import MAX_BYTES

HEAD = "Last name,First name,Specialty\r\n"


def packed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 20_000_000)
    return made.getvalue()


BAD = {
    "more than 5 MB": (b"x" * (MAX_BYTES + 1), r"5 MB"),
    "20,001 rows": ((HEAD + "Marsh,Helen,PT\r\n" * 20_001).encode(), r"20,000"),
    "101 columns": ((HEAD + ",".join(["x"] * 101) + "\r\n").encode(), r"Row 2 has 101 columns"),
    "a cell of more than 10 kB": ((HEAD + "x" * 10_241 + ",a,b\r\n").encode(), r"Row 2 has a cell"),
    "a cell no reader takes": ((HEAD + "x" * 140_000 + ",a,b\r\n").encode(), r"Row 2 has a cell"),
    "a quotation mark left open": (
        (HEAD + 'Marsh,"Helen,PT\r\nWest,Ann,PT\r\n').encode(),
        r"Row 2 has a quotation mark",
    ),
    "a workbook": (packed(), r"Excel workbook or a zip"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"x" * 600, r"old Excel workbook"),
    "a PDF": (b"%PDF-1.7\n" + b"x" * 600, r"PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00" + b"\x01" * 600, r"binary file"),
    "NUL": (HEAD.encode() + b"Mar\x00sh,Helen,PT\r\n", r"binary file"),
    "UTF-32": (HEAD.encode("utf-32"), r"binary file"),
    "half of UTF-16": (b"\xff\xfe" + HEAD.encode("utf-16-le")[:-1], r"encoding"),
    "no encoding": (HEAD.encode() + b"\x81\x8d\x8f,a,b\r\n", r"encoding"),
    "no headers": (b"5551234567\r\n", r"row of headers"),
    "nothing": (b"", r"Choose a file first|empty"),
    "blanks": (b" \r\n \r\n", r"empty"),
    "a page that is a list too": (b"GIF89a<script>alert(1)</script>\x00,PK\x03\x04", r"binary file"),
}
NAMES = ["../../etc/passwd", "..\\..\\x.csv", "CON", "NUL.csv", "a.csv.exe", "a.html", "a.svg", "a\r\nX-Evil: 1.csv",
         "x" * 5000,
         '"><kan>.csv', ".", "\u202evsc.exe", "/dev/null", "C:\\x.csv", "%00.csv", "a;b=c.csv"]  # fmt: skip


def send(owner, raw: bytes, name: str = "list.csv"):
    return owner.post("/imports", data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")


def checked(owner, raw: bytes, name: str = "list.csv") -> str:
    place = send(owner, raw, name).location
    where = owner.post(
        place, data={"column-0": "last_name", "column-1": "first_name", "column-2": "specialty"}
    ).location
    while 'progress class="bar" max' in owner.get(where).text:
        owner.post(f"{where}/step")
    return str(where)


@pytest.mark.parametrize("what", BAD)
def test_row_39_a_list_that_cannot_be_read_says_why_and_leaves_nothing(app, owner, what):
    raw, words = BAD[what]
    with app.app_context():
        before = dbhash()
    answer = send(owner, raw)
    assert answer.status_code in {413, 422}
    assert re.search(words, answer.text), answer.text[:3000]
    with app.app_context():
        assert dbhash() == before


def test_row_39_a_list_is_looked_at_first_then_taken_whole_and_can_be_taken_out_for_a_day(app, owner, clock):
    where = checked(owner, (HEAD + "Marsh,Helen,Cardiology\r\n,,\r\nWest,Ann,Cardiology\r\n").encode())
    assert "Marsh" not in owner.get("/sources").text
    owner.post(f"{where}/import")
    assert "Marsh" in owner.get("/sources").text
    clock.now += timedelta(hours=23, minutes=59)
    owner.post(f"{where}/undo")
    assert "Marsh" not in owner.get("/sources").text
    again = checked(owner, (HEAD + "Marsh,Helen,Cardiology\r\n").encode())
    owner.post(f"{again}/import")
    clock.now += timedelta(hours=24, minutes=1)
    owner.post(f"{again}/undo")
    assert "Marsh" in owner.get("/sources").text


@pytest.mark.parametrize("name", NAMES, ids=[name[:12].encode("unicode_escape").decode() for name in NAMES])
def test_row_40_the_name_of_a_file_is_a_word_on_a_page_and_nothing_more(app, owner, settings, name):
    """Lists are all that can be sent in: no file is written, and what is served of a list has a name of ours."""
    files = {path for path in settings.data_dir.rglob("*") if path.is_file()}
    answer = send(owner, (HEAD + "Marsh,Helen,=x\r\n,Nobody,\r\n").encode(), name)
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:
        return
    batch = answer.location.removesuffix("/columns")
    with app.app_context():
        builders.practice()
    kept = {path for path in settings.data_dir.rglob("*") if path.is_file()} - files
    assert all(path.name.startswith("handoff.sqlite3") or path.suffix == ".lock" for path in kept)
    owner.post(f"{batch}/columns", data={"column-0": "last_name", "column-1": "first_name"})
    owner.post(f"{batch}/step")
    for path in ("/imports", batch, f"{batch}/columns"):
        page = owner.get(path)
        assert page.status_code in {200, 303}
        assert "<kan>" not in page.text
    served = owner.get(f"{batch}/refused.csv")
    number = batch.rsplit("/", 1)[1]
    assert served.headers["Content-Disposition"] == f'attachment; filename="refused-rows-{number}.csv"'
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in served.headers["Content-Security-Policy"]


def test_row_40_nothing_but_a_list_can_be_sent_in(app):
    with app.app_context():
        forms = [rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    assert "imports.upload" in forms
    for path in ("/imports", "/sources/new", "/practice", "/documents/text"):
        answer = app.test_client().post(path, data={"file": (io.BytesIO(b"x"), "x.html")})
        assert answer.status_code in {302, 401}


@pytest.mark.sqlite
def test_row_39_a_kill_in_the_middle_imports_nothing(product, tmp_path):
    table = tmp_path / "killed.csv"
    table.write_text(HEAD + "".join(f"Killed{chr(65 + n % 26)}{chr(97 + n // 26 % 26)},Ann,PT\r\n" for n in range(600)))
    command = ("import", "sources", str(table), "--practice", "1")
    os.mkfifo(pipe := tmp_path / "said")
    pid = product.warm.start(*command, env=product.environment, output=pipe)  # it waits until somebody reads the pipe
    with strace.attached(pid, *strace.kill_at("pwrite64", 3)):
        pipe.read_text()
    assert product.warm.wait(pid) == -signal.SIGKILL
    assert product.sql("SELECT count(*) FROM source WHERE last_name LIKE 'Killed%'") == [(0,)]
    code, said = product.flask(*command)
    assert code == 0, said
    assert int(str(product.sql("SELECT count(*) FROM source WHERE last_name LIKE 'Killed%'")[0][0])) > 0
